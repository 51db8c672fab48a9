"""Taking secrets out of an event before it is written: append-only is forever.

Three nets, one behind the other:

- settings (the mapping `settings` of `settings.changed`) pass an allow-list: numbers and
  yes or no pass, text only under a name known to be harmless;
- a value under a name that says secret (`api_key`, `token`, `password` ...) never passes;
- text that looks like a credential, or holds the value of one that this process knows
  (from its environment, or named by the bot), never passes, wherever it stands.
"""

import os
import re
from collections.abc import Iterable, Mapping

REDACTED = "[redacted]"
MAX_DEPTH = 60

_SETTINGS_KIND = "settings.changed"

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
    r"|(?i:\b(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase)\b[\"']?\s*[:=]\s*[\"']?\S{4,})"
    r"|(?i:hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/)"
)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_SHORTEST = 8  # no shape above is shorter


class Redactor:
    """Takes secrets out of bodies.

    Args:
        settings: names of further settings whose text may be recorded.
        secrets: values that must never be recorded, beside those of the environment.
    """

    def __init__(self, settings: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self._settings = SETTING_NAMES | frozenset(settings)
        self._values = tuple(
            {value for value in [*secrets, *_environment_secrets()] if len(value) >= _SHORTEST}
        )
        self._names: dict[str, int] = {}

    def event(self, kind: str, body: Mapping[str, object]) -> object:
        """The body without its secrets; the same object where there are none."""
        if kind == _SETTINGS_KIND and isinstance(settings := body.get("settings"), Mapping):
            body = {**body, "settings": self._allowed(settings)}
        return self.value(body)

    def value(self, value: object, name_class: int = 0, depth: int = 0) -> object:
        """A value without its secrets, the same object where there are none."""
        if isinstance(value, str):
            return value if len(value) < _SHORTEST else self._text(value, name_class)
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple):
            return self._sequence(value, name_class, depth)
        return value

    def _mapping(self, value: Mapping[object, object], depth: int) -> object:
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested over {MAX_DEPTH} levels deep")
        names = self._names
        changed: dict[object, object] | None = None
        for name, item in value.items():
            name_class = names.get(name) if type(name) is str else 0
            if name_class is None:
                name_class = self._classify(name)  # type: ignore[arg-type]
            kind = type(item)
            if name_class < 2 and (
                kind is float or kind is int or (kind is str and len(item) < _SHORTEST)  # type: ignore[arg-type]
            ):
                continue
            clean_name: object = name
            if name_class == 2:
                clean: object = None if item is None else REDACTED
            elif name_class == 3:
                clean_name, clean = REDACTED, REDACTED
            else:
                clean = self.value(item, name_class, depth + 1)
            if clean is not item or clean_name is not name:
                changed = dict(value) if changed is None else changed
                if clean_name is not name:
                    del changed[name]
                changed[clean_name] = clean
        return value if changed is None else changed

    def _sequence(
        self, value: list[object] | tuple[object, ...], name_class: int, depth: int
    ) -> object:
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested over {MAX_DEPTH} levels deep")
        clean = [self.value(item, name_class, depth + 1) for item in value]
        same = all(new is old for new, old in zip(clean, value, strict=True))
        return value if same else clean

    def _classify(self, name: str) -> int:
        """0 an ordinary name, 1 an identity's, 2 a secret's, 3 a secret itself."""
        if len(name) >= _SHORTEST and self._text(name, 0) is not name:
            return 3
        name_class = 2 if _SECRET_NAME.search(name) else 1 if _IDENTITY_NAME.search(name) else 0
        if len(self._names) < 10_000:
            self._names[name] = name_class
        return name_class

    def _text(self, text: str, name_class: int) -> str:
        if any(secret in text for secret in self._values) or _KNOWN_SHAPE.search(text):
            return REDACTED
        if name_class != 1 and len(text) >= 24:
            for run in _LONG_RUN.findall(text):
                if _random_looking(run):
                    return REDACTED
        return text

    def _allowed(self, settings: Mapping[object, object]) -> dict[object, object]:
        return {
            name: value
            if name in self._settings or isinstance(value, int | float) or not _textual(value)
            else REDACTED
            for name, value in settings.items()
        }


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
