"""Bulks: the same history a recorder would have written, and nothing half done."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.store import (
    BadEvent,
    BulkWriter,
    Form,
    NotStored,
    Reader,
    Recorder,
    Slot,
    StreamLocked,
    backup,
    verify,
)
from trader.store.codec import BodyEncoder
from trader.store.redact import Redactor

from .test_held_up import fill, small_disk

__all__ = ["small_disk"]

ROOT = Path(__file__).parents[3]
BODY = {
    "trade_id": Slot.ID,
    "symbol": Slot.TEXT,
    "exit_price": Slot.NUMBER,
    "source": {"file": "100%.csv", "line": Slot.COUNT},
    "fee": None,
}
VALUES = ["imp-00ff-1", "BTCUSDT", "1.50", "3"]
TRADE = {
    "trade_id": "imp-00ff-1",
    "symbol": "BTCUSDT",
    "exit_price": "1.50",
    "source": {"file": "100%.csv", "line": 3},
    "fee": None,
}


def bulk(folder: Path, **options: Any) -> BulkWriter:
    return BulkWriter("bot", version="8.03", mode="paper", folder=folder, **options)


def test_a_bulk_is_byte_for_byte_what_a_recorder_writes(tmp_path: Path) -> None:
    def clock() -> int:
        return 1_000_000

    with bulk(tmp_path / "a", clock=clock) as writer:
        writer.append("import.started", {"batch": "b"}, ref="b", occurred_at=5)
        form = writer.form("trade.closed", BODY, ref="trade_id")
        odd = ["an id of words", "key=sk-1234567890abcdefgh", "1e5", "4"]
        writer.extend(form, [7, 8], ["\n".join(both) for both in zip(VALUES, odd, strict=True)])
    with Recorder("bot", version="8.03", mode="paper", folder=tmp_path / "b", clock=clock) as bot:
        bot.append("import.started", {"batch": "b"}, ref="b", occurred_at=5)
        bot.append("trade.closed", TRADE, ref="imp-00ff-1", occurred_at=7)
        other = TRADE | {
            "trade_id": "an id of words",
            "symbol": "key=sk-1234567890abcdefgh",
            "exit_price": "1e5",
            "source": {"file": "100%.csv", "line": 4},
        }
        bot.append("trade.closed", other, ref="an id of words", occurred_at=8)
    assert (
        Reader("bot", folder=tmp_path / "a").read() == Reader("bot", folder=tmp_path / "b").read()
    )


@given(
    st.tuples(
        st.from_regex(r"(imp-)?[0-9a-f-]{0,70}", fullmatch=True),
        st.text(st.sampled_from('skABxAKIAeyJ019_./+-=: @\\"'), max_size=24),
        st.text(st.sampled_from("0189TZ:.+-e"), max_size=34),
    ),
    st.integers(0, 10**19),
)
def test_a_form_writes_what_the_encoder_writes(texts: tuple[str, str, str], line: int) -> None:
    encoder = BodyEncoder(Redactor())
    form = Form(encoder, "trade.closed", BODY, ref=None, names=("bot", "8.03", "paper"))
    values = [*texts, str(line)]
    columns = [[VALUES[at], value] for at, value in enumerate(values)]
    if not form.misfits(["\n".join(column) for column in columns], columns):
        assert form.texts(columns)[1] == encoder.encode("trade.closed", form.body(values))


def test_a_known_secret_in_a_row_is_taken_out(folder: Path) -> None:
    with bulk(folder, secrets=["hunter2hunter2"]) as writer:
        form = writer.form("trade.closed", BODY)
        writer.extend(form, [7], ["imp-00-1", "hunter2hunter2", "1.50", "3"])
    assert Reader("bot", folder=folder).read()[0].body["symbol"] == "[redacted]"


def test_a_value_under_the_name_of_a_secret_makes_no_form(folder: Path) -> None:
    with bulk(folder) as writer, pytest.raises(BadEvent, match="secret"):
        writer.form("trade.closed", {"api_key": Slot.TEXT})


@pytest.mark.parametrize(
    ("time", "values"),
    [
        (7, ["imp-00-1"]),
        (7, ["imp-00-1\nimp-01-1", "A", "1", "3"]),
        (7, ["imp-00-1", "A", "1", "three"]),
        (1 << 63, VALUES),
    ],
)
def test_values_that_do_not_fit_are_refused(folder: Path, time: int, values: list[str]) -> None:
    with bulk(folder) as writer, pytest.raises(BadEvent):
        writer.extend(writer.form("trade.closed", BODY), [time], values)


def test_each_event_may_have_a_version_of_its_own(folder: Path) -> None:
    with bulk(folder) as writer:
        writer.append("trade.closed", {}, version="7.9")
        writer.extend(writer.form("trade.closed", BODY, version="8.01"), [7], VALUES)
    assert [event.version for event in Reader("bot", folder=folder).read()] == ["7.9", "8.01"]


def test_a_large_bulk_is_whole_and_verified(folder: Path) -> None:
    with bulk(folder) as writer:
        form = writer.form("trade.closed", BODY, ref="trade_id")
        for start in range(0, 41_000, 1_000):
            many = range(start, start + 1_000)
            values = ((f"imp-{n:04x}-1", "BTCUSDT", "1.50", str(n)) for n in many)
            writer.extend(form, many, ["\n".join(column) for column in zip(*values, strict=True)])
    found = verify("bot", folder=folder)
    assert (found.ok, found.events) == (True, 41_000)
    database = folder / "events" / "bot.sqlite3"
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        odd = "SELECT count(*) FROM event WHERE json_valid(body) IS NOT 1"
        assert connection.execute(odd).fetchone() == (0,)
    assert len(Reader("bot", folder=folder).about("imp-a000-1")) == 1


# With recorders


def test_a_bulk_is_refused_while_a_recorder_runs(
    folder: Path, record: Callable[..., Recorder]
) -> None:
    record().append("a", {})
    with pytest.raises(StreamLocked):
        bulk(folder)


def test_a_recorder_is_refused_while_a_bulk_is_written(folder: Path) -> None:
    with bulk(folder), pytest.raises(StreamLocked):
        Recorder("bot", version="1", mode="paper", folder=folder)


def test_bulks_and_recorders_take_turns(folder: Path) -> None:
    for turn in range(3):
        with bulk(folder) as writer:
            for _ in range(3):
                writer.append("b", {"turn": turn})
        with Recorder("bot", version="1", mode="paper", folder=folder) as recorder:
            assert recorder.append("a", {}).seq == turn * 5 + 4
            recorder.append("a", {})
    assert len(list((folder / "events" / "bot.spool").iterdir())) < 9
    found = verify("bot", folder=folder)
    assert (found.ok, found.events, found.lost) == (True, 15, 0)


def test_a_bulk_follows_what_a_killed_bot_left_on_the_spool(folder: Path) -> None:
    code = (
        "import os, sys\nfrom trader.store import Recorder\n"
        "r = Recorder('bot', version='1', mode='paper', folder=sys.argv[1])\n"
        "r.flush()\n"
        "for _ in range(50): r.append('a', {})\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True)
    with bulk(folder) as writer:
        assert writer.append("b", {}) == 51


def test_a_bulk_is_in_the_next_backup(folder: Path) -> None:
    with bulk(folder) as writer:
        writer.append("a", {})
    made = backup("bot", folder=folder)
    assert made.head.seq == 1


# Trouble


def test_leaving_by_an_exception_drops_what_is_not_committed(folder: Path) -> None:
    with suppress(KeyError), bulk(folder) as writer:
        writer.append("a", {})
        writer.commit()
        writer.append("a", {})
        raise KeyError
    assert Reader("bot", folder=folder).head().seq == 1


def test_what_was_committed_survives_a_kill(folder: Path) -> None:
    code = (
        "import os, sys\nfrom trader.store import BulkWriter\n"
        "w = BulkWriter('bot', version='1', mode='paper', folder=sys.argv[1])\n"
        "for _ in range(1500): w.append('a', {'text': 'x' * 500})\n"
        "os.write(1, b'%d' % w.commit().seq)\n"
        "for _ in range(1500): w.append('a', {'text': 'x' * 500})\n"
        "os.kill(os.getpid(), 9) if os.name == 'posix' else os._exit(9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert (done.returncode != 0, done.stdout) == (True, b"1500")
    assert verify("bot", folder=folder).events == 1500
    with Recorder("bot", version="1", mode="paper", folder=folder) as recorder:
        assert recorder.append("a", {}).seq == 1501
    assert verify("bot", folder=folder).ok


def _flood(writer: BulkWriter) -> None:
    for _ in range(3000):
        writer.append("a", {"text": "x" * 2000})
    writer.commit()


def test_a_full_disk_is_said_and_harms_nothing(small_disk: Path) -> None:
    folder = small_disk / "db"
    with bulk(folder) as writer:
        writer.append("a", {})
        writer.commit()
        filler = fill(small_disk)
        with pytest.raises(NotStored, match="ends with event 1"):
            _flood(writer)
        filler.unlink()
        writer.append("a", {})
    found = verify("bot", folder=folder)
    assert (found.ok, found.events) == (True, 2)


def test_a_closed_bulk_takes_nothing(folder: Path) -> None:
    writer = bulk(folder)
    writer.close()
    writer.append("a", {})
    with pytest.raises(NotStored, match="closed"):
        writer.commit()
