"""The API's figures as tables for people."""

from collections.abc import Callable, Iterator
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table as Grid

Body = dict[str, Any]
Table = Callable[[Body], Iterator[RenderableType]]

MONEY = (
    "net_pnl",
    "gross_profit",
    "gross_loss",
    "fees",
    "expectancy",
    "average_win",
    "average_loss",
    "best",
    "worst",
    "average_mae",
    "average_mfe",
)
SHARES = ("win_rate", "commission_drag", "exposure", "cagr")  # fractions, shown in percent
RATIOS = (
    "profit_factor",
    "payoff_ratio",
    "expectancy_r",
    "recovery_factor",
    "sqn",
    "kelly",
    "sharpe",
    "sortino",
    "calmar",
    "ulcer_index",
    "psr",
)
COUNTS = (
    "trades",
    "wins",
    "losses",
    "break_evens",
    "fees_unknown",
    "longest_winning_streak",
    "longest_losing_streak",
)


def stats(body: Body) -> Iterator[RenderableType]:
    """The figures one below the other; beside what is undefined, why."""
    grid = _grid("figure", "value", "")
    asset = body["quote_asset"] or ""
    for name in COUNTS:
        grid.add_row(_words(name), f"{body[name]:,}")
    for name in MONEY:
        _row(grid, body, name, lambda value: _money(value, asset))
    _fall(grid, body, asset)
    for name in SHARES:
        _row(grid, body, name, lambda value: f"{value:.1%}")
    for name in RATIOS:
        _row(grid, body, name, lambda value: f"{value:.3f}")
    _row(grid, body, "average_holding", lambda value: f"{value / 3600:,.1f} h")
    for name in ("first_exit", "last_exit"):
        grid.add_row(_words(name), body[name] or "–")
    yield _whose(body)
    yield grid
    yield _true_for(body)


def comparison(body: Body) -> Iterator[RenderableType]:
    """The verdict in words first, then what it rests on."""
    a, b, unit = escape(body["a"]), escape(body["b"]), escape(body["unit"])
    evidence, one_look = body["evidence"], body["fixed_sample"]
    grid = _grid("", f"{unit} a trade", "")
    grid.add_row(f"expectancy of {a}", _number(body["expectancy_a"]))
    grid.add_row(f"expectancy of {b}", _number(body["expectancy_b"]))
    grid.add_row("difference", _number(body["difference"]), f"{b} less {a}, all trades")
    grid.add_row("difference, paired by day", _number(body["paired_difference"]))
    grid.add_row("plausible range", _range(body), "95 %, however often one looks: the verdict's")
    if body["regime"] is None:
        grid.add_row("regime-matched difference", "–", escape(body["undefined"].get("regime", "")))
    else:
        regime = body["regime"]
        grid.add_row(
            "regime-matched difference",
            _number(regime["difference"]),
            f"{_range(regime)}; {regime['coverage']:.0%} of the trades",
        )
    grid.add_row("fixed-sample range (BCa)", _range(one_look), "95 %, for one look only")
    grid.add_row(
        "permutation p-value",
        "–" if one_look["p_value"] is None else f"{one_look['p_value']:.4f}",
        f"{one_look['resamples']:,} resamples by day, seed {one_look['seed']}",
    )
    wins = body["wins_more_often"]
    grid.add_row(f"P({b} wins more often)", "–" if wins is None else f"{wins:.1%}")
    grid.add_row("smallest difference to be seen", _number(evidence["detectable"]))
    more = evidence["more_trades"]
    grid.add_row("more trades each to settle it", "–" if more is None else f"{more:,}")
    grid.add_row("versions ever tried", str(body["versions_tried"]))
    yield _whose(body)
    yield f"[bold]{escape(body['verdict'])}[/]"
    yield escape(body["sentence"])
    yield grid
    for warning in body["warnings"]:
        yield f"Careful: {escape(warning['text'])}"
    yield _true_for(body)


def _grid(*headers: str) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_header=any(headers))
    grid.add_column(headers[0], overflow="fold")
    grid.add_column(headers[1], justify="right", no_wrap=True)
    grid.add_column(headers[2], style="dim", overflow="fold")
    return grid


def _row(grid: Grid, body: Body, name: str, shown: Callable[[Any], str]) -> None:
    value = body[name]
    reason = escape(body["undefined"].get(name, ""))
    grid.add_row(_words(name), "–" if value is None else shown(value), reason)


def _fall(grid: Grid, body: Body, asset: str) -> None:
    fall = body["max_drawdown"]
    by_trades = body["equity_basis"] == "closed trades"
    of = "equity by closed trades" if by_trades else "daily equity"
    fraction = "" if fall["fraction"] is None else f", {fall['fraction']:.1%} of {of}"
    end = fall["recovered_at"] or ("" if fall["recovered"] else "still open")
    dates = " → ".join(part for part in (fall["start"], fall["trough"], end) if part)
    grid.add_row("max drawdown", _money(fall["money"], asset), f"{dates}{fraction}")


def _whose(body: Body) -> str:
    """Whose money it is: modes, assets and accounts are never added up."""
    parts = (body["mode"], body["quote_asset"], body["account"])
    return escape(" · ".join(part for part in parts if part) or "nothing recorded yet")


def _true_for(body: Body) -> str:
    heads = (f"{name} {seq:,}" for name, seq in sorted(body["checkpoints"].items()))
    return f"[dim]true for events up to: {escape(', '.join(heads) or 'none')}[/]"


def _range(found: Body) -> str:
    if found["low"] is None or found["high"] is None:
        return "–"
    return f"{found['low']:+.4f} to {found['high']:+.4f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:+.4f}"


def _money(value: str, asset: str) -> str:
    whole, _, part = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{'.' + part if part else ''} {escape(asset)}".rstrip()


def _words(name: str) -> str:
    return name.replace("_", " ")
