"""The query parameters that all endpoints share."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, get_args

from ninja import Field, Schema
from pydantic import BeforeValidator, model_validator

from dashboard.selectors.scope import Filters
from dashboard.units import EPOCH, MICROSECOND

Mode = Literal["live", "testnet", "paper", "replay", "demo"]
Side = Literal["long", "short"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _moment(value: object) -> datetime:
    """An ISO 8601 day (its midnight, UTC) or time; without an offset it is UTC."""
    if isinstance(value, str):
        try:
            # A "+" in an address that nobody escaped arrives as a space.
            moment = datetime.fromisoformat(value.strip().replace(" ", "+"))
        except ValueError as error:
            raise ValueError(f"{value!r} is no ISO 8601 day or time, as 2026-01-31") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError(f"{value!r} is no ISO 8601 day or time, as 2026-01-31")


Moment = Annotated[datetime, BeforeValidator(_moment)]
Text = Annotated[str, Field(max_length=200)]


class FilterIn(Schema):
    """Which trades and whose money. Without mode: the running bot's, else the newest."""

    bot: Text | None = None
    mode: Mode | None = None
    quote_asset: Text | None = None
    account: Text | None = None
    version: Text | None = None
    symbol: Text | None = None
    side: Side | None = None
    exit_reason: Text | None = None
    weekday: Weekday | None = Field(None, description="Of the exit, UTC")
    hour: int | None = Field(None, ge=0, le=23, description="Of the exit, UTC")
    tag: Text | None = None
    setup: Text | None = None
    mistake: Text | None = None
    rating: int | None = Field(None, ge=1, le=5, description="Of the journal")
    followed_plan: bool | None = Field(None, description="As the journal says; unsaid is neither")
    since: Moment | None = Field(None, description="From this time on (exit time), inclusive")
    until: Moment | None = Field(None, description="Up to this time, exclusive")

    period: str | None = Field(
        None, pattern=r"^[1-9]\d{0,3}d$", description="The last so many UTC days, as 90d"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(
                f"since={self.since.isoformat()} is after until={self.until.isoformat()}:"
                " no time lies between them"
            )
        return self

    def filters(self) -> Filters:
        """The same in the selectors' terms."""
        return Filters(
            bot=self.bot,
            mode=self.mode,
            quote_asset=self.quote_asset,
            account=self.account,
            version=self.version,
            symbol=self.symbol,
            side=self.side,
            exit_reason=self.exit_reason,
            weekday=None if self.weekday is None else get_args(Weekday).index(self.weekday),
            hour=self.hour,
            tag=self.tag,
            setup=self.setup,
            mistake=self.mistake,
            rating=self.rating,
            followed_plan=self.followed_plan,
            since=microseconds(self.since),
            until=microseconds(self.until),
            last_days=int(self.period[:-1]) if self.period else None,
        )


class PastIn(FilterIn):
    """The same for answers that can be given as of a time in the past."""

    as_of: Moment | None = Field(
        None,
        description="As things stood at this time, inclusive, with what is known today",
    )
    known_at: Moment | None = Field(
        None,
        description=(
            "With what had been recorded by this time, inclusive: later records, corrections and"
            " voids left out. Together with as_of: as things stood then, as it was known then"
        ),
    )

    def filters(self) -> Filters:
        """The same in the selectors' terms."""
        return replace(
            super().filters(),
            as_of=microseconds(self.as_of),
            known_at=microseconds(self.known_at),
        )


class PageIn(PastIn):
    """A list's parameters."""

    limit: int = Field(100, ge=1, le=500)
    cursor: Annotated[str, Field(max_length=600)] | None = None


class ImportsIn(Schema):
    """The imports' parameters. Files belong to no one's money: only bot and mode tell them."""

    bot: Text | None = None
    mode: Mode | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: Annotated[str, Field(max_length=600)] | None = None


class EquityIn(PastIn):
    """The equity's parameters: at most `limit` points stand for all."""

    limit: int = Field(100, ge=1, le=500)


class CompareIn(PastIn):
    """Two versions, b judged against a."""

    a: Text
    b: Text


KNOWN = frozenset(name for schema in (PageIn, EquityIn, CompareIn) for name in schema.model_fields)


class BadParameter(ValueError):
    """The query names what no endpoint knows; the text says which."""


def refuse_unknown(names: Iterable[str]) -> None:
    """A misspelt filter must not be taken for none: what it answers would look like a result.

    Every endpoint takes what any knows, for a page asks several of them one question. Raises
    BadParameter.
    """
    unknown = sorted(set(names) - KNOWN)
    if unknown:
        raise BadParameter(
            f"{unknown[0][:100]!r} is no parameter; there is {', '.join(sorted(KNOWN))}"
        )


def microseconds(moment: datetime | None) -> int | None:
    """Since the epoch; None stays None."""
    return None if moment is None else (moment - EPOCH) // MICROSECOND
