"""Between the text of events and JSON and the integers of the tables.

Money: an int in units of 1e-8 of the quote asset. Time: an int, microseconds since the epoch.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException

SCALE = 8
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000  # microseconds
POWERS: tuple[int, ...] = tuple(10 ** (SCALE - digits) for digits in range(SCALE + 1))
LARGEST = 2**63 - 1  # what a column holds
ONE = Decimal(1)
GRAIN = Decimal("1e-8")
INTERVALS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Unreadable(ValueError):
    """A value of an event's body that cannot be used; the text says which and why."""


def money(value: object, name: str) -> int:
    """A decimal's text in units of 1e-8; finer digits are rounded half to even.

    Raises Unreadable for what is no finite number, or too large for a column.
    """
    units = None
    if type(value) is str and value.isascii():
        # Plain digits with at most eight behind the point are four times as quick by hand.
        whole, _, part = value.partition(".")
        if (whole.isdigit() or whole[1:].isdigit()) and (
            not part or (part.isdigit() and len(part) <= SCALE)
        ):
            try:
                units = int(whole + part) * POWERS[len(part)]
            except ValueError:
                units = None  # "x1"
    if units is None:
        units = _rounded(value, name)
    if -LARGEST <= units <= LARGEST:
        return units
    raise Unreadable(f"{name}={value!r} is larger than a column can hold (9.2e10)")


def _rounded(value: object, name: str) -> int:
    try:
        return int(_number(value, name).scaleb(SCALE).quantize(ONE, ROUND_HALF_EVEN))
    except DecimalException as error:
        raise Unreadable(f"{name}={value!r:.80} is larger than a column can hold") from error


def _number(value: object, name: str) -> Decimal:
    """A finite number in plain digits: Python by itself also takes 1_000 and other scripts."""
    written = str(value)
    try:
        number = Decimal(written)
    except DecimalException:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in written or not written.isascii():
        raise Unreadable(f"{name}={value!r:.80} is not a finite decimal number")
    return number


def decimal_text(value: object, name: str, longest: int = 30) -> str:
    """A price or quantity as plain decimal text; "" where there is none. Raises Unreadable."""
    if value is None or value == "":
        return ""
    if (
        type(value) is str
        and len(value) <= longest
        and value.isascii()
        and value[0] != "."
        and value.replace(".", "", 1).isdigit()
    ):
        return value
    number = _number(value, name)
    if abs(number.adjusted()) >= longest or len(number.as_tuple().digits) > longest:
        raise Unreadable(f"{name}={value!r:.80} has more digits than any price or quantity")
    return format(number, "f")


def price_key(price: str) -> str:
    """A price's plain text as every source of one trade has it: to 1e-8, without idle zeros.

    The bot rounds the average of several fills to 1e-8; a file may print more digits of it.
    """
    if "." not in price:
        return price
    if len(price) - price.index(".") - 1 > SCALE:
        price = format(Decimal(price).quantize(GRAIN, ROUND_HALF_EVEN), "f")
    return price.rstrip("0").rstrip(".")


def market_key(symbol: str) -> str:
    """A market's name as every source of one trade has it: "BTC/USDT" is "BTCUSDT"."""
    name = symbol.upper()
    return name if name.isalnum() else "".join(filter(str.isalnum, name))


def exchange_text(symbol: str, exit_second: int, exchange_id: str) -> str:
    """What tells a trade by the exchange's own id of it, or of the fill that closed it.

    Other exchanges count from 1 as well, so the market and the exit's second within its quarter
    of an hour belong to it: time zones differ by whole quarters, and a record read in a wrong
    one is still the same trade.
    """
    return f"{market_key(symbol)}|{exit_second % 900}|{exchange_id}"


def text(units: int) -> str:
    """Units of 1e-8 as a plain decimal without trailing zeros: 150000000 is "1.5"."""
    whole, part = divmod(abs(units), 10**SCALE)
    digits = f"{whole}.{part:08d}".rstrip("0").rstrip(".")
    return f"-{digits}" if units < 0 else digits


def optional_text(units: int | None) -> str | None:
    """As `text`; None stays None."""
    return None if units is None else text(units)


def instant(value: object, name: str) -> int:
    """ISO 8601 text with an offset (or Z) in microseconds. Raises Unreadable."""
    if not isinstance(value, str):
        raise Unreadable(f"{name}={value!r} is not an ISO 8601 time such as 2026-01-01T00:15:00Z")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(
            f"{name}={value!r} is not an ISO 8601 time such as 2026-01-01T00:15:00Z"
        ) from error
    if moment.tzinfo is None:
        raise Unreadable(f"{name}={value!r} has no offset; add Z for UTC")
    since = moment - EPOCH  # added up by hand: half the time of dividing by a microsecond
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(microseconds: int) -> datetime:
    """Microseconds since the epoch as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def iso(microseconds: int) -> str:
    """Microseconds as "2026-01-01T00:15:00Z", a fraction only where there is one."""
    return moment(microseconds).isoformat().replace("+00:00", "Z")


def optional_iso(microseconds: int | None) -> str | None:
    """As `iso`; None stays None."""
    return None if microseconds is None else iso(microseconds)


def seconds_of(interval: str) -> int | None:
    """ "15m" is 900; None for what is no interval."""
    number, unit = interval[:-1], interval[-1:]
    return int(number) * INTERVALS[unit] if number.isdecimal() and unit in INTERVALS else None
