"""What the API may write: annotations, notes of days, screenshots. No bot reads any of it."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Path, Query, Router, Schema, Status, UploadedFile
from ninja.errors import HttpError
from pydantic import Field

from dashboard.api import answers, schemas, trade_answers
from dashboard.api.filters import PageIn, Text
from dashboard.api.problems import PROBLEMS, problems
from dashboard.models import (
    Annotation,
    AnnotationRevision,
    ApiToken,
    DayNote,
    DayNoteRevision,
    Screenshot,
    Trade,
)
from dashboard.selectors import journal
from dashboard.selectors.changes import etag, unchanged
from dashboard.selectors.scope import choose
from dashboard.selectors.trades import annotations
from dashboard.services import screenshots
from dashboard.services.journal import DAY_FIELDS, FIELDS, annotate, note_day, tag_list

router = Router(tags=["journal"])


class TradeIn(Schema):
    """Which trade."""

    bot: Text
    trade_id: Text


class SubjectIn(Schema):
    """What a picture is of: a trade, or a UTC day."""

    bot: Text = ""
    trade_id: Text = ""
    day: date | None = None


class AnnotationIn(Schema):
    """What to set; what is left out stays as it is."""

    note: str = Field("", max_length=20_000)
    tags: list[str] = Field([], max_length=40, description="Words; commas part them")
    setup: str = Field("", max_length=100)
    mistake: str = Field("", max_length=100)
    rating: int | None = Field(None, ge=1, le=5)
    followed_plan: bool | None = None


class ScreenshotOut(Schema):
    """A picture as it was kept, and where it is."""

    id: int
    link: str
    width: int
    height: int
    added_at: str


class AnnotationOut(Schema):
    """The trader's own words about a trade, and how often they were edited."""

    bot: str
    trade_id: str
    note: str
    tags: list[str]
    setup: str
    mistake: str
    rating: int | None
    followed_plan: bool | None
    revision: int
    updated_at: str | None
    revisions: list[dict[str, Any]]
    screenshots: list[ScreenshotOut]


class DayIn(Schema):
    """What to set of a day; what is left out stays as it is."""

    note: str = Field("", max_length=20_000)
    tags: list[str] = Field([], max_length=40)
    rating: int | None = Field(None, ge=1, le=5)


class DayOut(Schema):
    """What was said of a UTC day."""

    day: date
    note: str
    tags: list[str]
    rating: int | None
    revision: int
    updated_at: str | None
    revisions: list[dict[str, Any]]
    screenshots: list[ScreenshotOut]


class JournalIn(PageIn):
    """The journal's parameters."""

    search: str = Field("", max_length=200, description="Words in what was written")


class EntryOut(schemas.TradeItem):
    """An annotated trade."""

    note: str
    setup: str
    rating: int | None
    followed_plan: bool | None
    updated_at: str
    screenshots: list[ScreenshotOut]


class CostsOut(Schema):
    """Annotated trades by what was said of them, the costliest first."""

    mistake: list[schemas.GroupItem]
    setup: list[schemas.GroupItem]
    tag: list[schemas.GroupItem]
    rating: list[schemas.GroupItem]
    followed_plan: list[schemas.GroupItem]
    annotated: schemas.GroupItem
    without_mistake: schemas.GroupItem


class JournalOut(schemas.ScopeOut):
    """Entries and day notes, newest first, and what the mistakes have cost."""

    items: list[EntryOut]
    next_cursor: str | None
    days: list[DayOut]
    costs: CostsOut


@router.get("/annotation", response=AnnotationOut, openapi_extra=problems(401, 403, 404, 422))
def read(request: HttpRequest, trade: Query[TradeIn]) -> dict[str, Any]:  # noqa: ARG001
    """A trade's annotation with every edit, the newest first; empty where there is none yet."""
    _known(trade)
    return _answer(trade)


@router.patch("/annotation", response=AnnotationOut, openapi_extra=problems(401, 403, 404, 422))
def write(request: HttpRequest, trade: Query[TradeIn], wanted: AnnotationIn) -> dict[str, Any]:
    """Set some of a trade's annotation. With a token, its scope must be "annotate"."""
    _known(trade)
    user, by = _writer(request)
    values = wanted.model_dump(exclude_unset=True)
    if "tags" in values:
        values["tags"] = ",".join(values["tags"])
    annotate(trade.bot, trade.trade_id, values, user=user, by=by)
    return _answer(trade)


@router.get("/journal", response=JournalOut, openapi_extra=PROBLEMS)
def read_journal(
    request: HttpRequest, response: HttpResponse, filters: Query[JournalIn]
) -> dict[str, Any] | HttpResponse:
    """What was written about trades and days, and what each mistake has cost."""
    scope = choose(filters.filters())
    tag = etag(request, scope, "trades", "annotations")
    response["ETag"] = tag
    if unchanged(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    page = journal.entries(scope, search=filters.search, limit=filters.limit, cursor=filters.cursor)
    notes = list(journal.day_notes(scope))
    shots = journal.screenshots_of_days(notes)
    found = journal.costs(scope)
    return answers.scope_answer(scope) | {
        "items": _entries(page.trades, scope.mode),
        "next_cursor": page.next_cursor,
        "days": [_day(note, shots.get(note.day, ())) for note in notes],
        "costs": {
            name: [answers.group_answer(value, sums) for value, sums in groups.items()]
            for name, groups in found.groups.items()
        }
        | {
            "annotated": answers.group_answer("annotated", found.annotated),
            "without_mistake": answers.group_answer("without mistake", found.none),
        },
    }


@router.get("/days/{day}", response=DayOut, openapi_extra=problems(401, 403, 404, 422))
def read_day(request: HttpRequest, day: date) -> dict[str, Any]:  # noqa: ARG001
    """A UTC day's note with every edit; empty where there is none yet."""
    return _whole_day(day)


@router.patch("/days/{day}", response=DayOut, openapi_extra=problems(401, 403, 404, 422))
def write_day(request: HttpRequest, day: date, wanted: DayIn) -> dict[str, Any]:
    """Set some of a day's note. With a token, its scope must be "annotate"."""
    user, by = _writer(request)
    values = wanted.model_dump(exclude_unset=True)
    if "tags" in values:
        values["tags"] = ",".join(values["tags"])
    note_day(day, values, user=user, by=by)
    return _whole_day(day)


@router.post("/screenshots", response=ScreenshotOut, openapi_extra=problems(401, 403, 404, 422))
def add_screenshot(
    request: HttpRequest, of: Query[SubjectIn], file: Annotated[UploadedFile, File()]
) -> dict[str, Any]:
    """A picture (PNG, JPEG or WebP) of a trade or a day; kept re-encoded, without metadata."""
    user, by = _writer(request)
    if of.day is None:
        _known(TradeIn(bot=of.bot, trade_id=of.trade_id))
        subject = screenshots.Subject(of.bot, of.trade_id)
    else:
        subject = screenshots.Subject(day=of.day)
    try:
        row = screenshots.add(subject, file, file.size or 0, user=user, by=by)
    except screenshots.Refused as error:
        raise HttpError(422, str(error)) from error
    return _screenshot(row)


@router.delete(
    "/screenshots/{number}", response={204: None}, openapi_extra=problems(401, 403, 404, 422)
)
def remove_screenshot(
    request: HttpRequest, number: Annotated[int, Path(ge=1, le=2**63 - 1)]
) -> Status[None]:
    """Show a picture no more. That it was there, and who removed it, is kept."""
    user, by = _writer(request)
    if not screenshots.remove(number, user=user, by=by):
        raise Http404(f"there is no picture {number}")
    return Status(204, None)


def _known(trade: TradeIn) -> None:
    if not Trade.objects.filter(bot=trade.bot, trade_id=trade.trade_id).exists():
        raise Http404(f"bot {trade.bot!r} has no trade {trade.trade_id!r}")


def _writer(request: HttpRequest) -> tuple[AbstractBaseUser, str]:
    """Who edits, and by what. Raises 403 for a token that may only read."""
    asker = request.auth  # type: ignore[attr-defined]
    if not isinstance(asker, ApiToken):
        return asker, "page"
    if asker.scope != ApiToken.Scope.ANNOTATE:
        raise HttpError(403, "This token may read only; make one with --scope annotate")
    return asker.user, asker.prefix


def _answer(trade: TradeIn) -> dict[str, Any]:
    found = Annotation.objects.filter(bot=trade.bot, trade_id=trade.trade_id).first()
    own = found or Annotation(bot=trade.bot, trade_id=trade.trade_id)
    edits = AnnotationRevision.objects.select_related("user").filter(annotation=found)
    return {
        **{name: getattr(own, name) for name in ("bot", "trade_id", "revision", *FIELDS)},
        "tags": tag_list(own.tags),
        "updated_at": found.updated_at.isoformat() if found else None,
        "revisions": _revisions(edits if found else ()),
        "screenshots": [
            _screenshot(shot) for shot in journal.screenshots(trade.bot, trade.trade_id)
        ],
    }


def _revisions(edits: Iterable[AnnotationRevision | DayNoteRevision]) -> list[dict[str, Any]]:
    return [
        {
            "number": edit.number,
            "at": edit.at.isoformat(),
            "user": edit.user.get_username() if edit.user else None,
            "by": edit.by,
            "old": edit.old,
            "new": edit.new,
        }
        for edit in edits
    ]


def _screenshot(shot: Screenshot) -> dict[str, Any]:
    return {
        "id": shot.pk,
        "link": reverse("screenshot", args=[shot.pk]),
        "width": shot.width,
        "height": shot.height,
        "added_at": shot.added_at.isoformat(),
    }


def _whole_day(day: date) -> dict[str, Any]:
    found = DayNote.objects.filter(day=day).first()
    own = found or DayNote(day=day)
    edits = DayNoteRevision.objects.select_related("user").filter(note=found) if found else ()
    return _day(own, journal.screenshots_of_days([own]).get(day, ()), edits)


def _day(
    note: DayNote, shots: Iterable[Screenshot], edits: Iterable[DayNoteRevision] = ()
) -> dict[str, Any]:
    return {
        "day": note.day,
        **{name: getattr(note, name) for name in (*DAY_FIELDS, "revision")},
        "tags": tag_list(note.tags),
        "updated_at": note.updated_at.isoformat() if note.pk else None,
        "revisions": _revisions(edits),
        "screenshots": [_screenshot(shot) for shot in shots],
    }


def _entries(found: list[Trade], mode: str | None) -> list[dict[str, Any]]:
    told, shots = annotations(found), journal.pictured(found)
    entries = []
    for trade in found:
        own = told[trade.bot, trade.trade_id]
        names = ("note", "setup", "rating", "followed_plan")
        entries.append(
            trade_answers.trade_answer(trade, mode, own)
            | {name: getattr(own, name) for name in names}
            | {
                "updated_at": own.updated_at.isoformat(),
                "screenshots": [
                    _screenshot(shot) for shot in shots.get((trade.bot, trade.trade_id), ())
                ],
            }
        )
    return entries
