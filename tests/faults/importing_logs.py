"""Random trading logs with a known truth: languages, layouts, number and time forms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .importing_words import WORDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT8 = Decimal("0.00000001")
MARKETS = {"BTCUSDT": (42_000, 2), "ETHUSDT": (2_300, 2), "SOLUSDT": (95, 2), "XRPUSDT": (1, 4)}


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
    money: str = "plain"
    """How money is marked: plain, suffix, prefix, brackets, plus, minus (a true minus sign)."""
    clocks: bool = False
    """Dates and times of day stand in columns of their own."""
    json: bool = False
    """An object a line under the header's names."""

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
    leg: bool = False
    """One of the fills a trade is made of; the trade stands at its last one."""


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
    if rng.random() < 0.06 and kind != "none":
        columns.append("leverage")
    if rng.random() < 0.12:
        columns.append(rng.choice(("status", "mode")))
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
    forms = ["iso", "iso", "iso", "isoT", "isoZ", "epoch", "epoch_ms", "epoch_us", "kst"]
    forms += ["clock_first", "compact"] if rng.random() < 0.3 else []
    forms += {
        "de": ["dots"],
        "ru": ["dots"],
        "pt": ["slashes"],
        "ko": ["east"],
        "zh": ["ymd_slash", "nian"],
    }.get(language, ["us", "us_comma", "named", "ctime", "rfc", "ymd_slash"])
    marks = rng.choices(
        ["plain", "suffix", "prefix", "brackets", "plus", "minus"],
        [70, 6, 4, 6, 7, 7] if not headerless and language == "en" else [80, 8, 0, 0, 6, 6],
    )[0]
    style = Style(
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
        money=marks,
    )
    if not headerless and style.times in ("iso", "dots", "ymd_slash") and rng.random() < 0.1:
        split_times(style)
    return style


def split_times(style: Style) -> None:
    """Dates and times of day in columns of their own."""
    style.clocks = True
    for column in ("entry_time", "exit_time"):
        if column in style.columns:
            at = style.columns.index(column)
            name = style.names[at]
            style.columns[at : at + 1] = [column, column.replace("time", "clock")]
            style.names[at : at + 1] = [name, name]


def written_time(style: Style, moment: datetime) -> str:
    """A moment in UTC as the style writes it."""
    forms = {
        "iso": "%Y-%m-%d %H:%M:%S",
        "isoZ": "%Y-%m-%dT%H:%M:%S.000Z",
        "compact": "%Y%m%dT%H%M%SZ",
        "clock_first": "%H:%M:%S %Y-%m-%d",
        "us_comma": "%m/%d/%Y, %I:%M:%S %p",
        "named": "%d %b %Y %H:%M:%S",
        "ctime": "%a %b %d %H:%M:%S %Y",
        "rfc": "%a, %d %b %Y %H:%M:%S GMT",
        "nian": "%Y年%m月%d日 %H:%M:%S",
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
    if style.times == "epoch_us":
        return str(seconds * 1_000_000)
    if style.times == "kst":
        return f"{moment + timedelta(hours=9):%Y-%m-%d %H:%M:%S} KST"
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


def written_money(style: Style, value: Decimal) -> str:
    """A PnL as the style writes it, its unit and sign included."""
    text = written_number(style, value)
    if style.money == "suffix":
        return f"{text} USDT"
    if style.money == "prefix":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    if style.money == "brackets":
        return f"({text[1:]})" if text.startswith("-") else text
    if style.money == "plus":
        return text if text.startswith("-") else f"+{text}"
    return text.replace("-", "\u2212") if style.money == "minus" else text


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
            return written_money(style, printed)
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
        if column in ("entry_time", "exit_time", "entry_clock", "exit_clock"):
            moment = trade.entered if column.startswith("entry") else trade.left
            if style.clocks:
                return written_time(style, moment).split(" ")[column.endswith("clock")]
            return written_time(style, moment)
        if column in ("leverage", "status", "mode"):
            return {"leverage": "3", "status": "closed", "mode": "live"}[column]
        return {
            "id": str(trade.number),
            "version": trade.version,
            "symbol": trade.symbol,
            "side": style.side_words[0 if trade.side > 0 else 1],
            "reason": words["reasons"][trade.reason % len(words["reasons"])],
            "note": words["note"][0] if trade.word < 5 else "",
        }[column]
