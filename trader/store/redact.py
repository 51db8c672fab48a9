"""Taking secrets out of an event before it is written: append-only is forever.

Three nets, one behind the other:

- settings (the mapping `settings` of `settings.changed`) pass an allow-list: numbers and
  yes or no pass, text only under a name known to be harmless;
- a value under a name that says secret (`api_key`, `token`, `password` ...) never passes;
- text that looks like a credential, or holds the value of one that this process knows
  (from its environment, or named by the bot), never passes, wherever it stands, names of
  values included.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

REDACTED = "[redacted]"
MAX_DEPTH = 60

SETTINGS_KIND = "settings.changed"

#: Settings whose value may be any harmless-looking text.
SETTING_NAMES = frozenset(
    {
        "account",
        "base_asset",
        "bot",
        "candles",
        "exchange",
        "feed",
        "interval",
        "mode",
        "name",
        "order_type",
        "quote_asset",
        "side",
        "software",
        "strategy",
        "stream",
        "symbol",
        "symbols",
        "timeframe",
        "timezone",
        "version",
    }
)

_SECRET_NAME = re.compile(
    r"(?i)secret|token|passw|passphrase|passcode|credential|authoriz|cookie|webhook"
    r"|(?:^|[_\-. ])(?:pwd|pin|otp|totp|mnemonic|seed_phrase|dsn|auth|bearer|sid|jwt)(?:$|[_\-. ])"
    r"|(?:api|access|private|priv|secret|signing|encryption|ssh|hmac|master|auth)[_\-. ]?key"
    r"|^key$|private|signature"
)
# Names of what is long and random by nature, and public.
_IDENTITY_NAME = re.compile(
    r"(?i)(?:^|[_\-])(?:id|ids|uuid|sha1|sha256|md5|digest|hash|checksum|batch|ref|commit"
    r"|file|path)$|Id$|^(?:software|version)$"
)
_KNOWN_SHAPE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|\b\d{6,12}:[A-Za-z0-9_-]{30,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_|AIza)[A-Za-z0-9_-]{16,}"
    r"|(?i:\bbearer\s+[A-Za-z0-9._~+/-]{8,})"
    r"|(?i:\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@)"
    r"|(?i:[?&;](?:signature|api_?key|token|secret|password|sig|auth)=[^&\s]+)"
    r"|(?i:(?:api[_-]?key|secret(?:[_-]?key)?|passw(?:or)?d|passphrase"
    r"|(?:\b|access[_-]?|auth[_-]?|api[_-]?|bot[_-]?|refresh[_-]?|session[_-]?)token)"
    r"[\"']?\s*[:=]\s*[\"']?\S{4,})"
    r"|(?i:hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/)"
)
# Names that a bot makes up for its orders and trades: of the shapes above only these begin
# as such a name may, and have nothing in them that it has not. Kept beside them.
_MADE_UP_NAME = re.compile(r"[A-Za-z0-9-]{1,64}").fullmatch
_KEYS_LIKE_NAMES = ("AKIA", "ASIA", "AIza", "sk-", "glpat-", "xox")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_SHORTEST = 8  # no credential that can be told by its looks is shorter
# Numbers, times and plain words, which are most of what a bot records: for speed alone.
_HARMLESS = re.compile(r"[0-9TZ:.+-]{8,31}|[A-Za-z_]{8,23}").fullmatch
_PLAIN_TYPES = frozenset({int, float, bool, type(None), Decimal, datetime})

# What a name says about its value: nothing; that it is long and random by nature; that it is
# a secret; that it is a secret itself.
ORDINARY, IDENTITY, SECRET, NAME_IS_SECRET = range(4)


class Redactor:
    """Takes secrets out of bodies.

    Args:
        settings: names of further settings whose text may be recorded.
        secrets: values that must never be recorded, beside those of the environment.
    """

    def __init__(self, settings: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self._settings = SETTING_NAMES | frozenset(settings)
        known = {value for value in [*secrets, *_environment_secrets()] if len(value) >= _SHORTEST}
        self._values = tuple(known)
        # As JSON writes them, to look for in a whole body at once.
        self._written = tuple(json.dumps(value)[1:-1] for value in known)
        self._names: dict[str, int] = {}
        # Texts a bot says again at each candle, each looked through once.
        self._clean: set[tuple[str, int]] = set()

    def event(self, kind: str, body: Mapping[str, object]) -> object:
        """The body without its secrets; the same object where there are none."""
        if kind == SETTINGS_KIND and isinstance(settings := body.get("settings"), Mapping):
            body = {**body, "settings": self._allowed(settings)}
        return self._mapping(body, 0)

    @property
    def knows_any(self) -> bool:
        """Whether there are known secrets to look for."""
        return bool(self._values)

    def holds_known(self, text: str) -> bool:
        """Whether text as JSON writes it holds the value of a known secret."""
        for secret in self._written:  # noqa: SIM110 - asked of every event: any() is slower
            if secret in text:
                return True
        return False

    def without_known(self, value: object) -> object:
        """Decoded JSON, each text, name or number that holds a known secret taken out."""
        if isinstance(value, dict):
            return {
                self.without_known(name): self.without_known(item) for name, item in value.items()
            }
        if isinstance(value, list):
            return [self.without_known(item) for item in value]
        held = any(secret in str(value) for secret in self._values)
        return REDACTED if held else value

    def value(self, value: object, name_class: int = ORDINARY, depth: int = 0) -> object:
        """A value without its secrets, the same object where there are none."""
        if isinstance(value, str):
            return self.text(value, name_class)
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple):
            return self._sequence(value, name_class, depth)
        return value

    def _mapping(self, value: Mapping[str, object], depth: int) -> object:
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested over {MAX_DEPTH} levels deep")
        changes: dict[str, object] = {}
        names = self._names
        for name, item in value.items():
            name_class = names.get(name, -1)
            if name_class < 0:
                name_class = self.name_class(name)
            if name_class < SECRET:
                if type(item) is str:
                    if len(item) < _SHORTEST or _HARMLESS(item):
                        continue
                elif type(item) in _PLAIN_TYPES:
                    continue
                clean = self.value(item, name_class, depth + 1)
                if clean is item:
                    continue
            else:
                clean = REDACTED
            changes[name] = clean
        if not changes:
            return value
        return {
            REDACTED
            if names.get(name, -1) < 0 and self.name_class(name) == NAME_IS_SECRET
            else name: changes.get(name, item)
            for name, item in value.items()
        }

    def _sequence(
        self, value: list[object] | tuple[object, ...], name_class: int, depth: int
    ) -> object:
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested over {MAX_DEPTH} levels deep")
        clean = [self.value(item, name_class, depth + 1) for item in value]
        same = all(new is old for new, old in zip(clean, value, strict=True))
        return value if same else clean

    def name_class(self, name: object) -> int:
        """What a name says about its value: one of the four classes above."""
        if not isinstance(name, str):
            return ORDINARY
        if self.text(name, ORDINARY) is not name:
            return NAME_IS_SECRET
        name_class = ORDINARY
        if _SECRET_NAME.search(name):
            name_class = SECRET
        elif _IDENTITY_NAME.search(name):
            name_class = IDENTITY
        if len(self._names) < 10_000:
            self._names[name] = name_class
        return name_class

    def text(self, text: str, name_class: int) -> str:
        """A text without its secrets, the same object where there are none."""
        if _surely_harmless(text) or (text, name_class) in self._clean:
            return text
        if name_class == IDENTITY and _surely_no_key(text):
            return text
        if _KNOWN_SHAPE.search(text):
            return REDACTED
        if name_class != IDENTITY and any(map(_random_looking, _LONG_RUN.findall(text))):
            return REDACTED
        if len(self._clean) >= 1_000:
            self._clean.clear()  # of old trades' ids, to make room for the next ones'
        self._clean.add((text, name_class))
        return text

    def _allowed(self, settings: Mapping[str, object]) -> dict[str, object]:
        return {
            name: REDACTED if name not in self._settings and _textual(value) else value
            for name, value in settings.items()
        }


def _surely_harmless(text: str) -> bool:
    size = len(text)
    return (
        size < _SHORTEST
        or (size < 20 and not (" " in text or ":" in text or "=" in text or "@" in text))
        or _HARMLESS(text) is not None
    )


def _surely_no_key(text: str) -> bool:
    """Whether a public name has no known shape of a key: most have no sign that these need."""
    return _MADE_UP_NAME(text) is not None and not any(key in text for key in _KEYS_LIKE_NAMES)


def _textual(value: object) -> bool:
    """Whether a setting holds text other than a number."""
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return True
        return len(value) > 40
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return True
    return isinstance(value, bytes | bytearray)


def _random_looking(run: str) -> bool:
    """Whether a run of 24 or more letters and digits looks drawn, not written."""
    digits = sum(character.isdigit() for character in run)
    if not digits or digits == len(run):
        return False
    if len(run) >= 32 and all(character in "0123456789abcdefABCDEF-" for character in run):
        return True
    upper = sum(character.isupper() for character in run)
    lower = sum(character.islower() for character in run)
    return bool(upper and lower and digits >= 2 and upper >= 3 and lower >= 3)


def _environment_secrets() -> Iterable[str]:
    return (value for name, value in os.environ.items() if _SECRET_NAME.search(name))
