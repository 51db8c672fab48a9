"""What candles can tell of a trade, and what they cannot."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.backfill.candles import Bars, Merged, bodies, candles_of, joined, merge
from dashboard.backfill.measuring import WARM, Excursions, Held, entry_regime, excursions

MINUTE = 60_000
START = 1_704_067_200_000  # 2024-01-01
CANDLES = {
    START + 15 * MINUTE * at: (str(open_), str(high), str(low), str(close), "1")
    for at, (open_, high, low, close) in enumerate(
        [(100, 110, 95, 105), (105, 120, 104, 118), (118, 119, 90, 92), (92, 130, 80, 101)]
    )
}


def at(minutes: float) -> int:
    """Microseconds after the first candle's opening."""
    return int((START + minutes * MINUTE) * 1000)


def held(entry: float, left: float, **more: object) -> Held:
    facts = {"entry_price": "105", "exit_price": "100", "quantity": "2", "direction": 1}
    return Held(entry_time=at(entry), exit_time=at(left), **(facts | more))  # type: ignore[arg-type]


BARS = Bars("15m", CANDLES)


def test_whole_candles_within_the_trade_count() -> None:
    # Candles 1 and 2: low 90, high 120.
    assert excursions(held(15, 50), BARS) == Excursions(Decimal(-30), Decimal(30))


def test_the_candles_of_entry_and_exit_do_not() -> None:
    # Candle 2 alone is whole: high 119, low 90; candle 3's 130 and 80 may have come later.
    assert excursions(held(20, 50), BARS) == Excursions(Decimal(-30), Decimal(28))


def test_a_short_trades_worst_is_the_highest_price() -> None:
    found = excursions(held(15, 50, direction=-1), BARS)
    assert (found.mae, found.mfe) == (Decimal(-30), Decimal(30))


def test_the_exit_price_counts_where_no_candle_went_as_far() -> None:
    found = excursions(held(20, 50, exit_price="125"), BARS)
    assert found.mfe == Decimal(40)


def test_left_at_the_last_candles_close_is_covered() -> None:
    assert excursions(held(15, 60, exit_price="101"), BARS).mae == Decimal(-50)


@pytest.mark.parametrize(("entry", "left"), [(-5, 20), (15, 61), (70, 90)])
def test_what_no_candle_covers_is_undefined(entry: float, left: float) -> None:
    assert excursions(held(entry, left), BARS) == Excursions(why="not covered")


def test_a_missing_candle_leaves_it_open() -> None:
    gap = {opened: each for opened, each in CANDLES.items() if opened != START + 30 * MINUTE}
    assert excursions(held(15, 50), Bars("15m", gap)).why == "not covered"


def test_within_one_candle_nothing_can_be_told() -> None:
    assert excursions(held(16, 29, exit_price="118"), BARS).why == "candles too long"


def test_prices_the_candles_never_saw_are_another_markets() -> None:
    assert excursions(held(15, 50, entry_price="1050"), BARS).why == "other prices"


@pytest.mark.parametrize("lost", ["entry_price", "exit_price", "quantity"])
def test_without_prices_there_is_nothing_to_compare(lost: str) -> None:
    assert excursions(held(15, 50, **{lost: ""}), BARS).why == "no prices or quantity"


@given(
    st.lists(st.tuples(*[st.integers(50, 150)] * 4), min_size=3, max_size=12),
    st.data(),
)
def test_excursions_are_never_beyond_what_the_candles_saw(
    rows: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    made = {
        START + 15 * MINUTE * n: (str(row[0]), str(max(row)), str(min(row)), str(row[3]), "1")
        for n, row in enumerate(rows)
    }
    bars = Bars("15m", made)
    entry = data.draw(st.integers(0, 15 * len(rows) - 2))
    left = data.draw(st.integers(entry + 1, 15 * len(rows) - 1))
    price = made[START + entry // 15 * 15 * MINUTE][0]
    last = made[START + left // 15 * 15 * MINUTE][0]
    found = excursions(held(entry, left, entry_price=price, exit_price=last), bars)
    if found.mae is None or found.mfe is None:
        assert found.why == "candles too long"
        return
    low, high = (pick(float(row[i]) for row in made.values()) for pick, i in ((min, 2), (max, 1)))
    assert found.mae <= 0 <= found.mfe
    assert float(found.mae) >= (low - float(price)) * 2
    assert float(found.mfe) <= (high - float(price)) * 2
    moved = (Decimal(last) - Decimal(price)) * 2
    assert found.mae <= moved <= found.mfe


def _level(*_: object) -> tuple[float, float]:
    return 30.0, 1.0


def _many(count: int) -> Bars:
    return Bars(
        "15m", {START + 15 * MINUTE * n: ("100", "101", "99", "100", "1") for n in range(count)}
    )


def test_the_market_at_entry_is_that_of_the_candles_closed_by_then() -> None:
    bars = _many(WARM + 1)
    seen: list[int] = []

    def indicators(high: object, low: object, close: object, period: int) -> tuple[float, float]:
        seen.append(len(high))  # type: ignore[arg-type]
        return 30.0, 1.0

    # 1 % of the price in 15 minutes is 9.8 % a day.
    assert entry_regime(at(15 * WARM + 3), bars, indicators) == "trend, volatile"
    assert seen == [WARM]


def test_too_few_candles_make_no_market() -> None:
    assert entry_regime(at(15 * (WARM - 1) + 3), _many(WARM + 1), _level) == "unknown"


def test_old_candles_say_nothing_of_today() -> None:
    assert entry_regime(at(15 * (WARM + 40)), _many(WARM + 1), _level) == "unknown"


def test_an_indicator_that_is_no_number_says_nothing() -> None:
    bars = _many(WARM + 1)
    assert entry_regime(at(15 * WARM), bars, lambda *_: (math.nan, 1.0)) == "unknown"


def test_candles_come_back_from_their_events() -> None:
    told = [body for _, _, body in bodies("BTCUSDT", "15m", CANDLES, {"file": "x"})]
    assert joined(candles_of(body) for body in told) == CANDLES


def test_a_day_is_an_event() -> None:
    long = {START + 15 * MINUTE * n: ("1", "1", "1", "1", "1") for n in range(200)}
    refs = [ref for ref, _, _ in bodies("BTCUSDT", "15m", long, {})]
    assert refs == [f"BTCUSDT 15m 2024-01-0{day}" for day in (1, 2, 3)]


def test_a_recorded_candle_stands() -> None:
    merged = Merged()
    first, second, *_ = CANDLES
    other = {first: ("100", "110.0", "95", "105", "1.000"), second: ("1", "1", "1", "1", "1")}
    merge(CANDLES, other, merged)
    assert (merged.fresh, merged.known, merged.differing) == ({}, 1, [second])
