"""The contract: what an append takes, what it answers, what a reader then finds."""

import enum
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from trader.store import Ack, Reader, Recorder, StreamLocked, StreamUnusable, segment, verify


def last_body(recorder: Recorder, folder: Path) -> dict[str, object]:
    assert recorder.flush()
    return Reader("bot", folder=folder).newest(limit=1)[0].body


def test_an_append_is_numbered_and_stored(recorder: Recorder) -> None:
    assert recorder.append("signal.raised", {}) == Ack(1, stored=True, synced=False)


def test_a_durable_append_is_synced(recorder: Recorder) -> None:
    assert recorder.append("order.submitted", {}, durable=True).synced


def test_numbers_are_contiguous(recorder: Recorder) -> None:
    assert [recorder.append("signal.raised", {}).seq for _ in range(5)] == [1, 2, 3, 4, 5]


def test_an_event_is_read_as_it_was_appended(recorder: Recorder, folder: Path) -> None:
    happened = datetime(2026, 1, 1, 0, 15, tzinfo=UTC)
    recorder.append("trade.closed", {"net_pnl": "12.34"}, ref="17", occurred_at=happened)
    recorder.flush()
    event = Reader("bot", folder=folder).read()[0]
    assert (event.stream, event.seq, event.kind, event.schema) == ("bot", 1, "trade.closed", 1)
    assert (event.bot, event.version, event.mode, event.ref) == ("bot", "8.03", "paper", "17")
    assert (event.body, event.occurred_at) == ({"net_pnl": "12.34"}, 1767226500_000000)


def test_events_that_happened_at_once_are_recorded_in_their_order(
    recorder: Recorder, folder: Path
) -> None:
    recorder.append("a", {})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told = recorder.append_all("b", [{"n": 1}, {"n": 2}], ref="17", occurred_at=at, durable=True)
    assert told == Ack(3, stored=True, synced=True)
    assert recorder.append("c", {}).seq == 4
    recorder.flush()
    first, second = Reader("bot", folder=folder).read(after=1)[:2]
    assert (first.seq, first.body, second.seq, second.body) == (2, {"n": 1}, 3, {"n": 2})
    assert first.ref == second.ref == "17"
    assert first.occurred_at == second.occurred_at == 1767225600_000000


def test_of_events_at_once_all_are_refused_or_none(recorder: Recorder, folder: Path) -> None:
    assert recorder.append_all("b", [{"n": 1}, {"n": object()}]) == Ack(None, False, False)
    assert (recorder.health.refused, recorder.health.appended) == (2, 0)
    assert recorder.append("c", {}).seq == 1
    recorder.flush()
    assert [event.kind for event in Reader("bot", folder=folder).read()] == ["c"]


def test_events_at_once_are_synced_once(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(segment, "sync_data", syncs.append)
    assert recorder.append_all("b", [{}, {}, {}], durable=True).synced
    assert len(syncs) == 1


def test_recorded_at_is_the_clocks(record: Callable[..., Recorder], folder: Path) -> None:
    recorder = record(clock=lambda: 1_000_000)
    recorder.append("signal.raised", {})
    recorder.flush()
    event = Reader("bot", folder=folder).read()[0]
    assert (event.recorded_at, event.occurred_at) == (1_000_000, 1_000_000)


def test_a_trade_is_about_its_id(recorder: Recorder, folder: Path) -> None:
    recorder.trade(trade_id="17", net_pnl=Decimal("1.50"))
    recorder.flush()
    assert [event.kind for event in Reader("bot", folder=folder).about("17")] == ["trade.closed"]


def test_a_trade_id_without_a_text_is_refused_and_counted(recorder: Recorder) -> None:
    class Unnamed:
        def __str__(self) -> str:
            raise RuntimeError("it has no name")

    assert not recorder.trade(trade_id=Unnamed()).stored
    assert recorder.health.refused == 1


def test_an_error_without_a_text_is_named_by_its_kind(recorder: Recorder) -> None:
    class Unspeakable(Exception):
        def __str__(self) -> str:
            raise RuntimeError("it has no text")

    class Body(dict[str, object]):
        def items(self) -> Any:
            raise Unspeakable

    assert not recorder.append("a", Body(n=1)).stored
    assert "Unspeakable" in str(recorder.health.last_error)


def test_a_trade_is_durable(recorder: Recorder) -> None:
    assert recorder.trade(trade_id="17").synced


def test_a_snapshot_is_its_fields(recorder: Recorder, folder: Path) -> None:
    recorder.snapshot(equity="1000.00")
    assert last_body(recorder, folder) == {"equity": "1000.00"}


class Side(enum.Enum):
    LONG = "long"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.50"), "1.50"),
        (Decimal("1E-8"), "0.00000001"),
        (0.1 + 0.2, 0.30000000000000004),
        (10**30, 10**30),
        (np.float64(1.5), 1.5),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (True, True),
        (None, None),
        (datetime(2026, 1, 1, 0, 15, tzinfo=UTC), "2026-01-01T00:15:00Z"),
        (
            datetime(2026, 1, 1, 1, 15, 0, 5, tzinfo=timezone(timedelta(hours=1))),
            "2026-01-01T00:15:00.000005Z",
        ),
        (date(2026, 1, 1), "2026-01-01"),
        (Side.LONG, "long"),
        ((1, 2), [1, 2]),
        ({3}, [3]),
        (MappingProxyType({"a": Decimal("1.5")}), {"a": "1.5"}),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (PurePosixPath("a/b"), "a/b"),
        ("žluťoučký \ud800 \x00\n🙂", "žluťoučký \ud800 \x00\n🙂"),
    ],
    ids=repr,
)
def test_values_are_written(
    recorder: Recorder, folder: Path, value: object, written: object
) -> None:
    recorder.append("state.snapshot", {"trade_id": value})
    assert last_body(recorder, folder) == {"trade_id": written}


class Hostile(dict[str, object]):
    def items(self) -> object:  # type: ignore[override]
        raise RuntimeError("no")


def nested(levels: int) -> dict[str, object]:
    body: dict[str, object] = {}
    for _ in range(levels):
        body = {"a": body}
    return body


def circular() -> dict[str, object]:
    body: dict[str, object] = {}
    body["a"] = body
    return body


@pytest.mark.parametrize(
    "body",
    [
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": [{"b": -float("inf")}]},
        {"a": Decimal("NaN")},
        {"a": Decimal("Infinity")},
        {"a": np.float64("nan")},
        {"a": np.float32("nan")},
        {"a": datetime(2026, 1, 1)},  # noqa: DTZ001 - the naive time is what is refused
        {"a": object()},
        {"a": b"bytes"},
        {(1, 2): 3},
        {"a": "x" * (1 << 20)},
        {"a": 10**5000},
        nested(100),
        circular(),
        Hostile(a=1),
        "text",
        None,
        [1],
    ],
    ids=range(19),
)
def test_what_cannot_be_written_is_refused_and_counted(recorder: Recorder, body: object) -> None:
    assert recorder.append("state.snapshot", body) == Ack(None, False, False)  # type: ignore[arg-type]
    assert recorder.health.refused == 1
    assert recorder.health.last_error


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "two\nlines"},
        {"kind": ""},
        {"kind": None},
        {"ref": ""},
        {"ref": "a\nb"},
        {"ref": 17},
        {"ref": "x" * 2000},
        {"occurred_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - the naive time is what is refused
        {"occurred_at": 1.5},
        {"occurred_at": 1 << 63},
        {"occurred_at": "2026-01-01"},
    ],
    ids=repr,
)
def test_columns_that_cannot_be_written_are_refused(
    recorder: Recorder, options: dict[str, object]
) -> None:
    assert not recorder.append(**{"kind": "a", "body": {}, **options}).stored  # type: ignore[arg-type]


def test_a_refused_event_leaves_no_gap(recorder: Recorder, folder: Path) -> None:
    recorder.append("a", {})
    recorder.append("a", {"x": float("nan")})
    assert recorder.append("a", {}).seq == 2


def test_a_closed_recorder_refuses(recorder: Recorder) -> None:
    recorder.close()
    assert not recorder.append("a", {}).stored


def test_closing_moves_everything(recorder: Recorder, folder: Path) -> None:
    for _ in range(100):
        recorder.append("a", {})
    recorder.close()
    assert Reader("bot", folder=folder).head().seq == 100


def test_closing_twice_is_closing(recorder: Recorder) -> None:
    recorder.close()
    recorder.close()


def test_a_second_run_goes_on(record: Callable[..., Recorder]) -> None:
    first = record()
    first.append("a", {})
    first.close()
    assert record().append("a", {}).seq == 2


def test_the_next_run_reads_its_whole_past_at_once(
    record: Callable[..., Recorder], folder: Path
) -> None:
    first = record()
    first.append("a", {"n": 1})
    first.close()
    record()
    assert [event.body for event in Reader("bot", folder=folder).read()] == [{"n": 1}]


def test_health_counts_this_run(record: Callable[..., Recorder]) -> None:
    first = record()
    first.append("a", {})
    first.close()
    second = record()
    second.append("a", {})
    second.flush()
    health = second.health
    assert (health.head, health.appended, health.stored, health.backlog) == (2, 1, 1, 0)
    assert health.ok


def test_a_second_writer_is_refused_with_the_holders_pid(
    record: Callable[..., Recorder],
) -> None:
    record()
    with pytest.raises(StreamLocked, match=str(os.getpid())) as refused:
        record()
    assert refused.value.pid == os.getpid()


def test_a_stream_is_free_again_after_closing(record: Callable[..., Recorder]) -> None:
    record().close()
    assert record().append("a", {}).stored


@pytest.mark.parametrize(
    "options",
    [
        {"bot": "a/b"},
        {"bot": "../x"},
        {"bot": ""},
        {"bot": "con"},
        {"stream": ".hidden"},
        {"version": "a\nb"},
        {"mode": "real"},
    ],
    ids=repr,
)
def test_names_that_cannot_be_used_are_refused(
    record: Callable[..., Recorder], options: dict[str, str]
) -> None:
    with pytest.raises(StreamUnusable):
        record(**options)


def test_the_data_folder_is_taken_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOTTER_DB", str(folder))
    with Recorder("bot", version="1", mode="demo") as recorder:
        recorder.append("a", {})
    assert verify("bot").events == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps permissions elsewhere")
def test_only_the_owner_may_read(recorder: Recorder, folder: Path) -> None:
    recorder.append("a", {})
    recorder.flush()
    modes = {path: path.stat().st_mode & 0o077 for path in folder.rglob("*")}
    assert set(modes.values()) == {0}


def test_importing_loads_no_third_party_package(tmp_path: Path) -> None:

    code = (
        "import sys, trader.store as s, pathlib;"
        "home = pathlib.Path(sys.modules['os'].__file__).parent;"
        "own = pathlib.Path(s.__file__).parent.parent;"
        "bad = [n for n, m in sys.modules.items() if getattr(m, '__file__', None)"
        " and ('site-packages' in m.__file__ or not (home in pathlib.Path(m.__file__).parents"
        " or own in pathlib.Path(m.__file__).parents or 'lib-dynload' in m.__file__))];"
        "print(bad)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_same_code_works_under_another_name(tmp_path: Path) -> None:

    shutil.copytree(Path(__file__).parents[3] / "trader" / "store", tmp_path / "blotter_recorder")
    code = (
        "from blotter_recorder import Recorder\n"
        "with Recorder('b', version='1', mode='demo', folder='db') as r: print(r.trade().seq)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1"
