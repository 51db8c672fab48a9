"""What the pages need beside the figures: one trade's story, and what there is to choose among."""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from dashboard.api import answers, schemas, trade_answers
from dashboard.api.filters import FilterIn, Moment, PastIn, Text, microseconds
from dashboard.api.problems import PROBLEMS
from dashboard.selectors import candles, story
from dashboard.selectors.changes import etag, unchanged
from dashboard.selectors.choices import choices
from dashboard.selectors.scope import Filters, choose
from dashboard.selectors.version_curves import curves

router = Router(tags=["figures"])
Body = dict[str, Any]


class StoryIn(Schema):
    """Which trade, and as known when."""

    bot: Text
    trade_id: Text
    as_of: Moment | None = Field(None, description="The trade must have been closed by then")
    known_at: Moment | None = Field(None, description="Only what had been recorded by then")


class StoryTrade(schemas.TradeItem):
    """One trade with everything its record tells."""

    strategy: str | None
    stop_loss_price: str | None
    take_profit_price: str | None
    initial_risk: str | None
    mae: str | None
    mfe: str | None
    funding: str
    regime: str
    excursions_from: str | None = Field(
        description="The interval of the candles that mae and mfe were derived from afterwards; "
        "null where the bot recorded them"
    )
    regime_from: str | None = Field(description="The same of the regime")
    standing: str = Field(description="counted, duplicate, voided or pending")
    quote_asset: str
    account: str
    recorded_at: str
    stream: str
    seq: int


class CandleOut(Schema):
    open_time: str | None
    close_time: str
    open: str
    high: str
    low: str
    close: str
    indicators: dict[str, Any]
    signal: str


class EventOut(Schema):
    """One recorded event, as it stands in the store."""

    stream: str
    seq: int
    kind: str
    occurred_at: str
    recorded_at: str
    version: str
    body: dict[str, Any]


class OtherOut(Schema):
    """Another record of the same trade."""

    bot: str
    trade_id: str
    source: str
    stream: str
    standing: str
    link: str


class StoryOut(Schema):
    """A trade, its candles and its events in order."""

    trade: StoryTrade
    candles: list[CandleOut]
    merged: int = Field(description="So many of the bot's candles are drawn as one")
    left_out: int = Field(description="Candles of a very long trade that are not answered")
    candles_why: str | None = Field(description="Why there are none")
    events: list[EventOut]
    events_why: str | None = Field(description="Why they cannot be read")
    others: list[OtherOut]
    newer: str | None = Field(description="The page of the trade closed after it")
    older: str | None = Field(description="The page of the trade closed before it")


class ChoicesOut(schemas.ScopeOut):
    """Values for the filters."""

    bots: list[str]
    versions: list[str]
    symbols: list[str]
    sides: list[str]
    tags: list[str]
    setups: list[str]
    mistakes: list[str]
    ratings: list[int]
    followed_plan: list[bool]


class CurvePoint(Schema):
    day: int = Field(description="Days since the first closed trade began; 1 is that day's end")
    net_pnl: str


class CurveOut(Schema):
    """A version's net PnL from its own beginning, by UTC day of exit."""

    version: str
    first_day: str
    trades: int
    points: list[CurvePoint]


class CurvesOut(schemas.ScopeOut):
    items: list[CurveOut]


@router.get("/versions/curves", response=CurvesOut, openapi_extra=PROBLEMS)
def version_curves(
    request: HttpRequest, response: HttpResponse, filters: Query[PastIn]
) -> Body | HttpResponse:
    """Net PnL of each version day by day, all from the same start."""
    scope = choose(filters.filters())
    tag = etag(request, scope, "trades", "annotations")
    response["ETag"] = tag
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    found = [answers.curve_answer(curve) for curve in curves(scope)]
    return answers.scope_answer(scope) | {"items": found}


@router.get("/trade", response=StoryOut, openapi_extra=PROBLEMS)
def trade(
    request: HttpRequest, response: HttpResponse, asked: Query[StoryIn]
) -> Body | HttpResponse:
    """One trade: what was recorded about it, in order, and the candles around it."""
    try:
        found = story.find(asked.bot, asked.trade_id)
    except story.NoSuchTrade as error:
        raise Http404(str(error)) from error
    as_of, known_at = microseconds(asked.as_of), microseconds(asked.known_at)
    if as_of is not None and found.exit_time > as_of:
        raise Http404(f"trade {asked.trade_id!r} was not closed yet at {asked.as_of}")
    if known_at is not None and found.recorded_at > known_at:
        raise Http404(f"nothing was known yet of trade {asked.trade_id!r} at {asked.known_at}")
    scope = choose(Filters(mode=found.book.mode))
    tag = etag(request, scope, "trades", "equity", "annotations")
    response["ETag"] = tag
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return trade_answers.story_answer(
        story.tell(found, known_at=known_at), candles.around(found, known_at=known_at)
    )


@router.get("/choices", response=ChoicesOut, openapi_extra=PROBLEMS)
def choose_among(
    request: HttpRequest, response: HttpResponse, filters: Query[FilterIn]
) -> Body | HttpResponse:
    """What the filters can be set to, for the money asked for."""
    wanted = Filters(mode=filters.mode, quote_asset=filters.quote_asset, account=filters.account)
    scope = choose(wanted)
    tag = etag(request, scope, "trades", "bots", "annotations")
    response["ETag"] = tag
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return answers.scope_answer(scope) | asdict(choices(scope))
