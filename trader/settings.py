"""Every setting of the bot, in one typed place: BLOTTER_ variables, overridden by options."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

FeedName = Literal["demo", "replay", "binance"]


class BotSettings(BaseSettings):
    """Each field is the variable BLOTTER_<NAME>; what is not a field is not a setting.

    Raises pydantic.ValidationError, which names every fault at once.
    """

    model_config = SettingsConfigDict(env_prefix="BLOTTER_", extra="ignore", frozen=True)

    feed: FeedName = Field("demo", description="demo (generated), replay (a file) or binance")
    candles: Path | None = Field(None, description="the candle file of a replay, CSV or CSV.gz")
    symbol: str | None = Field(None, description="such as BTCUSDT; a replay reads it off the file")
    interval: str = Field(
        "15m", description="the candles' interval; a replay reads it off the file"
    )
    bot: str | None = Field(
        None, description="the bot's name and its stream's; by feed if not given"
    )
    version: str | None = Field(None, description="which version trades; the newest if not given")
    db: Path = Field(Path("db"), description="the data folder")
    starting_balance: Decimal = Field(
        Decimal(10_000), gt=0, description="paper money at the first start, in quote currency"
    )
    fee_rate: Decimal = Field(
        Decimal("0.001"), ge=0, lt=1, description="paper fee, a fraction of the notional"
    )
    slippage: Decimal = Field(
        Decimal("0.0002"), ge=0, lt=1, description="paper slippage at market, a fraction of price"
    )
    risk_fraction: Decimal = Field(
        Decimal("0.01"), gt=0, le=1, description="of equity, lost if a trade ends at its stop"
    )
    exposure_fraction: Decimal = Field(
        Decimal("0.95"), gt=0, le=1, description="of free cash, spent on one entry at most"
    )
    demo_seed: int = Field(7, description="which generated market the demo trades")
    demo_pace: float = Field(1.0, gt=0, description="seconds between live candles of the demo")
    state_file: Path | None = Field(
        None, description="where the bot keeps its state as JSON, beside the events"
    )
    trades_log: Path | None = Field(
        None, description="where the bot keeps its closed trades as CSV, beside the events"
    )
    binance_address: str | None = Field(
        None, description="the REST address, where it is not Binance's own"
    )
