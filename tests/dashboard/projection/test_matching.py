"""One trade that several sources tell counts once, and two that are alike stay two."""

from pathlib import Path

import pytest

from dashboard.projection import projector
from tests.dashboard.projection.streams import close, counted, rollups, rollups_from_trades, stream

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("first", ["bot", "import"])
def test_one_trade_from_bot_and_import_counts_once_and_the_bot_wins(data: Path, first: str) -> None:
    def by_bot() -> None:
        with stream(data, "bot") as recorder:
            close(recorder)

    def by_import() -> None:
        with stream(data, "import") as recorder:
            recorder.append("import.started", {"batch": "b", "path": "x"}, ref="b")
            close(recorder, trade_id="csv-9", batch="b", source_kind="import", quantity="1.000")
            recorder.append("import.finished", {"batch": "b", "imported": 1}, ref="b")

    for record in (by_bot, by_import) if first == "bot" else (by_import, by_bot):
        record()
    assert counted() == [("bot", "t-1")]


@pytest.mark.parametrize(
    "said",
    [
        {"entry_price": "100.123456780001", "exit_price": "110.00"},
        {"entry_price": "100.12345678", "symbol": "BTC/USDT"},
        {"entry_price": "100.123456780", "quantity": "1.0"},
    ],
)
def test_a_trade_is_the_same_however_finely_its_source_writes_it(
    data: Path, said: dict[str, str]
) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, entry_price="100.12345678")
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import", **said)
    assert counted() == [("bot", "t-1")]


def test_the_import_counts_again_where_the_bot_voided_its_record(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    with stream(data, "bot") as recorder:
        recorder.append("trade.voided", {"trade_id": "t-1", "reason": "test"}, ref="t-1")
    assert counted() == [("import", "csv-9")]


def test_a_corrected_trade_still_matches_its_import(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        change = {"trade_id": "t-1", "reason": "price", "exit_price": "111"}
        recorder.append("trade.corrected", change, ref="t-1")
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    assert counted() == [("bot", "t-1")]


def test_two_bots_with_the_same_trade_made_two_trades(data: Path) -> None:
    for name in ("one", "two"):
        with stream(data, name, bot=name) as recorder:
            close(recorder)
    assert counted() == [("one", "t-1"), ("two", "t-1")]


def test_two_alike_trades_of_one_bot_are_two_and_match_two_imported(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        close(recorder, trade_id="t-2")
    with stream(data, "import") as recorder:
        for name in ("x", "y", "z"):
            close(recorder, trade_id=name, source_kind="import")
    assert counted() == [("bot", "t-1"), ("bot", "t-2"), ("import", "z")]


def test_the_same_trade_in_another_mode_is_another_trade(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "paper", mode="paper") as recorder:
        close(recorder, source_kind="import")
    assert len(counted()) == 2


def test_where_the_winning_record_goes_the_other_counts(data: Path) -> None:
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    with stream(data, "bot") as recorder:
        close(recorder)
    assert counted() == [("bot", "t-1")]
    for path in (data / "events").glob("bot*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
    projector.forget_vanished()
    assert counted() == [("import", "csv-9")]
    assert rollups() == rollups_from_trades()
