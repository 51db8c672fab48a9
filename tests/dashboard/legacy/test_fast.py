"""The short way gives what the long way gives, record by record."""

import random

import pytest

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
