"""The API for asking for quiet: silences are listed, asked for, extended and ended."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Security
from fastapi.security import HTTPBearer
from starlette.responses import JSONResponse, Response

from tocsin_alerting.policy.muting.asking import Asker, may_silence
from tocsin_alerting.store.silences import (
    GivenSilence,
    SilenceOutcome,
    SilenceWish,
    create_silence,
    end_silence,
    extend_silence,
    silence_changes,
    silences,
)
from tocsin_alerting.store.tables_muting import SilenceRow
from tocsin_alerting.web.access import known_bearer
from tocsin_alerting.web.bodies import known_institute, not_valid, read_body
from tocsin_alerting.web.body_docs import body_of
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.readers import Reader, ReaderKind
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.silence_models import Silence, SilenceEnd, SilenceExtension, SilenceRequest, Silences, shown
from tocsin_alerting.web.speaking import actor
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.logs import get_logger

_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)
_UNAUTHORISED = problem("The token is missing, or not good here.")

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The API's addresses."""
    router = APIRouter(prefix="/v1/silences", tags=["silences"], dependencies=[Security(_BEARER)])

    @router.get(
        "",
        summary="Silences, those that end first first",
        response_model=Silences,
        responses={401: _UNAUTHORISED},
    )
    def list_(
        request: Request,
        *,
        past: Annotated[bool, Query(description="Those that are over as well.")] = False,
    ) -> Silences:
        return _list(web, known_bearer(web, request), past=past)

    @router.post("", summary="Ask for quiet", **_described(SilenceRequest, creates=True))
    def create(
        request: Request,
        body: RawBody,
        idempotency_key: Annotated[
            str | None,
            Header(max_length=200, description="The request's own id: sent again under it, it changes nothing."),
        ] = None,
    ) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(SilenceRequest, body, "silence", '{"match": …, "reason": …, "ends_at": …}')
        if asked.institute is not None:
            known_institute(web, asked.institute, "silence")
        _must(web, reader, asked.institute)
        now = web.clock()
        with web.store.transaction() as session:
            given = create_silence(
                session,
                SilenceWish(
                    institute=asked.institute,
                    match=asked.match,
                    reason=asked.reason,
                    by=actor(reader),
                    starts_at=asked.starts_at or now,
                    ends_at=asked.ends_at,
                    request=idempotency_key,
                ),
                directory=web.directory,
                now=now,
            )
        return _said(web, given, "silence", created=True)

    @router.post("/{silence_id}/extend", summary="Let a silence end later, or sooner", **_described(SilenceExtension))
    def extend(request: Request, silence_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(SilenceExtension, body, "extension", '{"ends_at": …, "why": …}')
        _must(web, reader, _one(web, reader, silence_id).institute)
        with web.store.transaction() as session:
            given = extend_silence(
                session,
                silence_id,
                ends_at=asked.ends_at,
                by=actor(reader),
                why=asked.why,
                directory=web.directory,
                now=web.clock(),
            )
        return _said(web, given, "extension")

    @router.post("/{silence_id}/end", summary="End a silence now", **_described(SilenceEnd))
    def end(request: Request, silence_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(SilenceEnd, body, "end", '{"why": …}')
        _must(web, reader, _one(web, reader, silence_id).institute)
        with web.store.transaction() as session:
            given = end_silence(session, silence_id, by=actor(reader), why=asked.why, now=web.clock())
        return _said(web, given, "end")

    return router


def _described(asked: type[Any], *, creates: bool = False) -> dict[str, Any]:
    """How an address is described: what it takes and gives, and how it may refuse."""
    responses: dict[int | str, dict[str, Any]] = {
        401: _UNAUTHORISED,
        403: problem("The silence is for others' people."),
        422: problem("It is not valid."),
    }
    if creates:
        responses[200] = {"model": Silence, "description": "It had been asked for before; nothing has changed."}
        responses[201] = {"description": "The silence is kept."}
    else:
        responses[404] = problem("There is no such silence.")
        responses[409] = problem("The silence is over.")
    return {
        "status_code": 201 if creates else 200,
        "response_model": Silence,
        "responses": responses,
        "openapi_extra": body_of(asked),
    }


def _list(web: Web, reader: Reader, *, past: bool) -> Silences:
    now = web.clock()
    with web.store.read() as session:
        rows = [row for row in silences(session, now=now, past=past) if _may_see(web, reader, row)]
        changes = silence_changes(session, [row.id for row in rows])
    return Silences(items=tuple(shown(row, changes[row.id], web.directory, now) for row in rows))


def _one(web: Web, reader: Reader, silence_id: str) -> SilenceRow:
    with web.store.read() as session:
        row = session.get(SilenceRow, silence_id)
    if row is None or not _may_see(web, reader, row):
        raise _no_such(silence_id)
    return row


def _may_see(web: Web, reader: Reader, row: SilenceRow) -> bool:
    """Whom an institute leaves in peace it keeps to itself, as it does whom it tells; all see what is for all."""
    return row.institute is None or row.institute == reader.institute or _asker(web, reader) is not Asker.INSTITUTE


def _asker(web: Web, reader: Reader) -> Asker:
    if reader.kind is ReaderKind.OPERATOR:
        return Asker.OPERATOR
    return Asker.COORDINATOR if reader.institute == web.directory.coordinator else Asker.INSTITUTE


def _must(web: Web, reader: Reader, institute: str | None) -> None:
    """Let those pass who may silence for these people.

    Raises:
        Refused: 403, they may not.
    """
    if not may_silence(_asker(web, reader), reader.institute, institute).may:
        detail = (
            f'This key silences for \'{reader.institute}\' only: send "institute": "{reader.institute}". '
            "The coordinating institute and operators may silence for all."
        )
        raise Refused(403, "Forbidden", detail)


def _no_such(silence_id: str) -> Refused:
    return Refused(404, "Not Found", f"There is no silence '{silence_id[:40]}'.")


def _said(web: Web, given: GivenSilence, what: str, *, created: bool = False) -> Response:
    row = given.silence
    if given.outcome is SilenceOutcome.INVALID:
        raise not_valid(what, given.problems)
    if row is None:
        raise _no_such("")
    if given.outcome is SilenceOutcome.OVER:
        raise Refused(409, "Conflict", "The silence is over. Ask for a new one.")
    _log.info(what, silence=row.id, outcome=given.outcome.value, institute=row.institute)
    with web.store.read() as session:
        changes = silence_changes(session, [row.id])[row.id]
    said = shown(row, changes, web.directory, web.clock())
    status = 201 if created and given.outcome is SilenceOutcome.RECORDED else 200
    return JSONResponse(said.model_dump(mode="json"), status_code=status)
