"""A body as JSON: ASCII, no spaces, written in the same walk that takes its secrets out.

A bot writes bodies of a few shapes, candle after candle. The names of a shape are looked
through and written once; what each of them says about its value chooses how that is written,
by its type. A value of a type that is not known here, and a mapping whose very names hold a
secret, go the long way: the redactor makes a copy without secrets, json writes that. Both
ways ask the redactor the same questions, and write the same bytes.
"""

import json
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial
from pathlib import PurePath
from typing import Any
from uuid import UUID

from .redact import (
    IDENTITY,
    MAX_DEPTH,
    NAME_IS_SECRET,
    ORDINARY,
    REDACTED,
    SECRET,
    SETTINGS_KIND,
    Redactor,
)

# So many shapes, types and times are kept, and texts of no more letters than this.
_SHAPES_KEPT, _TYPES_KEPT, _TIMES_KEPT = 200, 200, 1000
_TEXTS_KEPT, _LONGEST_KEPT = 1000, 64

_quoted = json.encoder.encode_basestring_ascii
_REDACTED = _quoted(REDACTED)

_Write = Callable[[Any], str]


class JsonWriter:
    """Writes bodies; one for each depth that something is nested in, the body's made by hand.

    Raises ValueError, TypeError and RecursionError for what has no JSON form.
    """

    def __init__(self, redactor: Redactor, above: "JsonWriter | None" = None) -> None:
        self._redactor = redactor
        self._depth: int = 0 if above is None else above._depth + 1
        self._texts: dict[int, _Texts] = (
            {name_class: _Texts(redactor, name_class) for name_class in (ORDINARY, IDENTITY)}
            if above is None
            else above._texts
        )
        self._json = _json_encoder(self._plain)
        self._below: JsonWriter | None = None
        self._shapes: dict[tuple[object, ...], _Shape] = {}
        #: How a value at this depth is written, by what its name says about it and its type.
        self.by_type: dict[int, dict[type, _Write]] = {
            ORDINARY: _ByType(self, self._texts[ORDINARY], ORDINARY),
            IDENTITY: _ByType(self, self._texts[IDENTITY], IDENTITY),
            SECRET: _Silence(),
        }

    def event(self, kind: str, body: Mapping[str, object]) -> str:
        """The JSON of an event's body, its secrets taken out."""
        if type(body) is dict and kind != SETTINGS_KIND:
            return self.mapping(body)
        return self._json(self._redactor.event(kind, body))

    def mapping(self, value: dict[str, object]) -> str:
        names = tuple(value)
        shape = self._shapes.get(names) or self._new_shape(names)
        if shape is None:
            return self.other(value, ORDINARY)
        begin, writers = shape
        items = zip(writers, value.values(), strict=True)
        return begin % tuple([write[type(item)](item) for write, item in items])

    def sequence(self, value: Sequence[object], name_class: int) -> str:
        if self._depth > MAX_DEPTH:
            return self.other(value, name_class)
        write = self.below.by_type[name_class]
        return f"[{','.join([write[type(item)](item) for item in value])}]"

    def other(self, value: object, name_class: int) -> str:
        """The long way, for whatever has no other."""
        return self._json(self._redactor.value(value, name_class, self._depth))

    @property
    def below(self) -> "JsonWriter":
        """The writer of what is nested in a value at this depth."""
        if self._below is None:
            self._below = JsonWriter(self._redactor, self)
        return self._below

    def _new_shape(self, names: tuple[object, ...]) -> "_Shape | None":
        """None where a name has to be changed, is no text, or stands too deep."""
        classes = [self._redactor.name_class(name) for name in names]
        texts = [name for name in names if type(name) is str]
        if len(texts) < len(names) or NAME_IS_SECRET in classes or self._depth > MAX_DEPTH:
            return None
        members = ",".join(f"{_quoted(name).replace('%', '%%')}:%s" for name in texts)
        shape = f"{{{members}}}", [self.below.by_type[name_class] for name_class in classes]
        if len(self._shapes) >= _SHAPES_KEPT:
            self._shapes.clear()
        self._shapes[names] = shape
        return shape

    def _plain(self, value: object) -> object:
        """What JSON has no word for; what comes out of here is redacted as well."""
        if isinstance(value, Decimal):
            return _decimal_text(value)
        if isinstance(value, datetime):
            return _time_text(value)
        if isinstance(value, UUID):
            return str(value)
        return self._redactor.value(_convert(value))


# A mapping's JSON with a %s for each value, and how each of these is written, by its type.
_Shape = tuple[str, list[dict[type, _Write]]]


class _Texts(dict[str, str]):
    """Texts as JSON writes them, looked through once: most of them a bot says again."""

    def __init__(self, redactor: Redactor, name_class: int) -> None:
        super().__init__()
        self._redactor, self._name_class = redactor, name_class

    def __missing__(self, text: str) -> str:
        clean = self._redactor.text(text, self._name_class)
        written = _quoted(clean)
        if clean is text and len(text) <= _LONGEST_KEPT:
            if len(self) >= _TEXTS_KEPT:
                self.clear()  # of old trades' ids, to make room for the next ones'
            self[text] = written
        return written


class _ByType(dict[type, _Write]):
    """How a value is written, by its type."""

    def __init__(self, writer: JsonWriter, texts: _Texts, name_class: int) -> None:
        sequence = partial(writer.sequence, name_class=name_class)
        super().__init__(
            {
                **_NUMBERS,
                datetime: _time,
                str: texts.__getitem__,
                dict: writer.mapping,
                list: sequence,
                tuple: sequence,
            }
        )
        self._other = partial(writer.other, name_class=name_class)
        # Of a subclass of text, such as an enumeration, the text that it is.
        self._text: _Write = lambda value: texts[str.__str__(value)]

    def __missing__(self, kind: type) -> _Write:
        write: _Write = self._other
        if issubclass(kind, str):
            write = self._text
        elif issubclass(kind, float):  # numpy's among them
            write = _float
        if len(self) < _TYPES_KEPT:
            self[kind] = write
        return write


class _Silence(dict[type, _Write]):
    """How a value is written whose name says that it is a secret."""

    def __missing__(self, kind: type) -> _Write:
        return _redacted


def _json_encoder(default: Callable[[object], object]) -> Callable[[object], str]:
    """JSON in ASCII without spaces; numbers that are not finite raise ValueError.

    JSONEncoder.encode makes the encoder of C anew for each value: a third of its time. Where
    Python has none of C, or one with other arguments, the documented way is taken.
    """
    slow = json.JSONEncoder(
        ensure_ascii=True,
        allow_nan=False,
        check_circular=False,  # the redactor's walk has refused what is nested too deep
        separators=(",", ":"),
        default=default,
    )
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        fast: Callable[[object, int], Iterable[str]] = make(
            None, default, _quoted, None, ":", ",", False, False, False
        )
    except TypeError:
        return slow.encode
    return lambda value: "".join(fast(value, 0))


def _convert(value: object) -> object:
    """Other types bots hold, numpy's numbers among them."""
    if hasattr(value, "get_secret_value"):
        return REDACTED
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form; give text, numbers or mappings")


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    # Without an exponent, unless that would take a page of zeros.
    return format(value, "f") if -64 < value.adjusted() < 64 else str(value)


def _time_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: give a time in UTC, with its zone")
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _redacted(_: object) -> str:
    return _REDACTED


def _decimal(value: Decimal) -> str:
    # Its own text is what format would say where it has no exponent, and quicker.
    text = str(value)
    if "E" in text or not value.is_finite():
        text = _decimal_text(value)
    return f'"{text}"'


@lru_cache(_TIMES_KEPT)
def _time(value: datetime) -> str:
    return f'"{_time_text(value)}"'


def _float(value: float) -> str:
    text = float.__repr__(value)
    if "n" in text:  # nan, inf
        raise ValueError(f"{value} is not a finite number")
    return text


_NUMBERS: dict[type, _Write] = {
    Decimal: _decimal,
    float: _float,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): lambda _: "null",
}
