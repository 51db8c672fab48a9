"""A version's circumstances by day: what a comparison asks beside results, so that no comparison
walks through a version's trades. Only ever added up; in money, R and times as everywhere."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import add, mul
from typing import Any, NamedTuple

from dashboard.performance.columns import Columns, picker, places_of
from dashboard.performance.running_net import RunningNet
from dashboard.performance.runs import Holding, Multiples, Streaks, Totals
from dashboard.performance.summary import Summary

SCOPE = "circumstances"  # its rows hold these in place of a Summary, a version each
# Fields of a trade that are wanted beside its results.
FIELDS = ("source", "regime", "entry_price", "exit_price", "quantity")
EXTREMES = {1: min, 2: max}  # of Facts: all others are sums


class Regime(NamedTuple):
    """Trades of one regime of the market: sums of money (1e-8 quote) and of R (1e-12)."""

    trades: int
    net: int
    squares: int
    r_trades: int
    r_sum: int
    r_squares: int

    def summary(self) -> Summary:
        """Counts, sums and squares alone: of order (drawdown, streaks) it knows nothing."""
        return Summary(
            Totals(trades=self.trades, sum_squares=self.squares),
            RunningNet(trades=self.trades, net=self.net),
            Streaks(),
            Multiples(self.r_trades, self.r_sum, self.r_squares),
            Holding(),
        )


class Facts(NamedTuple):
    """Trades of one symbol and source: stakes and turnover in whole quote, fees in 1e-8.

    Turnover and fees are those of trades whose fee is known.
    """

    trades: int
    since: int
    until: int
    staked: float
    turned: float
    fees: int


class Circumstances(NamedTuple):
    """By regime, and by "symbol\\nsource"."""

    regimes: dict[str, Regime]
    facts: dict[str, Facts]

    @classmethod
    def of_trades(
        cls,
        run: Columns,
        summary: Summary,
        symbols: Sequence[str],
        fields: Sequence[Sequence[Any]],
    ) -> "Circumstances":
        """Of a run of trades and its summary; `fields` are the columns of FIELDS."""
        sources, regimes, *prices = fields
        return cls(_regimes(run, summary, regimes), _facts(run, symbols, sources, *prices))

    @classmethod
    def join(cls, several: Iterable["Circumstances"]) -> "Circumstances":
        """All together, in any order."""
        regimes: dict[str, list[Regime]] = defaultdict(list)
        facts: dict[str, list[Facts]] = defaultdict(list)
        for one in several:
            for name, regime in one.regimes.items():
                regimes[name].append(regime)
            for name, own in one.facts.items():
                facts[name].append(own)
        return cls(
            {name: Regime(*map(sum, zip(*own, strict=True))) for name, own in regimes.items()},
            {name: _added(own) for name, own in facts.items()},
        )

    def pack(self) -> str:
        """As the text of one column."""
        return json.dumps(self, separators=(",", ":"))

    @classmethod
    def unpack(cls, packed: str) -> "Circumstances":
        """What `pack` wrote."""
        regimes, facts = json.loads(packed)
        return cls(
            {name: Regime(*values) for name, values in regimes.items()},
            {name: Facts(*values) for name, values in facts.items()},
        )


def _regimes(run: Columns, summary: Summary, regimes: Sequence[str]) -> dict[str, Regime]:
    found: dict[str, Regime] = {}
    of_regime = places_of(regimes)
    if len(of_regime) == 1:  # what is asked of it has been added up
        totals = summary.totals
        return {
            regimes[0]: Regime(
                totals.trades, summary.net_pnl, totals.sum_squares, *summary.multiples
            )
        }
    for name, places in of_regime.items():
        pick = picker(places)
        nets = pick(run.nets)
        r = [multiple for multiple in pick(run.r) if multiple is not None]
        squares, r_squares = sum(map(mul, nets, nets)), sum(map(mul, r, r))
        found[name] = Regime(len(nets), sum(nets), squares, len(r), sum(r), r_squares)
    return found


def _facts(
    run: Columns, symbols: Sequence[str], sources: Sequence[str], *prices: Sequence[str]
) -> dict[str, Facts]:
    paid, got, sizes = map(_numbers, prices)
    staked = list(map(mul, paid, sizes))
    turned = list(map(add, staked, map(mul, got, sizes)))
    fees = run.fees
    if None in fees:
        turned = [0.0 if fee is None else size for fee, size in zip(fees, turned, strict=True)]
        fees = [fee or 0 for fee in fees]
    times = zip(run.entries, run.exits, strict=True)
    began = [until if since is None else since for since, until in times]
    found: dict[str, Facts] = {}
    for (symbol, source), places in places_of(list(zip(symbols, sources, strict=True))).items():
        pick = picker(places)
        since, until = min(pick(began)), run.exits[places[-1]]  # in the order of their exits
        sums = [sum(pick(column)) for column in (staked, turned, fees)]
        found[f"{symbol}\n{source}"] = Facts(len(places), since, until, *sums)
    return found


def _numbers(texts: Sequence[str]) -> list[float]:
    return list(map(float, [text or "0" for text in texts] if "" in texts else texts))


def _added(several: Sequence[Facts]) -> Facts:
    columns = enumerate(zip(*several, strict=True))
    return Facts(*(EXTREMES.get(place, sum)(column) for place, column in columns))
