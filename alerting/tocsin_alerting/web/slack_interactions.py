"""Clicks on the buttons of Slack messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from tocsin_alerting.messages.slack import ACKNOWLEDGE_ACTION, OPEN_ACTION
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.slack_presses import ACTIONS, ANSWERS, press
from tocsin_alerting.web.slack_signature import check_slack_signature
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.errors import problems_of
from tocsin_schemas.logs import get_logger

_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]

_log = get_logger()


class _User(BaseModel):
    id: _Id


class _Named(BaseModel):
    id: _Id


class _Action(BaseModel):
    action_id: Annotated[str, Field(max_length=255)]
    value: Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")] | None = None
    url: str | None = None


class _BlockActions(BaseModel):
    """The part of Slack's `block_actions` payload that is read here."""

    type: Literal["block_actions"]
    team: _Named
    user: _User
    channel: _Named | None = None
    actions: Annotated[list[_Action], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody pressed the button of one message."""

    delivery_id: str
    channel: str
    """Slack's id of the channel that the message stands in."""
    by: str
    """`slack:<team>:<user>`: a user's id is unique within a team only."""
    action: str = ACKNOWLEDGE_ACTION
    """Which button."""


def routes(web: Web) -> APIRouter:
    """The address that Slack posts clicks to."""
    router = APIRouter(tags=["providers"])

    @router.post(
        "/slack/interactions",
        summary="Take a click in Slack",
        description="Slack's interactivity request URL. Signed by Slack; answered at once with an empty body.",
        response_class=Response,
    )
    def interaction(request: Request, body: RawBody) -> Response:
        secret = web.settings.slack_signing_secret
        if secret is None or not secret.get_secret_value().strip():
            raise Refused(
                503, "Slack is not set up here", "Set TOCSIN_SLACK_SIGNING_SECRET to the signing secret of the app."
            )
        check_slack_signature(body, request.headers, secret=secret.get_secret_value(), clock=web.clock)
        for click in read_clicks(body):
            _take(web, click)
        return Response(status_code=200)

    return router


def read_clicks(body: bytes) -> tuple[Click, ...]:
    """The presses of our buttons in a request; other interactions ask nothing of us.

    Raises:
        Refused: 400, not a payload as Slack sends it.
    """
    try:
        payload = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=20)["payload"][0]
    except (ValueError, KeyError) as error:
        raise _defect("The form must have one field 'payload'.") from error
    try:
        kind = _Kind.model_validate_json(payload).type
    except ValidationError as error:
        raise _defect("'payload' must be a JSON object with a 'type'.") from error
    if kind != "block_actions":
        _log.info("slack_interaction_ignored", kind=kind[:40])
        return ()
    try:
        pressed = _BlockActions.model_validate_json(payload)
    except ValidationError as error:
        faults = "; ".join(f"{each.field}: {each.message}" for each in problems_of(error, _BlockActions))
        raise _defect(f"The payload of type 'block_actions' is not as Slack sends it: {faults}") from error
    return tuple(_clicks(pressed))


def _clicks(pressed: _BlockActions) -> list[Click]:
    clicks = []
    for action in pressed.actions:
        # A button that opens a link reports its press as well; those of bulletins name no delivery.
        if action.action_id not in ACTIONS or (action.action_id == OPEN_ACTION and not action.value):
            _log.info("slack_action_ignored", action=action.action_id[:40], opens_link=action.url is not None)
            continue
        if not action.value:
            raise _defect(f"The action '{action.action_id}' must carry the id of its delivery in 'value'.")
        if pressed.channel is None:
            raise _defect(f"A press of '{action.action_id}' must say in which 'channel' it was.")
        by = f"slack:{pressed.team.id}:{pressed.user.id}"
        clicks.append(Click(delivery_id=action.value, channel=pressed.channel.id, by=by, action=action.action_id))
    return clicks


class _Kind(BaseModel):
    type: str


def _take(web: Web, click: Click) -> None:
    with web.store.transaction() as session:
        delivery = session.get(DeliveryRow, click.delivery_id)
        if (
            delivery is None
            or delivery.alert_id is None
            or delivery.channel != Channel.SLACK.value
            or click.channel not in {delivery.address, delivery.provider_place}
        ):
            _log.warning("slack_click_refused", known=delivery is not None)
            raise Refused(403, "Forbidden", "The button does not belong to a message of ours in this channel.")
        outcome = press(web, session, delivery, action=click.action, by=click.by)
        alert, institute = delivery.alert_id, delivery.institute
    _log.info(
        "answer" if click.action in ANSWERS else "pressed",
        action=click.action,
        alert=alert,
        delivery=click.delivery_id,
        outcome=outcome,
        institute=institute,
        via=Via.SLACK.value,
    )


def _defect(detail: str) -> Refused:
    return Refused(400, "Bad Request", detail)
