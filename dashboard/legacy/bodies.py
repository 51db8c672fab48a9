"""The bodies of an import's events: trades, quarantined records, a batch's first and last."""

from __future__ import annotations

from typing import Any

from .duplicates import name_in
from .report import FileReport
from .times import iso
from .verdicts import Quarantined, Trade

SIDE_NAMES = {1: "long", -1: "short"}
MAX_RAW = 64 * 1024


def body_of(trade: Trade, ref: str, trade_id: str, account: str, path: str) -> dict[str, Any]:
    """The body of the trade's trade.closed; what the file does not say is null."""
    body: dict[str, Any] = {
        "trade_id": ref,
        "symbol": trade.symbol or "unknown",
        "side": SIDE_NAMES.get(trade.side),
        "entry_time": None if trade.entry_time is None else iso(trade.entry_time),
        "exit_time": iso(trade.exit_time),
        "entry_price": None if trade.entry_price is None else format(trade.entry_price, "f"),
        "exit_price": None if trade.exit_price is None else format(trade.exit_price, "f"),
        "quantity": None if trade.quantity is None else format(trade.quantity, "f"),
        "fee": None if trade.fee is None else format(trade.fee, "f"),
        "net_pnl": format(trade.net_pnl, "f"),
        "exit_reason": trade.exit_reason,
        "quote_asset": trade.quote_asset,
        "account": account,
        "version": trade.version,
        "source_kind": "import",
        "identity": name_in(trade_id),
        "reconciled": trade.reconciled,
        "source": {
            "file": path,
            "line": trade.line,
            "layout": trade.layout,
            "version_evidence": trade.version_evidence,
        },
    }
    if trade.lines:
        body["source"]["lines"] = list(trade.lines)
    if trade.also:
        body["source"]["also"] = list(trade.also)
    for name in ("stop_loss_price", "take_profit_price", "mae", "mfe", "funding"):
        value = getattr(trade, name)
        if value is not None:
            body[name] = format(value, "f")
    if trade.strategy:
        body["strategy"] = trade.strategy
    if trade.exchange_ids:
        body["exchange_trade_ids"] = list(trade.exchange_ids)
    elif trade.exchange_id:
        body["exchange_trade_id"] = trade.exchange_id
    if trade.own_id:
        body["own_id"] = trade.own_id
    if trade.other_fees:
        # Fees in an asset that is neither side of the market: named, and not in net_pnl.
        body["other_fees"] = {asset: format(fee, "f") for asset, fee in trade.other_fees.items()}
    return body


def quarantine_body(record: Quarantined) -> dict[str, Any]:
    """The body of an import.quarantined event; `raw_file` is the record's bytes read as latin-1.

    Latin-1 maps each byte to one character and back, so the bytes are kept exactly, and the
    recorder's look-out for secrets sees them.
    """
    return {
        "line": record.line,
        "offset": record.offset,
        "reason": record.reason,
        "detail": record.detail,
        "raw_file": record.raw[:MAX_RAW].decode("latin-1"),
        "raw_bytes": len(record.raw),
    }


def started_body(report: FileReport, batch: str) -> dict[str, Any]:
    """The body of import.started."""
    return {
        "batch": batch,
        "path": report.path,
        "sha256": report.sha256,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "layouts": sorted({segment.layout for segment in report.segments})[:50],
    }


def finished_body(report: FileReport, batch: str, digest: str) -> dict[str, Any]:
    """The body of import.finished: from here on the batch's trades count."""
    whole = report.to_json()
    return {
        "batch": batch,
        "digest": digest,
        "encoding": report.encoding,
        "records": report.records,
        "imported": report.imported,
        "trades": report.trades,
        "duplicates": report.duplicates,
        "set_aside": sum(report.set_aside.values()),
        "set_aside_kinds": dict(report.set_aside),
        "quarantined": report.quarantined,
        "by_version": whole["by_version"],
        "segments": whole["segments"][:200],
        "headings": [
            {"line": line, "raw_file": raw.decode("latin-1")}
            for line, raw in report.headings.items()
        ],
    }
