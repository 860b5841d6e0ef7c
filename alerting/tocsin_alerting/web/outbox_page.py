"""The outbox of previews: what would have been sent, on channels that are not set up to send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.links import answer_link
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.policy.disclosure import Level, label_of
from tocsin_alerting.store.bulletins import BULLETIN_LABEL
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.web.access import session
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.previews import MailPreview, SlackPreview, read_preview
from tocsin_alerting.web.readers import Reader, ReaderKind
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import PAGE_POLICY
from tocsin_schemas.vocabulary import Tlp

_PAGE_SIZE = 25

_PREVIEW_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""Mails carry their styles inline, and a frame from `srcdoc` is under the policy of the page around it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One message that was kept instead of sent."""

    delivery: DeliveryRow
    message: MailPreview | SlackPreview | None
    """None where the reader may not read it."""
    link: str | None
    """Answers as the addressee would; None for a bulletin, which asks for no answer of its own."""

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail rather than a Slack message."""
        return isinstance(self.message, MailPreview)


def routes(web: Web) -> APIRouter:
    """The address of the outbox."""
    router = APIRouter()

    @router.api_route("/outbox", methods=["GET", "HEAD"], include_in_schema=False)
    def outbox(request: Request, before: Annotated[str | None, Query(max_length=36)] = None) -> Response:
        reader = session(web, request)
        read = reading(request)
        if reader.kind is not ReaderKind.OPERATOR:
            return RedirectResponse(read.link("/sign-in"), status_code=303)
        kept, more = _page(web, reader, before)
        return page(
            web,
            request,
            read,
            "outbox.html",
            headers={"Content-Security-Policy": _PREVIEW_POLICY},
            reader=reader,
            now=web.clock(),
            kept=kept,
            next=kept[-1].delivery.id if more else None,
            first=before is None,
            sends_slack=web.settings.slack_bot_token is not None,
            sends_mail=web.settings.sendgrid_api_key is not None,
        )

    return router


def _page(web: Web, reader: Reader, before: str | None) -> tuple[list[Kept], bool]:
    order = (DeliveryRow.created_at, DeliveryRow.id)
    query = (
        select(DeliveryRow)
        .where(DeliveryRow.outcome == "previewed", DeliveryRow.rendered.is_not(None))
        .order_by(*(column.desc() for column in order))
        .limit(_PAGE_SIZE + 1)
    )
    with web.store.read() as session_:
        if before is not None:
            last = session_.get(DeliveryRow, before)
            if last is None:
                raise Refused(404, phrase("There is no such page of the outbox"), phrase("Go back to its first page."))
            query = query.where(tuple_(*order) < (last.created_at, last.id))
        rows = session_.scalars(query).all()
        labels = _labels(session_, {row.alert_id for row in rows if row.alert_id is not None})
    kept = [_kept(web, reader, delivery, _label(delivery, labels)) for delivery in rows[:_PAGE_SIZE]]
    return kept, len(rows) > _PAGE_SIZE


def _label(delivery: DeliveryRow, labels: Mapping[str, Tlp]) -> Tlp:
    """That of the alert it tells of; of a bulletin that of what it showed."""
    if delivery.alert_id is not None:
        return labels[delivery.alert_id]
    return label_of(str((delivery.rendered or {}).get(BULLETIN_LABEL)))


def _labels(session_: Session, alerts: Collection[str]) -> dict[str, Tlp]:
    """The strictest label of each alert and of what it gathers; one that is not known is RED."""
    strictest: dict[str, Tlp] = {}
    own = select(AlertRow.id, AlertRow.tlp).where(AlertRow.id.in_(alerts))
    gathered = select(ReportRow.alert_id, ReportRow.tlp).where(ReportRow.alert_id.in_(alerts))
    for alert, text in (*session_.execute(own), *session_.execute(gathered)):
        strictest[alert] = max(strictest.get(alert, Tlp.CLEAR), label_of(text), key=lambda label: label.rank)
    return strictest


def _kept(web: Web, reader: Reader, delivery: DeliveryRow, label: Tlp) -> Kept:
    # What was rendered as a notice says nothing that was reported.
    readable = reader.clearance.allows(label) or delivery.disclosure == Level.NOTICE.value
    return Kept(
        delivery=delivery,
        message=read_preview(delivery.rendered) if readable and delivery.rendered is not None else None,
        link=None
        if delivery.alert_id is None
        else answer_link(
            web.tokens,
            public_url=web.settings.public_url,
            delivery_id=delivery.id,
            alert_id=delivery.alert_id,
            contact_id=delivery.contact,
        ),
    )
