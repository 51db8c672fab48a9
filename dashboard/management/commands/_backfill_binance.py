"""`backfill binance`: the account's fills as Binance still has them, paired into round trips."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import CommandError

from dashboard.backfill.candles import STREAM as CANDLES
from dashboard.backfill.candles import candles_of, joined, ref_of
from dashboard.backfill.fills import Fill, Paired, Trip, round_trips
from dashboard.management.commands._backfill import REFUSED, Bar, projected
from dashboard.units import iso
from trader.exchange.binance.history import AccountTrade, History
from trader.ports import Unreachable
from trader.store import BulkWriter, NotStored, Reader, StreamLocked, StreamUnusable

STREAM = "backfill-binance"
PAGE = 5_000
MINUTE = 60_000_000
DAY = 86_400_000_000


class Asked(NamedTuple):
    """What was asked for; the keys come from the settings, never from the command line."""

    folder: Path
    symbol: str
    bot: str
    account: str
    mode: str
    address: str
    key: str
    secret: str


def run(asked: Asked, bar: Bar) -> dict[str, Any]:
    """Record the fills that are not recorded yet, then the round trips they make."""
    history = History(asked.address, asked.key, asked.secret)
    try:
        base, quote = history.assets(asked.symbol)
        fetched = _fetch(asked, history, bar)
        fills, recorded = _recorded(asked)
        paired = round_trips(fills, base, quote, Worth(asked.folder, quote))
        written = _write(asked, paired, quote, recorded)
    except (StreamLocked, StreamUnusable, NotStored, Unreachable, ValueError) as error:
        raise CommandError(str(error), returncode=REFUSED) from error
    projected()
    return {
        "symbol": asked.symbol,
        "fills": {"recorded": fetched, "all": len(fills)},
        "trades": {"recorded": written, "all": len(paired.trips)},
        "open_fills": len(paired.open.fills) if paired.open else 0,
        "unmatched_fills": [fill.fill_id for fill in paired.unmatched],
        "other_fees": _other_fees(paired),
    }


def _fetch(asked: Asked, history: History, bar: Bar) -> int:
    """Each page is in the file before the next is asked for: a killed run goes on there."""
    fills, _ = _recorded(asked)
    after = fills[-1].fill_id if fills else None
    count = 0
    with _writer(asked) as writer:
        for page in history.trades(asked.symbol, after):
            for each in page:
                writer.append(
                    "fill.recorded", _fill_body(each, asked), ref=_fill_ref(each),
                    occurred_at=each.time,
                )  # fmt: skip
            writer.commit()
            count += len(page)
            bar.show(f"{asked.symbol}: {count:,} fills, to {page[-1].time:%Y-%m-%d}")
    return count


def _writer(asked: Asked) -> BulkWriter:
    return BulkWriter(
        asked.bot, version="unknown", mode=asked.mode, folder=asked.folder, stream=STREAM,
        secrets=[asked.key, asked.secret],
    )  # fmt: skip


def _fill_ref(each: AccountTrade) -> str:
    return f"binance-{each.symbol}-fill-{each.trade_id}"


def _fill_body(each: AccountTrade, asked: Asked) -> dict[str, Any]:
    return {
        "symbol": each.symbol,
        "exchange_trade_id": str(each.trade_id),
        "exchange_order_id": str(each.order_id),
        "is_buyer": each.is_buyer,
        "price": each.price,
        "quantity": each.quantity,
        "commission": each.commission,
        "commission_asset": each.commission_asset,
        "time": each.time,
        "account": asked.account,
    }


def _recorded(asked: Asked) -> tuple[list[Fill], set[str]]:
    """The symbol's fills of this account, by id, and the ids of the trades recorded."""
    fills: dict[int, Fill] = {}
    trades: set[str] = set()
    reader, after = Reader(STREAM, folder=asked.folder), 0
    while page := reader.read(after, PAGE):
        after = page[-1].seq
        for event in page:
            body = event.body
            if event.mode != asked.mode or body.get("account") != asked.account:
                continue
            if event.kind == "trade.closed":
                trades.add(str(body["trade_id"]))
            elif event.kind == "fill.recorded" and body["symbol"] == asked.symbol:
                fill = _fill(event.occurred_at, body)
                fills[fill.fill_id] = fill
    return [fills[number] for number in sorted(fills)], trades


def _fill(time: int, body: dict[str, Any]) -> Fill:
    return Fill(
        int(body["exchange_trade_id"]), time, bool(body["is_buyer"]), Decimal(body["price"]),
        Decimal(body["quantity"]), Decimal(body["commission"]), str(body["commission_asset"]),
    )  # fmt: skip


def _write(asked: Asked, paired: Paired, quote: str, recorded: set[str]) -> int:
    bodies = [_body(trip, asked, quote) for trip in paired.trips]
    fresh = [body for body in bodies if body["trade_id"] not in recorded]
    with _writer(asked) as writer:
        for body in fresh:
            left = body.pop("_left")
            writer.append("trade.closed", body, ref=body["trade_id"], occurred_at=left)
    return len(fresh)


def _body(trip: Trip, asked: Asked, quote: str) -> dict[str, Any]:
    first, last = trip.fills[0], trip.fills[-1]
    body: dict[str, Any] = {
        "_left": last.time,
        "trade_id": f"binance-{asked.symbol}-{first.fill_id}-{last.fill_id}",
        "symbol": asked.symbol,
        "side": "long",
        "entry_time": iso(first.time),
        "exit_time": iso(last.time),
        "entry_price": trip.entry_price,
        "exit_price": trip.exit_price,
        "quantity": trip.sold,
        # A fee that nobody can put into the quote asset leaves the whole unknown.
        "fee": None if trip.other_fees else trip.fee,
        "net_pnl": trip.net_pnl,
        "quote_asset": quote,
        "account": asked.account,
        "source_kind": "backfill",
        "exchange_trade_ids": [str(fill.fill_id) for fill in trip.fills],
    }
    if trip.other_fees:
        body["other_fees"] = dict(trip.other_fees)
    if trip.valued:
        body["valued_fees"] = dict(trip.valued)
    return body


def _other_fees(paired: Paired) -> dict[str, str]:
    total: dict[str, Decimal] = {}
    for trip in paired.trips:
        for asset, amount in trip.other_fees.items():
            total[asset] = total.get(asset, Decimal(0)) + amount
    return {asset: format(amount, "f") for asset, amount in total.items()}


class Worth:
    """What an asset was worth: the close of its recorded one-minute candle of that minute."""

    def __init__(self, folder: Path, quote: str) -> None:
        self._reader = Reader(CANDLES, folder=folder)
        self._quote = quote
        self._days: dict[tuple[str, int], dict[int, Any]] = {}

    def __call__(self, asset: str, time: int) -> Decimal | None:
        day = time // DAY
        if (asset, day) not in self._days:
            self._days[asset, day] = joined(self._told(asset, day))
        found = self._days[asset, day].get(time // MINUTE * 60_000)
        return None if found is None else Decimal(found[3])

    def _told(self, asset: str, day: int) -> Iterator[dict[int, Any]]:
        for event in self._reader.about(ref_of(f"{asset}{self._quote}", "1m", day)):
            yield candles_of(event.body)
