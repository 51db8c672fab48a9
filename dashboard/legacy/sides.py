"""Words for long and short, buying and selling, opening and closing, in several languages."""

from __future__ import annotations

import re

_LONG = (
    "long buy b l bid bull bot 롱 매수 매입 买 买入 買入 做多 多 多头 多頭 多单 多單 開多 开多 "
    "compra comprar comprado comprada "
    "kauf kaufen лонг покупка купить largo achat acheter ロング 買い 買 買建 新規買 "
    "acquisto acquistare rialzo kupno kup zakup alış alim alım uzun long/buy longposition"
)
_SHORT = (
    "short sell s ask bear sld 숏 매도 공매도 卖 卖出 賣出 做空 空 空头 空頭 空单 空單 開空 开空 "
    "venda vender vendido vendida "
    "verkauf verkaufen leerverkauf шорт продажа продать corto venta vente vendre ショート 売り 売 "
    "売建 新規売 vendere vendita ribasso sprzedaż sprzedaj krótka satış satim satım kısa short/sell"
)
_ONE_WAY = (
    "buy sell b s bid ask bot sld 매수 매도 매입 买 卖 买入 卖出 買入 賣出 買 売 買い 売り "
    "compra venda venta comprar vender kauf verkauf kaufen verkaufen achat vente acheter vendre "
    "покупка продажа купить продать acquisto acquistare vendita vendere kupno kup zakup sprzedaż "
    "sprzedaj alış alım satış satım"
)
_TRADES_ONE_WAY = frozenset(_ONE_WAY.split())
_PICTURES = re.compile(r"^[^\w\s+\-$]+\s*|\s*[^\w\s+\-$]+$")
SIGNS = {"1": 1, "+1": 1, "1.0": 1, "-1": -1, "-1.0": -1}
"""Sides as numbers, in columns that say both and nothing else."""
SIDES: dict[str, int] = dict.fromkeys(_LONG.split(), 1) | dict.fromkeys(_SHORT.split(), -1)
SIDES |= {f"{way} trade {word}": side for way in ("advanced", "advance")
          for word, side in (("buy", 1), ("sell", -1))}  # fmt: skip
"""Casefolded word -> +1 (long, buy) or -1 (short, sell)."""

ACTIONS: dict[str, tuple[int, int]] = {}
"""Casefolded word -> (+1 opens / -1 closes, direction of the position)."""
for _words, _meaning in (
    (
        (
            "buy long|买入开多|entry long|open long|long entry|buy to open|진입 롱|롱 진입|"
            "매수 진입|开多|開多|多头进场|多頭進場|"
            "einstieg long|long einstieg|entrada long|entrada longa|entrada comprada|"
            "entrada em posição comprada|entrada na compra|多头入场|多頭入場|做多进场|做多進場|"
            "롱 엔트리|매수진입|롱진입|вход в длинную|вход лонг"
        ),
        (1, 1),
    ),
    (
        (
            "sell long|卖出平多|exit long|close long|long exit|sell to close|롱 청산|"
            "매수 청산|平多|多头出场|多頭出場|"
            "ausstieg long|long ausstieg|saída long|saída longa|saída comprada|"
            "saída de posição comprada|saída da posição comprada|saída da compra|多头离场|多頭離場|"
            "做多出场|做多出場|롱 엑시트|매수청산|롱청산|выход из длинной|выход лонг"
        ),
        (-1, 1),
    ),
    (
        (
            "sell short|卖出开空|entry short|open short|short entry|sell to open|숏 진입|"
            "매도 진입|开空|"
            "開空|空头进场|空頭進場|"
            "einstieg short|short einstieg|entrada short|entrada curta|entrada vendida|"
            "entrada em posição vendida|entrada na venda|空头入场|空頭入場|做空进场|做空進場|"
            "숏 엔트리|매도진입|숏진입|вход в короткую|вход шорт"
        ),
        (1, -1),
    ),
    (
        (
            "buy short|buy to cover|买入平空|exit short|close short|short exit|"
            "buy to close|숏 청산|매도 청산|平空|"
            "空头出场|空頭出場|"
            "ausstieg short|short ausstieg|saída short|saída curta|saída vendida|"
            "saída de posição vendida|saída da posição vendida|saída da venda|空头离场|空頭離場|"
            "做空出场|做空出場|숏 엑시트|매도청산|숏청산|выход из короткой|выход шорт"
        ),
        (-1, -1),
    ),
):
    for _word in _words.split("|"):
        ACTIONS[_word] = _meaning


def side_of(cell: str) -> int | None:
    """+1 for long or buy, -1 for short or sell, None for anything else."""
    text = cell.strip().casefold()
    side = SIDES.get(text)
    if side is None and not text.isascii():
        side = SIDES.get(_PICTURES.sub("", text))  # "🟢 LONG"
    return side


def says_one_way(cell: str) -> bool:
    """True for words of a single transaction (buy, sell), which may name the closing side."""
    return cell.strip().casefold() in _TRADES_ONE_WAY


def is_either_way(cell: str) -> bool:
    """True for what exchanges write where a market has one position only."""
    return cell.strip().casefold() in ("both", "net", "单向", "單向", "단방향")


def action_of(cell: str) -> tuple[int, int] | None:
    """(opens +1 or closes -1, direction) for cells such as "Entry long" and "Close Short"."""
    words = " ".join(cell.strip().casefold().replace("_", " ").replace("-", " ").split())
    return ACTIONS.get(words)
