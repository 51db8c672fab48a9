"""What candles told of trades, put beside what was recorded, and never in its place."""

from collections.abc import Iterable

from dashboard.models import Measurement, Trade
from dashboard.performance.regimes import UNKNOWN
from dashboard.projection.rows import Measured

CHUNK = 400  # ids in one query
Touched = set[tuple[int, int]]  # (book id, exit time)
COLUMNS = ("mae", "mfe", "excursions_from", "regime", "regime_from")


def keep(source: str, measured: Iterable[Measured]) -> Touched:
    """Keep what a stream says of trades, and apply it to those that are here already."""
    of_stream: dict[str, list[str]] = {}
    for one in measured:
        values = one._asdict()
        named = {name: values.pop(name) for name in ("stream", "trade_id")}
        Measurement.objects.update_or_create(**named, defaults={"source": source, **values})
        of_stream.setdefault(one.stream, []).append(one.trade_id)
    touched: Touched = set()
    for stream, ids in of_stream.items():
        touched |= apply(stream, ids)
    return touched


def apply(stream: str, trade_ids: list[str]) -> Touched:
    """Fill in what the trades' own records leave open; the days of those that changed."""
    known = Measurement.objects.filter(stream=stream)
    if not known.exists():
        return set()
    touched: Touched = set()
    for start in range(0, len(trade_ids), CHUNK):
        chunk = trade_ids[start : start + CHUNK]
        found = {one.trade_id: one for one in known.filter(trade_id__in=chunk)}
        trades = Trade.objects.filter(stream=stream, trade_id__in=list(found))
        changed = [trade for trade in trades if _fill_in(trade, found[trade.trade_id])]
        Trade.objects.bulk_update(changed, COLUMNS)
        touched |= {(trade.book_id, trade.exit_time) for trade in changed}
    return touched


def forget(trade: Trade) -> None:
    """Take back what was derived: the trade's facts are others now."""
    if trade.excursions_from:
        trade.mae = trade.mfe = None
        trade.excursions_from = ""
    if trade.regime_from:
        trade.regime, trade.regime_from = UNKNOWN, ""


def forget_source(source: str) -> Touched:
    """Take back everything a stream derived."""
    said = Measurement.objects.filter(source=source)
    touched: Touched = set()
    for stream in list(said.values_list("stream", flat=True).distinct()):
        ids = list(said.filter(stream=stream).values_list("trade_id", flat=True))
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            trades = list(Trade.objects.filter(stream=stream, trade_id__in=chunk))
            for trade in trades:
                forget(trade)
            Trade.objects.bulk_update(trades, COLUMNS)
            touched |= {(trade.book_id, trade.exit_time) for trade in trades}
    said.delete()
    return touched


def _fill_in(trade: Trade, told: Measurement) -> bool:
    before = [getattr(trade, name) for name in COLUMNS]
    forget(trade)
    if told.match_key == trade.match_key:
        if trade.mae is None and trade.mfe is None and told.mae is not None:
            trade.mae, trade.mfe, trade.excursions_from = told.mae, told.mfe, told.interval
        if trade.regime == UNKNOWN and told.regime not in ("", UNKNOWN):
            trade.regime, trade.regime_from = told.regime, told.interval
    return before != [getattr(trade, name) for name in COLUMNS]
