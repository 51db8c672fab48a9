"""Tries everything a bot needs of Binance before it trades, and trades nothing: only asks.

Each step is tried although another failed, so that one look shows all there is to mend.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trader.domain.money import plain
from trader.domain.symbol import SymbolRules
from trader.exchange.binance.client import TROUBLE, Client
from trader.exchange.binance.rules import symbol_rules
from trader.ports import Unreachable

# Orders are stamped with the exchange's time as the bot learns it; the schedule rings by this
# machine's, two seconds after a close.
_OFFSET_ALARM = 500
_OFFSET_FAULT = 1000
_SENDS = ("MARKET", "STOP_LOSS_LIMIT", "LIMIT_MAKER")


class Grade(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: what, how it went, and in a sentence what that means."""

    what: str
    grade: Grade
    text: str


@dataclass(slots=True)
class Examined:
    """What was learnt on the way, for a look at what would happen; None where it was not told.

    `free` holds what the account can spend, by asset.
    """

    rules: SymbolRules | None = None
    free: Mapping[str, Decimal] | None = None


class Examination:
    """Asks through one client; `findings` gives one after the other as they come.

    Args:
        signed: whether the client has an account's keys.
        sapi: whether the address tells a key's permissions, as the testnet does not.
        wall: this machine's clock, milliseconds since the epoch.
    """

    def __init__(
        self,
        client: Client,
        symbol: str,
        *,
        signed: bool,
        sapi: bool,
        wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._client = client
        self._symbol = symbol
        self._signed = signed
        self._sapi = sapi
        self._wall = wall
        self.learnt = Examined()

    def findings(self) -> Iterator[Finding]:
        steps: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
            ("clock", self._clock),
            ("symbol", self._listed),
        ]
        if self._signed:
            steps += [("account", self._account), ("orders", self._orders), ("fees", self._fees)]
        if self._signed and self._sapi:
            steps.append(("permissions", self._permissions))
        for what, step in steps:
            try:
                yield from step()
            except (*TROUBLE, Unreachable) as trouble:
                yield Finding(what, Grade.FAULT, _explained(trouble))
            except (KeyError, TypeError, ValueError) as trouble:
                text = f"Binance answered something else than expected: {trouble!r}"
                yield Finding(what, Grade.FAULT, text)

    def _clock(self) -> Iterator[Finding]:
        before = self._wall()
        server = int(self._client.get_server_time()["serverTime"])
        after = self._wall()
        # The answer was stamped on the way: half of the way back belongs to it.
        offset = server - (before + after) // 2
        self._client.timestamp_offset = server - time.time_ns() // 1_000_000
        text = f"this machine's clock is {-offset:+d} ms from Binance's ({after - before} ms away)"
        if abs(offset) <= _OFFSET_ALARM:
            yield Finding("clock", Grade.OK, text)
        elif abs(offset) < _OFFSET_FAULT:
            yield Finding("clock", Grade.WARNING, f"{text}: let the system keep its time by NTP")
        else:
            cure = "candles would be looked for too late or too soon; let the system keep its time"
            yield Finding("clock", Grade.FAULT, f"{text}: {cure}")

    def _listed(self) -> Iterator[Finding]:
        listed = self._client.get_symbol_info(self._symbol)
        if listed is None:
            text = f"Binance lists no {self._symbol}: write it as Binance does, such as BTCUSDT"
            yield Finding("symbol", Grade.FAULT, text)
            return
        rules = self.learnt.rules = symbol_rules(self._client, self._symbol)
        if listed["status"] != "TRADING":
            text = f"{self._symbol} is not traded now, its status is {listed['status']}"
            yield Finding("symbol", Grade.FAULT, text)
        missing = [each for each in _SENDS if each not in listed["orderTypes"]]
        if missing or not listed.get("ocoAllowed", True):
            text = f"{self._symbol} does not take {', '.join(missing) or 'OCO'} orders"
            yield Finding("symbol", Grade.FAULT, text)
        yield Finding(
            "filters",
            Grade.OK,
            f"price step {plain(rules.tick_size)}, quantity step {plain(rules.step_size)}, least "
            f"{plain(rules.min_quantity)} {rules.base_asset} and {plain(rules.min_notional)} "
            f"{rules.quote_asset}",
        )

    def _account(self) -> Iterator[Finding]:
        account = self._client.get_account()
        if not account["canTrade"]:
            yield Finding("account", Grade.FAULT, "the account may not trade, says Binance")
        balances = {each["asset"]: each for each in account["balances"]}
        self.learnt.free = {asset: Decimal(each["free"]) for asset, each in balances.items()}
        rules = self.learnt.rules
        shown = [rules.quote_asset, rules.base_asset] if rules is not None else sorted(balances)[:5]
        texts = []
        for asset in shown:
            found = balances.get(asset, {"free": "0", "locked": "0"})
            free, locked = plain(Decimal(found["free"])), Decimal(found["locked"])
            texts.append(f"{free} {asset}" + (f" and {plain(locked)} locked" if locked else ""))
        yield Finding("balance", Grade.OK, ", ".join(texts) or "nothing")

    def _orders(self) -> Iterator[Finding]:
        standing = self._client.get_open_orders(symbol=self._symbol)
        if standing:
            text = f"{len(standing)} orders on {self._symbol} stand already"
            yield Finding("orders", Grade.WARNING, f"{text}: the bot adopts only its own")
        else:
            yield Finding("orders", Grade.OK, f"none stands on {self._symbol}")

    def _fees(self) -> Iterator[Finding]:
        told = self._client.v3_get_account_commission(symbol=self._symbol)
        rate = Decimal(told["standardCommission"]["taker"])
        yield Finding("fees", Grade.OK, f"{plain(rate * 100)} % of each market order")

    def _permissions(self) -> Iterator[Finding]:
        """Of the key: what it can that it need not, and what it needs and cannot."""
        told = self._client.get_account_api_permissions()
        if not told["enableSpotAndMarginTrading"]:
            text = "the key may not trade: allow spot trading for it at Binance"
            yield Finding("permissions", Grade.FAULT, text)
        if told["enableWithdrawals"]:
            text = "the key may WITHDRAW: take that away at Binance; whoever gets it gets the money"
            yield Finding("permissions", Grade.WARNING, text)
        if told.get("permitsUniversalTransfer") or told.get("enableInternalTransfer"):
            text = "the key may move money between accounts: take that away at Binance"
            yield Finding("permissions", Grade.WARNING, text)
        if not told["ipRestrict"]:
            text = "the key works from any address: restrict it to this machine's at Binance"
            yield Finding("permissions", Grade.WARNING, text)
        if told["enableSpotAndMarginTrading"]:
            yield Finding("permissions", Grade.OK, "the key may read and trade")


def _explained(trouble: BaseException) -> str:
    """What Binance said, with the cure where the code tells one."""
    code = getattr(trouble, "code", None)
    cure = _CURES.get(code) if isinstance(code, int) else None
    # A request's exception holds its address, and that its signature: only its kind is shown.
    said = getattr(trouble, "message", None) or (
        str(trouble) if isinstance(trouble, Unreachable) else type(trouble).__name__
    )
    text = f"Binance: {said}" + (f" ({code})" if code else "")
    return f"{text}. {cure}" if cure else text


_CURES = {
    -2014: "The key is not written as Binance's are: copy it again.",
    -2015: "The key is wrong, was deleted, or may not be used from this machine's address.",
    -1022: "The secret does not belong to the key: copy it again.",
    -1021: "This machine's clock is wrong: let the system keep its time by NTP.",
    -1121: "Write the symbol as Binance does, such as BTCUSDT.",
}
