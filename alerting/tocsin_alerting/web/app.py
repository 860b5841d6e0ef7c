"""The web service, put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from tocsin_alerting.policy.directory import CurrentDirectory
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store
from tocsin_alerting.web import (
    alert_pages,
    answer_links,
    answering_api,
    api,
    asking_forms,
    contacts_api,
    health,
    outbox_page,
    override_api,
    override_forms,
    sendgrid_events,
    sign_in,
    silence_api,
    slack_interactions,
    summary_pages,
)
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.nonces import Nonces
from tocsin_alerting.web.refusals import handle_refusals
from tocsin_alerting.web.templating import environment
from tocsin_alerting.web.transport import Transport, refuse_nul
from tocsin_schemas.clock import Clock, system_clock
from tocsin_schemas.institutes import Institutes
from tocsin_schemas.tokens import Tokens

_DESCRIPTION = """Takes answers to alerts, and shows each reader what they may read.

Programs send `Authorization: Bearer <token>`: an operator's token answers for any institute, an institute's key for
its own. Operators and the coordinating institute may set a severity; every institute may dissent from one. Without a
token, texts labelled TLP:CLEAR are shown and everything else as a notice. Errors are `application/problem+json` and
say what to do.
"""


def create_app(
    *,
    store: Store,
    directory: CurrentDirectory,
    institutes: Institutes,
    tokens: Tokens,
    settings: AlertingSettings,
    clock: Clock = system_clock,
    directory_refused: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The web service of one deployment, as an ASGI application.

    Raises:
        ValueError: a setting is not what it should be; the message names it.
    """
    templates = environment()
    web = Web(
        store=store,
        current_directory=directory,
        directory_refused=directory_refused,
        institutes=institutes,
        tokens=tokens,
        settings=settings,
        clock=clock,
        nonces=Nonces(tokens, clock),
        templates=templates,
    )
    app = FastAPI(
        title="Tocsin",
        version="1",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        # The stock pages of documentation load scripts from elsewhere, which our pages forbid.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_nul)],
    )
    handle_refusals(app, web)
    app.add_middleware(Transport)
    for room in (
        answer_links,
        slack_interactions,
        sendgrid_events,
        api,
        answering_api,
        override_api,
        contacts_api,
        silence_api,
        health,
        sign_in,
        alert_pages,
        asking_forms,
        override_forms,
        outbox_page,
        summary_pages,
    ):
        app.include_router(room.routes(web))
    app.mount("/static", StaticFiles(directory=Path(__file__).with_name("static")), name="static")
    return app
