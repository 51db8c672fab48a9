"""Comparing versions: pairing, verdicts, words, and what is said where little is known."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from dashboard.performance.comparability import Facts
from dashboard.performance.comparison import Comparison, Version, compare, observations
from dashboard.performance.equity import DAY
from dashboard.performance.pairing import DayResult, pair_days
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT, TradeResult
from dashboard.performance.verdict import Verdict, comparisons


def version(
    name: str, results: Sequence[float], *, per_day: int = 1, start: int = 0, risk: bool = True
) -> Version:
    """A version whose trades made so many R of 100 quote units each."""
    days: dict[int, list[TradeResult]] = defaultdict(list)
    for index, result in enumerate(results):
        day, place = start + index // per_day, index % per_day
        days[day].append(
            TradeResult(
                f"{index:06}",
                day * DAY + place,
                int(result * 100 * UNIT),
                risk=100 * UNIT if risk else None,
            )
        )
    return Version(name, [(day, Summary.of_trades(trades)) for day, trades in days.items()])


def results(seed: int, count: int, mean: float = 0.0) -> Sequence[float]:
    draws = np.random.default_rng(seed).standard_t(3, count) * 1.5 / math.sqrt(3)
    found: Sequence[float] = (draws + mean).tolist()
    return found


def compared(
    difference: float,
    count: int = 400,
    *,
    tried: int = 2,
    risk: bool = True,
    start: int = 0,
    per_day: int = 1,
) -> Comparison:
    a = version("8.02", results(1, count), risk=risk, per_day=per_day)
    b = version("8.03", results(2, count, difference), risk=risk, start=start, per_day=per_day)
    return compare(a, b, versions_tried=tried, quote_asset="USDT")


def day(number: int, trades: int, total: float) -> DayResult:
    return DayResult(number, trades, total)


def test_days_of_both_are_paired_with_each_other() -> None:
    pairs = pair_days([day(1, 2, 4.0), day(2, 1, 1.0)], [day(2, 1, 5.0), day(3, 1, 0.0)])
    assert pairs.side_by_side == 1
    assert 4.0 in pairs.differences


def test_days_of_one_alone_are_paired_in_order() -> None:
    pairs = pair_days([day(1, 1, 1.0), day(2, 1, 2.0)], [day(8, 1, 10.0), day(9, 1, 20.0)])
    assert pairs.differences.tolist() == [9.0, 18.0]


def test_a_pair_counts_on_its_later_day() -> None:
    pairs = pair_days([day(1, 1, 0.0), day(5, 1, 0.0)], [day(5, 1, 1.0), day(9, 1, 2.0)])
    assert pairs.differences.tolist() == [1.0, 2.0]


def test_a_pair_once_made_stays() -> None:
    a = [day(number, 1, float(number)) for number in (1, 2, 4, 7)]
    b = [day(number, 1, float(-number)) for number in (2, 3, 5, 8, 9)]
    for known in range(10):
        sooner = pair_days([d for d in a if d.day <= known], [d for d in b if d.day <= known])
        later = pair_days(a, b)
        assert later.differences[: sooner.count].tolist() == sooner.differences.tolist()


def test_a_pair_weighs_as_its_trades_allow() -> None:
    assert pair_days([day(1, 3, 3.0)], [day(1, 6, 3.0)]).weights.tolist() == [2.0]


def test_swapping_the_versions_turns_the_sign() -> None:
    one = compared(0.5)
    a = version("8.02", results(1, 400))
    b = version("8.03", results(2, 400, 0.5))
    other = compare(b, a, versions_tried=2)
    assert other.difference == pytest.approx(-(one.difference or 0))
    assert (one.ruling.better, other.ruling.better) == ("b", "a")


def test_a_large_difference_is_better() -> None:
    found = compared(0.9)
    assert (found.ruling.verdict, found.ruling.better) == (Verdict.BETTER, "b")


def test_a_loser_makes_the_other_better() -> None:
    found = compared(-0.9)
    assert (found.ruling.verdict, found.ruling.better) == (Verdict.BETTER, "a")


def test_a_middling_difference_is_probably_better() -> None:
    assert compared(0.5).ruling.verdict is Verdict.PROBABLY_BETTER


def test_a_small_difference_is_too_early() -> None:
    assert compared(0.1).ruling.verdict is Verdict.TOO_EARLY


def test_a_narrow_band_around_zero_is_no_visible_difference() -> None:
    flat = [0.1, -0.1, 0.05, -0.05] * 200
    found = compare(
        version("8.02", flat), version("8.03", flat[::-1]), versions_tried=2, quote_asset="USDT"
    )
    assert found.ruling.verdict is Verdict.NO_VISIBLE_DIFFERENCE


def test_every_version_ever_tried_asks_for_more() -> None:
    assert compared(0.5, tried=12).ruling.verdict is Verdict.TOO_EARLY


def test_pairs_are_counted_among_all_versions() -> None:
    assert [comparisons(tried) for tried in (2, 3, 8)] == [1, 3, 28]


def test_fewer_versions_than_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="versions_tried is 1"):
        compared(0.1, tried=1)


def test_r_is_the_unit_where_every_risk_is_known() -> None:
    assert compared(0.1).unit == "R"


def test_money_is_the_unit_where_one_is_not() -> None:
    found = compared(0.1, risk=False)
    assert found.unit == "USDT"
    assert found.difference == pytest.approx(100 * (compared(0.1).difference or 0), abs=1e-6)


def test_money_and_r_give_the_same_verdict_when_the_stake_is_the_same() -> None:
    for difference in (0.0, 0.5, 0.9):
        in_money = compared(difference, risk=False).ruling.verdict
        assert in_money is compared(difference).ruling.verdict


def test_no_trades_is_too_early_with_reasons() -> None:
    found = compare(version("8.02", []), version("8.03", [1.0]), versions_tried=2)
    assert found.ruling.verdict is Verdict.TOO_EARLY
    assert found.difference is None
    assert found.undefined["difference"] == "one of the versions has no trades"


def test_without_ten_wins_and_losses_nothing_is_judged() -> None:
    """Nine-to-one winners whose large loss has not been seen yet look like a sure thing."""
    b = version("8.03", [1.0] * 60)
    found = compare(version("8.02", results(1, 60)), b, versions_tried=2)
    assert found.ruling.verdict is Verdict.TOO_EARLY
    assert "10 winning and 10 losing trades" in found.sentence


def test_few_days_are_not_judged_however_many_trades() -> None:
    found = compared(0.9, 400, per_day=100)
    assert found.ruling.verdict is Verdict.TOO_EARLY
    assert "10 days" in found.sentence


def test_paired_days_that_contradict_all_trades_are_not_judged() -> None:
    """B is better on the paired days, but lost it all on the days A did not trade."""
    b = [*results(2, 400, 0.9), *([-3.0] * 200)]
    found = compare(version("8.02", results(1, 400)), version("8.03", b), versions_tried=2)
    assert found.paired_difference is not None
    assert found.paired_difference > 0
    assert found.difference is not None
    assert found.difference < 0
    assert found.ruling.verdict is Verdict.TOO_EARLY


def test_money_of_different_quote_assets_is_not_judged() -> None:
    a, b = (
        Version(one.name, one.days, facts=Facts(since=0, until=1, quote_assets=frozenset({quote})))
        for one, quote in (
            (version("8.02", results(1, 400), risk=False), "USDT"),
            (version("8.03", results(2, 400, 0.9), risk=False), "BTC"),
        )
    )
    found = compare(a, b, versions_tried=2)
    assert found.ruling.verdict is Verdict.TOO_EARLY
    assert "one quote asset" in found.sentence


def test_identical_days_side_by_side_show_no_difference() -> None:
    found = compare(
        version("8.02", results(1, 60)), version("8.03", results(1, 60)), versions_tried=2
    )
    assert found.ruling.verdict is Verdict.NO_VISIBLE_DIFFERENCE


def test_what_the_market_did_to_both_is_taken_out() -> None:
    market = np.array(results(3, 300)) * 3
    a = version("8.02", (market + np.array(results(4, 300)) / 3).tolist())
    made = (market + np.array(results(5, 300, 1.0)) / 3).tolist()
    # Later, and in another order, so that the n-th days have nothing in common.
    apart = version("8.03", made[::-1], start=1000)
    b = version("8.03", made)
    beside = compare(a, b, versions_tried=2).ruling.verdict
    assert beside is Verdict.BETTER
    assert compare(a, apart, versions_tried=2).ruling.verdict is Verdict.TOO_EARLY


def test_the_smallest_detectable_difference() -> None:
    found = compared(0.1)
    deviations = [np.std(results(1, 400), ddof=1), np.std(results(2, 400), ddof=1)]
    expected = 2.8 * math.hypot(*deviations) / 20
    assert found.evidence.detectable == pytest.approx(expected, rel=1e-6)


def test_a_settled_comparison_needs_no_more() -> None:
    assert compared(0.9).evidence.more_trades == 0


def test_the_sentence_of_too_early() -> None:
    found = compared(0.2, start=1000)
    assert found.sentence.startswith("Too early. v8.03 made 0.")
    assert " R more per trade than v8.02, plausible range −0." in found.sentence
    assert found.sentence.endswith(
        "more trades each would settle it; running both side by side needs fewer."
    )


def test_side_by_side_is_not_advised_to_who_does_it() -> None:
    assert "side by side" not in compared(0.1).sentence


def test_the_sentence_of_better_names_the_better() -> None:
    found = compared(-0.9)
    assert found.sentence.startswith("Better: v8.02. v8.03 made 1.03 R less")
    assert "1 such verdict in 100" in found.sentence


def test_the_sentence_of_no_visible_difference_gives_its_bound() -> None:
    flat = [0.1, -0.1, 0.05, -0.05] * 200
    found = compare(version("8.02", flat), version("8.03", flat[::-1]), versions_tried=2)
    assert found.sentence == (
        "No visible difference. v8.03 and v8.02 made the same per trade, plausible range"
        " −0.02 to +0.02. Whatever difference there is, is less than 0.10 R."
    )


def test_a_small_unit_is_not_rounded_to_nothing() -> None:
    coins = [version(str(n), [0.00001 * n, -0.00001] * 200, risk=False) for n in (1, 3)]
    found = compare(*coins, versions_tried=2, quote_asset="BTC")
    said = "v3 made 0.0010 BTC more per trade than v1, plausible range +0.00085 to +0.0012"
    assert said in found.sentence


def test_what_waits_for_wins_is_not_said_to_take_trades() -> None:
    wins = [version(name, results(seed, 60, 50.0)) for name, seed in (("1", 1), ("2", 2))]
    evidence = compare(*wins, versions_tried=2).evidence
    assert evidence.more_trades is None


def test_a_name_that_is_no_number_gets_no_v() -> None:
    found = compare(version("base", [1.0]), version("next", [2.0]), versions_tried=2)
    assert "next made 1.00 R more per trade than base" in found.sentence


def test_wins_more_often_counts_only_wins() -> None:
    found = compare(
        version("8.02", [3.0, -1.0] * 50), version("8.03", [0.1, 0.1, -1.0] * 33), versions_tried=2
    )
    assert found.wins_more_often is not None
    assert found.wins_more_often > 0.98
    assert found.difference is not None
    assert found.difference < 0


def test_the_day_under_way_waits_until_it_is_over() -> None:
    a, b = version("8.02", results(1, 30)), version("8.03", results(2, 30))
    days = [compare(a, b, versions_tried=2, today=today).evidence.days for today in (29, 30, None)]
    assert days == [29, 30, 29]


def test_looking_during_a_day_changes_no_verdict() -> None:
    a, b = version("8.02", results(1, 300)), version("8.03", results(2, 300, 0.5))
    more = version("8.03", [*results(2, 300, 0.5), 40.0])
    assert compare(a, b, versions_tried=2, today=300).ruling == (
        compare(a, more, versions_tried=2, today=300).ruling
    )


def test_resampling_gets_every_day_in_the_unit_of_the_comparison() -> None:
    a, b = version("8.02", [1.0, -2.0, 3.0], per_day=2), version("8.03", [0.5], start=9)
    assert observations(a, b) == ([day(0, 2, -1.0), day(1, 1, 3.0)], [day(9, 1, 0.5)])


def test_one_trade_each_leaves_no_number_that_is_none() -> None:
    a, b = version("8.02", [1.0], risk=False), version("8.03", [2.0], risk=False)
    evidence = compare(a, b, versions_tried=2, quote_asset="USDT").evidence
    assert (evidence.detectable, evidence.settles, evidence.more_trades) == (None, None, None)


def test_without_ten_wins_nothing_is_judged_either() -> None:
    """A lottery whose prize has not been drawn yet looks like a sure loss."""
    b = version("8.03", [*([-1.0] * 51), *([0.5] * 9)])
    found = compare(version("8.02", results(1, 60, 1.0)), b, versions_tried=2)
    assert found.ruling.verdict is Verdict.TOO_EARLY
    assert "10 winning and 10 losing trades" in found.sentence


def test_more_trades_counts_trades_not_days() -> None:
    few, many = (compared(0.1, 400, per_day=per_day).evidence.more_trades for per_day in (1, 4))
    assert few is not None
    assert many is not None
    assert 0.7 < few / many < 1.4


def test_in_money_a_fifteenth_of_the_scatter_matters() -> None:
    found = compared(0.05, risk=False)
    deviations = [float(np.std(results(1, 400), ddof=1)), float(np.std(results(2, 400), ddof=1))]
    pooled = 100 * math.hypot(*deviations) / math.sqrt(2)
    assert found.evidence.settles == pytest.approx(pooled / 15, rel=1e-6)


def test_how_many_more_is_said_without_false_precision() -> None:
    found = compared(0.1)
    said = re.search(r"About ([\d,]+) more trades", found.sentence)
    assert said is not None
    more = found.evidence.more_trades
    assert more is not None
    digits = said[1].replace(",", "")
    assert set(digits[2:]) == {"0"}
    assert more <= int(digits) <= 2 * more
