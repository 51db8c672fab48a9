"""State files of other bots: what is read of them, and what stays unknown."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.follow.statefile import State, StateFile, read_state

NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
SAMPLE = """{
  "version": "v8.03",
  "strategy": "ADX_TREND",
  "updated_at": "2026-03-02T11:45:01+00:00",
  "symbol": "BTCUSDT",
  "balance": 1043.27415,
  "equity": 1051.90211,
  "adx": 27.41,
  "adx_threshold": 25,
  "settings": {"leverage": 1, "risk_pct": 1.0, "atr_sl": 1.5, "timeframe": "15m"},
  "positions": [
    {"symbol": "BTCUSDT", "side": "LONG", "entry_price": 68012.4, "qty": 0.0061, "sl": 67190.0,
     "tp": 69650.8, "entry_time": "2026-03-02T09:30:02+00:00", "unrealized_pnl": 8.62796}
  ]
}"""


def state(content: Any) -> State:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    found = read_state(text.encode(), UTC, NOW)
    assert found is not None
    return found


POSITION = {"symbol": "BTCUSDT", "side": "LONG", "entry_price": 68012.4, "qty": 0.0061}


def test_the_sample() -> None:
    found = state(SAMPLE)
    assert (found.version, found.balance, found.equity) == ("8.03", "1043.27415", "1051.90211")
    assert found.positions == [
        {
            "trade_id": "open-BTCUSDT-long-2026-03-02T09:30:02Z",
            "symbol": "BTCUSDT",
            "side": "long",
            "quantity": "0.0061",
            "entry_time": "2026-03-02T09:30:02Z",
            "entry_price": "68012.4",
            "price": None,
            "stop_loss_price": "67190.0",
            "take_profit_price": "69650.8",
            "fee": None,
            "unrealised": "8.62796",
        }
    ]
    assert (found.quote_asset, found.interval, found.indicators) == (
        "USDT",
        "15m",
        {"adx": "27.41"},
    )


@pytest.mark.parametrize(
    "content",
    [
        {"balance": 1000.5, "equity": "1010.25"},
        {"account": {"balance": 1000.5, "equity": 1010.25}},
        {"잔고": 1000.5, "평가금액": 1010.25},
        {"Kontostand": 1000.5, "Eigenkapital": 1010.25},
        {"余额": 1000.5, "权益": 1010.25},
        {"saldo": 1000.5, "patrimônio": 1010.25},
        {"баланс": 1000.5, "эквити": 1010.25},
        {"state": {"wallet": {"walletBalance": "1000.5"}, "total_equity": 1010.25}},
        {"balance": {"USDT": {"free": 900, "used": 100.5, "total": 1000.5}}, "equity": 1010.25},
    ],
)  # fmt: skip
def test_balance_and_equity_by_many_names(content: Any) -> None:
    found = state(content)
    assert (found.balance, found.equity) == ("1000.5", "1010.25")


def test_digits_stay_digits() -> None:
    assert state('{"balance": 0.1000000000000000055511151231257827}').balance == (
        "0.1000000000000000055511151231257827"
    )


@pytest.mark.parametrize(
    "value", ["NaN", "null", '"1.043,27"', '"about 10"', "true", "[1]", '{"USDT": 1, "BTC": 2}']
)
def test_what_is_no_one_number_is_unknown(value: str) -> None:
    assert state(f'{{"balance": {value}, "equity": 5}}').balance is None


def test_two_different_balances_are_unknown_and_told() -> None:
    found = state({"spot": {"balance": 1}, "futures": {"balance": 2}, "equity": 3})
    assert (found.balance, found.unclear) == (None, ["balance stands there 2 times, differently"])


def test_other_times_balances_are_not_this_ones() -> None:
    assert state({"initial": {"balance": 1000}, "equity": 3}).balance is None


def test_equity_is_no_pnl() -> None:
    body = state({"balance": 1000, "equity": 1010}).snapshot("live")
    assert (body["realised"], body["unrealised"], body["deposits"]) == (None, None, None)


@pytest.mark.parametrize("value", [None, [], {}, "none", "FLAT", False])
def test_no_position_is_known(value: Any) -> None:
    assert state({"position": value, "balance": 1}).positions == []


def test_no_word_about_positions_is_unknown() -> None:
    assert state({"balance": 1}).positions is None


@pytest.mark.parametrize(
    "content",
    [
        {"positions": [POSITION]},
        {"position": POSITION},
        {"open_positions": {"BTCUSDT": {"side": "buy", "entry": 68012.4, "size": "0.0061"}}},
        {"symbol": "BTCUSDT", "position": "LONG", "entry_price": 68012.4, "quantity": 0.0061},
        {"포지션": [{"심볼": "BTCUSDT", "방향": "롱", "진입가": 68012.4, "수량": 0.0061}]},
        {"持仓": [{"交易对": "BTCUSDT", "方向": "多", "开仓均价": 68012.4, "数量": 0.0061}]},
        {"positions": [POSITION, {**POSITION, "symbol": "ETHUSDT", "qty": 0}]},
    ],
)
def test_positions_in_many_shapes(content: Any) -> None:
    found = state(content).positions
    assert found is not None
    assert [
        (each["symbol"], each["side"], each["entry_price"], each["quantity"]) for each in found
    ] == [("BTCUSDT", "long", "68012.4", "0.0061")]


def test_a_position_of_no_known_side_is_not_made_long() -> None:
    found = state({"positions": [{"symbol": "BTCUSDT", "entry_price": 1, "qty": 2}]})
    assert (found.positions, len(found.unclear)) == ([], 1)


def test_a_negative_quantity_is_short() -> None:
    found = state({"positions": [{"symbol": "BTCUSDT", "entryPrice": 1, "positionAmt": "-2"}]})
    assert found.positions is not None
    assert (found.positions[0]["side"], found.positions[0]["quantity"]) == ("short", "2")


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("2026-03-02T11:45:01+00:00", "2026-03-02T11:45:01"),
        (1772451901, "2026-03-02T11:45:01"),
        (1772451901000, "2026-03-02T11:45:01"),
        ("2026-03-02 11:45:01", "2026-03-02T11:45:01"),
        ("03/04/2026 10:00", None),
        ("2031-01-01T00:00:00Z", None),
    ],
)
def test_its_time(told: Any, time: str | None) -> None:
    found = state({"balance": 1, "updated_at": told}).time
    expected = None
    if time is not None:
        expected = int(datetime.fromisoformat(f"{time}+00:00").timestamp()) * 1_000_000
    assert found == expected


def test_a_korean_state_in_the_systems_old_encoding() -> None:
    found = read_state('{"잔고": 12.5, "전략": "추세"}'.encode("cp949"), UTC, NOW)
    assert found is not None
    assert (found.balance, found.strategy) == ("12.5", "추세")


WHOLE = json.dumps({"balance": 1000, "equity": 1010, "positions": [POSITION]})


def test_no_part_of_a_state_is_a_state() -> None:
    assert all(read_state(WHOLE[:end].encode(), UTC, NOW) is None for end in range(len(WHOLE)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot_state.json"


def write(path: Path, text: str, age: float = 10) -> None:
    path.write_text(text, encoding="utf-8")
    moment = NOW / 1_000_000 - age
    os.utime(path, (moment, moment))


def test_a_half_written_state_is_read_when_it_is_whole(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, WHOLE[:30], age=10)
    assert file.step(NOW) is None
    assert "no whole JSON" in file.trouble
    write(path, WHOLE, age=9)
    assert file.step(NOW) is not None


def test_a_state_is_told_once(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, WHOLE)
    assert file.step(NOW) is not None
    assert file.step(NOW) is None
    write(path, WHOLE, age=5)
    assert file.step(NOW) is None


def test_a_state_just_being_written_waits(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, WHOLE, age=0.01)
    assert file.step(NOW) is None
    assert file.step(NOW + 200_000) is not None


def test_a_state_always_being_written_is_not_waited_for_forever(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, WHOLE, age=0)
    assert any(file.step(NOW) is not None for _ in range(10))


def test_a_state_that_is_not_there_is_told(path: Path) -> None:
    file = StateFile(path, UTC)
    assert file.step(NOW) is None
    assert "not there" in file.trouble


def test_json_without_a_known_word_is_told(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, '{"foo": 1}')
    assert file.step(NOW) is None
    assert "names no balance" in file.trouble


def test_without_a_time_of_its_own_the_files_counts(path: Path) -> None:
    file = StateFile(path, UTC)
    write(path, WHOLE, age=10)
    found = file.step(NOW)
    assert found is not None
    assert found.time == NOW - 10_000_000
