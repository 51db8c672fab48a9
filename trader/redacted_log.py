"""The bot's log without its secrets, whoever wrote them there."""

import logging
from collections.abc import Iterable

_SHORTEST = 6


class RedactingFormatter(logging.Formatter):
    """Formats as ever, tracebacks included, then takes out every text it was told of."""

    def __init__(self, layout: str, secrets: Iterable[str] = ()) -> None:
        super().__init__(layout)
        self._secrets = sorted((s for s in secrets if len(s) >= _SHORTEST), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
