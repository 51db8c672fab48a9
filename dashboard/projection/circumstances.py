"""A version's circumstances by day: what a comparison asks beside results, so that no comparison
walks through a version's trades. Only ever added up; in money, R and times as everywhere."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from dashboard.performance.columns import Columns
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
    """Trades of one symbol and source: stakes and turnover in whole quote, fees in 1e-8."""

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
        cls, run: Columns, symbols: Sequence[str], fields: Sequence[Sequence[Any]]
    ) -> "Circumstances":
        """Of a run of trades; `fields` are the columns of FIELDS."""
        sources, regimes, *prices = fields
        return cls(_regimes(run, regimes), _facts(run, symbols, sources, *prices))

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


def _regimes(run: Columns, regimes: Sequence[str]) -> dict[str, Regime]:
    of_regime: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for name, net, r in zip(regimes, run.nets, run.r, strict=True):
        nets, multiples = of_regime[name]
        nets.append(net)
        if r is not None:
            multiples.append(r)
    return {
        name: Regime(
            len(nets),
            sum(nets),
            sum([net * net for net in nets]),
            len(multiples),
            sum(multiples),
            sum([r * r for r in multiples]),
        )
        for name, (nets, multiples) in of_regime.items()
    }


def _facts(
    run: Columns,
    symbols: Sequence[str],
    sources: Sequence[str],
    entries: Sequence[str],
    exits: Sequence[str],
    quantities: Sequence[str],
) -> dict[str, Facts]:
    found: dict[tuple[str, str], list[Any]] = {}
    columns = (symbols, sources, entries, exits, quantities, run.entries, run.exits, run.fees)
    for symbol, source, entry, leave, quantity, since, until, fee in zip(*columns, strict=True):
        size = float(quantity or 0)
        staked = float(entry or 0) * size
        turned = staked + float(leave or 0) * size
        began = until if since is None else since
        own = found.get((symbol, source))
        if own is None:
            found[symbol, source] = [1, began, until, staked, turned, fee]
            continue
        own[0] += 1
        if began < own[1]:
            own[1] = began
        own[2] = until  # they come in the order of their exits
        own[3] += staked
        own[4] += turned
        own[5] += fee
    return {f"{symbol}\n{source}": Facts(*own) for (symbol, source), own in found.items()}


def _added(several: Sequence[Facts]) -> Facts:
    columns = enumerate(zip(*several, strict=True))
    return Facts(*(EXTREMES.get(place, sum)(column) for place, column in columns))
