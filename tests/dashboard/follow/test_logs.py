"""Logs that grow: what is a trade at once, what waits for its context, what is refused."""

from decimal import Decimal
from pathlib import Path

from dashboard.follow.follower import SETTLED
from dashboard.follow.known import StreamTrades
from tests.dashboard.follow.harness import HEADER, Following, append, row, rows


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


def test_a_row_that_agrees_before_fees_and_after_them_waits(
    log: Path, following: Following
) -> None:
    """Its PnL is rounded to more than its fee; the rows after it show that it is gross."""
    at = "XRPUSDT,LONG,2026-01-{0:02} 09:00:00,2026-01-{0:02} 10:00:00,1.0,1.{1},{2},{3},{4},S\n"
    log.write_text(HEADER + at.format(1, 2, "0.02", "0.000044", "0.00"))
    following.step()
    assert following.nets == []
    for day in range(2, 14):
        append(log, at.format(day, day, day, f"0.0{day:02}", f"{day * Decimal(f'0.{day}'):.2f}"))
    following.step()
    assert following.nets[:2] == ["-0.00004400", "0.39800000"]


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
    for day in range(1, 13):
        append(log, f"2026-01-{day:02d} 10:00:00,BTCUSDT,BUY,{40000 + day},0.1,4\n")
        following.step()
        append(log, f"2026-01-{day:02d} 11:00:00,BTCUSDT,SELL,{40100 + day},0.1,4\n")
        following.step()
    assert following.nets == ["2.00000000"] * 12
    assert following.reasons == []
