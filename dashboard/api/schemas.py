"""What the API answers. Money and prices are decimal text; ratios are fractions."""

from typing import Any

from ninja import Field, Schema

Undefined = dict[str, str]


class ScopeOut(Schema):
    """Which money an answer is about, and the events it is true for."""

    mode: str | None
    quote_asset: str | None
    account: str | None
    modes: list[str] = Field(description="Every mode there is anything of")
    checkpoints: dict[str, int] = Field(description="Stream and seq the answer is true for")


class RiskOut(Schema):
    """Whether a bot may trade, as it said itself: the operator's orders, the limits on losses."""

    mode: str = Field(
        description="active, reduce_only (enters nothing) or halted (places missing stops alone)"
    )
    rule: str | None = Field(description="operator, daily_loss, drawdown or losing_streak")
    reason: str | None
    since: str | None = Field(description="null where it has been so from the beginning")
    until: str | None = Field(description="null where it lasts until the operator resumes")


class BotOut(Schema):
    """A bot's newest word about itself."""

    bot: str
    version: str
    mode: str
    strategy: str
    symbol: str
    interval: str
    feed: str
    quote_asset: str | None
    account: str | None
    settings: dict[str, Any]
    indicators: dict[str, Any]
    signal: str
    price: str | None
    state: str = Field(description="running, quiet, finished or stopped")
    reason: str | None = Field(description="Why it has stopped")
    risk: RiskOut | None = Field(description="null where the bot tells nothing of it")
    started_at: str | None
    stopped_at: str | None
    last_candle_at: str | None
    last_recorded_at: str
    quiet_after: str | None = Field(description="Silence beyond this time means trouble")
    health: dict[str, Any]


class StatusOut(ScopeOut):
    """All bots, the one at work first."""

    bots: list[BotOut]


class BalanceItem(Schema):
    """One bot's account: equity = deposits + realised + unrealised."""

    bot: str
    quote_asset: str | None
    account: str | None
    balance: str | None
    equity: str | None
    realised: str | None
    unrealised: str | None
    deposits: str | None
    time: str | None
    undefined: Undefined


class BalanceOut(BalanceItem, ScopeOut):
    """The account, and each of its bots. Of several bots the account is their sum."""

    bot: str | None = Field(description="null where the account is of several bots")  # type: ignore[assignment]
    bots: list[str] = Field(description="Whose equity this is")
    items: list[BalanceItem]


class PositionItem(Schema):
    """One open position. Distances are fractions of the price now, signed."""

    trade_id: str
    bot: str
    mode: str
    version: str
    symbol: str
    side: str
    quantity: str
    entry_price: str
    entry_time: str | None
    stop_loss_price: str | None
    take_profit_price: str | None
    price: str | None
    fee: str | None
    unrealised: str | None
    updated_at: str


class PositionsOut(ScopeOut):
    items: list[PositionItem]
    next_cursor: str | None = None


class TradeItem(Schema):
    """One closed trade."""

    trade_id: str
    bot: str
    mode: str
    version: str
    symbol: str
    side: str
    entry_time: str | None
    exit_time: str
    entry_price: str | None
    exit_price: str | None
    quantity: str | None
    fee: str | None = Field(description="null where the record does not tell it")
    net_pnl: str
    exit_reason: str | None
    source: str
    corrected: bool
    tags: list[str]
    mistake: str | None = Field(description="Which one, in the trader's own words")
    link: str = Field(description="The trade's page")


class TradesOut(ScopeOut):
    items: list[TradeItem]
    next_cursor: str | None


class DrawdownOut(Schema):
    """The deepest fall from a peak: in money over closed trades, and of daily equity."""

    money: str = Field(description="The fall of cumulated net_pnl over closed trades, >= 0")
    fraction: float | None = Field(
        description="Of daily equity, <= 0: equity_drawdown's, a fall of its own"
    )
    start: str | None = Field(description="Exit time of the peak's trade, of the fall in money")
    trough: str | None = Field(description="Exit time of the lowest trade, of the fall in money")
    recovered_at: str | None = Field(description="Of the fall in money; null while it is open")
    recovered: bool = Field(description="Of the fall in money")
    basis: str = Field(description="What money, start, trough, recovered_at are drawn from")
    fraction_basis: str | None = Field(description="What fraction is drawn from: equity_basis")


class EquityDrawdownOut(Schema):
    """The deepest fall of daily equity, deposits taken out: every field of this one fall."""

    money: str
    fraction: float
    start: str | None = Field(description="Day of the peak; null for the starting equity")
    trough: str | None
    recovered_at: str | None
    recovered: bool


class StatsItem(Schema):
    """The figures of docs/statistics.md over the trades asked for."""

    trades: int
    wins: int
    losses: int
    break_evens: int
    win_rate: float | None
    net_pnl: str
    gross_profit: str
    gross_loss: str
    fees: str = Field(description="Those that are known")
    fees_unknown: int = Field(description="Trades that do not tell their fee")
    profit_factor: float | None
    expectancy: str | None
    expectancy_r: float | None
    payoff_ratio: float | None
    average_win: str | None
    average_loss: str | None
    best: str | None
    worst: str | None
    max_drawdown: DrawdownOut
    equity_drawdown: EquityDrawdownOut | None
    recovery_factor: float | None
    sqn: float | None
    kelly: float | None
    commission_drag: float | None
    longest_winning_streak: int
    longest_losing_streak: int
    average_mae: str | None
    average_mfe: str | None
    average_holding: float | None = Field(description="Seconds in position")
    exposure: float | None
    sharpe: float | None
    sortino: float | None
    cagr: float | None
    calmar: float | None
    ulcer_index: float | None
    psr: float | None
    equity_basis: str | None = Field(
        description=(
            "What the figures over days (max_drawdown.fraction, sharpe, sortino, cagr, calmar,"
            " ulcer_index, psr) are drawn from. account: the account's own daily equity, open"
            " positions included. bots together: the sum of what each of the account's bots had"
            " last, open positions included. closed trades: results by day on the equity there was"
            " before, for a version that shared its account with others."
        )
    )
    first_exit: str | None
    last_exit: str | None
    undefined: Undefined


class StatsOut(StatsItem, ScopeOut):
    pass


class VersionItem(StatsItem):
    """One version's figures."""

    version: str
    dsr: float | None = Field(
        description=(
            "Deflated Sharpe ratio: the probability, 0..1, that results by day (flat days"
            " included, on a constant capital) are better than what the luckiest of all versions"
            " ever tried would show by chance"
        )
    )


class CautionOut(Schema):
    code: str
    text: str


class EvidenceOut(Schema):
    """What the data could show at all, in the comparison's unit."""

    detectable: float | None
    settles: float | None
    more_trades: int | None
    days: int
    side_by_side: int


class RegimeOut(Schema):
    """The difference between like and like: each market regime weighed alike for both."""

    difference: float
    low: float
    high: float
    coverage: float = Field(description="The share of all trades in the regimes compared")
    strata: list[dict[str, Any]]


class Comparison(Schema):
    """b against a, per trade, in `unit`. `low` and `high` hold however often one looks."""

    a: str
    b: str
    unit: str
    verdict: str
    better: str | None
    sentence: str
    expectancy_a: float | None
    expectancy_b: float | None
    difference: float | None
    paired_difference: float | None
    low: float | None
    high: float | None
    evidence: EvidenceOut
    wins_more_often: float | None
    regime: RegimeOut | None
    versions_tried: int
    warnings: list[CautionOut]
    undefined: Undefined


class ComparisonOut(Comparison, ScopeOut):
    pass


class VersionsOut(ScopeOut):
    items: list[VersionItem]
    newest: Comparison | None = Field(description="The newest version against the one before it")
    next_cursor: str | None = None


class EquityItem(Schema):
    time: str
    equity: str
    realised: str | None
    unrealised: str | None
    deposits: str | None
    version: str
    drawdown: float | None = Field(description="Fall from the highest so far, a fraction <= 0")


class EquityOut(ScopeOut):
    """Newest first. Of more points than asked for, each stretch keeps its lowest and highest."""

    bot: str | None = Field(description="null where the curve is of several bots")
    bots: list[str] = Field(description="Whose equity is summed")
    derived: str | None = Field(
        description="What the curve was derived from afterwards; null where bots recorded it"
    )
    items: list[EquityItem]
    points: int = Field(description="How many candles the items stand for")
    next_cursor: str | None = None


class DayItem(Schema):
    day: str
    trades: int
    wins: int
    losses: int
    net_pnl: str


class GroupItem(Schema):
    value: str
    trades: int
    wins: int
    losses: int
    net_pnl: str
    win_rate: float | None
    expectancy: str | None
    undefined: Undefined


class BinItem(Schema):
    """Trades with low <= net_pnl < high."""

    low: str
    high: str
    trades: int


class RollingItem(Schema):
    """The figures of the `window` days that end with this one."""

    day: str
    trades: int
    win_rate: float | None
    expectancy: str | None
    undefined: Undefined


class AnalysisOut(ScopeOut):
    days: list[DayItem]
    groups: dict[str, list[GroupItem]] = Field(
        description="By weekday, hour (UTC), exit_reason, symbol and side"
    )
    distribution: list[BinItem]
    rolling: list[RollingItem]
    window: int


class HealthOut(Schema):
    status: str


class VersionCount(Schema):
    """What one version's records of a file came to."""

    trades: int
    net_pnl: str


class ImportItem(Schema):
    """One imported file. imported + duplicates + set_aside + quarantined = records."""

    batch: str
    path: str
    sha256: str
    bot: str
    mode: str
    state: str = Field(description="finished; unfinished or undone: counts for nothing")
    started_at: str | None
    finished_at: str | None
    undone_at: str | None
    records: int | None = Field(description="null until it has finished, as all counts")
    trades: int | None
    imported: int | None
    duplicates: int | None
    set_aside: int | None
    quarantined: int | None
    by_version: dict[str, VersionCount]
    reasons: dict[str, int] = Field(description="Quarantined lines by the reason's name")


class ImportsOut(ScopeOut):
    """Imported files, newest first."""

    items: list[ImportItem]
    next_cursor: str | None
    quarantined: int = Field(description="Lines in quarantine of all imports that count")
