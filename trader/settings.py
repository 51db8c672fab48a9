"""Every setting of the bot, in one typed place: BLOTTER_ variables, a file, and options.

Options win over variables, and those over the file that BLOTTER_SETTINGS_FILE names.
"""

import difflib
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from trader.private_file import permission_fault

FeedName = Literal["demo", "replay", "binance"]
PREFIX = "BLOTTER_"
SETTINGS_FILE = "BLOTTER_SETTINGS_FILE"


class SettingsTrouble(ValueError):
    """The settings cannot be carried out; the text says which, one fault a line, and the cure."""


class BotSettings(BaseSettings):
    """Each field is the variable BLOTTER_<NAME>; what is not a field is not a setting.

    Raises pydantic.ValidationError, which names every fault at once; `load` makes sentences of it.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

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
    max_open_trades: int = Field(1, ge=1, le=100, description="no entry while so many are open")
    daily_loss_fraction: Decimal | None = Field(
        None,
        gt=0,
        lt=1,
        description="no entries until the next UTC day after losing this part of the day's first "
        "equity (0.05 on Binance, off in demo and replay, if not given)",
    )
    drawdown_fraction: Decimal | None = Field(
        None,
        gt=0,
        lt=1,
        description="no entries, until resumed by hand, after falling this far from the highest "
        "equity (0.2 on Binance, off in demo and replay, if not given)",
    )
    losing_streak: int | None = Field(
        None,
        ge=2,
        le=1000,
        description="no entries until the next UTC day after so many losses in a row (6 on "
        "Binance, off in demo and replay, if not given)",
    )
    cooldown_candles: int = Field(
        0, ge=0, le=10_000, description="candles without an entry after a losing trade"
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
    testnet: bool = Field(False, description="trade on Binance's testnet, with its own keys")
    live: bool = Field(
        False, description="trade with real money; asks for a typed confirmation at start"
    )
    live_confirmation: str | None = Field(
        None, description="the sentence that --live asks for, where no terminal is there to type it"
    )
    api_key: SecretStr | None = Field(None, description="the exchange's API key")
    api_secret: SecretStr | None = Field(None, description="the API key's secret")
    telegram_token: SecretStr | None = Field(None, description="the Telegram bot's token")
    telegram_chat: int | None = Field(
        None, description="the chat that is told, and the only one that may ask"
    )
    telegram_commands: bool = Field(
        False, description="take /status, /profit and /pause from that chat"
    )
    telegram_address: str = Field(
        "https://api.telegram.org", description="the Bot API, where it is not Telegram's own"
    )
    webhook_url: SecretStr | None = Field(
        None, description="an https address that each notice is posted to, as JSON"
    )
    summary_hour: int = Field(
        0, ge=0, le=23, description="the UTC hour from which the day before is summed up"
    )

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault_at_once(cls, given: Any, build: Any) -> Self:
        """What is wrong with one setting and what is wrong between two, in one go."""
        faults: list[InitErrorDetails] = []
        built: Self | None = None
        try:
            built = build(given)
        except ValidationError as wrong:
            faults += [_again(fault) for fault in wrong.errors(include_url=False)]
        if isinstance(given, Mapping):
            faults += [_between(name, given.get(name), why) for name, why in _conflicts(given)]
        if faults or built is None:
            raise ValidationError.from_exception_data(cls.__name__, faults, hide_input=True)
        return built

    @property
    def real_orders(self) -> bool:
        """Whether orders go to an exchange, of real money or of the testnet's."""
        return self.live or self.testnet


SECRETS = frozenset(
    name for name, field in BotSettings.model_fields.items() if "SecretStr" in str(field.annotation)
)


def load(options: Mapping[str, Any], *, confirmed: bool = False) -> BotSettings:
    """The settings from options, variables and the settings file.

    `confirmed` says that live trading was confirmed already, or only looks at the settings.
    Raises SettingsTrouble with a sentence for every fault there is.
    """
    path = options.get("settings_file") or os.environ.get(SETTINGS_FILE)
    faults: list[str] = []
    filed: dict[str, str] = {}
    if path:
        filed, faults = _read_file(Path(path))
    given = {name: value for name, value in options.items() if value is not None}
    given.pop("settings_file", None)
    # Variables win over the file: what both hold is left to the variable.
    below = {
        name: text for name, text in filed.items() if not os.environ.get(PREFIX + name.upper())
    }
    try:
        settings = BotSettings(**(below | given))
    except ValidationError as wrong:
        faults += [_sentence(fault) for fault in wrong.errors(include_url=False)]
        raise SettingsTrouble("\n".join(faults)) from None  # its cause would show the values
    if faults:
        raise SettingsTrouble("\n".join(faults))
    if settings.live and not confirmed and (fault := confirmation_fault(settings)):
        raise SettingsTrouble(fault)
    return settings


def secret_values(settings: BotSettings) -> list[str]:
    """Every secret that is set: what no event, log or notice may hold."""
    found = (getattr(settings, name) for name in sorted(SECRETS))
    return [secret.get_secret_value() for secret in found if secret is not None]


def confirmation_phrase(settings: BotSettings) -> str:
    """What must be typed, or stand in BLOTTER_LIVE_CONFIRMATION, before real money trades."""
    return f"trade {(settings.symbol or 'BTCUSDT').upper()} with real money"


def confirmation_fault(settings: BotSettings) -> str | None:
    phrase = confirmation_phrase(settings)
    if (settings.live_confirmation or "").strip() == phrase:
        return None
    return (
        f"--live trades with real money and is not confirmed: type {phrase!r} at a terminal, or "
        f"set BLOTTER_LIVE_CONFIRMATION to that sentence."
    )


def _conflicts(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(setting, what is wrong between it and another), from values as they were given."""

    def on(name: str) -> bool:
        return str(given.get(name, "")).strip().lower() in {"true", "1", "yes", "on", "t", "y"}

    def has(name: str) -> bool:
        return given.get(name) not in (None, "")

    real = next((name for name in ("live", "testnet") if on(name)), None)
    rules = (
        ("testnet", on("live") and on("testnet"), "live and testnet exclude each other: give one"),
        (
            real or "live",
            real is not None and given.get("feed") != "binance",
            f"{real} trades on Binance: give --feed binance too",
        ),
        ("api_key", real is not None and not has("api_key"), f"{real} needs the account's key"),
        (
            "api_secret",
            real is not None and not has("api_secret"),
            f"{real} needs the key's secret",
        ),
        (
            "telegram_chat",
            has("telegram_token") and not has("telegram_chat"),
            "a Telegram token needs the number of the chat to write to",
        ),
        (
            "telegram_token",
            has("telegram_chat") and not has("telegram_token"),
            "a Telegram chat needs the bot's token",
        ),
        (
            "telegram_commands",
            on("telegram_commands") and not has("telegram_token"),
            "commands by Telegram need its token and chat",
        ),
    )
    return [(name, why) for name, broken, why in rules if broken]


def _between(name: str, value: object, why: str) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError("together", "{why}", {"why": why}), loc=(name,), input=value
    )


def _again(fault: Any) -> InitErrorDetails:
    """A fault that was found, as one to be raised once more."""
    return InitErrorDetails(
        type=PydanticCustomError("setting", "{why}", {"why": fault["msg"]}),
        loc=fault["loc"],
        input=fault["input"],
    )


def _sentence(fault: Any) -> str:
    name = str(fault["loc"][0])
    if fault["type"] == "together":
        return f"{PREFIX}{name.upper()}: {fault['msg']}."
    shown = "(a secret, not shown)" if name in SECRETS else repr(str(fault["input"]))
    return f"{PREFIX}{name.upper()} is {shown}: {fault['msg']}."


def _read_file(path: Path) -> tuple[dict[str, str], list[str]]:
    """The file's settings by field name, and what is wrong with it."""
    try:
        found = (
            dotenv_values(path, interpolate=False, encoding="utf-8-sig") if path.exists() else None
        )
    except (OSError, UnicodeDecodeError) as trouble:
        return {}, [f"The settings file {path} cannot be read: {trouble}."]
    if found is None:
        return {}, [f"There is no settings file {path}: correct {SETTINGS_FILE}, or make it."]
    filed: dict[str, str] = {}
    faults = []
    for variable, text in found.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name not in BotSettings.model_fields:
            faults.append(f"{variable} in {path} is no setting of the bot{_meant(name)}.")
        elif text:
            filed[name] = text
    if SECRETS & set(filed) and (fault := permission_fault(path)):
        faults.append(fault)
    return filed, faults


def _meant(name: str) -> str:
    close = difflib.get_close_matches(name, BotSettings.model_fields, n=1)
    return f"; {PREFIX}{close[0].upper()} is" if close else ""
