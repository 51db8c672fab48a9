"""Telegram, played by a local server: what arrives, and what a bad day of it costs the bot."""

import logging
import time

import pytest

from tests.trader.notify.playing import HANG, playing
from trader.notify import Notice, Notifier, NotSent
from trader.notify.telegram import Questions, Telegram
from trader.redacted_log import RedactingFormatter

TOKEN = "123456789:AAF-token-of-this-test-that-nobody-may-see"
CHAT = 4242
NOTICE = Notice("entry", "Bought BTCUSDT", "0.1 at 68012.4")


def telegram(address: str, timeout: float = 5.0) -> Telegram:
    return Telegram(address, TOKEN, CHAT, timeout)


def test_a_notice_arrives_in_its_chat() -> None:
    with playing() as played:
        telegram(played.address).send(NOTICE)
    path, body = played.asked[0]
    assert (path, body["chat_id"]) == (f"/bot{TOKEN}/sendMessage", CHAT)
    assert body["text"] == "<b>Bought BTCUSDT</b>\n0.1 at 68012.4"


def test_what_telegram_cannot_read_is_sent_as_plain_text() -> None:
    with playing((400, {"ok": False, "description": "can't parse entities"})) as played:
        telegram(played.address).send(NOTICE)
    assert played.texts()[1] == "Bought BTCUSDT\n0.1 at 68012.4"
    assert "parse_mode" not in played.asked[1][1]


def test_too_many_are_tried_again_when_telegram_says_so() -> None:
    flood = (429, {"ok": False, "description": "Too Many", "parameters": {"retry_after": 1}})
    with playing(flood) as played:
        notifier = Notifier([telegram(played.address)])
        began = time.monotonic()
        notifier.tell(NOTICE)
        assert played.came.acquire(timeout=5)
        assert played.came.acquire(timeout=5)
        waited = time.monotonic() - began
        notifier.close()
    assert waited >= 1
    assert notifier.counts["Telegram"].sent == 1


def test_a_wrong_token_is_not_tried_again() -> None:
    with playing((401, {"ok": False, "description": "Unauthorized"})) as played:
        notifier = Notifier([telegram(played.address)])
        notifier.tell(NOTICE)
        notifier.close()
    assert (len(played.asked), notifier.counts["Telegram"].failed) == (1, 1)


def test_a_hanging_telegram_costs_the_caller_nothing_and_drops_are_counted() -> None:
    with playing(*[HANG] * 50) as played:
        notifier = Notifier([telegram(played.address)], waiting=20)
        notifier.tell(NOTICE)
        assert played.came.acquire(timeout=5)
        began = time.perf_counter()
        for _ in range(1_000):
            notifier.tell(NOTICE)
        spent = time.perf_counter() - began
        notifier.close(0.05)
    # A single wait for the network would be seconds; a thousand notices take milliseconds.
    assert spent < 1
    assert notifier.counts["Telegram"].dropped == 980


def test_the_next_notice_says_how_many_were_dropped() -> None:
    with playing(HANG) as played:
        notifier = Notifier([telegram(played.address)], waiting=1)
        notifier.tell(NOTICE)
        assert played.came.acquire(timeout=5)
        for _ in range(4):
            notifier.tell(NOTICE)
        played.released.set()
        notifier.close()
    assert "(3 notices before this one were dropped)" in played.texts()[1]


@pytest.mark.parametrize("answer", [(401, {"ok": False}), (500, {}), (404, {"ok": False})])
def test_no_error_holds_the_token(answer: tuple[int, dict[str, object]]) -> None:
    with playing(answer) as played, pytest.raises(NotSent) as trouble:
        telegram(played.address).send(NOTICE)
    assert TOKEN not in str(trouble.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[", "nonsense"])
def test_no_address_that_cannot_be_reached_shows_the_token(address: str) -> None:
    with pytest.raises(NotSent) as trouble:
        telegram(address).send(NOTICE)
    assert TOKEN not in f"{trouble.value!r} {trouble.value.__cause__!r}"


def test_no_log_line_holds_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(message)s", [TOKEN]))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with playing() as played:
            telegram(played.address).send(NOTICE)
            logging.getLogger("httpx").setLevel(logging.INFO)
            telegram_without_silence = Telegram(played.address, TOKEN, CHAT)
            logging.getLogger("httpx").setLevel(logging.INFO)
            telegram_without_silence.send(NOTICE)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        logging.getLogger("httpx").setLevel(logging.WARNING)
    said = capsys.readouterr().err
    assert "/bot***/sendMessage" in said  # it was logged, and taken out
    assert TOKEN not in said


def update(number: int, chat: int, text: str) -> dict[str, object]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": text}}


def asked(*updates: dict[str, object]) -> tuple[list[str], list[str]]:
    """What was answered, and which commands were carried out."""
    done: list[str] = []

    def pause() -> str:
        done.append("/pause")
        return "paused"

    answers = {"/status": lambda: "all is well", "/pause": pause}
    with playing() as played:
        questions = Questions(telegram(played.address), answers)
        questions.take(0)
        played.updates += updates
        questions.take(0)
        questions.take(0)
    return played.texts(), done


def test_the_allowed_chat_is_answered_once() -> None:
    assert asked(update(7, CHAT, "/status")) == (["all is well"], [])


def test_another_chat_is_not_answered_and_pauses_nothing() -> None:
    assert asked(update(7, CHAT + 1, "/pause")) == ([], [])


def test_what_is_not_known_is_answered_with_what_is() -> None:
    assert asked(update(7, CHAT, "/buy 100 BTC")) == (["I know /status, /pause."], [])


def test_what_was_asked_before_the_start_is_not_carried_out() -> None:
    done: list[str] = []

    def pause() -> str:
        done.append("/pause")
        return "paused"

    with playing() as played:
        played.updates.append(update(3, CHAT, "/pause"))
        questions = Questions(telegram(played.address), {"/pause": pause})
        questions.take(0)
        played.updates.append(update(4, CHAT, "/pause"))
        questions.take(0)
    assert done == ["/pause"]
