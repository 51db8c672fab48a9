"""What is wrong now, said once when it begins and once when it is over."""

import logging

log = logging.getLogger("blotter.recorder")


class Alarms:
    """Alarms by name, each a sentence. Raised and cleared by the keeper's thread alone."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._now: dict[str, str] = {}
        self.last_error: str | None = None

    def now(self) -> tuple[str, ...]:
        """The alarms that stand; from any thread."""
        return tuple(self._now.copy().values())

    def set(self, name: str, text: str) -> None:
        """Something is wrong."""
        self.last_error = text
        if name not in self._now:
            log.warning("%s: %s", self._stream, text)
        self._now[name] = text

    def clear(self, *names: str) -> None:
        """It is right again."""
        for name in names:
            if self._now.pop(name, None) is not None:
                log.warning("%s: over: %s", self._stream, name)

    def tell(self, text: str) -> None:
        """Something happened that is over already."""
        self.last_error = text
        log.warning("%s: %s", self._stream, text)
