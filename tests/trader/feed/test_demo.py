from itertools import islice, pairwise

from trader.feed import demo
from trader.feed.demo import DemoFeed, generate


def never() -> bool:
    return False


def test_one_seed_is_one_market() -> None:
    assert list(islice(generate(1), 300)) == list(islice(generate(1), 300))


def test_another_seed_is_another_market() -> None:
    assert list(islice(generate(1), 300)) != list(islice(generate(2), 300))


def test_candles_follow_one_another_without_a_gap() -> None:
    made = list(islice(generate(3), 500))
    assert all(after.open_time == before.close_time for before, after in pairwise(made))


def test_a_candle_opens_where_the_one_before_closed() -> None:
    made = list(islice(generate(3), 500))
    assert all(after.open == before.close for before, after in pairwise(made))


def test_the_past_comes_at_once_and_the_rest_when_it_is_let() -> None:
    feed = DemoFeed(1, never, past=40)
    assert len(list(feed.candles(None))) == 40


def test_each_live_candle_is_waited_for() -> None:
    waits = iter([True, True, False])
    feed = DemoFeed(1, lambda: next(waits), past=40)
    assert len(list(feed.candles(None))) == 42


def test_a_feed_goes_on_after_any_candle() -> None:
    feed = DemoFeed(1, never, past=40)
    everything = list(feed.candles(None))
    assert list(feed.candles(everything[24].open_time)) == everything[25:]


def test_history_ends_with_the_candle_asked_for() -> None:
    feed = DemoFeed(1, never, past=40)
    everything = list(feed.candles(None))
    assert feed.history(everything[24].open_time, 10) == everything[15:25]


def test_the_first_start_has_no_history() -> None:
    assert DemoFeed(1, never).history(None, 10) == []


def test_half_a_year_stands_ready() -> None:
    assert demo.PAST_CANDLES == 181 * 24 * 4
