"""The HTTP door: institutes post reports, and are told 202 once Kafka has them on its disks."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tocsin_producers.gateway.body import read_body_of
from tocsin_producers.gateway.identity import institute_of
from tocsin_producers.gateway.openapi import described, problem_responses
from tocsin_producers.gateway.problems import Refusal, refusal_of, unavailable
from tocsin_producers.gateway.publisher import Publisher
from tocsin_producers.gateway.reading import Request as ReportRequest
from tocsin_producers.gateway.reading import report_in
from tocsin_producers.outgoing import Outgoing, outgoing
from tocsin_producers.transports import Fault, TransportError
from tocsin_schemas import FINDINGS, Clock, Institutes, InvalidEvent, ReportKind, Tokens
from tocsin_schemas.logs import get_logger


class Taken(BaseModel):
    """What identifies a report that the network has."""

    id: str
    """Event id; with `source` it identifies the report for ever."""
    source: str
    series: str
    """Name this to update or retract it."""


_bearer = HTTPBearer(auto_error=False, description="The institute's door key.")
_Key = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def create_app(
    *, publisher: Publisher, institutes: Institutes, tokens: Tokens, clock: Clock, topic_prefix: str
) -> FastAPI:
    """The door.

    Args:
        publisher: writes reports to Kafka.
        institutes: the members of the network.
        tokens: verifies their keys.
        clock: the time of reports that come as bare data.
        topic_prefix: of the deployment's topics.
    """
    log = get_logger(part="door")

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Connected ahead of the first report, which would otherwise wait for it; a broker that is away is no obstacle.
        warming = asyncio.create_task(_warm(publisher, topic_prefix))
        yield
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        await publisher.close()

    app = FastAPI(
        title="Tocsin door",
        summary="Institutes publish findings and incidents here.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )

    async def take(kind: ReportKind, request: Request, key: _Key) -> Taken:
        member = institute_of(None if key is None else key.credentials, tokens=tokens, institutes=institutes)
        came = ReportRequest(
            kind=kind,
            headers=[(name.decode("latin-1").lower(), content) for name, content in request.headers.raw],
            query=request.query_params.multi_items(),
            body=await read_body_of(request),
        )
        try:
            report = report_in(came, member=member, institutes=institutes, now=clock(), new_id=uuid.uuid4())
            ready = outgoing(report)
        except InvalidEvent as error:
            log.info("report refused", institute=member.id, codes=[one.code.value for one in error.problems])
            raise refusal_of(error.problems) from error
        await _publish(ready, publisher, topic_prefix)
        log.info("report taken", institute=member.id, report=ready.event_id, trace=report.envelope.trace)
        return Taken(id=ready.event_id, source=ready.source, series=ready.series)

    def add(kind: ReportKind) -> None:
        @app.post(
            f"/v1/{kind}s",
            name=f"publish_{kind}",
            summary=f"Publish, update or retract {'an' if kind is ReportKind.INCIDENT else 'a'} {kind}.",
            status_code=HTTPStatus.ACCEPTED,
            responses=problem_responses(),
            openapi_extra=described(kind),
        )
        async def publish(request: Request, key: _Key) -> Taken:
            return await take(kind, request, key)

    for kind in ReportKind:
        add(kind)

    @app.get("/healthz", summary="Whether reports can be taken now.", responses={503: problem_responses()[503]})
    async def healthz() -> dict[str, str]:
        try:
            await publisher.check(FINDINGS.name(topic_prefix))
        except TransportError as error:
            raise unavailable(str(error)) from error
        return {"status": "ok"}

    _add_error_answers(app)
    return app


async def _publish(ready: Outgoing, publisher: Publisher, topic_prefix: str) -> None:
    try:
        await publisher.publish(ready.topic.name(topic_prefix), ready)
    except TransportError as error:
        log = get_logger(part="door")
        log.warning("report not acknowledged", report=ready.event_id, fault=error.fault.value, reason=str(error))
        if error.fault is Fault.REPORT:
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "refused-by-broker", str(error)) from error
        raise unavailable("The report has not been acknowledged by Kafka.") from error


async def _warm(publisher: Publisher, topic_prefix: str) -> None:
    try:
        await publisher.check(FINDINGS.name(topic_prefix))
    except TransportError as error:
        get_logger(part="door").warning("broker not reached yet", reason=str(error))


def _add_error_answers(app: FastAPI) -> None:
    """Every answer that is no success is a problem document, the framework's own too."""

    @app.exception_handler(Refusal)
    async def refused(_request: Request, error: Refusal) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def framework(_request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        detail = "Reports go to POST /v1/findings and POST /v1/incidents." if status in {404, 405} else error.detail
        return Refusal(status, status.phrase.lower().replace(" ", "-"), detail, headers=error.headers).response()

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        get_logger(part="door").error("the door failed", error=type(error).__name__, exc_info=error)
        return Refusal(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal",
            "This is the door's own fault. Send the report again with the same id: it counts once.",
        ).response()


__all__ = ["Taken", "create_app"]
