"""Where several records carry the exchange's own ids, those decide which tell one trade."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.projection import projector
from dashboard.projection.facts import exchange_key
from tests.dashboard.projection.streams import (
    CLOSED,
    close,
    counted,
    rollups,
    rollups_from_trades,
    stream,
)

pytestmark = pytest.mark.django_db
OTHER_ZONE = {"entry_time": "2026-01-01T09:00:00Z", "exit_time": "2026-01-01T10:00:00Z"}


def backfilled(data: Path, *ids: str, **said: Any) -> None:
    with stream(data, "backfill") as recorder:
        for name in ids:
            told = {"trade_id": f"b-{name}", "source_kind": "backfill", **said}
            close(recorder, **told, exchange_trade_ids=["1", name])


def imported(data: Path, *ids: str | None, **said: Any) -> None:
    with stream(data, "import") as recorder:
        for at, name in enumerate(ids):
            told = {"trade_id": f"i-{name or at}", "source_kind": "import", **said}
            if name is not None:
                told["exchange_trade_ids"] = [name]
            close(recorder, **told)


@pytest.mark.parametrize(
    "said",
    [OTHER_ZONE, {"exit_price": "110.000001"}, {"quantity": "0.999"}, {"side": "short"}],
    ids=lambda said: "-".join(said),
)
@pytest.mark.parametrize("first", [backfilled, imported])
def test_the_same_id_is_the_same_trade_whatever_else_is_said(
    data: Path, said: dict[str, str], first: Any
) -> None:
    for record in (backfilled, imported) if first is backfilled else (imported, backfilled):
        record(data, "7", **(said if record is imported else {}))
    assert counted() == [("backfill", "b-7")]
    assert rollups() == rollups_from_trades()


def test_another_id_is_another_trade_however_alike(data: Path) -> None:
    backfilled(data, "7")
    imported(data, "8")
    assert counted() == [("backfill", "b-7"), ("import", "i-8")]


def test_alike_trades_are_told_apart_by_their_ids(data: Path) -> None:
    backfilled(data, "7", "8")
    imported(data, "8", "9", None)
    assert counted() == [("backfill", "b-7"), ("backfill", "b-8"), ("import", "i-9")]


def test_without_an_id_the_facts_decide(data: Path) -> None:
    backfilled(data, "7")
    imported(data, None)
    assert counted() == [("backfill", "b-7")]


def test_a_record_without_an_id_is_given_that_of_its_match(data: Path) -> None:
    """The bot's record is trade 7 by its facts; so the import's trade 8 is another."""
    with stream(data, "bot") as recorder:
        close(recorder)
    backfilled(data, "7")
    imported(data, "8")
    assert counted() == [("bot", "t-1"), ("import", "i-8")]


def test_an_id_of_another_kind_tells_no_trades_apart(data: Path) -> None:
    """A file may give its positions numbers of their own: the facts still match."""
    backfilled(data, "7")
    with stream(data, "import") as recorder:
        close(recorder, trade_id="i", source_kind="import", exchange_trade_id="P-1")
    assert counted() == [("backfill", "b-7")]


@pytest.mark.parametrize("said", [{"symbol": "ETHUSDT"}, {"exit_time": "2026-01-01T01:00:01Z"}])
def test_another_market_or_exchange_may_count_alike(data: Path, said: dict[str, str]) -> None:
    backfilled(data, "7")
    imported(data, "7", **said)
    assert len(counted()) == 2


def test_a_batch_that_finishes_later_matches_by_ids(data: Path) -> None:
    backfilled(data, "7")
    with stream(data, "import") as recorder:
        recorder.append("import.started", {"batch": "b", "path": "x"}, ref="b")
        said = {"trade_id": "i", "batch": "b", "source_kind": "import", **OTHER_ZONE}
        close(recorder, **said, exchange_trade_ids=["7"])
    with stream(data, "import") as recorder:
        recorder.append("import.finished", {"batch": "b", "imported": 1}, ref="b")
    assert counted() == [("backfill", "b-7")]


def test_where_the_better_record_goes_the_other_of_its_id_counts(data: Path) -> None:
    imported(data, "7", **OTHER_ZONE)
    backfilled(data, "7")
    for file in (data / "events").glob("backfill*"):
        for each in file.iterdir() if file.is_dir() else [file]:
            each.unlink()
    projector.forget_vanished()
    assert counted() == [("import", "i-7")]
    assert rollups() == rollups_from_trades()


@pytest.mark.parametrize("ids", [[], {}, [None], [["x"]], "7", 7, [1.5]])
def test_ids_nobody_can_read_are_none(ids: object) -> None:
    body = {**CLOSED, "exchange_trade_ids": ids}
    assert exchange_key("live", "BTCUSDT", 0, body) is None
