"""Damage is named, line by line, and its bytes are kept."""

import pytest

from dashboard.legacy.batch import ImportRefused
from tests.faults.importing_damage import make_log

from .reading import read

HEADER = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl,reason\n"
ROWS = [
    (
        "SOLUSDT,LONG,2024-01-03 14:39:30,2024-01-03 15:28:24,92.63,93.99,0.8017,"
        "0.05984530,1.03046670,SIGNAL\n"
    ),
    (
        "ETHUSDT,SHORT,2024-01-03 21:15:31,2024-01-04 05:20:03,2462.70,2489.49,2.2483,"
        "4.45360351,-64.68556051,STOP_LOSS\n"
    ),
    (
        "BTCUSDT,LONG,2024-01-05 16:19:39,2024-01-05 16:56:47,41174.28,41795.48,2.4747,"
        "82.13010603,1455.15353397,SIGNAL\n"
    ),
    (
        "ETHUSDT,LONG,2024-01-06 06:46:37,2024-01-06 10:06:12,2167.47,2137.17,0.959,"
        "1.65125990,-30.70895990,TRAILING\n"
    ),
]
LOG = HEADER + "".join(ROWS)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("<<<<<<< HEAD\n", "conflict_marker"),
        ("=======\n", "conflict_marker"),
        (">>>>>>> live\n", "conflict_marker"),
        (ROWS[0].strip() + ROWS[1], "glued_rows"),
        ('"' + ROWS[0].strip() + '"\n', "double_encoded"),
        (",,,,,,,,,\n", "filler"),
        ("\0\0\0\0\0\0\n", "filler"),
        ("----------------\n", "filler"),
        (ROWS[0].replace("92.63", "0"), "price_not_positive"),
        (ROWS[0].replace("0.8017", "-0.8017"), "quantity_not_positive"),
        (ROWS[0].replace("LONG", "???"), "unknown_side"),
        (ROWS[0].replace("1.03046670", "3701.03046670"), "contradicted"),
        (ROWS[0].replace("1.03046670", "1_000"), "bad_number"),
        (ROWS[0].replace(",0.8017", ""), "field_count"),
        ('SOLUSDT,"LONG,2024-01-03 14:39:30\n', "unclosed_quote"),
    ],
)
def test_each_damage_has_its_name(damage: str, reason: str) -> None:
    reading = read(LOG + damage)
    assert reading.reasons == {6: reason}
    assert reading.refused[0].raw == damage.encode()


def test_a_torn_last_line() -> None:
    assert read(LOG + ROWS[0][:60]).reasons == {6: "torn_line"}


def test_a_last_line_torn_within_its_last_cell() -> None:
    log = (
        LOG.replace(",reason", "")
        .replace(",SIGNAL", "")
        .replace(",STOP_LOSS", "")
        .replace(",TRAILING", "")
    )
    assert read(
        log
        + "SOLUSDT,LONG,2024-01-07 14:39:30,2024-01-07 15:28:24,92.63,93.99,0.8017,0.05984530,1.03"
    ).reasons == {6: "torn_line"}


def test_a_last_line_without_its_newline_is_whole_where_it_ends_like_the_others() -> None:
    assert len(read(LOG.rstrip("\n")).trades) == 4


def test_the_offset_is_that_of_the_line() -> None:
    reading = read(LOG + "garbage,row\n" + ROWS[0].replace("92.63", "0"))
    assert LOG.encode()[reading.refused[-1].offset - len("garbage,row\n") :] == b""


def test_rows_between_merge_markers_count_once() -> None:
    log = (
        HEADER
        + ROWS[0]
        + "<<<<<<< HEAD\n"
        + ROWS[1]
        + "=======\n"
        + ROWS[1]
        + ROWS[2]
        + ">>>>>>> x\n"
        + ROWS[3]
    )
    assert len(read(log).trades) == 4


def test_two_versions_of_a_trade_in_a_merge_are_no_two_trades() -> None:
    other = ROWS[1].replace("2489.49", "2480.00").replace("-64.68556051", "-43.34919351")
    log = (
        HEADER
        + ROWS[0]
        + "<<<<<<< HEAD\n"
        + ROWS[1]
        + "=======\n"
        + other
        + ">>>>>>> x\n"
        + ROWS[2]
        + ROWS[3]
    )
    reading = read(log)
    assert (reading.reasons[4], reading.reasons[6]) == ("conflict", "conflict")


def test_two_versions_in_a_merge_of_times_that_begin_with_the_day() -> None:
    def row(day: int, pnl: str) -> str:
        return f"{day}/05/2024 02:49:46;XRPUSDT;LONG;{pnl}\n"

    rows = [row(day, f"{(-1) ** day * (day % 5 + 1)},0553") for day in range(13, 28)]
    merge = f"<<<<<<< HEAD\n{row(28, '1,5000')}=======\n{row(28, '3,0000')}>>>>>>> x\n"
    reading = read("date;symbol;side;pnl\n" + "".join(rows) + merge)
    assert (reading.reasons[18], reading.reasons[20]) == ("conflict", "conflict")


def test_cancelled_and_failed_orders_are_set_aside() -> None:
    header = "time,symbol,side,price,qty,fee,status\n"
    rows = (
        "2024-03-01 10:00:00,BTCUSDT,BUY,40000,1,40,FILLED\n2024-03-01 10:10:00,"
        "BTCUSDT,SELL,41000,1,0,CANCELED\n"
        "2024-03-01 10:11:00,BTCUSDT,SELL,0,0,0,ERROR\n2024-03-01 10:30:00,BTCUSDT,"
        "SELL,41000,1,41,FILLED\n"
    )
    assert read(header + rows).report.set_aside == {"cancelled": 1, "error": 1}


def test_heartbeats_sections_and_totals_are_set_aside() -> None:
    log = LOG + "HEARTBEAT,,,,,,,,,\n=== March ===\nTOTAL,,,,,,,,1360.78948026,\n"
    reading = read(log)
    assert reading.report.set_aside == {"heartbeat": 1, "section": 1, "total": 1}


def test_the_files_own_total_is_compared() -> None:
    reading = read(LOG + "TOTAL,,,,,,,,1360.78948026,\n")
    assert reading.report.file_totals[0]["printed"] == "1360.78948026"


@pytest.mark.parametrize(
    "content",
    ["", (
        "Dear diary,\nnothing happened, "
        "really\n"
    ) * 5, bytes(range(256)) * 20, "<html><body>x</body></html>\n" * 9,
     "open_time,open,high,low,close,volume\n" + "1704067200000,42000,42100,41900,42050,12.5\n" * 9],
)  # fmt: skip
def test_a_wrong_file_is_a_clear_error(content: str | bytes) -> None:
    with pytest.raises(ImportRefused, match="Nothing was written"):
        read(content)


def test_comments_and_blank_lines_are_no_records() -> None:
    assert read("# made by the bot\n\n" + LOG + "\n\n").report.records == 4


def test_of_two_versions_in_a_merge_the_one_that_adds_up_is_the_trade() -> None:
    wrong = ROWS[1].replace("-64.68556051", "64.68556051")
    log = HEADER + ROWS[0] + f"<<<<<<< a\n{wrong}=======\n{ROWS[1]}>>>>>>> b\n" + "".join(ROWS[2:])
    reading = read(log)
    assert [trade.line for trade in reading.trades] == [2, 6, 8, 9]


def test_a_line_without_end_is_one_line() -> None:
    log = HEADER + ROWS[0] + "x" * 3_000_000 + "\n" + "".join(ROWS[1:])
    reading = read(log)
    assert reading.reasons == {3: "line_too_long"}
    assert [trade.line for trade in reading.trades] == [2, 4, 5, 6]


@pytest.mark.parametrize("symbol", ["nan", "inf", "undefined"])
def test_what_a_failed_program_prints_is_no_market(symbol: str) -> None:
    log = LOG.replace("BTCUSDT,LONG", f"{symbol},LONG")
    assert read(log).reasons == {4: "no_symbol"}


@pytest.mark.parametrize("seed", [12_349_417, 12_354_905])
def test_damaged_quantities_that_all_stand_on_shorts_are_damage(seed: int) -> None:
    """Three of each have a minus that other shorts of the same log have not."""
    log = make_log(seed, "bad_cells", "utf-8")
    negated = {line for line, kind in log.bad.items() if kind == "negative"}
    reasons = read(log.data).reasons
    assert len(negated) == 3
    assert {reasons.get(line) for line in negated} == {"quantity_not_positive"}


def test_quantities_of_which_half_have_no_fee_of_their_turnover_are_none() -> None:
    """In quote currency, under a header like that of our own first log; some fees just pass."""
    assert read(make_log(45_670_973, "ghost", "utf-8").data).trades == []


def test_quantities_whose_fees_go_with_the_price_are_none() -> None:
    """In quote currency again: of a market at 1 USDT each they look right, of others too small."""
    assert read(make_log(61_020_773, "ghost", "cp1251").data).trades == []


def test_a_net_result_rounded_to_nothing_is_no_gross_one() -> None:
    """The layout changes midway, from gross results of eight decimals to net ones in cents."""
    log = make_log(34_565_949, "layout_changed", "mixed")
    nets = {trade.line: trade.net_pnl for trade in read(log.data).trades}
    assert {log.good[line][0] - net for line, net in nets.items()} == {0}


def test_a_small_result_in_the_place_of_the_fee_is_no_fee() -> None:
    """The layout changes midway: where no result stands, nothing but the fee's rate says so."""
    log = make_log(34_561_831, "layout_changed", "cp1251")
    nets = {trade.line: trade.net_pnl for trade in read(log.data).trades}
    assert {log.good[line][0] - net for line, net in nets.items()} == {0}


def test_a_running_total_that_becomes_each_trades_own_is_not_hidden_by_a_percentage() -> None:
    log = make_log(23_452_909, "layout_changed", "cp1251")
    nets = {trade.line: trade.net_pnl for trade in read(log.data).trades}
    true = {line: net for line, (net, _) in log.good.items()}
    assert len(nets) >= 14
    assert nets == {line: true[line] for line in nets}


def test_a_result_in_the_place_of_the_equity_is_what_was_printed() -> None:
    """The layout changes midway, under a header without a result: as many columns, one renamed."""
    log = make_log(50_006_435, "layout_changed", "utf-16-be")
    nets = {trade.line: trade.net_pnl for trade in read(log.data).trades}
    assert nets == {line: net for line, (net, _) in log.good.items()}


def test_what_says_why_trades_ended_is_no_version() -> None:
    """The layout changes midway: reasons stand where the header has versions, on most rows."""
    log = make_log(62_000_167, "layout_changed", "mixed")
    versions = {trade.line: trade.version for trade in read(log.data, tag=log.tag).trades}
    assert {log.good[line][1] for line in versions} == {"8.02"} == set(versions.values())


def test_two_versions_in_a_merge_of_epochs_with_fractions() -> None:
    def row(day: int, pnl: str) -> str:
        return f"{1_704_268_446 + day * 7_000}.5;XRPUSDT;LONG;{pnl}\n"

    rows = [row(day, f"{(-1) ** day * (day % 5 + 1)}.0553") for day in range(15)]
    merge = f"<<<<<<< HEAD\n{row(28, '1.5000')}=======\n{row(28, '3.0000')}>>>>>>> x\n"
    reading = read("date;symbol;side;pnl\n" + "".join(rows) + merge)
    assert (reading.reasons[18], reading.reasons[20]) == ("conflict", "conflict")


def test_trades_of_one_day_in_a_merge_are_no_versions_of_each_other() -> None:
    def row(hour: int, pnl: str) -> str:
        return f"2024-05-01;{hour}:49:46;XRPUSDT;LONG;{pnl}\n"

    rows = [row(hour, f"{(-1) ** hour * (hour % 5 + 1)}.0553") for hour in range(10, 20)]
    merge = f"<<<<<<< HEAD\n{row(21, '1.5000')}=======\n{row(22, '3.0000')}>>>>>>> x\n"
    reading = read("date;time;symbol;side;pnl\n" + "".join(rows) + merge)
    assert len(reading.trades) == 12


def test_versions_of_one_trade_in_a_merge_whose_quantities_look_like_epochs() -> None:
    def row(day: int, size: int, pnl: str) -> str:
        return f"2024-05-{day} 02:49:46;SHIBUSDT;LONG;{size};{pnl}\n"

    rows = [row(day, 648_345_051, f"{(-1) ** day * (day % 5 + 1)}.0553") for day in range(10, 20)]
    ours, theirs = row(28, 648_345_051, "1.5000"), row(28, 1_296_690_102, "3.0000")
    merge = f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> x\n"
    reading = read("date;symbol;side;qty;pnl\n" + "".join(rows) + merge)
    assert (reading.reasons[13], reading.reasons[15]) == ("conflict", "conflict")
