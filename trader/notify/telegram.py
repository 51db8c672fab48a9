"""Telegram's Bot API: notices to one chat, and, where wanted, a few questions from it."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import httpx

from trader.notify.notices import Notice
from trader.notify.notifier import NotSent

log = logging.getLogger(__name__)

_TIMEOUT = 10.0
_LONG_POLL = 25
_TOO_MANY, _BAD_REQUEST = 429, 400
_FINAL = {401, 403, 404}


class Telegram:
    """One chat. The token is part of every address: nothing that is raised or logged holds it."""

    name = "Telegram"

    def __init__(self, address: str, token: str, chat: int, timeout: float = _TIMEOUT) -> None:
        # It logs each address it asks at INFO, token included.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._address = f"{address.rstrip('/')}/bot{token}"
        self._token = token
        self.chat = chat
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)

    def send(self, notice: Notice) -> None:
        formatted = {"text": notice.html(), "parse_mode": "HTML"}
        try:
            self.call("sendMessage", {"chat_id": self.chat, **formatted})
        except NotSent as trouble:
            if not isinstance(trouble, _NotUnderstood):
                raise
            self.say(notice.plain())

    def say(self, text: str) -> None:
        self.call("sendMessage", {"chat_id": self.chat, "text": text})

    def call(self, method: str, given: dict[str, Any], timeout: float | None = None) -> Any:
        """The result of a method; NotSent where there is none."""
        try:
            answer = self._client.post(
                f"{self._address}/{method}",
                json=given,
                timeout=timeout if timeout is not None else self._client.timeout,
            )
            body = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as trouble:
            raise NotSent(self._safe(f"{type(trouble).__name__}: {trouble}")) from None
        if isinstance(body, dict) and body.get("ok"):
            return body.get("result")
        raise self._refused(answer.status_code, body)

    def close(self) -> None:
        self._client.close()

    def _refused(self, status: int, body: Any) -> NotSent:
        found = body if isinstance(body, dict) else {}
        why = self._safe(f"{status} {found.get('description', '')}".strip())
        if status == _BAD_REQUEST:
            return _NotUnderstood(why, final=True)
        after = (found.get("parameters") or {}).get("retry_after")
        wait = float(after) if status == _TOO_MANY and isinstance(after, int) else None
        return NotSent(why, retry_after=wait, final=status in _FINAL)

    def _safe(self, text: str) -> str:
        return text.replace(self._token, "***")


class _NotUnderstood(NotSent):
    """Telegram could not read the formatting."""


class Questions:
    """Answers /status, /profit and /pause from one chat; anybody else is not answered at all.

    `answers` maps a command to what says the answer. What was asked while the bot was down is
    not answered: nobody wants a pause of yesterday.
    """

    def __init__(self, telegram: Telegram, answers: dict[str, Callable[[], str]]) -> None:
        self._telegram = telegram
        self._answers = answers
        self._next: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telegram questions", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more answers; a question that is being waited for is left behind."""
        self._stop.set()

    def _run(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            try:
                self.take(wait=_LONG_POLL)
                pause = 1.0
            except NotSent as trouble:
                log.warning("Telegram: %s", trouble)
                self._stop.wait(trouble.retry_after or pause)
                pause = min(pause * 2, 60.0)
            except Exception:
                log.warning("Telegram: a question could not be answered", exc_info=True)
                self._stop.wait(pause)

    def take(self, wait: int) -> None:
        """Take what was asked and answer it. Raises NotSent."""
        if self._next is None:
            old = self._updates(-1, 0)
            self._next = old[-1]["update_id"] + 1 if old else 0
        for update in self._updates(self._next, wait):
            self._next = update["update_id"] + 1
            message = update.get("message") or {}
            if (message.get("chat") or {}).get("id") != self._telegram.chat:
                log.warning("Telegram: a message from another chat was not answered")
                continue
            word = str(message.get("text") or "").split(" ")[0].split("@")[0]
            answer = self._answers.get(word)
            known = ", ".join(self._answers)
            self._telegram.say(answer() if answer is not None else f"I know {known}.")

    def _updates(self, offset: int, wait: int) -> list[dict[str, Any]]:
        given = {"offset": offset, "timeout": wait, "allowed_updates": ["message"]}
        found = self._telegram.call("getUpdates", given, timeout=wait + _TIMEOUT)
        return found if isinstance(found, list) else []
