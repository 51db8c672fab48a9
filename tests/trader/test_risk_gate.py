"""The gate before each entry: limits, modes, orders from the operator, and a bot killed between."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trader.fakes import Died, MemoryLog
from tests.trader.plans import go, plan
from trader.domain import events
from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.position import Position
from trader.domain.standing import Mode
from trader.risk_gate import Command, HaltLimits, RiskGate
from trader.runner import Plan, read_book

DAY = datetime(2026, 3, 2, tzinfo=UTC)
LENGTH = timedelta(minutes=15)
ALL = HaltLimits(Decimal("0.03"), Decimal("0.1"), 4)


@dataclass(frozen=True)
class Given:
    number: int
    action: str
    reason: str = ""


@dataclass
class FakeInbox:
    waiting: list[Command] = field(default_factory=list)

    def commands(self) -> Sequence[Command]:
        return list(self.waiting)

    def done(self, command: Command) -> None:
        self.waiting.remove(command)


@dataclass
class Account:
    """A book to which things happen, and the gate before it."""

    limits: HaltLimits = ALL
    book: Book = field(default_factory=Book)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    log: MemoryLog = field(default_factory=MemoryLog)
    now: datetime = DAY

    def __post_init__(self) -> None:
        self.gate = RiskGate(self.limits, account="paper", inbox=self.inbox)
        self.record(events.CASH_DEPOSITED, {"asset": "USDT", "amount": Decimal(10_000)})

    def record(self, kind: str, body: Any, at: datetime | None = None) -> None:
        self.log.append(kind, body, occurred_at=at)
        self.book.apply(kind, self.log.events[-1].body, "8.03")

    def candle(self, equity: str = "10000") -> str | None:
        """A candle at whose close the equity is this; answers why nothing may be entered."""
        moved = Decimal(equity) - self.book.cash
        self.book.cash += moved  # as a trade would have
        price = Decimal(100)
        candle = Candle(self.now, self.now + LENGTH, price, price, price, price, Decimal(1))
        self.now += LENGTH
        self.gate.review(self.book, self.record, candle)
        refusal = self.gate.entry_refusal(self.book, candle)
        body = {"candle": {"open_time": candle.open_time, "close_time": candle.close_time,
                           "low": price, "high": price, "close": price}}  # fmt: skip
        self.record(events.STATE_SNAPSHOT, body | self.book.state(price))
        return refusal

    def trade(self, net_pnl: str) -> None:
        self.book.positions["t"] = Position("t", "BTCUSDT", "8.03", DAY, None, None)
        body = {"trade_id": "t", "net_pnl": Decimal(net_pnl), "exit_time": self.now}
        self.record(events.TRADE_CLOSED, body)

    def order(self, action: str, number: int = 1) -> None:
        self.inbox.waiting.append(Given(number, action))

    @property
    def mode(self) -> Mode:
        return self.book.standing.mode


def test_an_account_within_its_limits_may_enter() -> None:
    account = Account()
    assert [account.candle(equity) for equity in ("10000", "9800", "10100")] == [None] * 3


def test_r16_the_days_loss_ends_entries_until_the_next_day() -> None:
    account = Account()
    account.candle()
    assert "no entry while reduce_only" in str(account.candle("9700"))
    account.now = DAY + timedelta(days=1) - LENGTH
    assert account.candle("9700") is not None  # closes at midnight: still that day's
    assert account.candle("9700") is None


def test_a_loss_just_under_the_limit_ends_nothing() -> None:
    account = Account()
    account.candle()
    assert account.candle("9700.01") is None


def test_r16_a_drawdown_ends_entries_until_resumed_by_hand() -> None:
    account = Account(replace(ALL, daily_loss_fraction=None))
    account.candle("12000")
    account.candle("10800")
    account.now += timedelta(days=30)
    assert account.candle("11000") is not None
    account.order("resume")
    assert account.candle("11000") is None


def test_after_resuming_the_fall_is_counted_from_there() -> None:
    account = Account(replace(ALL, daily_loss_fraction=None))
    account.candle("12000")
    account.candle("10800")
    account.order("resume")
    account.candle("10800")
    assert account.candle("9730") is None
    assert account.candle("9720") is not None


def test_a_days_halt_does_not_forget_the_highest_equity() -> None:
    account = Account()
    account.candle()
    account.candle("9600")
    account.now = DAY + timedelta(days=1)
    account.candle("9600")
    assert account.book.standing.peak_equity == 10_000


def test_r16_a_losing_streak_ends_entries_until_the_next_day() -> None:
    account = Account()
    account.candle()
    for _ in range(4):
        account.trade("-1")
    assert "4 losing trades in a row" in str(account.candle())
    account.now = DAY + timedelta(days=1)
    assert account.candle() is None


def test_a_win_ends_a_streak() -> None:
    account = Account()
    for net in ("-1", "-1", "-1", "1", "-1"):
        account.trade(net)
    assert account.candle() is None


def test_r16_after_a_loss_the_bot_cools_down() -> None:
    account = Account(HaltLimits(cooldown=2 * LENGTH))
    account.trade("-5")
    assert "cooling down" in str(account.candle())
    assert account.candle() is None


def test_money_paid_out_is_no_loss() -> None:
    account = Account()
    account.candle()
    account.record(events.CASH_WITHDRAWN, {"asset": "USDT", "amount": Decimal(5_000)})
    assert account.candle("5000") is None


@pytest.mark.parametrize(
    ("action", "mode"), [("pause", Mode.REDUCE_ONLY), ("halt", Mode.HALTED)]
)  # fmt: skip
def test_r15_what_the_operator_orders_holds_until_resumed(action: str, mode: Mode) -> None:
    account = Account()
    account.order(action)
    account.candle()
    account.now += timedelta(days=9)
    account.candle()
    assert account.mode is mode
    account.order("resume", 2)
    assert account.candle() is None


def test_a_pause_does_not_loosen_a_halt() -> None:
    account = Account()
    account.order("halt")
    account.order("pause", 2)
    account.candle()
    assert account.mode is Mode.HALTED


def test_only_a_halt_keeps_the_strategy_from_closing() -> None:
    account = Account()
    account.order("pause")
    account.candle()
    assert account.gate.exit_refusal(account.book) is None
    account.order("halt", 2)
    account.candle()
    assert account.gate.exit_refusal(account.book) is not None


def test_an_order_that_was_recorded_already_is_not_carried_out_again() -> None:
    account = Account()
    account.order("halt", 5)
    account.candle()
    account.order("resume", 6)
    account.candle()
    account.order("halt", 5)  # killed before it could be taken away
    account.candle()
    assert account.mode is Mode.ACTIVE


def test_r01_an_old_candle_is_not_decided_on() -> None:
    limits = HaltLimits(stale_after=timedelta(minutes=1))
    gate = RiskGate(limits, account="paper", clock=lambda: DAY + LENGTH + timedelta(minutes=2))
    price = Decimal(100)
    candle = Candle(DAY, DAY + LENGTH, price, price, price, price, price)
    assert gate.entry_refusal(Book(), candle) == "no entry: the candle closed 120 s ago"


moves = st.lists(
    st.one_of(
        st.tuples(st.just("candle"), st.integers(6_000, 13_000)),
        st.tuples(st.just("trade"), st.integers(-300, 200)),
        st.tuples(st.sampled_from(["pause", "halt", "resume"]), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 200)),
    ),
    max_size=40,
)


@settings(max_examples=150)
@given(moves=moves)
def test_a_restart_anywhere_stands_as_the_fold_of_all_events(
    moves: list[tuple[str, int]],
) -> None:
    account = Account()
    for number, (what, value) in enumerate(moves, start=1):
        match what:
            case "candle":
                account.candle(str(value))
            case "trade":
                account.trade(str(value))
            case "wait":
                account.now += value * LENGTH
            case _:
                account.order(what, number)
        restarted = Book()
        snapshots = account.log.newest(limit=1, kind=events.STATE_SNAPSHOT)
        after = 0
        if snapshots:
            restarted, after = Book.from_snapshot(snapshots[0].body), snapshots[0].seq
        for event in account.log.events[after:]:
            restarted.standing.apply(event.kind, event.body)
        assert restarted.standing == account.book.standing


@settings(max_examples=150)
@given(moves=moves)
def test_no_entry_is_allowed_beyond_a_limit(moves: list[tuple[str, int]]) -> None:
    account = Account()
    for what, value in moves:
        if what == "trade":
            account.trade(str(value))
        elif what == "candle":
            first = account.book.standing.day_start_for(account.now + LENGTH)
            refusal = account.candle(str(value))
            if value <= first * Decimal("0.97"):
                assert refusal is not None


LIMITS = HaltLimits(Decimal("0.004"), Decimal("0.02"), 3, cooldown=4 * LENGTH)


def limited(log: MemoryLog) -> Plan:
    def gate() -> RiskGate:
        return RiskGate(LIMITS, account="demo")

    return replace(plan(log, 600), gate=gate)


def unharmed() -> MemoryLog:
    log = MemoryLog()
    go(limited(log))
    return log


WHOLE = unharmed()
STEPS = [event.seq for event in WHOLE.events[:-1] if event.kind != events.STATE_SNAPSHOT]


def test_the_stretch_halts_and_resumes() -> None:
    assert WHOLE.of_kind(events.RISK_HALTED)
    assert WHOLE.of_kind(events.RISK_RESUMED)


@pytest.mark.parametrize("survived", STEPS[::7])
def test_killed_at_any_step_the_halts_are_the_same(survived: int) -> None:
    log = MemoryLog(dies_at=survived)
    with pytest.raises(Died):
        go(limited(log))
    log.dies_at = None
    go(limited(log))
    for kind in (events.RISK_HALTED, events.RISK_RESUMED, events.TRADE_CLOSED):
        assert [e.body for e in log.of_kind(kind)] == [e.body for e in WHOLE.of_kind(kind)]
    assert read_book(log).standing == read_book(WHOLE).standing
