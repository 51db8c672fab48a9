"""The one thing the API may write: a trade's annotation."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from dashboard.api.filters import Text
from dashboard.api.problems import problems
from dashboard.models import Annotation, AnnotationRevision, ApiToken, Trade
from dashboard.services.journal import FIELDS, annotate, tag_list

router = Router(tags=["journal"])


class TradeIn(Schema):
    """Which trade."""

    bot: Text
    trade_id: Text


class AnnotationIn(Schema):
    """What to set; what is left out stays as it is."""

    note: str = Field("", max_length=20_000)
    tags: list[str] = Field([], max_length=40, description="Words; commas part them")
    setup: str = Field("", max_length=100)
    mistake: str = Field("", max_length=100)
    rating: int | None = Field(None, ge=1, le=5)
    followed_plan: bool | None = None


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
        "revisions": [
            {
                "number": edit.number,
                "at": edit.at.isoformat(),
                "user": edit.user.get_username() if edit.user else None,
                "by": edit.by,
                "old": edit.old,
                "new": edit.new,
            }
            for edit in (edits if found else [])
        ],
    }
