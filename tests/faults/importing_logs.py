"""Random trading logs with a known truth: languages, layouts, number and time forms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT8 = Decimal("0.00000001")
MARKETS = {"BTCUSDT": (42_000, 2), "ETHUSDT": (2_300, 2), "SOLUSDT": (95, 2), "XRPUSDT": (1, 4)}

WORDS: dict[str, dict[str, list[str]]] = {
    "en": {
        "id": ["trade_id", "id", "Trade #", "no"],
        "version": ["version", "bot_version", "ver"],
        "symbol": ["symbol", "pair", "market", "Instrument"],
        "side": ["side", "direction", "Position"],
        "entry_time": ["entry_time", "open_time", "Entry Date", "opened_at"],
        "exit_time": ["exit_time", "close_time", "Exit Date", "closed_at"],
        "entry_price": ["entry_price", "open_price", "Entry Price", "avg_entry_price"],
        "exit_price": ["exit_price", "close_price", "Exit Price", "avg_exit_price"],
        "quantity": ["quantity", "qty", "size", "amount"],
        "fee": ["fee", "fees", "commission", "trading_fee"],
        "pnl": ["pnl", "profit", "pnl_usdt", "realized_pnl", "P&L", "Profit/Loss"],
        "net": ["net_pnl", "Net Profit", "net"],
        "gross": ["gross_pnl", "gross_profit"],
        "pct": ["pnl_pct", "roi", "return_pct"],
        "cumulative": ["cum_pnl", "cumulative_pnl", "total_pnl"],
        "equity": ["equity", "balance"],
        "reason": ["reason", "exit_reason", "close_reason"],
        "note": ["note", "comment", "memo"],
        "adx": ["adx", "rsi", "atr"],
        "long": ["LONG", "long", "Buy", "BUY"],
        "short": ["SHORT", "short", "Sell", "SELL"],
        "reasons": ["SIGNAL", "STOP_LOSS", "TAKE_PROFIT", "TRAILING"],
    },
    "ko": {
        "id": ["번호", "거래번호"],
        "version": ["버전", "봇버전"],
        "symbol": ["종목", "심볼", "페어"],
        "side": ["방향", "포지션", "구분"],
        "entry_time": ["진입시간", "진입시각", "진입일시"],
        "exit_time": ["청산시간", "청산시각", "청산일시"],
        "entry_price": ["진입가", "진입가격", "매수가"],
        "exit_price": ["청산가", "청산가격", "매도가"],
        "quantity": ["수량", "체결수량"],
        "fee": ["수수료", "거래수수료"],
        "pnl": ["손익", "실현손익", "수익", "손익(USDT)"],
        "net": ["순손익", "순수익"],
        "gross": ["총손익"],
        "pct": ["수익률", "수익률(%)"],
        "cumulative": ["누적손익", "누적수익"],
        "equity": ["잔고", "총자산"],
        "reason": ["사유", "청산사유"],
        "note": ["메모", "비고"],
        "adx": ["ADX", "RSI"],
        "long": ["롱", "매수", "LONG"],
        "short": ["숏", "매도", "SHORT"],
        "reasons": ["신호", "손절", "익절", "트레일링"],
    },
    "de": {
        "id": ["Nummer", "Trade-Nr"],
        "version": ["Version", "Bot-Version"],
        "symbol": ["Handelspaar", "Symbol", "Währungspaar"],
        "side": ["Richtung", "Seite"],
        "entry_time": ["Einstiegszeit", "Eröffnungszeit", "Eröffnet am"],
        "exit_time": ["Ausstiegszeit", "Schließungszeit", "Geschlossen am"],
        "entry_price": ["Einstiegspreis", "Eröffnungskurs", "Kaufpreis"],
        "exit_price": ["Ausstiegspreis", "Schließkurs", "Verkaufspreis"],
        "quantity": ["Menge", "Stückzahl", "Größe"],
        "fee": ["Gebühr", "Gebühren", "Provision"],
        "pnl": ["Gewinn/Verlust", "GuV", "Ergebnis"],
        "net": ["Nettogewinn", "Gewinn netto"],
        "gross": ["Bruttogewinn", "Gewinn brutto"],
        "pct": ["Rendite", "Gewinn in Prozent"],
        "cumulative": ["Kumulierter Gewinn"],
        "equity": ["Kontostand", "Guthaben"],
        "reason": ["Grund", "Ausstiegsgrund"],
        "note": ["Anmerkung", "Kommentar"],
        "adx": ["ADX", "RSI"],
        "long": ["Long", "Kauf", "LONG"],
        "short": ["Short", "Verkauf", "SHORT"],
        "reasons": ["Signal", "Stopp", "Ziel", "Trailing"],
    },
    "pt": {
        "id": ["Número", "ID"],
        "version": ["Versão"],
        "symbol": ["Par", "Símbolo", "Ativo"],
        "side": ["Direção", "Lado", "Posição"],
        "entry_time": ["Data de entrada", "Hora de entrada", "Abertura"],
        "exit_time": ["Data de saída", "Hora de saída", "Fechamento"],
        "entry_price": ["Preço de entrada", "Preço de compra"],
        "exit_price": ["Preço de saída", "Preço de venda"],
        "quantity": ["Quantidade", "Tamanho"],
        "fee": ["Taxa", "Comissão", "Corretagem"],
        "pnl": ["Lucro/Prejuízo", "Lucro", "Resultado"],
        "net": ["Lucro líquido", "Resultado líquido"],
        "gross": ["Lucro bruto", "Resultado bruto"],
        "pct": ["Rentabilidade", "Lucro (%)"],
        "cumulative": ["Lucro acumulado"],
        "equity": ["Patrimônio", "Saldo da conta"],
        "reason": ["Motivo", "Motivo da saída"],
        "note": ["Observação"],
        "adx": ["ADX", "RSI"],
        "long": ["Compra", "Comprado", "LONG"],
        "short": ["Venda", "Vendido", "SHORT"],
        "reasons": ["Sinal", "Stop", "Alvo"],
    },
    "zh": {
        "id": ["编号", "序号"],
        "version": ["版本", "策略版本"],
        "symbol": ["交易对", "合约", "币种"],
        "side": ["方向", "多空", "买卖方向"],
        "entry_time": ["开仓时间", "入场时间", "进场时间"],
        "exit_time": ["平仓时间", "出场时间", "离场时间"],
        "entry_price": ["开仓价", "入场价格", "开仓均价"],
        "exit_price": ["平仓价", "出场价格", "平仓均价"],
        "quantity": ["数量", "成交数量"],
        "fee": ["手续费", "交易手续费"],
        "pnl": ["盈亏", "收益", "已实现盈亏"],
        "net": ["净盈亏", "净利润"],
        "gross": ["毛利润", "毛盈亏"],
        "pct": ["收益率", "盈亏率"],
        "cumulative": ["累计盈亏", "累计收益"],
        "equity": ["余额", "权益"],
        "reason": ["原因", "平仓原因"],
        "note": ["备注"],
        "adx": ["ADX", "RSI"],
        "long": ["做多", "多", "买入"],
        "short": ["做空", "空", "卖出"],
        "reasons": ["信号", "止损", "止盈"],
    },
    "ru": {
        "id": ["Номер", "№"],
        "version": ["Версия"],
        "symbol": ["Пара", "Инструмент", "Символ"],
        "side": ["Направление", "Сторона"],
        "entry_time": ["Время входа", "Дата открытия"],
        "exit_time": ["Время выхода", "Дата закрытия"],
        "entry_price": ["Цена входа", "Цена открытия"],
        "exit_price": ["Цена выхода", "Цена закрытия"],
        "quantity": ["Количество", "Объём", "Размер"],
        "fee": ["Комиссия"],
        "pnl": ["Прибыль", "Прибыль/Убыток", "Результат"],
        "net": ["Чистая прибыль"],
        "gross": ["Валовая прибыль"],
        "pct": ["Доходность"],
        "cumulative": ["Накопленная прибыль"],
        "equity": ["Баланс", "Капитал"],
        "reason": ["Причина", "Причина выхода"],
        "note": ["Комментарий"],
        "adx": ["ADX", "RSI"],
        "long": ["Лонг", "Покупка", "LONG"],
        "short": ["Шорт", "Продажа", "SHORT"],
        "reasons": ["Сигнал", "Стоп", "Тейк"],
    },
}


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade that happened, exactly."""

    number: int
    symbol: str
    side: int
    entered: datetime
    left: datetime
    entry: Decimal
    exit: Decimal
    quantity: Decimal
    fee: Decimal
    version: str
    reason: int
    word: int

    @property
    def gross(self) -> Decimal:
        return ((self.exit - self.entry) * self.quantity * self.side).quantize(CENT8)

    @property
    def net(self) -> Decimal:
        return self.gross - self.fee


@dataclass(slots=True)
class Style:
    """How one bot version writes its rows."""

    language: str
    columns: list[str]
    names: list[str]
    delimiter: str
    decimal: str
    thousands: str
    times: str
    side_words: tuple[str, str]
    pnl_places: int
    quote_all: bool = False
    scale_percent: bool = True

    @property
    def pnl_kind(self) -> str:
        """Which PnL column the truth follows from."""
        for kind in ("net", "pnl", "gross"):
            if kind in self.columns:
                return "gross" if kind == "gross" or "gross-as-pnl" in self.names else kind
        return "computed"


@dataclass(slots=True)
class Row:
    """A line of the log with what is true of it: the trade, or why it is none."""

    cells: list[str]
    style: Style
    trade: Trade | None = None
    net: Decimal | None = None
    bad: str = ""
    optional: bool = False
    raw: str | None = None
    torn: bool = False
    encoding: str = ""


@dataclass(slots=True)
class Log:
    """A file and its truth, by physical line."""

    data: bytes
    good: dict[int, tuple[Decimal, str]] = field(default_factory=dict)
    optional: dict[int, Decimal | None] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    tag: str = ""
    damage: str = ""
    encoding: str = ""


def random_trades(rng: random.Random, count: int, version: str, start: datetime) -> list[Trade]:
    """Trades one after the other, fees a steady share of the turnover, rounded to 1e-8."""
    made, clock = [], start
    rate = Decimal(rng.choice(["0.0004", "0.0005", "0.001", "0.00075"]))
    for number in range(1, count + 1):
        symbol = rng.choice(list(MARKETS))
        base, places = MARKETS[symbol]
        tick = Decimal(1).scaleb(-places)
        entry = (Decimal(base) * Decimal(rng.uniform(0.9, 1.1))).quantize(tick)
        move = rng.gauss(0, 0.015) or 0.01
        left = max(tick, (entry * Decimal(1 + move)).quantize(tick))
        size = 10 ** rng.uniform(-1.5, 1.2)
        quantity = Decimal(size).quantize(Decimal("0.0001")) or Decimal("0.0001")
        clock += timedelta(seconds=rng.randint(600, 40_000))
        closed = clock + timedelta(seconds=rng.randint(60, 30_000))
        fee = ((entry + left) * quantity * rate).quantize(CENT8)
        made.append(
            Trade(
                number,
                symbol,
                rng.choice((1, -1)),
                clock,
                closed,
                entry,
                left,
                quantity,
                fee,
                version,
                rng.randint(0, 9),
                rng.randint(0, 9),
            )
        )
        clock = closed
    return made


def random_style(rng: random.Random, language: str, *, headerless: bool = False) -> Style:
    """A layout a bot could have: columns in any sensible order and form."""
    words = WORDS[language]
    kind = rng.choices(
        ["pnl", "net", "gross", "gross-as-pnl", "pct", "cumulative", "none"],
        [40, 12, 8, 8, 6, 6, 6] if not headerless else [60, 20, 10, 10, 0, 0, 0],
    )[0]
    money = ["entry_price", "exit_price", "quantity", "fee"]
    if kind != "none":
        money.insert(rng.choice((3, 4, 4)), "pnl" if kind == "gross-as-pnl" else kind)
    times = ["exit_time"] if rng.random() < 0.15 else ["entry_time", "exit_time"]
    names = ["symbol", "side"] if rng.random() < 0.8 else ["side", "symbol"]
    columns = times + names if rng.random() < 0.4 else names + times
    columns += money
    if rng.random() < 0.35:
        columns.insert(0, "id")
    if rng.random() < 0.4:
        columns.insert(rng.choice((0, 1, len(columns))), "version")
    if rng.random() < 0.35:
        columns.insert(rng.randint(2, len(columns)), "adx")
    if rng.random() < 0.2 and kind not in ("pct", "none"):
        columns.append("pct")
    if rng.random() < 0.2 and not headerless:
        columns.append("equity")
    if rng.random() < 0.7:
        columns.append("reason")
    if rng.random() < 0.15:
        columns.append("note")
    named = [rng.choice(words[column]) for column in columns]
    if kind == "gross-as-pnl":
        named.append("gross-as-pnl")
    continental = language in ("de", "pt", "ru") and rng.random() < 0.6
    delimiter = ";" if continental else rng.choice([",", ",", ",", ";", "\t"])
    decimal = "," if continental else "."
    thousands = ""
    if rng.random() < 0.08 and delimiter != ",":
        thousands = "." if decimal == "," else ","
    side = rng.randrange(min(len(words["long"]), len(words["short"])))
    if rng.random() < 0.3:
        side_words = ("LONG", "SHORT")
    else:
        side_words = (words["long"][side], words["short"][side])
    forms = ["iso", "iso", "iso", "isoT", "epoch", "epoch_ms"]
    forms += {
        "de": ["dots"],
        "ru": ["dots"],
        "pt": ["slashes"],
        "ko": ["east"],
        "zh": ["ymd_slash"],
    }.get(language, ["us", "ymd_slash"])
    return Style(
        language,
        columns,
        named,
        delimiter,
        decimal,
        thousands,
        rng.choice(forms),
        side_words,
        8 if rng.random() < 0.8 else rng.choice([2, 4]),
        quote_all=rng.random() < 0.1,
        scale_percent=rng.random() < 0.7,
    )


def written_time(style: Style, moment: datetime) -> str:
    """A moment in UTC as the style writes it."""
    forms = {
        "iso": "%Y-%m-%d %H:%M:%S",
        "isoT": "%Y-%m-%dT%H:%M:%S+00:00",
        "dots": "%d.%m.%Y %H:%M:%S",
        "slashes": "%d/%m/%Y %H:%M:%S",
        "us": "%m/%d/%Y %I:%M:%S %p",
        "ymd_slash": "%Y/%m/%d %H:%M:%S",
    }
    seconds = int((moment - EPOCH).total_seconds())
    if style.times == "epoch":
        return str(seconds)
    if style.times == "epoch_ms":
        return str(seconds * 1000)
    if style.times == "east":
        half = "오전" if moment.hour < 12 else "오후"
        hour = moment.hour % 12 or 12
        return f"{moment.year}. {moment.month}. {moment.day}. {half} {hour}:{moment:%M:%S}"
    return moment.strftime(forms[style.times])


def written_number(style: Style, value: Decimal) -> str:
    """A number as the style writes it."""
    text = format(value, "f")
    whole, _, rest = text.partition(".")
    if style.thousands:
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        groups: list[str] = []
        while digits:
            groups.insert(0, digits[-3:])
            digits = digits[:-3]
        whole = sign + style.thousands.join(groups)
    return whole + (style.decimal + rest if rest else "")


class Writer:
    """Writes trades as rows of a style, keeping running totals."""

    def __init__(self, rng: random.Random, style: Style) -> None:
        self.rng, self.style = rng, style
        self.total = Decimal(0)

    def row(self, trade: Trade) -> Row:
        """The row of a trade, and the net PnL the row says it had."""
        style = self.style
        self.total += trade.net
        gross = trade.gross if "gross-as-pnl" in style.names or "gross" in style.columns else None
        places = Decimal(1).scaleb(-style.pnl_places)
        printed = (gross if gross is not None else trade.net).quantize(places)
        net = printed - trade.fee if gross is not None else printed
        if not {"pnl", "net", "gross"} & set(style.columns):
            net = trade.net
        cells = [self._cell(column, trade, printed) for column in style.columns]
        return Row(cells, style, trade, net.quantize(CENT8))

    def _cell(self, column: str, trade: Trade, printed: Decimal) -> str:
        style, words = self.style, WORDS[self.style.language]
        number = {
            "entry_price": trade.entry,
            "exit_price": trade.exit,
            "quantity": trade.quantity,
            "fee": trade.fee,
            "cumulative": self.total,
            "equity": self.total + 10_000,
        }.get(column)
        if number is not None:
            return written_number(style, number)
        if column in ("pnl", "net", "gross"):
            return written_number(style, printed)
        if column == "pct":
            share = (
                trade.gross / (trade.entry * trade.quantity) * (100 if style.scale_percent else 1)
            )
            return written_number(
                style, share.quantize(Decimal("0.0001" if style.scale_percent else "0.000001"))
            )
        if column == "adx":
            return written_number(
                style, Decimal(self.rng.uniform(12, 48)).quantize(Decimal("0.01"))
            )
        if column in ("entry_time", "exit_time"):
            return written_time(style, trade.entered if column == "entry_time" else trade.left)
        return {
            "id": str(trade.number),
            "version": trade.version,
            "symbol": trade.symbol,
            "side": style.side_words[0 if trade.side > 0 else 1],
            "reason": words["reasons"][trade.reason % len(words["reasons"])],
            "note": words["note"][0] if trade.word < 5 else "",
        }[column]
