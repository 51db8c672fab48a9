"""The layout registry: one description a file; adding one is copying a neighbour and listing it."""

from __future__ import annotations

from . import (
    binance_futures_positions,
    binance_futures_trades,
    binance_spot_trades,
    bithumb_trades,
    bitstamp_trades,
    bitstamp_transactions,
    blotter_trades,
    blotter_v7,
    blotter_v7_prices,
    blotter_v8,
    blotter_v8_adx,
    blotter_v8_plain,
    bybit_closed_pnl,
    coinbase_transactions,
    kraken_trades,
    tradingview,
    upbit_trades,
)
from .base import Column, Layout

REGISTRY: tuple[Layout, ...] = (
    blotter_trades.LAYOUT,
    blotter_v7.LAYOUT,
    blotter_v7_prices.LAYOUT,
    blotter_v8.LAYOUT,
    blotter_v8_adx.LAYOUT,
    blotter_v8_plain.LAYOUT,
    binance_spot_trades.LAYOUT,
    binance_futures_trades.LAYOUT,
    binance_futures_positions.LAYOUT,
    bybit_closed_pnl.LAYOUT,
    kraken_trades.LAYOUT,
    bitstamp_transactions.LAYOUT,
    bitstamp_trades.LAYOUT,
    coinbase_transactions.LAYOUT,
    tradingview.LAYOUT,
    upbit_trades.LAYOUT,
    bithumb_trades.LAYOUT,
)
"""Every registered layout. Files with other headers are read by the aliases of their names."""

__all__ = ["REGISTRY", "Column", "Layout"]
