"""Layouts nobody registered: taken when arithmetic proves them, and only then."""

import random
from decimal import Decimal

import pytest

from dashboard.legacy.binding import Binding
from dashboard.legacy.finding import acceptable
from dashboard.legacy.fit import Fit

from .made import log, made
from .reading import read

HEADER = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl,reason"


def _rows(count: int, *, seed: int = 1, rate: str = "0.0005") -> list[list[str]]:
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        entry = Decimal(rng.randint(3_900_000, 4_100_000)) / 100
        left = entry + Decimal(rng.randint(-40_000, 40_000)) / 100
        quantity = Decimal(rng.randint(100, 5_000)) / 10_000
        side = rng.choice((1, -1))
        fee = ((entry + left) * quantity * Decimal(rate)).quantize(Decimal("1e-8"))
        net = (left - entry) * quantity * side - fee
        rows.append([
            "BTCUSDT", "LONG" if side > 0 else "SHORT", (
                f"2024-03-{1 + number // 20:02d} "
                f"{number % 20:02d}:00:00"
            ),
            (
                f"2024-03-{1 + number // 20:02d} "
                f"{number % 20:02d}:30:00"
            ), str(entry), str(left), str(quantity),
            str(fee), f"{net:.8f}", "SIGNAL",
        ])  # fmt: skip
    return rows


def _log(rows: list[list[str]], header: str | None = HEADER) -> str:
    lines = [",".join(row) for row in rows]
    return "\n".join([header, *lines] if header else lines) + "\n"


def test_shuffled_columns_without_a_header_are_proven() -> None:
    order = [9, 4, 5, 1, 0, 8, 6, 7, 3, 2]
    rows = _rows(12)
    reading = read(_log([[row[at] for at in order] for row in rows], None))
    assert reading.nets == [row[8] for row in rows]


def test_a_header_that_lies_is_not_believed() -> None:
    rows = _rows(12)
    swapped = [[*row[:7], row[8], row[7], row[9]] for row in rows]
    assert read(_log(swapped)).nets == [row[8] for row in rows]


def test_a_column_inserted_half_way_is_proven_beside_its_neighbour() -> None:
    rows = _rows(20)
    drifted = rows[:12] + [[*row[:2], "27.5", *row[2:]] for row in rows[12:]]
    assert read(_log(drifted)).nets == [row[8] for row in rows]


def test_rows_of_another_layout_with_the_same_number_of_fields() -> None:
    rows = _rows(24)
    order = [1, 0, 2, 3, 5, 4, 8, 7, 6, 9]
    drifted = rows[:12] + [[row[at] for at in order] for row in rows[12:]]
    reading = read(_log(drifted))
    assert reading.nets == [row[8] for row in rows]


def test_a_reason_where_the_version_stood_is_no_version() -> None:
    rows = _rows(24)
    lines = [[*row[:9], "v8.01"] for row in rows[:10]]
    lines += [[*row[:9], ("STOP_LOSS", "TRAILING")[at % 2]] for at, row in enumerate(rows[10:])]
    reading = read(_log(lines, HEADER.replace("reason", "version")))
    assert [trade.version for trade in reading.trades] == ["8.01"] * 10 + ["unknown"] * 14


def test_without_a_side_column_and_a_header_nothing_is_proven() -> None:
    rows = [[*row[:1], *row[2:]] for row in _rows(12)]
    reading = read(_log(rows, None))
    assert (reading.trades, set(reading.reasons.values())) == ([], {"unproven_layout"})


def test_a_fee_that_is_no_steady_share_proves_nothing() -> None:
    # All rows win, and fee and PnL both swing: either could be the other.
    rng = random.Random(5)
    rows = []
    for row in _rows(12):
        gross = abs((Decimal(row[5]) - Decimal(row[4])) * Decimal(row[6])) + 1
        sign = 1 if row[1] == "LONG" else -1
        left = Decimal(row[4]) + sign * gross / Decimal(row[6])
        share = Decimal(rng.randint(20, 80)) / 100
        gross = (left - Decimal(row[4])) * sign * Decimal(row[6])
        rows.append(
            [
                *row[:5],
                str(left),
                row[6],
                f"{gross * share:.8f}",
                f"{gross - gross * share:.8f}",
                row[9],
            ]
        )
    assert read(_log(rows, None)).trades == []


def test_two_torn_rows_of_one_length_are_no_layout() -> None:
    rows = _rows(20)
    rows[4], rows[11] = rows[4][:9], rows[11][:9]
    del rows[4][0], rows[11][0]
    assert {5 + 1, 12 + 1} <= set(read(_log(rows)).reasons)


@pytest.mark.parametrize("count", [2, 3])
def test_a_handful_of_rows_prove_themselves_by_many_digits(count: int) -> None:
    order = [9, 4, 5, 1, 0, 8, 6, 7, 3, 2]
    rows = [[row[at] for at in order] for row in _rows(count)]
    assert len(read(_log(rows, None)).trades) == count


def test_a_pnl_before_fees_is_known_as_such() -> None:
    rows = _rows(12)
    gross = [[*row[:8], f"{Decimal(row[8]) + Decimal(row[7]):.8f}", row[9]] for row in rows]
    assert read(_log(gross)).nets == [row[8] for row in rows]


def test_a_percentage_is_no_money() -> None:
    rows = _rows(12)
    percent = []
    for row in rows:
        gross = Decimal(row[8]) + Decimal(row[7])
        percent.append([*row[:8], f"{gross / Decimal(row[4]) / Decimal(row[6]) * 100:.4f}", row[9]])
    reading = read(_log(percent))
    assert (reading.nets, reading.report.segments[0].pnl_kind) == ([r[8] for r in rows], "percent")


def test_a_running_total_is_no_pnl_per_trade() -> None:
    rows, total, running = _rows(12), Decimal(0), []
    for row in rows:
        total += Decimal(row[8])
        running.append([*row[:8], f"{total:.8f}", row[9]])
    reading = read(_log(running))
    assert (reading.nets, reading.report.segments[0].pnl_kind) == (
        [r[8] for r in rows],
        "cumulative",
    )


def test_a_running_total_nothing_computes_is_refused() -> None:
    total, lines = Decimal(0), ["time,symbol,pnl"]
    for row in _rows(30):
        total += Decimal(row[8]) + 3
        lines.append(f"{row[3]},{row[0]},{total:.4f}")
    assert set(read("\n".join(lines) + "\n").reasons.values()) == {"pnl_kind_unknown"}


def test_close_prices_in_the_pnl_column_stay_out() -> None:
    rows = _rows(30)
    for at in (5, 9, 14):
        rows[at][8] = rows[at][5]
    assert read(_log(rows)).reasons == {7: "contradicted", 11: "contradicted", 16: "contradicted"}


def test_a_true_row_that_looks_wild_is_imported() -> None:
    rows = _rows(30)
    wild = rows[7]
    entry, left, quantity = Decimal(wild[4]), Decimal(wild[4]) * 3, Decimal(50)
    fee = ((entry + left) * quantity * Decimal("0.0005")).quantize(Decimal("1e-8"))
    rows[7] = [
        *wild[:1],
        "LONG",
        *wild[2:5],
        str(left),
        "50",
        str(fee),
        f"{(left - entry) * 50 - fee:.8f}",
        "SIGNAL",
    ]
    assert len(read(_log(rows)).trades) == 30


def test_without_a_side_the_sign_of_the_quantity_is_the_position() -> None:
    """As backtesting.py writes its trades."""
    trades = made(24, seed=3)
    content = log(
        ",Size,EntryBar,ExitBar,EntryPrice,ExitPrice,SL,TP,PnL,Commission,ReturnPct,EntryTime,"
        "ExitTime,Duration,Tag",
        trades,
        lambda t: (
            f"0,{t.quantity * t.side},10,20,{t.entry},{t.exit},,,{t.net},{t.fee},"
            f"{t.net / t.entry / t.quantity:.6f},{t.entered},{t.left},{t.left - t.entered},"
        ),
    )
    reading = read(content)
    assert [(t.side, t.quantity, t.net_pnl) for t in reading.trades] == [
        (t.side, t.quantity, t.net) for t in trades
    ]


def test_a_minus_the_results_do_not_bear_out_is_damage() -> None:
    longs = [t for t in made(60, seed=3) if t.side > 0]
    content = log(
        "symbol,entry time,exit time,entry price,exit price,size,fee,pnl", longs,
        lambda t: f"{t.symbol},{t.entered},{t.left},{t.entry},{t.exit},"
        f"{-t.quantity if t in longs[4:7] else t.quantity},{t.fee},{t.net}",
    )  # fmt: skip
    assert sorted(read(content).reasons) == [6, 7, 8]


@pytest.mark.parametrize("names", ["buy_price,sell_price", "매수가,매도가"])
def test_prices_of_buying_and_selling_are_a_shorts_exit_and_entry(names: str) -> None:
    trades = made(24, seed=3)
    ends = {id(t): (t.entry, t.exit)[:: t.side] for t in trades}
    content = log(
        f"time,symbol,side,{names},qty,fee,pnl", trades,
        lambda t: f"{t.left},{t.symbol},{t.word},{ends[id(t)][0]},{ends[id(t)][1]},{t.quantity},"
        f"{t.fee},{t.net}",
    )  # fmt: skip
    assert [(t.entry_price, t.net_pnl) for t in read(content).trades] == [
        (t.entry, t.net) for t in trades
    ]


def test_funding_that_was_paid_may_stand_above_zero() -> None:
    trades = made(24, seed=3)
    paid = {id(t): Decimal(at % 3) / 20 for at, t in enumerate(trades)}
    content = log(
        "time,symbol,side,entry,exit,qty,fee,funding fee,net pnl", trades,
        lambda t: f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.fee},"
        f"{paid[id(t)]},{t.net - paid[id(t)]}",
    )  # fmt: skip
    assert [t.net_pnl for t in read(content).trades] == [t.net - paid[id(t)] for t in trades]


def test_a_column_that_moves_little_and_never_loses_may_be_a_running_total() -> None:
    """Fourteen rows of one under `수익`, with no other number: they move as much as they spread."""
    totals = ["0.79", "37.24", "57.55", "94.15", "121.92", "115.28", "116.76", "96.99", "67.73",
              "35.74", "88.71", "119.83", "50.70", "63.66"]  # fmt: skip
    lines = [f"2024-01-{at:02d} 07:31:04,ETHUSDT,매도,{each}" for at, each in enumerate(totals, 1)]
    reading = read("\n".join(["시간,종목,구분,수익", *lines, ""]))
    assert set(reading.reasons.values()) == {"pnl_kind_unknown"}
    assert reading.trades == []


def test_a_stop_is_no_fee_where_one_quantity_is_traded() -> None:
    """So large a quantity that the stop's price disappears in what the prices leave open."""
    quantity, lines = Decimal("131180.2"), []
    for row in _rows(20):
        entry, left = ((Decimal(cell) / 65_000).quantize(Decimal("0.0001")) for cell in row[4:6])
        gross = (left - entry) * quantity * (1 if row[1] == "LONG" else -1)
        fee = (entry + left) * quantity * Decimal("0.00055")
        stop = entry * Decimal("0.96" if row[1] == "LONG" else "1.04")
        lines.append([*row[:4], str(entry), str(left), str(quantity), f"{stop:.4f}",
                      f"{gross:.2f}", f"{fee:.8f}"])  # fmt: skip
    trades = read(_log(lines, None)).trades
    assert len(trades) == 20
    nets = [Decimal(line[8]) - Decimal(line[9]) for line in lines]
    assert [trade.net_pnl for trade in trades] == nets


def test_a_fee_that_is_the_result_to_its_last_digit_is_one() -> None:
    """Fee and result have changed places, and the fee is rounded to nought."""
    rows = _rows(12)
    gross = (Decimal(rows[5][5]) - Decimal(rows[5][4])) * Decimal(rows[5][6])
    rows[5][7], rows[5][8] = str(abs(gross)), "0.00"
    rows[5][1] = "LONG" if gross > 0 else "SHORT"
    assert read(_log(rows)).reasons == {7: "contradicted"}


def test_what_only_lies_within_the_prices_last_digit_is_contradicted_where_all_others_agree() -> (
    None
):
    """A market whose last digit is worth hundreds, in a log of few rows."""
    rows = _rows(8)
    rows[6][4:9] = ["0.00000748", "0.00000748", "12479854869", "77.0131844", "-194.43000000"]
    assert read(_log(rows)).reasons == {8: "contradicted"}


def test_a_running_total_in_the_results_place_leaves_the_result_where_it_stands() -> None:
    """Result and running total change places half way: the results are what was printed."""
    total, lines, nets = Decimal(0), [], []
    for number, row in enumerate(_rows(24)):
        net = Decimal(row[8]).quantize(Decimal("0.001"))
        total += net
        nets.append(net)
        both = [str(net), str(total)]
        lines.append([*row[:8], *(both if number < 10 else reversed(both)), row[9]])
    header = HEADER.replace("pnl", "pnl,cum_pnl")
    trades = read(_log(lines, header)).trades
    assert {trade.net_pnl for trade in trades} <= set(nets)


def test_results_named_before_fees_are_none_where_no_fee_proves_to_be_one() -> None:
    """The fees are in cents, of trades so small that their share of the turnover tells nothing."""
    lines = []
    for number, row in enumerate(_rows(12)):
        quantity = "0.000" + str(1 + number % 7)
        gross = (Decimal(row[5]) - Decimal(row[4])) * Decimal(quantity)
        gross *= 1 if row[1] == "LONG" else -1
        fee = "0.00" if number % 3 else "0.09"
        lines.append([*row[:6], quantity, fee, f"{gross:.8f}", row[9]])
    reading = read(_log(lines, HEADER.replace("pnl", "gross_pnl")))
    assert {trade.net_pnl - Decimal(lines[trade.line - 2][8]) for trade in reading.trades} <= {
        Decimal("-0.09"), Decimal(0)
    }  # fmt: skip
    assert [t for t in reading.trades if t.net_pnl == Decimal(lines[t.line - 2][8])
            and lines[t.line - 2][7] == "0.09"] == []  # fmt: skip


def test_a_few_results_that_follow_one_another_are_no_running_total() -> None:
    binding = Binding("round-trips", 8, {"pnl": 7}, pnl_kind="cumulative")
    fit = Fit(read=400, rows=400, confirmed=9, contradicted=391, digits=30)
    assert fit.proven
    assert not acceptable(binding, fit)
