"""Logs of fills: an entry and an exit a row, some of them damaged or lost."""

from __future__ import annotations

import random
from decimal import Decimal

from .importing_logs import CENT8, Row, Style, Trade, written_time

_HEADERS = {
    "en": ("time", "symbol", "side", "price", "quantity", "amount", "fee"),
    "ko": ("체결시간", "종목", "구분", "체결가", "체결수량", "거래금액", "수수료"),
    "de": ("Zeit", "Symbol", "Seite", "Kurs", "Menge", "Betrag", "Gebühr"),
    "pt": ("Data/Hora", "Par", "Lado", "Preço", "Quantidade", "Montante", "Taxa"),
    "zh": ("成交时间", "交易对", "方向", "成交价", "成交数量", "成交额", "手续费"),
    "ru": ("Время", "Пара", "Сторона", "Цена", "Количество", "Сумма", "Комиссия"),
}
_SIDES = {
    "en": ("BUY", "SELL"),
    "ko": ("매수", "매도"),
    "de": ("Kauf", "Verkauf"),
    "pt": ("Compra", "Venda"),
    "zh": ("买入", "卖出"),
    "ru": ("Покупка", "Продажа"),
}


def fills(rng: random.Random, style: Style, trades: list[Trade]) -> list[Row | str]:
    """A buy and a sell for each trade; the result is prices less both fees."""
    style.delimiter, style.decimal, style.quote_all = "\t", ".", False
    style.columns = []
    header = list(_HEADERS[style.language])
    header[5] = "notional" if style.language == "en" else header[5]
    printed = rng.random() < 0.5
    made: list[Row | str] = ["\t".join(_kept(header, printed=printed))]
    for trade in trades:
        made += _legs(style, trade, printed=printed)
    damaged = rng.sample(range(len(trades)), k=rng.randint(0, 3))
    for number in damaged:
        first, second = made[1 + 2 * number], made[2 + 2 * number]
        assert isinstance(first, Row)
        assert isinstance(second, Row)
        spoiled = rng.choice((first, second))
        spoiled.cells[3] = rng.choice(("1_000", "nan", "12..5", "-5", "0"))
        for leg in (first, second):
            leg.bad, leg.leg = "its trade is damaged", False
    if rng.random() < 0.3:
        rows = made[1:]
        rows.reverse()
        made[1:] = rows
        for item in made[1:]:
            assert isinstance(item, Row)
    return made


def _kept(cells: list[str], *, printed: bool) -> list[str]:
    return cells if printed else [*cells[:5], cells[6]]


def _legs(style: Style, trade: Trade, *, printed: bool) -> list[Row]:
    made: list[Row] = []
    fees = Decimal(0)
    for word, price, moment in zip(
        _SIDES[style.language], (trade.entry, trade.exit), (trade.entered, trade.left), strict=True
    ):
        fee = (price * trade.quantity * Decimal("0.001")).quantize(CENT8)
        fees += fee
        cells = [
            written_time(style, moment), trade.symbol, word, str(price), str(trade.quantity),
            str(price * trade.quantity), str(fee),
        ]  # fmt: skip
        made.append(Row(_kept(cells, printed=printed), style, trade, leg=True))
    net = (trade.exit - trade.entry) * trade.quantity - fees
    made[1].leg, made[1].net = False, net.quantize(CENT8)
    return made
