"""Logs that grow, are rotated, cut off, replaced, damaged: each trade once, whatever happens."""

import os
import shutil
from pathlib import Path

import pytest

from dashboard.follow.follower import SETTLED, Planned
from tests.dashboard.follow.harness import HEADER, Following, Killed, row, rows


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder / "trades.csv"


@pytest.fixture
def following(log: Path) -> Following:
    return Following(log.parent)


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(text)


def test_a_row_is_a_trade_at_the_next_step(log: Path, following: Following) -> None:
    log.write_text(HEADER + row(1))
    following.step()
    assert len(following.nets) == 1
    append(log, row(2))
    following.step()
    assert len(following.nets) == 2


def test_nothing_new_appends_nothing(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    before = len(following.journal)
    following.step(3)
    assert len(following.journal) == before


def test_half_a_line_waits_for_its_other_half(log: Path, following: Following) -> None:
    whole = row(2)
    log.write_text(HEADER + row(1) + whole[:40])
    following.step()
    assert (len(following.nets), following.reasons) == (1, [])
    append(log, whole[40:])
    following.step()
    assert (len(following.nets), following.reasons) == (2, [])


def test_a_line_without_its_end_waits(log: Path, following: Following) -> None:
    """Its last cell may be half of it."""
    log.write_text(HEADER + row(1) + row(2, end=""))
    following.step()
    assert len(following.nets) == 1


def test_a_restart_records_nothing_twice(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 30))
    following.step()
    before = len(following.journal)
    following.restart()
    following.step()
    assert len(following.journal) == before


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


def test_a_version_that_no_stream_can_carry_is_unknown(log: Path, following: Following) -> None:
    log.write_text("version," + HEADER + "".join(f'"8\x07.{n}",{row(n)}' for n in (1, 2)))
    following.step()
    assert {event.version for event in following.journal if event.kind == "trade.closed"} <= {
        "unknown"
    }


def test_what_came_while_away_is_taken(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 10))
    following.step()
    append(log, rows(10, 20))
    following.restart()
    following.step()
    assert len(set(following.ids)) == len(following.ids) == 19


def test_identical_rows_stay_as_many(log: Path, following: Following) -> None:
    log.write_text(HEADER + row(1))
    following.step()
    append(log, row(1))
    following.step()
    append(log, row(2) + row(1))
    following.step()
    append(log, row(3))
    following.step()
    assert len(following.nets) == 5
    following.restart()
    following.step()
    assert len(following.nets) == 5


def test_a_run_written_twice_is_no_trade_though_it_comes_row_by_row(
    log: Path, following: Following
) -> None:
    log.write_text(HEADER + rows(1, 10))
    following.step()
    for number in (4, 5, 6, 7, 20, 21):
        append(log, row(number))
        following.step()
    assert len(following.nets) == 11


def test_a_row_that_repeats_waits_for_the_next(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5) + row(2))
    following.step()
    assert (len(following.nets), following.waiting) == (4, 1)
    append(log, row(9))
    following.step()
    assert (len(following.nets), following.waiting) == (6, 0)


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


def test_a_log_of_another_order_counts_each_trade_once(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5))
    following.step()
    log.write_text(HEADER + row(5) + rows(1, 5))
    following.step()
    assert len(following.nets) == 5


def test_files_that_come_later_are_followed(log: Path, following: Following) -> None:
    following.step()
    log.write_text(HEADER + rows(1, 3))
    following.step()
    log.with_name("other.csv").write_text(HEADER + rows(3, 5))
    following.step()
    assert len(following.nets) == 4


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


def test_a_header_that_changes_midway(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 3))
    following.step()
    more = "version," + HEADER
    append(log, more + "".join(f"v8.03,{row(n)}" for n in (3, 4)))
    following.step()
    assert len(following.nets) == 4
    assert following.journal[-2].version == "8.03"


def test_a_refused_row_waits_until_its_segment_is_decided(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5) + row(5, pnl="999"))
    following.step()
    assert (following.reasons, following.waiting) == ([], 1)
    append(log, rows(6, 6 + SETTLED))
    following.step()
    assert (following.reasons, following.waiting) == (["contradicted"], 0)
    following.restart()
    following.step()
    assert following.reasons == ["contradicted"]


def test_rows_of_another_layout_become_trades_once_proven(log: Path, following: Following) -> None:
    """Appended without a header: the first of them proves nothing yet."""
    log.write_text(HEADER + rows(1, 8))
    following.step()
    drifted = [f"{n},v8.00,{row(n)}" for n in range(8, 20)]
    append(log, drifted[0])
    following.step()
    assert (len(following.nets), following.reasons) == (7, [])
    append(log, "".join(drifted[1:]))
    following.step()
    assert (len(following.nets), following.reasons) == (19, [])


def test_what_ends_with_a_rotation_is_decided(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5) + row(5, pnl="999") + row(6)[:30])
    following.step()
    log.rename(log.with_name("trades.csv.1"))
    log.write_text(HEADER)
    following.step()
    assert sorted(following.reasons) == ["contradicted", "torn_line"]


def test_a_row_is_counted_in_one_place_only(log: Path, following: Following) -> None:
    log.write_text(HEADER + rows(1, 5) + row(5, pnl="999") + "\n" + row(6))
    following.step()
    told = following.of("follow.advanced")[-1]
    parts = ("imported", "duplicates", "set_aside", "quarantined")
    assert told["records"] == sum(told[part] for part in parts) == 6
    assert told["waiting"] == 1


def test_pnl_that_nothing_confirms_waits_for_company(log: Path, following: Following) -> None:
    header = "time,symbol,pnl\n"
    lines = [f"2026-01-{n:02d} 10:00:00,BTCUSDT,{(-1) ** n * n * 7 % 31}\n" for n in range(1, 20)]
    log.write_text(header + lines[0])
    following.step()
    assert following.nets == []
    append(log, "".join(lines[1:]))
    following.step()
    assert len(following.nets) == 19


def test_a_running_total_is_never_taken_for_pnl(log: Path, following: Following) -> None:
    log.write_text("time,symbol,pnl\n")
    total = 0
    for day in range(1, 28):
        total += 10 + day % 3
        append(log, f"2026-01-{day:02d} 10:00:00,BTCUSDT,{total}\n")
        following.step()
    assert following.nets == []


def test_a_file_that_is_no_log_fills_no_quarantine(log: Path, following: Following) -> None:
    log.write_text("".join(f"INFO {n} strategy alive, all is well, n={n}\n" for n in range(200)))
    following.step()
    assert following.journal == []


def test_times_without_a_zone_are_told(log: Path) -> None:
    following = Following(log.parent, zone=None)
    log.write_text(HEADER + row(1))
    following.step()
    assert "--timezone" in following.logs.zone_needed
    assert following.journal == []


def test_trades_recorded_elsewhere_are_duplicates(log: Path, following: Following) -> None:
    from dashboard.follow.known import StreamTrades

    log.write_text(HEADER + rows(1, 4))
    following.step()
    bot = StreamTrades("live", lambda _: ())
    for event in following.journal:
        if event.kind == "trade.closed":
            bot.take(_Recorded(event.kind, event.body))
    other = Following(log.parent)
    other.known.streams["bot"] = bot
    other.step()
    assert other.nets == []
    assert other.of("follow.advanced")[-1]["duplicates"] == 3


class _Recorded:
    mode = "live"
    ref = None

    def __init__(self, kind: str, body: dict[str, object]) -> None:
        self.kind, self.body = kind, body


def test_json_lines_are_followed(log: Path, following: Following) -> None:
    names = HEADER.strip().split(",")

    def line(number: int) -> str:
        cells = zip(names, row(number).strip().split(","), strict=True)
        return "{" + ", ".join(f'"{name}": "{cell}"' for name, cell in cells) + "}\n"

    log.write_text("".join(line(n) for n in range(1, 4)))
    following.step()
    append(log, line(4) + line(5)[:50])
    following.step()
    append(log, line(5)[50:])
    following.step()
    assert len(following.nets) == 5


def test_utf16_with_a_mark_is_followed(log: Path, following: Following) -> None:
    log.write_bytes((HEADER + row(1)).encode("utf-16"))
    following.step()
    with log.open("ab") as stream:
        stream.write(row(2).encode("utf-16-le"))
    following.step()
    assert len(following.nets) == 2


def test_fills_pair_when_the_position_is_flat(log: Path, following: Following) -> None:
    log.write_text("time,symbol,side,price,quantity,fee\n")
    for day in range(1, 6):
        append(log, f"2026-01-{day:02d} 10:00:00,BTCUSDT,BUY,{40000 + day},0.1,4\n")
        following.step()
        append(log, f"2026-01-{day:02d} 11:00:00,BTCUSDT,SELL,{40100 + day},0.1,4\n")
        following.step()
    assert following.nets == ["2.00000000"] * 5
    assert following.reasons == []
