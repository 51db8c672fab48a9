"""Rows that more than one layout of their file reads: none is believed where they differ."""

from dataclasses import replace
from decimal import Decimal

from .made import Made, made
from .reading import read

HEADER = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl"
CENT = Decimal("0.01")


def row(t: Made, fee: object, pnl: object) -> str:
    facts = f"{t.symbol},{t.word},{t.entered},{t.left},{t.entry},{t.exit},{t.quantity}"
    return f"{facts},{fee},{pnl}"


def small_win(t: Made) -> Made:
    """A trade whose result is about its fee."""
    price = t.entry + t.entry * t.side * Decimal("0.0016")
    fee = ((t.entry + price) * t.quantity * Decimal("0.0004")).quantize(Decimal("1e-8"))
    return Made(t.symbol, t.side, t.entered, t.left, t.entry, price.quantize(CENT), t.quantity, fee)


def test_a_fee_like_result_among_rows_whose_columns_changed_places_is_neither() -> None:
    trades = made(40)
    trades[30] = small_win(trades[30])
    lines = [row(t, t.fee, t.net) for t in trades[:20]] + [
        row(t, t.net, t.fee) for t in trades[20:]
    ]
    reading = read("\n".join([HEADER, *lines]) + "\n")
    wanted = [f"{t.net:.8f}" for t in trades[:30] + trades[31:]]
    assert (reading.nets, reading.reasons) == (wanted, {32: "contradicted"})


def test_a_percentage_is_no_result_that_rounded_prices_bring_near() -> None:
    # Prices are rounded averages, so results agree no better than to quantity x a cent.
    rough = [
        replace(t, quantity=Decimal("2.0"), fee=Decimal("0.02000000"))
        for t in made(30, markets=["SOLUSDT"])
    ]
    nets = [t.net + Decimal("0.009") * (-1) ** at for at, t in enumerate(rough)]
    lines = [row(t, t.fee, net.quantize(CENT)) for t, net in zip(rough, nets, strict=True)]
    flat = replace(rough[0], entry=Decimal("100.00"), exit=Decimal("100.00"))
    percentage = row(flat, flat.fee, "-0.01")
    reading = read("\n".join([HEADER, *lines, percentage]) + "\n")
    assert reading.reasons[32] == "contradicted"


def test_one_row_that_reads_as_if_fee_and_result_had_changed_places_is_neither() -> None:
    # A taker's fee among makers': as much of the turnover as the result, which is like theirs.
    trades = made(40)
    one = small_win(trades[20])
    lines = [row(t, t.fee, t.net) for t in trades]
    fee = one.fee * Decimal("1.3")
    lines[20] = row(one, fee, one.gross - fee)
    reading = read("\n".join([HEADER, *lines]) + "\n")
    assert reading.reasons == {22: "contradicted"}


def test_a_wrong_result_is_not_saved_by_a_layout_that_holds_later_on() -> None:
    trades = made(40)
    header = HEADER.replace(",pnl", ",gross_pnl,net_pnl")
    lines = [f"{row(t, t.fee, t.gross)},{t.net}" for t in trades[:20]]
    for at in (0, 7):
        lines[at] = f"{row(trades[at], trades[at].fee, trades[at].gross)},{trades[at].net * 100}"
    lines += [f"{row(t, t.fee, t.gross)},{at}.5" for at, t in enumerate(trades[20:])]
    reading = read("\n".join([header, *lines]) + "\n")
    assert {2, 9} <= set(reading.reasons)
