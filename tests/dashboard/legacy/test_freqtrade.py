"""freqtrade's SQLite: closed trades, the -wal included, backup tables left alone."""

import sqlite3
from pathlib import Path

import pytest

from dashboard.legacy.batch import ImportRefused, Options, read_all

from .reading import NOW, Reading

COLUMNS = (
    "id INTEGER PRIMARY KEY, exchange TEXT, pair TEXT, is_open INTEGER, fee_open "
    "REAL, fee_close REAL, "
    "open_rate REAL, close_rate REAL, close_profit REAL, close_profit_abs REAL, stake_amount "
    "REAL, "
    "amount REAL, open_date TEXT, close_date TEXT, exit_reason TEXT, strategy TEXT, "
    "is_short INTEGER, "
    "stake_currency TEXT, funding_fees REAL"
)


def _row(number: int, *, profit: float | None, is_open: int = 0) -> tuple[object, ...]:
    return (
        number,
        "binance",
        "BTC/USDT",
        is_open,
        0.001,
        0.001,
        40000.0,
        41000.0,
        0.02,
        profit,
        4000.0,
        0.1,
        "2024-01-01 10:00:00.000000",
        "2024-01-01 12:00:00.000000",
        "roi",
        "Adx",
        0,
        "USDT",
        0.0,
    )


def _database(
    path: Path, rows: list[tuple[object, ...]], table: str = "trades"
) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"CREATE TABLE {table} ({COLUMNS})")
    connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * 19)})", rows)
    connection.commit()
    return connection


def _read(path: Path) -> Reading:
    made: list[Reading] = []

    def sink(report):  # type: ignore[no-untyped-def]
        made.append(Reading(report))
        return made[-1]

    read_all([path], Options(None, "", NOW), sink_for=sink)
    return made[0]


def test_rows_still_in_the_wal_are_read(tmp_path: Path) -> None:
    connection = _database(tmp_path / "tradesv3.sqlite", [_row(1, profit=91.9)])
    reading = _read(tmp_path / "tradesv3.sqlite")
    connection.close()
    assert reading.nets == ["91.90000000"]


def test_the_profit_is_confirmed_by_rates_and_fees(tmp_path: Path) -> None:
    _database(tmp_path / "t.sqlite", [_row(1, profit=91.9)]).close()
    assert _read(tmp_path / "t.sqlite").trades[0].reconciled == "confirmed"


def test_an_open_trade_is_set_aside(tmp_path: Path) -> None:
    _database(tmp_path / "t.sqlite", [_row(1, profit=None, is_open=1)]).close()
    assert _read(tmp_path / "t.sqlite").report.set_aside == {"open": 1}


def test_a_contradicted_profit_is_quarantined(tmp_path: Path) -> None:
    _database(tmp_path / "t.sqlite", [_row(1, profit=3791.9)]).close()
    assert _read(tmp_path / "t.sqlite").reasons == {1: "contradicted"}


def test_backup_tables_are_ignored(tmp_path: Path) -> None:
    connection = _database(tmp_path / "t.sqlite", [_row(1, profit=91.9)])
    connection.execute("CREATE TABLE trades_bak0 AS SELECT * FROM trades")
    connection.commit()
    connection.close()
    assert _read(tmp_path / "t.sqlite").report.records == 1


def test_another_database_is_a_clear_error(tmp_path: Path) -> None:
    _database(tmp_path / "t.sqlite", [], table="candles").close()
    with pytest.raises(ImportRefused, match="not freqtrade's"):
        _read(tmp_path / "t.sqlite")
