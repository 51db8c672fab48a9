"""Times: one form a column, day and month told apart by all of it, zones never guessed."""

from datetime import UTC, datetime

import pytest

from dashboard.legacy.batch import ImportRefused
from dashboard.legacy.times import (
    UnknownTimezone,
    decide_form,
    iso,
    microseconds,
    place,
    timezone_named,
)

from .reading import read

ROW = "BTCUSDT,LONG,{},{},40000,40100,1,40.05,59.95\n"
HEADER = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl\n"


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2024-01-03 13:54:48", "2024-01-03T13:54:48Z"),
        ("2024-01-03T13:54:48.5+09:00", "2024-01-03T04:54:48.500000Z"),
        ("1707746450000", "2024-02-12T14:00:50Z"),
        ("1707746450", "2024-02-12T14:00:50Z"),
        ("2024. 1. 3. 오후 1:02:03", "2024-01-03T13:02:03Z"),
        ("2024년 1월 3일 13:02:03", "2024-01-03T13:02:03Z"),
        ("Jan 3, 2024 13:00:01", "2024-01-03T13:00:01Z"),
        ("03.01.2024 13:00", "2024-01-03T13:00:00Z"),
        ("20240103 130000", "2024-01-03T13:00:00Z"),
        ("20240103T130000Z", "2024-01-03T13:00:00Z"),
        ("2024-01-03_13-00-00", "2024-01-03T13:00:00Z"),
        ("13:00 2024-01-03", "2024-01-03T13:00:00Z"),
        ("13:00:05 13/01/2024", "2024-01-13T13:00:05Z"),
        ("01/13/2024 - 13:00:05", "2024-01-13T13:00:05Z"),
        ("Wed, 03 Jan 2024 13:00:00 GMT", "2024-01-03T13:00:00Z"),
        ("Wed Jan 03 13:00:00 2024", "2024-01-03T13:00:00Z"),
        ("2024-01-03 22:00:00 KST", "2024-01-03T13:00:00Z"),
        ("2024-01-03 08:00:00 EST", "2024-01-03T13:00:00Z"),
    ],
)
def test_forms(cell: str, instant: str) -> None:
    form = decide_form([cell])
    assert form is not None
    found = form.read(cell)
    assert found is not None
    moment = place(found[0], UTC)
    assert moment is not None
    assert iso(microseconds(moment)) == instant


def test_day_first_is_decided_by_the_whole_column() -> None:
    form = decide_form(["03/04/2024 10:00", "05/04/2024 10:00", "13/04/2024 10:00"])
    assert form is not None
    assert form.name == "dmy"


def test_month_first_is_too() -> None:
    form = decide_form(["03/04/2024 10:00", "03/13/2024 10:00"])
    assert form is not None
    assert form.name == "mdy"


def test_what_cannot_be_decided_is_quarantined() -> None:
    log = HEADER + ROW.format("03/04/2024 10:00", "03/04/2024 11:00") * 2
    assert set(read(log).reasons.values()) == {"ambiguous_date"}


def test_naive_times_without_a_zone_are_refused_and_say_what_to_do() -> None:
    with pytest.raises(ImportRefused, match="--timezone"):
        read(HEADER + ROW.format("2024-01-03 10:00:00", "2024-01-03 11:00:00"), zone=None)


def test_naive_times_are_read_in_the_given_zone() -> None:
    log = HEADER + ROW.format("2024-01-03 10:00:00", "2024-01-03 11:00:00")
    trade = read(log, zone=timezone_named("+09:00")).trades[0]
    assert trade.exit_time == int(datetime(2024, 1, 3, 2, tzinfo=UTC).timestamp()) * 1_000_000


def test_offsets_need_no_zone() -> None:
    log = HEADER + ROW.format("2024-01-03T10:00:00Z", "2024-01-03T11:00:00Z")
    assert len(read(log, zone=None).trades) == 1


@pytest.mark.parametrize(
    ("entered", "left", "reason"),
    [
        ("10:00:00", "11:00:00", "time_without_date"),
        ("2024-01-03 10:00:00", "2099-01-01 00:00:00", "time_in_future"),
        ("2024-01-03 10:00:00", "1970-01-01 00:00:00", "exit_before_entry"),
        ("1970-01-01 00:00:00", "1970-01-01 00:00:00", "time_too_old"),
        ("2024-02-31 10:00:00", "2024-03-01 00:00:00", "bad_time"),
    ],
)
def test_times_that_cannot_be(entered: str, left: str, reason: str) -> None:
    good = ROW.format("2024-01-03 10:00:00", "2024-01-03 11:00:00")
    log = HEADER + good * 3 + ROW.format(entered, left)
    if reason == "time_without_date":
        log = HEADER + ROW.format(entered, left) * 3
    assert set(read(log).reasons.values()) == {reason}


def test_an_unknown_zone_says_so() -> None:
    with pytest.raises(UnknownTimezone, match="no time zone"):
        timezone_named("Mars/Olympus")


def test_a_local_hour_the_clocks_skipped_is_no_time() -> None:
    zone = timezone_named("Europe/Berlin")
    assert place(datetime(2024, 3, 31, 2, 30), zone) is None  # noqa: DTZ001


def test_a_date_and_a_time_of_day_in_two_columns_are_one_time() -> None:
    log = (
        "symbol,side,entry_date,entry_time,exit_date,exit_time,entry_price,exit_price,quantity,fee,pnl\n"
        "BTCUSDT,LONG,2024-01-03,10:00:00,2024-01-03,11:30:00,40000,40100,1,40.05,59.95\n"
        * 1
        + "BTCUSDT,LONG,2024-01-04,10:00:00,2024-01-04,12:30:00,40000,40200,1,40.10,159.90\n"
    )
    assert [iso(trade.exit_time) for trade in read(log).trades] == [
        "2024-01-03T11:30:00Z", "2024-01-04T12:30:00Z",
    ]  # fmt: skip


def test_a_zone_named_in_the_header_counts_before_the_one_given() -> None:
    header = HEADER.replace("_time", "_time (KST)")
    log = header + ROW.format("2024-01-03 19:00:00", "2024-01-03 20:00:00")
    assert iso(read(log).trades[0].exit_time) == "2024-01-03T11:00:00Z"
