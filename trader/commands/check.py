"""check: what would happen if the bot started now, found out without trading anything."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from trader.domain.candle import Candle
from trader.domain.money import plain
from trader.domain.signal import Action
from trader.exchange import binance
from trader.exchange.binance.examine import Examination, Finding, Grade
from trader.notify import NotSent
from trader.notify.telegram import Telegram
from trader.notify.webhook import BadWebhook, checked, is_public, resolve
from trader.ports import Unreachable
from trader.risk import RiskLimits, size_entry
from trader.settings import BotSettings, SettingsTrouble, load
from trader.strategy.adx_trend import AdxTrend
from trader.strategy.versions import NEWEST, settings_of

_EXAMPLE = """example:
  python -m trader check --settings-file bot.env --symbol BTCUSDT --testnet

0 where nothing stands in the way (warnings may), 1 where something does, 2 where the settings
are wrong."""


def check(
    parser: argparse.ArgumentParser,
    argv: Sequence[str],
    wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
) -> int:
    """Try the settings; `parser` knows the bot's own options, `wall` is this machine's clock."""
    parser.prog, parser.epilog = "python -m trader check", _EXAMPLE
    parser.description = "Tries keys, clock, rules and money, trading nothing."
    parser.add_argument("--json", action="store_true", help="for a script")
    given = vars(parser.parse_args(argv))
    as_json = given.pop("json")
    given.pop("until_stdin_closes")
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        # Nothing is traded here, so nothing need be confirmed; what is missing is said below.
        settings = load({"feed": "binance", **_set(given)}, confirmed=True)
    except SettingsTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    findings = list(_findings(settings, wall))
    if as_json:
        print(json.dumps([{**_shown(each)} for each in findings]))
    else:
        _print(findings)
    return 1 if any(each.grade is Grade.FAULT for each in findings) else 0


def _set(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _findings(settings: BotSettings, wall: Callable[[], int]) -> Iterator[Finding]:
    symbol = (settings.symbol or "BTCUSDT").upper()
    signed = settings.api_key is not None and settings.api_secret is not None
    yield _orders_go_to(settings)
    client = _client(settings, signed=signed)
    examination = Examination(
        client, symbol, signed=signed, sapi=signed and not settings.testnet, wall=wall
    )
    yield from examination.findings()
    if examination.learnt.rules is not None:
        yield from _outlook(settings, client, examination)
    yield from _channels(settings)


def _orders_go_to(settings: BotSettings) -> Finding:
    if settings.live:
        text = "LIVE: orders are of real money"
        return Finding("orders go to", Grade.WARNING, text)
    where = "the testnet" if settings.testnet else "paper: fills are simulated, no key is needed"
    return Finding("orders go to", Grade.OK, where)


def _client(settings: BotSettings, *, signed: bool) -> Any:
    ordinary = binance.TESTNET_ADDRESS if settings.testnet else binance.PUBLIC_ADDRESS
    address = settings.binance_address or ordinary
    if not signed:
        return binance.public_client(address)
    assert settings.api_key is not None
    assert settings.api_secret is not None
    return binance.signed_client(
        address, settings.api_key.get_secret_value(), settings.api_secret.get_secret_value()
    )


def _outlook(settings: BotSettings, client: Any, examined: Examination) -> Iterator[Finding]:
    """What the newest candle says, and how large an entry on it would be."""
    rules = examined.learnt.rules
    assert rules is not None
    try:
        strategy = AdxTrend(settings_of(settings.version or NEWEST))
        waiting = binance.Waiting(until_close=lambda: False, pause=lambda _seconds: False)
        connection = binance.Connection(client, binance.Timing(pause=lambda _seconds: False))
        feed = binance.BinanceFeed(connection, rules.symbol, settings.interval, waiting)
        candles = feed.history(None, strategy.window)
    except (Unreachable, ValueError) as trouble:
        yield Finding("candles", Grade.FAULT, str(trouble))
        return
    if not candles:
        yield Finding("candles", Grade.FAULT, f"Binance has no {settings.interval} candles of it")
        return
    for candle in candles[:-1]:
        strategy.see(candle)
    last = candles[-1]
    signal = strategy.decide(last, holding=False)
    text = (
        f"{len(candles)} of {settings.interval}, the last closed {last.close_time:%Y-%m-%d %H:%M}"
    )
    yield Finding("candles", Grade.OK, f"{text} UTC at {plain(last.close)}")
    wish = "enter" if signal.action is Action.ENTER else "wait"
    yield Finding("signal now", Grade.OK, f"{wish}: {signal.reason}")
    free = examined.learnt.free
    money = settings.starting_balance if free is None else free.get(rules.quote_asset, Decimal(0))
    atr = signal.indicators.get("atr")
    if atr is not None:
        yield _entry(settings, examined, last, money, Decimal(repr(atr)), strategy)


def _entry(
    settings: BotSettings,
    examined: Examination,
    last: Candle,
    money: Decimal,
    atr: Decimal,
    strategy: AdxTrend,
) -> Finding:
    rules = examined.learnt.rules
    assert rules is not None
    distance = atr * Decimal(repr(strategy.settings()["stop_atr"]))
    limits = RiskLimits(settings.risk_fraction, settings.exposure_fraction)
    sizing = size_entry(
        limits, rules, equity=money, balance=money, price=last.close, stop_distance=distance
    )
    if sizing.quantity is None:
        return Finding("an entry", Grade.FAULT, f"would not be sent: {sizing.refusal}")
    stop = rules.price_down(last.close - distance)
    spent = sizing.quantity * last.close
    return Finding(
        "an entry",
        Grade.OK,
        f"would buy {plain(sizing.quantity)} {rules.base_asset} for about {spent:.2f} "
        f"{rules.quote_asset}, with a stop at {plain(stop)} that would lose "
        f"{sizing.quantity * (last.close - stop):.2f} before fees",
    )


def _channels(settings: BotSettings) -> Iterator[Finding]:
    if settings.telegram_token is not None and settings.telegram_chat is not None:
        token = settings.telegram_token.get_secret_value()
        telegram = Telegram(settings.telegram_address, token, settings.telegram_chat)
        try:
            found = telegram.call("getChat", {"chat_id": settings.telegram_chat})
            name = found.get("title") or found.get("username") or settings.telegram_chat
            yield Finding("Telegram", Grade.OK, f"the bot can write to {name}; nothing was sent")
        except NotSent as trouble:
            yield Finding("Telegram", Grade.FAULT, str(trouble))
        finally:
            telegram.close()
    if settings.webhook_url is not None:
        yield _webhook(settings.webhook_url.get_secret_value())


def _webhook(url: str) -> Finding:
    try:
        parts = checked(url)
        found = resolve(str(parts.hostname), parts.port or 443)
    except BadWebhook as wrong:
        return Finding("webhook", Grade.FAULT, f"BLOTTER_WEBHOOK_URL cannot be used: {wrong}")
    except OSError as trouble:
        return Finding("webhook", Grade.FAULT, f"its name cannot be resolved: {trouble}")
    if not all(map(is_public, found)):
        return Finding("webhook", Grade.FAULT, "its name leads into a private network")
    return Finding("webhook", Grade.OK, "its name leads to the internet; nothing was sent")


def _shown(finding: Finding) -> dict[str, str]:
    return {"what": finding.what, "grade": finding.grade.value, "text": finding.text}


def _print(findings: Sequence[Finding]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    colours = {Grade.OK: "green", Grade.WARNING: "yellow", Grade.FAULT: "red"}
    for each in findings:
        colour = colours[each.grade]
        table.add_row(f"[{colour}]{each.grade.value}[/]", each.what, each.text)
    Console(highlight=False).print(table)
    faults = sum(each.grade is Grade.FAULT for each in findings)
    warned = sum(each.grade is Grade.WARNING for each in findings)
    print(f"Faults: {faults}, warnings: {warned}. Nothing was traded.")
