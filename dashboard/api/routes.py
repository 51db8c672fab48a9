"""The endpoints. Each reads; none can command a bot."""

# ruff: noqa: ARG001 - ninja hands every endpoint the request

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from dashboard.api import answers, bot_answers, schemas, trade_answers
from dashboard.api.filters import (
    CompareIn,
    EquityIn,
    FilterIn,
    ImportsIn,
    PageIn,
    PastIn,
    refuse_unknown,
)
from dashboard.api.problems import PROBLEMS
from dashboard.models import Checkpoint
from dashboard.selectors import analysis, equity, imports, standing, statistics, trades
from dashboard.selectors.bots import state
from dashboard.selectors.changes import etag, unchanged
from dashboard.selectors.comparing import compared, newest
from dashboard.selectors.scope import Scope, choose

router = Router(tags=["figures"])
Body = dict[str, Any]
JSON = "application/json; charset=utf-8"
MOST_DAYS = 400  # days with trades that an answer lists one by one


@router.get("/health", response=schemas.HealthOut, auth=None, tags=["health"])
def health(request: HttpRequest) -> Body:
    """Whether the site answers and can read its database. Open to all: it says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok"}


@router.get("/status", response=schemas.StatusOut, openapi_extra=PROBLEMS)
def status(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """The bots, their settings and state; the one at work first.

    Filtered by bot, mode, version, symbol and money; `as_of` and `known_at` tell an earlier state.
    """
    scope = choose(filters.filters())
    told, clock = standing.bots(scope), standing.clock(scope)
    # A bot goes quiet without saying so: its state is part of what the answer is drawn from.
    states = [(one.bot.stream, state(one.bot, clock)) for one in told]

    def body(scope: Scope) -> Body:
        of_stream = {found.stream: found for found in Checkpoint.objects.all()}
        return {
            "bots": [
                bot_answers.bot_answer(one.bot, of_stream.get(one.bot.stream), one.seq, clock)
                for one in told
            ]
        }

    return _answered(request, scope, body, ("bots", "trades"), states)


@router.get("/balance", response=schemas.BalanceOut, openapi_extra=PROBLEMS)
def balance(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """The account as its bots' newest candles say: of several bots, their sum.

    With a version or a period, as the newest candle of it says. An account is not divided by
    symbol, side or tag: these filters change nothing here.
    """

    def body(scope: Scope) -> Body:
        return bot_answers.account_answer([*standing.accounts(scope)])

    return _answer(request, filters, body, "bots", "equity")


@router.get("/positions", response=schemas.PositionsOut, openapi_extra=PROBLEMS)
def positions(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """What is open, the newest first; `since` and `until` are about the entry."""

    def body(scope: Scope) -> Body:
        rows = standing.positions(scope)
        return {
            "items": [trade_answers.position_answer(row, scope.mode) for row in rows],
            "next_cursor": None,  # all of them: positions are few
        }

    return _answer(request, filters, body, "positions", "bots", "annotations")


@router.get("/trades", response=schemas.TradesOut, openapi_extra=PROBLEMS)
def ledger(request: HttpRequest, filters: Query[PageIn]) -> HttpResponse:
    """Closed trades, newest first. Follow `next_cursor` for older ones."""

    def body(scope: Scope) -> Body:
        page = trades.page(scope, limit=filters.limit, cursor=filters.cursor)
        told = trades.annotations(page.trades)
        return {
            "items": [
                trade_answers.trade_answer(trade, scope.mode, told.get((trade.bot, trade.trade_id)))
                for trade in page.trades
            ],
            "next_cursor": page.next_cursor,
        }

    return _answer(request, filters, body, "trades", "annotations")


@router.get("/stats", response=schemas.StatsOut, openapi_extra=PROBLEMS)
def stats(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """The figures of the trades the filters leave."""

    def body(scope: Scope) -> Body:
        return answers.stats_answer(statistics.figures(scope))

    return _answer(request, filters, body, "trades", "equity", "annotations")


@router.get("/versions", response=schemas.VersionsOut, openapi_extra=PROBLEMS)
def versions(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """Every version's figures, the newest first, and the newest judged against the one before."""

    def body(scope: Scope) -> Body:
        days = statistics.newest_first(scope)
        against, deflated = newest(scope, days), statistics.deflated(scope, days)
        return {
            "items": [
                answers.version_answer(version, found, deflated[version])
                for version, found in statistics.versions(scope, days)
            ],
            "next_cursor": None,  # all of them: versions are few
            "newest": None if against is None else answers.comparison_answer(against),
        }

    return _answer(request, filters, body, "trades", "equity", "annotations")


@router.get("/versions/compare", response=schemas.ComparisonOut, openapi_extra=PROBLEMS)
def compare(request: HttpRequest, filters: Query[CompareIn]) -> HttpResponse:
    """Version b against version a: the verdict in words, and what it rests on."""

    def body(scope: Scope) -> Body:
        return answers.comparison_answer(compared(scope, filters.a, filters.b))

    return _answer(request, filters, body, "trades", "annotations")


@router.get("/analysis", response=schemas.AnalysisOut, openapi_extra=PROBLEMS)
def analysed(request: HttpRequest, filters: Query[PastIn]) -> HttpResponse:
    """Results by weekday, hour (UTC), reason, symbol; their distribution; the newest 400 days."""

    def body(scope: Scope) -> Body:
        days = analysis.days(scope)
        groups = {"weekday": analysis.weekdays(days), **analysis.groups(scope)}
        return {
            "days": [answers.day_answer(day, found) for day, found in days[-MOST_DAYS:]],
            "groups": {
                name: [answers.group_answer(value, found) for value, found in values.items()]
                for name, values in groups.items()
            },
            "distribution": [answers.bin_answer(found) for found in analysis.distribution(scope)],
            "rolling": [
                answers.rolling_answer(found) for found in analysis.rolling(days[-MOST_DAYS:])
            ],
            "window": analysis.WINDOW,
        }

    return _answer(request, filters, body, "trades", "annotations")


@router.get("/equity", response=schemas.EquityOut, openapi_extra=PROBLEMS)
def curve(request: HttpRequest, filters: Query[EquityIn]) -> HttpResponse:
    """The account's equity, newest first, thinned to `limit` points: each stretch of time keeps
    its lowest and highest. Of several bots, the sum of what each had last."""

    def body(scope: Scope) -> Body:
        bots = equity.accounts(scope)
        rows, points = equity.curve(scope, bots, limit=filters.limit)
        return {
            "bot": bots[0].bot if len(bots) == 1 else None,
            "bots": [bot.bot for bot in bots],
            "derived": next((bot.feed for bot in bots if bot.is_derived), None),
            "items": [
                answers.equity_answer(row, fall)
                for row, fall in zip(rows, equity.underwater(rows), strict=True)
            ],
            "points": points,
            "next_cursor": None,  # thinned to the limit, whatever the period
        }

    return _answer(request, filters, body, "equity")


@router.get("/imports", response=schemas.ImportsOut, openapi_extra=PROBLEMS)
def imported(request: HttpRequest, filters: Query[ImportsIn]) -> HttpResponse:
    """Imported files, newest first, each with what became of its records."""

    def body(scope: Scope) -> Body:
        page = imports.page(
            limit=filters.limit, cursor=filters.cursor, bot=filters.bot, mode=filters.mode
        )
        return {
            "items": [bot_answers.import_answer(batch) for batch in page.batches],
            "next_cursor": page.next_cursor,
            "quarantined": imports.quarantined(),
        }

    return _answer(request, FilterIn.model_validate({}), body, "imports")


def _answer(
    request: HttpRequest,
    filters: FilterIn,
    body: Callable[[Scope], Body],
    *drawn_from: str,
) -> HttpResponse:
    """The body with its scope, or 304 for whoever holds it already."""
    return _answered(request, choose(filters.filters()), body, drawn_from)


def _answered(
    request: HttpRequest,
    scope: Scope,
    body: Callable[[Scope], Body],
    drawn_from: Sequence[str],
    also: object = None,
) -> HttpResponse:
    refuse_unknown(request.GET)
    tag = etag(request, scope, *drawn_from, also=also)
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    # Written out here: ninja would walk through every value of an answer of our own making,
    # which takes as long as making it. tests/dashboard/test_contract.py holds it to the schema.
    text = json.dumps(answers.scope_answer(scope) | body(scope))
    return HttpResponse(text, content_type=JSON, headers={"ETag": tag})
