"""Logs that are turned over, cut off or replaced, and followers that are killed meanwhile."""

import os
import shutil
from pathlib import Path

import pytest

from dashboard.follow.follower import Planned
from tests.dashboard.follow.harness import HEADER, Following, Killed, append, row, rows


@pytest.mark.parametrize("left", range(10))
def test_killed_between_any_two_events_it_goes_on(
    log: Path, following: Following, left: int
) -> None:
    log.write_text(HEADER + rows(1, 6) + row(6, pnl="999") + rows(7, 9) * 2 + rows(9, 45))
    following.step()
    whole = [(event.kind, event.body) for event in following.journal]
    following.journal.clear()
    following.journal.left = left
    following.restart()
    with pytest.raises(Killed):
        following.step()
    following.journal.left = None
    following.restart()
    following.step()
    assert [(event.kind, event.body) for event in following.journal] == whole


def test_a_renamed_log_is_read_to_its_end(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    append(log, rows(5, 8))
    log.rename(log.with_name("trades.csv.1"))
    log.write_text(HEADER + rows(8, 10))
    following.step()
    assert sorted(set(following.ids)) == sorted(following.ids)
    assert len(following.nets) == 9


def test_rotated_with_nothing_but_a_header_read(log: Path, following: Following) -> None:
    """The new file begins just as the old one did; the old one's row must not be lost."""
    log.write_text(HEADER)
    following.step()
    append(log, row(1))
    log.rename(log.with_name("trades.csv.1"))
    log.write_text(HEADER)
    following.step()
    append(log, row(2))
    following.step()
    assert len(following.nets) == 2


def test_a_log_copied_and_cut_off_is_read_to_its_end(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    append(log, rows(5, 8))
    shutil.copy(log, log.with_name("trades.csv.1"))
    log.write_text(HEADER + rows(8, 10))
    following.step()
    assert len(following.nets) == 9


def test_rotated_while_nobody_followed(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    append(log, rows(5, 8))
    log.rename(log.with_name("trades.csv.2"))
    log.with_name("trades.csv.1").write_text(HEADER + rows(8, 12))
    log.write_text(HEADER + rows(12, 15))
    following.restart()
    following.step(2)
    assert len(set(following.ids)) == len(following.ids) == 14


def test_logs_turned_over_before_they_were_followed_are_left_alone(
    log: Path, following: Following
) -> None:
    log.with_name("trades.csv.1").write_text(HEADER + rows(1, 5))
    log.write_text(HEADER + rows(5, 8))
    following.step(2)
    assert len(following.nets) == 3


def test_a_log_turned_over_twice_between_two_looks(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    log.rename(log.with_name("trades.csv.2"))
    log.with_name("trades.csv.1").write_text(HEADER + rows(5, 9))
    log.write_text(HEADER + rows(9, 11))
    following.step()
    assert len(set(following.ids)) == len(following.ids) == 10


def test_killed_as_a_log_has_ended_and_its_successor_is_turned_over_meanwhile(
    log: Path, following: Following
) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    log.rename(log.with_name("trades.csv.1"))
    following.step(3)
    assert following.of("follow.advanced")[-1]["ended"]
    log.with_name("trades.csv.2").write_text(HEADER + rows(5, 9))
    log.write_text(HEADER + rows(9, 11))
    following.restart()
    following.step()
    assert len(set(following.ids)) == len(following.ids) == 10


def test_turned_over_twice_within_a_step_and_killed_at_its_end(
    log: Path, following: Following
) -> None:
    """The folder was listed before the step; what came since must be looked for again."""
    log.write_text(HEADER + rows(1, 5))
    first = log.with_name("a.csv")
    first.write_text(HEADER + rows(1, 2))
    os.utime(first, (1, 1))  # the oldest is looked at first

    class Journal(type(following.journal)):  # type: ignore[misc]
        def append(self, events: list[Planned]) -> None:
            if log.exists() and not log.with_name("trades.csv.1").exists():
                log.rename(log.with_name("trades.csv.1"))
                log.with_name("trades.csv.2").write_text(HEADER + rows(5, 9))
                log.write_text(HEADER + rows(9, 11))
            super().append(events)

    following.journal = Journal()
    following.restart()
    following.step()
    following.restart()
    following.step()
    assert len(set(following.ids)) == len(following.ids) == 10


def test_killed_before_it_noted_how_far_it_came(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.journal.left = 2
    with pytest.raises(Killed):
        following.step()
    following.journal.left = None
    append(log, rows(5, 9))
    log.rename(log.with_name("trades.csv.1"))
    log.write_text(HEADER + rows(9, 11))
    following.restart()
    following.step()
    assert len(set(following.ids)) == len(following.ids) == 10


def test_a_log_cut_off_begins_anew(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 9))
    following.step()
    log.write_text(HEADER)
    following.step()
    append(log, rows(9, 11))
    following.step()
    assert len(following.nets) == 10


def test_a_log_written_anew_each_time_counts_each_trade_once(
    log: Path, following: Following
) -> None:
    for count in range(2, 8):
        log.write_text(HEADER + rows(1, count))
        following.step()
    assert len(following.nets) == 6


def test_a_log_replaced_each_time_counts_each_trade_once(log: Path, following: Following) -> None:
    for count in range(2, 8):
        scratch = log.with_name("scratch.tmp")
        scratch.write_text(HEADER + rows(1, count))
        scratch.replace(log)
        following.step()
    assert len(following.nets) == 6


def test_a_file_gone_for_a_moment_is_the_same(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 3))
    following.step()
    hidden = log.parent.parent / "hidden"
    log.rename(hidden)
    following.step()
    hidden.rename(log)
    append(log, row(3))
    following.step()
    assert len(following.nets) == 3


def test_what_ends_with_a_rotation_is_decided(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5) + row(5, pnl="999") + row(6)[:30])
    following.step()
    log.rename(log.with_name("trades.csv.1"))
    log.write_text(HEADER)
    following.step()
    assert sorted(following.reasons) == ["contradicted", "torn_line"]
