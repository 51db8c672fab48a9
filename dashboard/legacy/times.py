"""When a cell says something happened: one form per column, decided by the whole column."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OLDEST = datetime(2009, 1, 3, tzinfo=UTC)
"""No crypto trade is older than Bitcoin's first block."""
_OLDEST_US = int(OLDEST.timestamp()) * 1_000_000
_MICROSECOND = timedelta(microseconds=1)


class TimezoneNeeded(Exception):
    """A file's times carry no offset and none was given."""


class UnknownTimezone(Exception):
    """A name that is neither a time zone of this system nor an offset such as +09:00."""


def timezone_named(name: str) -> tzinfo:
    """The zone for "UTC", "+09:00" or a name such as "Asia/Seoul".

    Raises UnknownTimezone with what to do about it.
    """
    if name.strip().upper() in ("UTC", "Z", "GMT"):
        return UTC
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", name.strip(), re.IGNORECASE)
    if offset and int(offset[2]) <= 14:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimezone(
            f"{name!r} is no time zone known here; give a name such as Asia/Seoul, UTC, "
            "or an offset such as +09:00"
        ) from None


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime, exact."""
    return (moment - EPOCH) // _MICROSECOND


def iso(instant: int) -> str:
    """ISO 8601 in UTC with Z; a fraction only where there is one."""
    text = (EPOCH + timedelta(microseconds=instant)).replace(tzinfo=None).isoformat()
    return text + "Z"


Fields = tuple[int, int, int, int, int, int, int]
_TIME = (
    r"(?:[T ,]+|\s+-\s+|\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
)
ABBREVIATIONS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "MSK": 3,
    "HKT": 8, "SGT": 8, "KST": 9, "JST": 9, "BRT": -3, "EDT": -4, "EST": -5, "PDT": -7, "PST": -8,
}  # fmt: skip
"""Zones printed behind a time that stand for one offset, in hours; CST stands for several."""
_ZONE = (
    rf"\s*({'|'.join(ABBREVIATIONS)}|(?:UTC|GMT)?[+-]\d{{2}}:?\d{{2}}|(?:UTC|GMT)?[+-]\d{{1,2}})?"
)
_YMD = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?:{_TIME}{_ZONE})?", re.IGNORECASE)
_SHORT_YMD = re.compile(rf"(\d{{2}})-(\d{{2}})-(\d{{2}}){_TIME}{_ZONE}", re.IGNORECASE)
_DMY = re.compile(
    rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:{_TIME}{_ZONE})?", re.IGNORECASE
)
_EAST = re.compile(
    r"(\d{4})\s*[년年]\s*(\d{1,2})\s*[월月]\s*(\d{1,2})\s*[일日]"
    r"(?:\s*(오전|오후|上午|下午|午前|午後)?\s*(\d{1,2})(?::|\s*[시時时]\s*)(\d{1,2})(?:(?::|\s*[분分]\s*)(\d{1,2})?)?\s*[초秒]?)?"
)
_HALF_DAY = re.compile(
    r"(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?\s*(오전|오후|上午|下午|午前|午後)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[T_ \-]?(\d{2})(:?)(\d{2})\5(\d{2})(Z)?")
_FILE_LIKE = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ _T](\d{2})(-)(\d{2})-(\d{2})")
_CLOCK_FIRST = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AaPp][Mm])?)[\s,]+(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})"
)
_WEEKDAY = re.compile(r"[^\W\d]{2,10}\.?,?\s+(?=\S)")
_CTIME = re.compile(
    r"([^\W\d]{3,9})\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(?:([A-Z]{3,4})\s+)?(\d{4})"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janeiro", (
                "feb february februar fevereiro "
                "fev"
            ), "mar march märz mär mrz março",
            "apr april abril abr", "may mai maio", "jun june juni junho", "jul july juli julho",
            "aug august agosto ago", "sep sept september setembro set", (
                "oct october oktober okt outubro "
                "out"
            ),
            "nov november novembro", "dec december dezember dez dezembro",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAMED = re.compile(
    rf"(?:(\d{{1,2}})[\s.\-]+([^\W\d]{{3,9}})\.?[\s,.\-]+(\d{{4}})|([^\W\d]{{3,9}})\.?\s+(\d{{1,2}}),?\s+(\d{{4}}))(?:{_TIME}{_ZONE})?",
    re.IGNORECASE,
)
_CLOCK_ONLY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?")
_EPOCHS = (("s", 10, 1_000_000), ("ms", 13, 1_000), ("us", 16, 1))
_EPOCH_NUMBER = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(\d{1,9}))?")
_ISO_EXACT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})?"
)


_ORDER = re.compile(r"(?<!\d)(\d{1,2})([/\-.])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")


def day_month_order(texts: Iterable[str]) -> str:
    """ "dmy" or "mdy" where dates anywhere in these lines show which comes first, else ""."""
    day = month = 0
    for text in texts:
        for first, _, second in _ORDER.findall(text):
            day += int(first) > 12
            month += int(second) > 12
    if (not day and not month) or min(day, month) * 10 > max(day, month):
        return ""
    return "dmy" if day > month else "mdy"


def order_of_cells(cells: Iterable[str]) -> str:
    """ "dmy" or "mdy" where the dates among these cells decide it together, else ""."""
    texts = [text for cell in cells if _DMY.fullmatch(text := cell.strip())]
    form = _decide_day_first(texts, hint=False) if texts else None
    return "" if form is None else form.name


def is_clock_only(cell: str) -> bool:
    """True for a time of day without a date, which places nothing in history."""
    return _CLOCK_ONLY.fullmatch(cell.strip()) is not None


_HALVES = {
    "am": "am", "a.m.": "am", "pm": "pm", "p.m.": "pm", "오전": "am", "오후": "pm",
    "上午": "am", "下午": "pm", "午前": "am", "午後": "pm",
}  # fmt: skip


def is_half_day(cell: str) -> bool:
    """True for a word that says which half of the day it was, and nothing else."""
    return cell.strip().casefold() in _HALVES


def with_clock(date: str, fields: Sequence[str], clock: Sequence[int]) -> str:
    """A date with its time of day, and the half of the day, from columns of their own."""
    parts = [fields[at].strip() for at in clock]
    return " ".join([date, *(_HALVES.get(part.casefold(), part) for part in parts)])


@dataclass(frozen=True, slots=True)
class TimeForm:
    """One way to write times. `name` is iso, epoch, short, dmy, mdy, named or east."""

    name: str
    read: Callable[[str], tuple[datetime, bool] | None]
    """cell -> (moment, carries its own offset), or None. A naive moment has no tzinfo."""


def _build(
    year: int, month: int, day: int, rest: Sequence[str | None]
) -> tuple[datetime, bool] | None:
    hour, minute, second, fraction, half, zone = (*rest, *([None] * 6))[:6]
    clock = int(hour or 0)
    if half:
        if not 1 <= clock <= 12:
            return None
        clock = clock % 12 + (12 if half[0] in "pP" else 0)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        naive = datetime(year, month, day, clock, int(minute or 0), int(second or 0), micro)  # noqa: DTZ001
        return (naive.replace(tzinfo=_zone(zone)), True) if zone else (naive, False)
    except ValueError:
        return None


def _zone(text: str) -> tzinfo:
    hours = ABBREVIATIONS.get(text.upper())
    if hours is not None:
        return UTC if hours == 0 else timezone(timedelta(hours=hours))
    offset = text.upper().removeprefix("UTC").removeprefix("GMT")
    digits = offset[1:].replace(":", "")
    digits = (f"0{digits}" if len(digits) == 1 else digits).ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if shift >= timedelta(hours=24):
        raise ValueError(text)
    return timezone(shift if offset[0] == "+" else -shift)


def _read_iso(cell: str) -> tuple[datetime, bool] | None:
    if _ISO_EXACT.fullmatch(cell):
        try:
            moment = datetime.fromisoformat(cell[:26] if len(cell) > 32 else cell)
        except ValueError:
            moment = None
        if moment is not None:
            return moment, moment.tzinfo is not None
    found = _YMD.fullmatch(_date_first(cell))
    if found:
        return _build(int(found[1]), int(found[2]), int(found[3]), found.groups()[3:])
    compact = _COMPACT.fullmatch(cell) or _FILE_LIKE.fullmatch(cell)
    if compact:
        hour, _, minute, second, *zone = compact.groups()[3:]
        rest = (hour, minute, second, None, None, *zone)
        return _build(int(compact[1]), int(compact[2]), int(compact[3]), rest)
    return None


def _date_first(cell: str) -> str:
    """ "16:54 2022-05-11" as "2022-05-11 16:54"; anything else as it is."""
    turned = _CLOCK_FIRST.fullmatch(cell) if cell[1:3].count(":") else None
    return f"{turned[2]} {turned[1]}" if turned else cell


def _read_epoch(cell: str) -> tuple[datetime, bool] | None:
    found = _EPOCH_NUMBER.fullmatch(cell)
    if not found:
        return None
    whole, fraction = found[1], found[2] or ""
    shift = {10: 6, 13: 3, 16: 0, 19: -3}[len(whole)]
    digits = fraction.ljust(max(shift, 0), "0")[: max(shift, 0)]
    micro = int(whole + digits) if shift >= 0 else int(whole[:-3])
    return EPOCH + timedelta(microseconds=micro), True


def _read_short(cell: str) -> tuple[datetime, bool] | None:
    found = _SHORT_YMD.fullmatch(cell)
    if not found:
        return None
    return _build(2000 + int(found[1]), int(found[2]), int(found[3]), found.groups()[3:])


def _day_first(cell: str) -> tuple[datetime, bool] | None:
    found = _DMY.fullmatch(_date_first(cell))
    if not found:
        return None
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    return _build(year, int(found[3]), int(found[1]), found.groups()[4:])


def _month_first(cell: str) -> tuple[datetime, bool] | None:
    found = _DMY.fullmatch(_date_first(cell))
    if not found:
        return None
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    return _build(year, int(found[1]), int(found[3]), found.groups()[4:])


def _read_named(cell: str) -> tuple[datetime, bool] | None:
    found = _NAMED.fullmatch(cell)
    if not found and cell[:1].isalpha():
        without = _WEEKDAY.sub("", cell, count=1)
        ctime = _CTIME.fullmatch(without)
        if ctime:
            without = f"{ctime[2]} {ctime[1]} {ctime[5]} {ctime[3]} {ctime[4] or ''}".strip()
        found = _NAMED.fullmatch(without)
    if not found:
        return None
    day, name, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    month = _MONTHS.get(name.casefold())
    if month is None:
        return None
    return _build(int(year), month, int(day), found.groups()[6:])


def _read_east(cell: str) -> tuple[datetime, bool] | None:
    found = _EAST.fullmatch(cell) or _HALF_DAY.fullmatch(cell)
    if not found:
        return None
    half = _HALVES.get(found[4] or "")
    return _build(
        int(found[1]),
        int(found[2]),
        int(found[3]),
        (found[5], found[6], found[7], None, half, None),
    )


ISO = TimeForm("iso", _read_iso)
EPOCH_FORM = TimeForm("epoch", _read_epoch)
SHORT = TimeForm("short", _read_short)
DAY_FIRST = TimeForm("dmy", _day_first)
MONTH_FIRST = TimeForm("mdy", _month_first)
NAMED = TimeForm("named", _read_named)
EAST = TimeForm("east", _read_east)
FORMS = (ISO, EPOCH_FORM, SHORT, DAY_FIRST, MONTH_FIRST, NAMED, EAST)


def decide_form(
    cells: Iterable[str], *, day_first: bool = False, share: float = 0.5, order: str = ""
) -> TimeForm | None:
    """The form that reads a column's cells, or None where none reads most of them.

    Day-first and month-first are told apart by the whole column: a 13th month, else the
    order of the rows in time, else the dots of a date such as 03.04.2024 (always day first),
    else `day_first`: the file is of a language that never puts the month first.
    Else `order`, as dates elsewhere in the file have it.
    A form must read `share` of the cells: rows of another layout may stand among them.
    Where all that leaves both possible, None: a guess would move trades by months.
    """
    texts = [text for cell in cells if (text := cell.strip())]
    if not texts:
        return None
    sample = texts if len(texts) <= 400 else [*texts[:200], *texts[:: max(1, len(texts) // 200)]]
    counts = {form.name: sum(form.read(text) is not None for text in sample) for form in FORMS}
    best = max(counts.values())
    if best == 0 or best < share * len(sample):
        return None
    winners = [form for form in FORMS if counts[form.name] == best]
    if winners[0] in (DAY_FIRST, MONTH_FIRST):
        return _decide_day_first(texts, hint=day_first) or {
            "dmy": DAY_FIRST,
            "mdy": MONTH_FIRST,
        }.get(order)
    return winners[0]


def _decide_day_first(texts: list[str], *, hint: bool) -> TimeForm | None:
    found = [match for text in texts if (match := _DMY.fullmatch(_date_first(text)))]
    first_over = sum(int(match[1]) > 12 for match in found)
    second_over = sum(int(match[3]) > 12 for match in found)
    if first_over or second_over:
        if min(first_over, second_over) * 10 > max(first_over, second_over):
            return None
        return DAY_FIRST if first_over > second_over else MONTH_FIRST
    if found and found[0][2] == ".":
        return DAY_FIRST
    disorder = {}
    for form in (DAY_FIRST, MONTH_FIRST):
        moments = [read[0].replace(tzinfo=None) for text in texts if (read := form.read(text))]
        steps = [later >= earlier for earlier, later in itertools.pairwise(moments)]
        disorder[form.name] = min(steps.count(False), steps.count(True))
    if disorder["dmy"] == 0 and disorder["mdy"] >= 2:
        return DAY_FIRST
    if disorder["mdy"] == 0 and disorder["dmy"] >= 2:
        return MONTH_FIRST
    return DAY_FIRST if hint else _by_rhythm(texts)


def _by_rhythm(texts: list[str]) -> TimeForm | None:
    """Rows at all hours on days in a row, or on one day a month at all hours: the former it is.

    Only where one reading puts every row on the same day of the month and the other within
    a fortnight; with rows at one fixed hour, as of a monthly savings plan, nothing is decided.
    """
    moments = {
        form.name: [read[0] for text in texts if (read := form.read(text))]
        for form in (DAY_FIRST, MONTH_FIRST)
    }
    hours = {moment.hour for moment in moments["dmy"]}
    if len(texts) < 8 or len(hours) < 6:
        return None
    for form, other in ((DAY_FIRST, "mdy"), (MONTH_FIRST, "dmy")):
        there = moments[other]
        close = max(moments[form.name]) - min(moments[form.name]) <= timedelta(days=14)
        if (
            close
            and len({moment.day for moment in there}) <= 2
            and len({moment.month for moment in there}) >= 3
        ):
            return form
    return None


def place(moment: datetime, zone: tzinfo | None) -> datetime | None:
    """A moment in UTC: naive ones in `zone`; None for a local time the clocks skipped.

    Raises TimezoneNeeded for a naive moment without a zone.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if zone is None:
        raise TimezoneNeeded
    if zone is UTC:
        return moment.replace(tzinfo=UTC)
    there = moment.replace(tzinfo=zone).astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != moment:
        return None
    return there


def too_old(instant: int) -> bool:
    """True for instants before Bitcoin, in microseconds: an epoch of 0 and its like."""
    return instant < _OLDEST_US
