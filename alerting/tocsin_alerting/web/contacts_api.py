"""The API that says who can be reached where: for operators everybody's contacts, for an institute its own."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Security
from fastapi.security import HTTPBearer

from tocsin_alerting.policy.reach_test import Reached
from tocsin_alerting.store.reachability import reachability
from tocsin_alerting.web.access import known_bearer
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.shown import Shown

_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)


class ContactAddress(Shown):
    """One address of one contact, and what is known of it."""

    institute: str
    contact: str
    channel: str
    address: str
    bad_since: datetime | None
    """Since when messages there are known not to arrive; null: nothing is known against it."""
    bad_reason: str | None
    tested_at: datetime | None
    """When it was tried out last."""
    test: Reached | None
    test_reason: str | None


class ContactAddresses(Shown):
    """Addresses, in the order of the contacts' file and of preference."""

    items: tuple[ContactAddress, ...]
    next: None = None
    """There are never so many that they need pages."""


def routes(web: Web) -> APIRouter:
    """The API's address."""
    router = APIRouter(prefix="/v1/contacts", tags=["contacts"], dependencies=[Security(_BEARER)])

    @router.get(
        "",
        summary="Who can be reached where",
        response_model=ContactAddresses,
        responses={401: problem("The token is missing, or not good here.")},
    )
    def list_(request: Request) -> ContactAddresses:
        reader = known_bearer(web, request)
        own = [one for one in web.directory.contacts.values() if reader.may_see_deliveries_of(one.institute)]
        with web.store.read() as session:
            found = reachability(session, own)
        return ContactAddresses(items=tuple(ContactAddress.model_validate(one) for one in found))

    return router
