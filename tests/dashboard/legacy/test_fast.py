"""The short way gives what the long way gives, record by record."""

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.benchmarks.importing import write_log
from tests.faults.importing_damage import make_log

from .reading import Reading, read


def _long_way(data: bytes, tag: str, monkeypatch: pytest.MonkeyPatch) -> Reading:
    with monkeypatch.context() as patch:
        patch.setattr("dashboard.legacy.segments.compile_fast", lambda *_: None)
        return read(data, tag=tag)


def _many_rows(seed: int) -> tuple[bytes, str]:
    """A log long enough that the short way takes over, by writing its rows again and again."""
    log = make_log(seed, "none", "utf-8")
    header, *rows = log.data.decode().splitlines(keepends=True)
    rng = random.Random(seed)
    lines = [rng.choice(rows) for _ in range(3_800)]
    return (header + "".join(lines)).encode(), log.tag


def _fields(reading: Reading) -> list[tuple[object, ...]]:
    return [
        (
            t.line,
            t.symbol,
            t.side,
            t.entry_time,
            t.exit_time,
            t.entry_price,
            t.exit_price,
            t.quantity,
            t.fee,
            t.net_pnl,
            t.version,
            t.version_evidence,
            t.layout,
            t.reconciled,
            t.quote_asset,
            t.exit_reason,
            t.own_id,
            t.exact,
        )
        for t in reading.trades
    ]


def test_both_ways_agree_on_logs_of_many_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(3):
        data, tag = _many_rows(seed)
        short, long = read(data, tag=tag), _long_way(data, tag, monkeypatch)
        assert _fields(short) == _fields(long)
        assert (short.ids, short.report.digest) == (long.ids, long.report.digest)


def test_a_bad_row_among_plain_ones_is_found() -> None:
    data, tag = _many_rows(3)
    lines = data.decode().splitlines(keepends=True)
    lines[3_700] = "a,1\n"
    reading = read("".join(lines).encode(), tag=tag)
    assert reading.reasons[3_701] == "field_count"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A header and 1,500 different trades, in blocks of some hundred."""
    monkeypatch.setattr("dashboard.legacy.decoding.BLOCK", 32_768)
    monkeypatch.setattr("dashboard.legacy.segments.WINDOW", 300)
    write_log(tmp_path / "log.csv", 1_500)
    return (tmp_path / "log.csv").read_text().splitlines(keepends=True)


def _both_ways(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> Reading:
    data = "".join(lines).encode()
    short, long = read(data), _long_way(data, "", monkeypatch)
    assert _fields(short) == _fields(long)
    assert (short.ids, short.report.digest) == (long.ids, long.report.digest)
    return short


def test_both_ways_agree_on_trades_that_all_differ(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(_both_ways(log, monkeypatch).trades) == 1_500


def test_a_run_told_again_is_an_overlap_however_late(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = _both_ways(log + log[700:900], monkeypatch)
    assert (len(reading.trades), reading.report.duplicates) == (1_500, 200)


def test_a_trade_told_again_by_itself_counts_again(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = _both_ways([*log[:1_200], log[800], *log[1_200:]], monkeypatch)
    assert (len(reading.trades), reading.report.repeated_lines) == (1_501, [1_201])


def test_refused_lines_repeat_along_with_plain_ones(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log[1_000] = log[1_000].replace("LONG", "UP").replace("SHORT", "UP")
    reading = _both_ways(log + log[999:1_002], monkeypatch)
    assert (len(reading.trades), reading.report.duplicates) == (1_499, 2)


def test_lines_that_end_as_on_windows_are_plain_too(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = _both_ways([line.replace("\n", "\r\n") for line in log], monkeypatch)
    assert len(short.trades) == 1_500


_NO_TRADES = [
    ("BTCUSDT", "nan"),
    ("BTCUSDT", "Unknown"),
    ("SIGNAL", "cancelled by user"),
    ("SIGNAL", "open"),
    ("SIGNAL", "None"),
    ("SIGNAL", "rejected"),
    ("800,v8", "n/a,v8"),
    ("800,v8", "a-17,v8"),
    ("LONG", "open"),
]


@pytest.mark.parametrize(("said", "instead"), _NO_TRADES)
def test_a_word_that_makes_no_trade_of_a_row_is_heard_however_late(
    log: list[str], monkeypatch: pytest.MonkeyPatch, said: str, instead: str
) -> None:
    for line in (801, 1_101, 1_102):
        log[line] = log[line].replace("SHORT", "LONG").replace(said, instead)
    _both_ways(log, monkeypatch)


@pytest.mark.parametrize(("said", "instead"), [*_NO_TRADES, ("v8.01", "demo"), ("v8.02", "dry")])
def test_the_same_without_a_header(
    log: list[str], monkeypatch: pytest.MonkeyPatch, said: str, instead: str
) -> None:
    for line in (200, 801, 1_101, 1_102):
        log[line] = log[line].replace(said, instead)
    _both_ways(log[1:], monkeypatch)


def test_a_header_names_the_money_of_every_row(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heading = log[0].replace("pnl_usdt", "pnl (USDT)")
    lines = [heading, *(line.replace("BTCUSDT", "BTC") for line in log[1:])]
    reading = _both_ways(lines, monkeypatch)
    assert {trade.quote_asset for trade in reading.trades} == {"USDT"}


@pytest.mark.parametrize("named", ["fee_bnb", "fee (BNB)", "fee_usdt"])
def test_fees_in_another_asset_are_not_taken_off(
    log: list[str], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    rows = [line.split(",") for line in log[1:]]
    for row in rows:
        entry, left, quantity = (Decimal(cell) for cell in row[6:9])
        way = 1 if row[3] == "LONG" else -1
        row[10] = f"{(left - entry) * quantity * way:.8f}"
    _both_ways([log[0].replace("fee", named), *map(",".join, rows)], monkeypatch)


def test_a_result_beyond_belief_is_refused_however_late(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = log[1_000].split(",")
    row[3], row[6:11] = "LONG", ["1.00", "20000000000.00", "1.0000", "0.00000000", "19999999999.0"]
    log[1_000] = ",".join(row)
    reading = _both_ways(log, monkeypatch)
    assert reading.reasons[1_001] == "bad_number"


def test_a_price_finer_than_its_neighbours_allows_less(
    log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [line.split(",") for line in log[1:]]
    for row in rows:
        row[10] = f"{Decimal(row[10]):.2f}"
    rows[900][6] += "125"
    rows[901][10] = f"{Decimal(rows[901][10]) + Decimal('0.03'):.2f}"
    _both_ways([log[0], *map(",".join, rows)], monkeypatch)
