"""JSON beside the logs: a bot's state is no trade; lists and lines of objects may be."""

import json

from .reading import read
from .test_damage import HEADER, ROWS

OBJECTS = [
    dict(zip(HEADER.strip().split(","), row.strip().split(","), strict=True)) for row in ROWS
]
STATE = {
    "version": "v8.03",
    "symbol": "BTCUSDT",
    "balance": 1043.27415,
    "equity": 1051.90211,
    "positions": [
        {
            "symbol": "BTCUSDT",
            "side": "LONG",
            "entry_price": 68012.4,
            "qty": 0.0061,
            "unrealized_pnl": 8.6,
        }
    ],
}


def test_a_state_is_set_aside_with_its_open_position() -> None:
    reading = read(json.dumps(STATE, indent=1), name="bot_state.json")
    assert (reading.trades, reading.report.set_aside) == ([], {"snapshot": 1, "open": 1})


def test_a_list_of_objects() -> None:
    assert len(read(json.dumps({"trades": OBJECTS}), name="x.json").trades) == 4


def test_an_object_a_line() -> None:
    lines = "".join(json.dumps(each) + "\n" for each in OBJECTS)
    assert [trade.line for trade in read(lines, name="x.json").trades] == [1, 2, 3, 4]


def test_a_line_of_json_torn() -> None:
    lines = "".join(json.dumps(each) + "\n" for each in OBJECTS) + '{"symbol": "BTC'
    assert read(lines, name="x.json").reasons == {5: "torn_line"}


def test_trades_within_an_object_keep_their_own_lines() -> None:
    reading = read(json.dumps({"bot": "x", "trades": OBJECTS}, indent=1), name="t.json")
    assert [trade.line for trade in reading.trades] == [4, 16, 28, 40]


def test_an_envelope_around_each_trade_is_looked_into() -> None:
    lines = [json.dumps({"type": "trade", "data": item}) for item in OBJECTS]
    assert len(read("\n".join(lines) + "\n", name="t.jsonl").trades) == 4


def test_a_line_nested_without_end_costs_that_line() -> None:
    lines = [*map(json.dumps, OBJECTS), '{"a":' * 50_000 + "1" + "}" * 50_000]
    reading = read("\n".join(lines) + "\n", name="t.jsonl")
    assert (len(reading.trades), reading.reasons) == (4, {5: "torn_line"})


def test_a_quarantined_line_keeps_its_bytes_and_place() -> None:
    lines = [json.dumps(item).encode() for item in OBJECTS]
    lines[1] = lines[1][:-20]
    refused = read(b"\n".join(lines) + b"\n", name="t.jsonl").refused[0]
    assert (refused.raw, refused.offset) == (lines[1] + b"\n", len(lines[0]) + 1)
