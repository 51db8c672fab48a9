"""The spool on the disk: round trips, torn tails, damage, rotation, retention."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trader.store import Reader, Recorder, backup, verify
from trader.store.segment import HEADER, Segment, frame
from trader.store.spool import Spool

Record = Callable[..., Recorder]
SMALL = 1 << 12


def payload(seq: int, size: int = 0) -> bytes:
    return b"%d\n" % seq + b"x" * size


def written(folder: Path, sizes: list[int], segment_bytes: int = SMALL) -> Spool:
    spool = Spool(folder, segment_bytes)
    for seq, size in enumerate(sizes, start=spool.tail.seq + 1):
        spool.write(seq, payload(seq, size))
    return spool


def all_payloads(spool: Spool) -> list[bytes]:
    return list(spool.payloads(spool.numbers[0]))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sizes=st.lists(st.integers(0, SMALL - 30), max_size=30))
def test_what_was_written_is_read_again_after_reopening(
    sizes: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool") / "spool"
    written(folder, sizes).close()
    spool = Spool(folder, SMALL)
    expected = [payload(seq, size) for seq, size in enumerate(sizes, start=1)]
    assert (all_payloads(spool), spool.tail.seq) == (expected, len(sizes))
    spool.close()


@pytest.mark.parametrize("rest", range(30))
def test_a_segment_may_end_anywhere_behind_a_frame(tmp_path: Path, rest: int) -> None:
    size = SMALL - len(HEADER) - len(frame(payload(1))) - rest
    spool = written(tmp_path / "s", [size, 10])
    assert all_payloads(spool) == [payload(1, size), payload(2, 10)]
    spool.close()


def test_truncated_at_every_byte_it_keeps_all_whole_frames_and_goes_on(tmp_path: Path) -> None:
    spool = written(tmp_path / "whole", [5, 0, 40])
    ends = [len(HEADER)]
    for taken in all_payloads(spool):
        ends.append(ends[-1] + len(frame(taken)))
    path = spool.segment(1).path
    spool.close()
    content = path.read_bytes()
    for cut in range(len(HEADER), ends[-1] + 1):
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        (folder / path.name).write_bytes(content[:cut] + bytes(SMALL - cut))
        again = Spool(folder, SMALL)
        kept = sum(end <= cut for end in ends[1:])
        assert again.tail.seq == kept
        again.write(kept + 1, payload(kept + 1, 3))
        assert all_payloads(again)[kept:] == [payload(kept + 1, 3)]
        again.close()
        shutil.rmtree(folder)


def test_a_segment_shorter_than_it_was_made_keeps_its_whole_frames(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [10, 10])
    path = spool.segment(1).path
    spool.close()
    with path.open("r+b") as file:
        file.truncate(len(HEADER) + len(frame(payload(1, 10))) + 7)
    again = Spool(tmp_path / "s", SMALL)
    assert again.tail.seq == 1
    again.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_in_the_middle_loses_only_what_it_hit(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool") / "s"
    spool = written(folder, [20] * 9)
    path = spool.segment(1).path
    spool.close()
    content = bytearray(path.read_bytes())
    length = len(frame(payload(1, 20)))
    at = data.draw(st.integers(len(HEADER), len(HEADER) + 8 * length - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    again = Spool(folder, SMALL)
    hit = (at - len(HEADER)) // length + 1
    assert all_payloads(again) == [payload(seq, 20) for seq in range(1, 10) if seq != hit]
    again.close()


def test_an_event_that_fits_no_segment_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s", SMALL)
    with pytest.raises(OSError, match="over a segment"):
        spool.write(1, payload(1, SMALL))
    spool.close()


def test_the_next_segment_is_there_before_it_is_needed(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s", SMALL)
    spool.prepare()
    assert spool.room > SMALL
    spool.close()


def test_an_unused_reserve_is_taken_again_after_reopening(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [5])
    spool.prepare()
    spool.close()
    again = Spool(tmp_path / "s", SMALL)
    assert (again.tail.seq, again.room > SMALL) == (1, True)
    again.close()


def test_segments_stay_until_a_backup_covers_them(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [1000] * 12)
    before = list(spool.numbers)
    assert (spool.prune(covered=0, moved=12), spool.numbers) == ([], before)
    spool.close()


def test_segments_a_backup_covers_are_removed(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [1000] * 12)
    spool.prune(covered=12, moved=12)
    assert len(list((tmp_path / "s").iterdir())) == len(spool.numbers) == 1
    spool.close()


def test_what_is_not_moved_is_never_removed(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [1000] * 12)
    spool.prune(covered=12, moved=0, keep_bytes=0)
    assert len(all_payloads(spool)) == 12
    spool.close()


def test_segments_are_bounded_by_size_without_a_backup(tmp_path: Path) -> None:
    spool = written(tmp_path / "s", [1000] * 12)
    removed = spool.prune(covered=0, moved=12, keep_bytes=2 * SMALL)
    assert removed == [1]
    assert len(spool.numbers) == 2
    spool.close()


def test_a_recorder_forgets_what_a_backup_covers(record: Record, folder: Path, spool: Path) -> None:
    recorder = record(segment_bytes=1 << 14)
    for _ in range(100):
        recorder.append("a", {"text": "x y " * 200})
    recorder.close()
    backup("bot", folder=folder)
    again = record(segment_bytes=1 << 14)
    again.append("a", {})
    again.flush()
    again.close()
    assert len(list(spool.glob("*.seg"))) <= 2
    assert verify("bot", folder=folder).events == 101


def test_damage_on_the_spool_is_a_gap_that_the_stream_tells(
    record: Record, folder: Path, spool: Path, database: Path
) -> None:
    recorder = record()
    for number in range(10):
        recorder.append("a", {"n": number})
    recorder.close()
    database.unlink()
    (folder / "events" / "bot.head").unlink()
    segment = next(spool.glob("00000001.seg"))
    content = bytearray(segment.read_bytes())
    content[content.index(b'{"n":4}') + 2] ^= 1
    segment.write_bytes(content)
    record()
    kinds = [event.kind for event in Reader("bot", folder=folder).read()]
    assert kinds == ["a"] * 4 + ["recorder.lost"] + ["a"] * 5


def test_a_segment_reads_frames_larger_than_a_chunk(tmp_path: Path) -> None:
    segment = Segment.create(tmp_path, 1, 1 << 20)
    sizes = [100, 200_000, 70_000, 5]
    at = len(HEADER)
    for seq, size in enumerate(sizes, start=1):
        data = frame(payload(seq, size))
        segment.write(data, at)
        at += len(data)
    found = [len(taken) - 2 for _, taken in segment.frames(len(HEADER), segment.size)]
    assert found == sizes
    segment.close()
