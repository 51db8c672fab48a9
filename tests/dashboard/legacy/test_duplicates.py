"""The same record, or one like it: identities, occurrence numbers, overlaps, other sources."""

from array import array
from collections.abc import Iterator

from dashboard.legacy.duplicates import KeyTable, Overlaps, digest_of, identity

from .reading import read
from .test_damage import HEADER, LOG, ROWS


def _flags(keys: list[int]) -> list[bool]:
    overlaps: Overlaps[int] = Overlaps()
    out = [pair for at, key in enumerate(keys) for pair in overlaps.push(key, at)]
    out += overlaps.finish()
    assert [at for at, _ in out] == list(range(len(keys)))
    return [flag for _, flag in out]


def test_three_in_the_same_order_are_an_overlap() -> None:
    assert _flags([1, 2, 3, 4, 2, 3, 4]) == [False] * 4 + [True] * 3


def test_two_are_not() -> None:
    assert _flags([1, 2, 3, 4, 3, 4, 5]) == [False] * 7


def test_all_alike_are_not() -> None:
    assert not any(_flags([7] * 15))


def test_another_order_is_not() -> None:
    assert not any(_flags([1, 2, 3, 4, 4, 3, 2, 1]))


def test_an_overlap_goes_on_as_long_as_it_repeats() -> None:
    assert _flags([1, 2, 3, 4, 5, 1, 2, 3, 4, 9]) == [False] * 5 + [True] * 4 + [False]


class _NeverWalked(array):  # type: ignore[type-arg]  # no array[int] before 3.12
    """Keys that may be asked for one by one alone."""

    def __iter__(self) -> Iterator[int]:
        raise AssertionError("all keys were walked for one")


def test_to_count_one_key_walks_over_none_of_the_others() -> None:
    table = KeyTable()
    table.extend_new(range(1, 1_000))
    table.bump(5)
    table._keys = _NeverWalked("Q", table._keys)
    assert [table.bump(5), table.bump(5_000)] == [3, 1]


def test_a_table_keeps_a_hundred_thousand_keys() -> None:
    table = KeyTable()
    for key in range(1, 100_001):
        table.put(key * 2_654_435_761 % 2**64, key % 5)
    assert len(table) == 100_000


def test_new_keys_are_counted_all_or_none() -> None:
    table = KeyTable()
    keys = [key * 2_654_435_761 % 2**64 for key in range(1, 5_001)]
    assert table.add_new(keys)
    assert not table.add_new([3, 5, keys[7]])
    assert not table.add_new([3, 5, 3])
    assert (len(table), table.get(3), table.bump_all([keys[7], 5])) == (5_000, 0, [2, 1])


def test_repeats_that_are_no_overlap_are_distinct_and_pointed_out() -> None:
    reading = read(HEADER + ROWS[0] * 2 + ROWS[1])
    assert (len(reading.trades), reading.report.repeated_lines) == (3, [3])


def test_what_is_recorded_already_is_a_duplicate() -> None:
    known = KeyTable()
    for trade in read(LOG).trades:
        known.put(digest_of(identity(trade))[0], 1)
    reading = read(LOG, known=known)
    assert (reading.trades, reading.report.duplicates) == ([], 4)


def test_one_of_two_alike_is_new_where_one_is_recorded() -> None:
    known = KeyTable()
    known.put(digest_of(identity(read(LOG).trades[0]))[0], 1)
    assert read(HEADER + ROWS[0] * 2, known=known).report.trades == 1


def test_the_way_a_number_is_written_makes_no_other_trade() -> None:
    first = read(HEADER + ROWS[3]).ids
    second = read(HEADER + ROWS[3].replace("0.959,", "0.9590,")).ids
    assert first == second


def test_the_digest_is_the_same_each_time() -> None:
    assert read(LOG).report.digest == read(LOG).report.digest


def test_a_cancelled_order_is_part_of_the_run_that_repeats() -> None:
    header = HEADER.replace("\n", ",status\n")
    rows = [row.replace("\n", ",closed\n") for row in ROWS]
    rows[1] = rows[1].replace("closed", "CANCELLED")
    reading = read(header + "".join(rows) + "".join(rows[:3]))
    assert (len(reading.trades), reading.report.duplicate_lines) == (3, [6, 8])
    assert reading.report.set_aside == {"cancelled": 2}
