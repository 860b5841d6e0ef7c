"""SendGrid's events: what became of mails after SendGrid took them."""

from __future__ import annotations

import binascii
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from cryptography.exceptions import UnsupportedAlgorithm
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sendgrid.helpers.eventwebhook import EventWebhook

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.store.receipts import ProviderEvent, take_receipt
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.logs import get_logger

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_SERVER_PART = re.compile(r"\.(filter|recv)")
_KINDS = frozenset(Receipt)
_NO_NUL = r"^[^\x00]*$"
"""PostgreSQL holds no NUL character: one event that has it would cost its whole batch."""

_log = get_logger()
_batch: TypeAdapter[list[Any]] = TypeAdapter(list[Any])


class _Event(BaseModel):
    """The part of an event that is read here; the address in it is not."""

    event: str
    sg_event_id: Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_NUL)]
    timestamp: Annotated[int, Field(ge=0, le=253_402_300_799)]
    sg_message_id: Annotated[str, Field(pattern=_NO_NUL)] | None = None
    delivery: Annotated[str, Field(max_length=36, pattern=_NO_NUL)] | None = None
    """Our custom argument, which SendGrid gives back at the top level."""
    reason: str | None = None
    response: str | None = None
    type: str | None = None


def read_public_key(text: str) -> EventWebhook:
    """The key that SendGrid signs its events with.

    Raises:
        ValueError: not a key; the message names the setting.
    """
    try:
        return EventWebhook(text.strip())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(
            "TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY is not a public key; copy the verification key from SendGrid's "
            "Mail Settings, Event Webhook, without PEM lines"
        ) from error


def routes(web: Web) -> APIRouter:
    """The address that SendGrid posts events to."""
    router = APIRouter(tags=["providers"])
    setting = web.settings.sendgrid_webhook_public_key
    key = read_public_key(setting) if setting else None

    @router.post(
        "/sendgrid/events",
        summary="Take events about mails",
        description="SendGrid's Event Webhook. Signed by SendGrid; each event counts once, however often it is sent.",
    )
    def events(request: Request, body: RawBody) -> dict[str, int]:
        if key is None:
            raise Refused(
                503,
                "SendGrid's events are not set up here",
                "Set TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY to the verification key of the Event Webhook.",
            )
        check_sendgrid_signature(key, body, request.headers)
        return _take(web, read_events(body))

    return router


def check_sendgrid_signature(key: EventWebhook, body: bytes, headers: Mapping[str, str]) -> None:
    """Refuse a request that SendGrid did not sign.

    There is no window of time: SendGrid repeats a request for about a day, and an event counts once.

    Raises:
        Refused: 401.
    """
    try:
        good = key.verify_signature(body.decode("utf-8"), headers.get(_SIGNATURE), headers.get(_TIMESTAMP))
    except (binascii.Error, TypeError, ValueError):
        # What is not base64, or a header that is missing: the library lets these escape.
        good = False
    if not good:
        raise Refused(401, "Unauthorized", "The request is not signed with the key of this deployment's Event Webhook.")


def read_events(body: bytes) -> list[ProviderEvent]:
    """The events of a request that say what became of a message; opens, clicks and the like are passed over.

    Raises:
        Refused: 400, not a JSON array.
    """
    try:
        batch = _batch.validate_json(body)
    except ValidationError as error:
        raise Refused(400, "Bad Request", "The body must be a JSON array of events.") from error
    events = []
    for item in batch:
        try:
            event = _Event.model_validate(item)
        except ValidationError as error:
            # A refusal would make SendGrid repeat the whole batch for a day.
            fields = sorted({str(fault["loc"][0]) if fault["loc"] else "(event)" for fault in error.errors()})
            _log.warning("sendgrid_event_unreadable", fields=fields)
            continue
        if event.event in _KINDS:
            events.append(_provider_event(event))
    return events


def _provider_event(event: _Event) -> ProviderEvent:
    return ProviderEvent(
        event_id=event.sg_event_id,
        receipt=Receipt(event.event),
        at=datetime.fromtimestamp(event.timestamp, UTC),
        delivery_id=event.delivery,
        provider_id=_SERVER_PART.split(event.sg_message_id, maxsplit=1)[0] if event.sg_message_id else None,
        reason=(event.reason or event.response or "").replace("\0", "") or None,
        temporary=event.type == "blocked",
    )


def _take(web: Web, events: list[ProviderEvent]) -> dict[str, int]:
    taken: Counter[str] = Counter()
    if events:
        put_off = web.directory.reach.deferred_after
        with web.store.transaction() as session:
            # In one order everywhere, so that two batches do not wait for each other's rows.
            for event in sorted(events, key=lambda each: (each.delivery_id or "", each.at, each.receipt.rank)):
                outcome = take_receipt(session, event, channel=Channel.EMAIL, now=web.clock(), put_off=put_off)
                taken[outcome.value] += 1
        _log.info("sendgrid_events", **taken)
    return dict(taken)
