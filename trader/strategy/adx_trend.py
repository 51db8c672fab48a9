"""ADX trend: enter long where ADX says there is a trend and two EMAs agree that it is up."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from trader.domain.candle import Candle
from trader.domain.money import round_money
from trader.domain.signal import Action, Signal
from trader.strategy import indicators
from trader.strategy.indicators import CandleWindow

# ADX(14) is within 0.001 of its limit after 150 candles, an EMA within 0.3 % after 1.5 periods;
# so the window is long, and nothing is signalled before it is long enough.
WINDOW = 1000
LEAST_CANDLES = 250


@dataclass(frozen=True, slots=True)
class AdxTrendSettings:
    """The parameters of one version of the bot.

    Periods are in candles, `adx_threshold` and `adx_exit` in ADX points (0 to 100), `stop_atr`
    and `target_atr` in multiples of the ATR from the entry price.
    """

    adx_period: int = 14
    adx_threshold: float = 25.0
    adx_exit: float = 18.0
    ema_fast: int = 20
    ema_slow: int = 50
    atr_period: int = 14
    stop_atr: float = 2.0
    target_atr: float = 4.0

    def __post_init__(self) -> None:
        faults = [
            f"{field.name} is {getattr(self, field.name)}, it must be above 0"
            for field in fields(self)
            if not getattr(self, field.name) > 0
        ]
        if self.ema_fast >= self.ema_slow:
            faults.append(f"ema_fast {self.ema_fast} must be under ema_slow {self.ema_slow}")
        if self.adx_exit > self.adx_threshold or self.adx_threshold >= 100:
            faults.append(
                f"adx_exit {self.adx_exit} must not be above adx_threshold {self.adx_threshold}, "
                f"and that under 100"
            )
        if 5 * self.ema_slow > WINDOW:
            faults.append(f"ema_slow {self.ema_slow} must be at most {WINDOW // 5}")
        if faults:
            raise ValueError("; ".join(faults))


class AdxTrend:
    """Long only. Enter: ADX at or above the threshold and rising, +DI over -DI, fast EMA over
    slow, close over fast. Exit: fast EMA under slow, or ADX under its exit level; stop-loss and
    take-profit stand on the exchange meanwhile.
    """

    name = "adx_trend"
    window = WINDOW

    def __init__(self, settings: AdxTrendSettings) -> None:
        self._settings = settings
        self._candles = CandleWindow(WINDOW)
        self._least = max(LEAST_CANDLES, 5 * settings.ema_slow)

    def settings(self) -> Mapping[str, Any]:
        return asdict(self._settings)

    def see(self, candle: Candle) -> None:
        self._candles.add(float(candle.high), float(candle.low), float(candle.close))

    def decide(self, candle: Candle, *, holding: bool) -> Signal:
        self.see(candle)
        if len(self._candles) < self._least:
            return Signal(Action.HOLD, f"warming up: {len(self._candles)} of {self._least} candles")
        seen = self._look()
        if holding:
            return self._leave(seen)
        return self._enter(seen, float(candle.close))

    def _look(self) -> dict[str, float]:
        candles, given = self._candles, self._settings
        adx = indicators.adx(candles, given.adx_period)
        return {
            "adx": round(adx.item(-1), 4),
            "adx_before": round(adx.item(-2), 4),
            "plus_di": round(indicators.plus_di(candles, given.adx_period).item(-1), 4),
            "minus_di": round(indicators.minus_di(candles, given.adx_period).item(-1), 4),
            "ema_fast": round(indicators.ema(candles, given.ema_fast).item(-1), 8),
            "ema_slow": round(indicators.ema(candles, given.ema_slow).item(-1), 8),
            "atr": round(indicators.atr(candles, given.atr_period).item(-1), 8),
        }

    def _enter(self, seen: dict[str, float], close: float) -> Signal:
        trending = seen["adx"] >= self._settings.adx_threshold and seen["adx"] > seen["adx_before"]
        upward = seen["plus_di"] > seen["minus_di"] and seen["ema_fast"] > seen["ema_slow"]
        if not (trending and upward and close > seen["ema_fast"]):
            return Signal(Action.HOLD, "no trend to join", seen)
        return Signal(
            Action.ENTER,
            "trend_joined",
            seen,
            stop_distance=_distance(seen["atr"], self._settings.stop_atr),
            target_distance=_distance(seen["atr"], self._settings.target_atr),
        )

    def _leave(self, seen: dict[str, float]) -> Signal:
        if seen["ema_fast"] < seen["ema_slow"]:
            return Signal(Action.EXIT, "trend_turned", seen)
        if seen["adx"] < self._settings.adx_exit:
            return Signal(Action.EXIT, "trend_faded", seen)
        return Signal(Action.HOLD, "holding", seen)


def _distance(atr: float, multiple: float) -> Decimal:
    """A distance in quote currency; the one step from indicators (float) to money (Decimal)."""
    if not math.isfinite(atr):
        raise ValueError(f"ATR is {atr}: a stop cannot be set from it")
    return round_money(Decimal(repr(atr)) * Decimal(repr(multiple)))
