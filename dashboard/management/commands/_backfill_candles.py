"""`backfill candles`: candles into the store, and what they tell of trades that lack it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import CommandError
from django.db.models import Q, QuerySet

from dashboard.backfill.candles import (
    KIND,
    STREAM,
    Bars,
    Candles,
    Merged,
    bodies,
    candles_of,
    days_between,
    joined,
    length_of,
    merge,
    plain_symbol,
    ref_of,
)
from dashboard.backfill.measuring import (
    OTHER_PRICES,
    WARM,
    Held,
    entry_regime,
    excursions,
)
from dashboard.management.commands._backfill import BOT, REFUSED, Bar, projected
from dashboard.management.commands._backfill import STREAM as MEASURES
from dashboard.models import Trade
from dashboard.performance.regimes import UNKNOWN
from dashboard.units import iso, money, text
from dashboard.units import moment as as_datetime
from trader.domain.candle import BadCandle, Candle, to_milliseconds
from trader.domain.money import plain
from trader.exchange.binance.history import History
from trader.feed.replay import BadCandleFile, fingerprint, read_candles_with_gaps
from trader.ports import Unreachable
from trader.store import BulkWriter, NotStored, Reader, StreamLocked, StreamUnusable
from trader.strategy.indicators import CandleWindow, adx, atr

SIDES = {"long": 1, "short": -1}


class Asked(NamedTuple):
    """What was asked for. `file` or `address` says where from."""

    folder: Path
    symbol: str
    interval: str
    since: datetime | None
    until: datetime | None
    file: Path | None
    address: str


def run(asked: Asked, bar: Bar) -> dict[str, Any]:
    """Record the candles that are not recorded yet, then measure; what came of it."""
    try:
        projected()
        merged = _record(asked, bar)
        measured = _measure(asked, bar)
        projected()
    except (StreamLocked, StreamUnusable, NotStored, BadCandleFile, Unreachable) as error:
        raise CommandError(str(error), returncode=REFUSED) from error
    except (ValueError, BadCandle) as error:
        raise CommandError(str(error), returncode=REFUSED) from error
    return {
        "symbol": asked.symbol,
        "interval": asked.interval,
        "candles": {
            "recorded": len(merged.fresh),
            "known": merged.known,
            "differing": [iso(opened * 1000) for opened in sorted(merged.differing)],
        },
        **measured,
    }


def _record(asked: Asked, bar: Bar) -> Merged:
    whole = Merged()
    reader = Reader(STREAM, folder=asked.folder)
    with BulkWriter(
        BOT, version="market", mode="live", folder=asked.folder, stream=STREAM
    ) as writer:
        for number, (page, source) in enumerate(_pages(asked), start=1):
            part = Merged()
            given = {each: _figures(candle) for each, candle in page.items()}
            merge(_recorded(reader, asked, min(given), max(given)), given, part)
            for ref, closed, body in bodies(asked.symbol, asked.interval, part.fresh, source):
                writer.append(KIND, body, ref=ref, occurred_at=closed)
            # What the next page is compared with must be in the file.
            writer.commit()
            whole.fresh |= dict.fromkeys(part.fresh, ("", "", "", "", ""))
            whole.known += part.known
            whole.differing += part.differing
            bar.show(f"{asked.symbol} {asked.interval}: page {number}, to {iso(max(given) * 1000)}")
    return whole


def _pages(asked: Asked) -> Iterator[tuple[dict[int, Candle], dict[str, str]]]:
    """Candles by open time, with where they come from; a file in pages of whole days."""
    if asked.file is None:
        since = asked.since or _first_needed(asked)
        until = asked.until or datetime.now(UTC)
        found: Iterable[list[Candle]] = History(asked.address).candles(
            asked.symbol, asked.interval, since, until
        )
        source = {"exchange": "binance"}
    else:
        length = timedelta(milliseconds=length_of(asked.interval))
        candles = [
            each
            for each in read_candles_with_gaps(asked.file, length)
            if (asked.since is None or each.open_time >= asked.since)
            and (asked.until is None or each.open_time < asked.until)
        ]
        found = [candles[at : at + 20_000] for at in range(0, len(candles), 20_000)]
        source = {"file": asked.file.name, "sha256": fingerprint(asked.file)}
    for page in found:
        yield {to_milliseconds(each.open_time): each for each in page}, source


def _first_needed(asked: Asked) -> datetime:
    """From where on candles say anything about trades that lack it."""
    first = _lacking(asked.symbol, asked.interval).first()
    if first is None:
        raise ValueError(
            f"no trade of {asked.symbol} lacks excursions or regime; "
            "give --since to record candles all the same"
        )
    warm = timedelta(milliseconds=(WARM + 1) * length_of(asked.interval))
    return as_datetime(_entry(first)) - warm


def _figures(candle: Candle) -> tuple[str, str, str, str, str]:
    return (
        plain(candle.open), plain(candle.high), plain(candle.low), plain(candle.close),
        plain(candle.volume),
    )  # fmt: skip


def _recorded(reader: Reader, asked: Asked, first: int, last: int) -> Candles:
    return joined(
        candles_of(event.body)
        for day in days_between(first, last)
        for event in reader.about(ref_of(asked.symbol, asked.interval, day))
    )


def _measure(asked: Asked, bar: Bar) -> dict[str, Any]:
    """Append a trade.measured for each trade whose record leaves open what candles tell."""
    why: Counter[str] = Counter()
    counts = {"excursions": 0, "regimes": 0}
    trades = list(_lacking(asked.symbol, asked.interval))
    reader = Reader(STREAM, folder=asked.folder)
    by_mode: dict[str, list[dict[str, Any]]] = {}
    length = length_of(asked.interval)
    for part in _parts(trades, length):
        first = min(_entry(trade) for trade in part) // 1000 - (WARM + 1) * length
        last = max(trade.exit_time for trade in part) // 1000
        bars = Bars(asked.interval, _recorded(reader, asked, first, last))
        for trade in part:
            body = _measured(trade, bars, counts, why)
            if body is not None:
                by_mode.setdefault(trade.book.mode, []).append(body)
        bar.show(f"measuring trades to {iso(part[-1].exit_time)}")
    written = sum(_write(asked.folder, mode, found) for mode, found in by_mode.items())
    return {"trades": len(trades), "measured": written, **counts, "not_measured": dict(why)}


def _lacking(symbol: str, interval: str) -> QuerySet[Trade]:
    """Trades of the market that lack excursions or regime, or have them from longer candles."""
    names = {
        name
        for name in Trade.objects.values_list("symbol", flat=True).distinct()
        if plain_symbol(name) == symbol
    }
    longer = [
        told
        for told in Trade.objects.exclude(excursions_from="")
        .values_list("excursions_from", flat=True)
        .distinct()
        if length_of(told) > length_of(interval)
    ]
    wanted = (
        (Q(mae__isnull=True) & Q(mfe__isnull=True))
        | Q(regime=UNKNOWN)
        | Q(excursions_from__in=longer)
    )
    found = Trade.objects.select_related("book").filter(wanted, symbol__in=names)
    return found.filter(voided=False, pending=False, entry_time__isnull=False).order_by(
        "entry_time", "id"
    )


def _parts(trades: list[Trade], length: int) -> Iterator[list[Trade]]:
    """Runs of trades that some 20,000 candles cover, so that years of minutes take no memory."""
    part: list[Trade] = []
    for trade in trades:
        if part and _entry(trade) - _entry(part[0]) > 20_000 * length * 1000:
            yield part
            part = []
        part.append(trade)
    if part:
        yield part


def _measured(
    trade: Trade, bars: Bars, counts: dict[str, int], why: Counter[str]
) -> dict[str, Any] | None:
    entry = _entry(trade)
    held = Held(
        entry, trade.exit_time, trade.entry_price, trade.exit_price, trade.quantity,
        SIDES.get(trade.side, 0),
    )  # fmt: skip
    found = excursions(held, bars)
    if found.why == OTHER_PRICES:
        why[found.why] += 1
        return None  # another market, or the trade's times are wrong: then its regime would be too
    body: dict[str, Any] = {"mae": None, "mfe": None, "regime": None}
    told = False
    if _may_tell_better(trade, bars.interval):
        if found.mae is None or found.mfe is None:
            why[found.why] += 1
        else:
            body |= {"mae": found.mae, "mfe": found.mfe}
            told = (trade.excursions_from, trade.mae, trade.mfe) != (
                bars.interval, money(found.mae, "mae"), money(found.mfe, "mfe"),
            )  # fmt: skip
            counts["excursions"] += told
    if trade.regime == UNKNOWN:
        market = entry_regime(entry, bars, _last_indicators)
        if market != UNKNOWN:
            body["regime"] = market
            counts["regimes"] += 1
            told = True
    elif trade.regime_from:
        body["regime"] = trade.regime  # a shorter interval's excursions leave it as it is
    if not told:
        return None
    if body["mae"] is None and trade.excursions_from:
        body |= {"mae": _text(trade.mae), "mfe": _text(trade.mfe)}
        body["interval"] = trade.excursions_from
    return {
        "trade_id": trade.trade_id,
        "stream": trade.stream,
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_time": iso(entry),
        "exit_time": iso(trade.exit_time),
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "quantity": trade.quantity,
        "interval": bars.interval,
        "bot": trade.bot,
        "version": trade.version,
    } | body


def _may_tell_better(trade: Trade, interval: str) -> bool:
    """Whether candles of this interval may say more of the excursions than is known."""
    if trade.excursions_from:
        return length_of(interval) <= length_of(trade.excursions_from)
    return trade.mae is None and trade.mfe is None


def _write(folder: Path, mode: str, found: list[dict[str, Any]]) -> int:
    with BulkWriter(BOT, version="derived", mode=mode, folder=folder, stream=MEASURES) as writer:
        for body in found:
            version = str(body.pop("version"))
            writer.append("trade.measured", body, ref=str(body["trade_id"]), version=version)
    return len(found)


def _last_indicators(high: Any, low: Any, close: Any, period: int) -> tuple[float, float]:
    window = CandleWindow(len(high))
    for figures in zip(high, low, close, strict=True):
        window.add(*figures)
    return float(adx(window, period)[-1]), float(atr(window, period)[-1])


def _entry(trade: Trade) -> int:
    assert trade.entry_time is not None  # asked for
    return trade.entry_time


def _text(units: int | None) -> str | None:
    return None if units is None else text(units)
