"""What a summary holds, for people and for programs: every alert that was folded, each reader by their clearance."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Security
from fastapi.security import HTTPBearer
from starlette.responses import Response

from tocsin_alerting.links import alert_link
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.store.summary_page import SummaryPage, summary_page
from tocsin_alerting.web.access import bearer, session
from tocsin_alerting.web.alert_models import AlertBrief, brief
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.readers import Reader, as_seen_by, withheld
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.errors import Problem
from tocsin_schemas.vocabulary import Severity, Status

_PAGE_SIZE = 100
_Cursor = Annotated[str | None, Query(max_length=60, description="`next` of the page before.")]
_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)


class Summary(Shown):
    """A summary and one page of the alerts that it holds, the gravest first."""

    id: str
    kind: str
    """`storm_summary`: more came than the destination's budget takes."""
    institute: str | None
    contact: str | None
    """To whom it went; null where the reader may not know. So is `channel`."""
    channel: str | None
    urgent: bool
    status: Status
    created_at: datetime
    ended_at: datetime | None
    """When it was over; null: it goes on."""
    total: int
    """How many alerts it holds of which the reader may know."""
    severities: dict[Severity, int]
    items: tuple[AlertBrief, ...]
    next: str | None
    """Cursor of the next page."""


def routes(web: Web) -> APIRouter:
    """The addresses of summaries."""
    router = APIRouter()

    @router.api_route("/summaries/{summary_id}", methods=["GET", "HEAD"], include_in_schema=False)
    def show(request: Request, summary_id: str, cursor: _Cursor = None) -> Response:
        return _page(web, request, summary_id, cursor)

    @router.get(
        "/v1/summaries/{summary_id}",
        tags=["alerts"],
        summary="A summary, and the alerts that were folded into it",
        response_model=Summary,
        responses={
            401: problem("The token is missing, or not good here."),
            404: problem("There is no such summary."),
            422: problem("A parameter is not valid."),
        },
        dependencies=[Security(_BEARER)],
        openapi_extra={"security": [{}]},
    )
    def api(
        request: Request, summary_id: str, limit: Annotated[int, Query(ge=1, le=500)] = 100, cursor: _Cursor = None
    ) -> Summary:
        return _api(web, bearer(web, request), summary_id, limit=limit, cursor=cursor)

    return router


def _read(web: Web, reader: Reader, summary_id: str, *, limit: int, cursor: str | None) -> SummaryPage:
    with web.store.read() as session_:
        try:
            found = summary_page(
                session_, summary_id, directory=web.directory, level=reader.level, limit=limit, cursor=cursor
            )
        except ValueError as error:
            fault = Problem("cursor", "is not a cursor of this list.", "Take it from 'next' of the page before.")
            raise Refused(422, phrase("The request is not valid"), str(fault), problems=[fault]) from error
    if found is None:
        raise Refused(
            404, phrase("There is no such summary"), phrase("It may have been mistyped. The list has every alert.")
        )
    return found


def _page(web: Web, request: Request, summary_id: str, cursor: str | None) -> Response:
    reader, read = session(web, request), reading(request)
    found = _read(web, reader, summary_id, limit=_PAGE_SIZE, cursor=cursor)
    sentences = web.directory.sentences
    alerts = [translated(as_seen_by(reader, view), read.language, sentences) for view in found.items]
    return page(
        web,
        request,
        read,
        "summary.html",
        reader=reader,
        now=web.clock(),
        summary=found,
        told=reader.may_see_deliveries_of(found.institute),
        alerts=alerts,
        withheld={view.id: withheld(read.language, reader, view) for view in alerts},
        next=found.next,
        first=cursor is None,
    )


def _api(web: Web, reader: Reader, summary_id: str, *, limit: int, cursor: str | None) -> Summary:
    found = _read(web, reader, summary_id, limit=limit, cursor=cursor)
    told = reader.may_see_deliveries_of(found.institute)
    views = (as_seen_by(reader, view) for view in found.items)
    return Summary(
        id=found.id,
        kind=found.kind.value,
        institute=found.institute if told else None,
        contact=found.contact if told else None,
        channel=found.channel if told else None,
        urgent=found.urgent,
        status=found.status,
        created_at=found.created_at,
        ended_at=found.ended_at,
        total=found.holds.total,
        severities=dict(found.holds.severities),
        items=tuple(brief(view, reader=reader, page=alert_link(web.settings.public_url, view.id)) for view in views),
        next=found.next,
    )
