"""A small network with alerts in it, as the desk would have made them, and a web service on top."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import inspect, select
from starlette.testclient import TestClient

from tests.fixtures.clock import HandClock
from tocsin_alerting.links import answer_link
from tocsin_alerting.policy.directory import Address, Audience, Channel, Contact, Directory, Ladder, Route, Step
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import Base
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.web import create_app
from tocsin_schemas import (
    Action,
    Assessment,
    Certainty,
    Domain,
    Evaluation,
    Finding,
    Grade,
    Institute,
    Institutes,
    OecdClass,
    Purpose,
    Reason,
    ReportKind,
    Severity,
    Status,
    System,
    Tlp,
    Tokens,
    Urgency,
)

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SECRET_TITLE = "Model answers how to culture the organism"


def _contact(institute: str, team: str, *, clearance: Tlp, named: bool, slack_user: str | None = None) -> Contact:
    return Contact(
        id=f"{institute}.{team}",
        institute=institute,
        name=f"{team.capitalize()} ({institute.upper()})",
        team=team,
        clearance=clearance,
        named_person=named,
        slack_user=slack_user,
        addresses=(
            Address(channel=Channel.SLACK, address=f"C{institute.upper()}{team.upper()}", shared=not named),
            Address(channel=Channel.EMAIL, address=f"{team}@{institute}.example", shared=not named),
        ),
    )


def small_directory(*, operator_clearance: Tlp = Tlp.AMBER) -> Directory:
    """Three institutes, each with a duty desk and a named lead."""
    institutes = ("fr", "gb", "jp")
    return Directory(
        contacts=[
            contact
            for institute in institutes
            for contact in (
                _contact(institute, "duty", clearance=Tlp.AMBER_STRICT, named=False),
                _contact(institute, "lead", clearance=Tlp.RED, named=True, slack_user=f"T1:U{institute.upper()}LEAD"),
            )
        ],
        ladders=[
            Ladder(
                id="urgent",
                steps=(Step(team="duty", wait=timedelta(minutes=15)), Step(team="lead", wait=timedelta(minutes=15))),
            )
        ],
        routes=[Route(id="all", audience=Audience.ALL, ladder="urgent")],
        coordinator="gb",
        institute_names={"fr": "INESIA", "gb": "UK AI Security Institute", "jp": "Japan AI Safety Institute"},
        operator_clearance=operator_clearance,
        version="test:1",
    )


def small_institutes() -> Institutes:
    """The members of the small network."""
    return Institutes(
        [
            Institute(id="fr", name="INESIA", languages=("fr",), time_zone="Europe/Paris"),
            Institute(id="gb", name="UK AI Security Institute", languages=("en",), time_zone="Europe/London"),
            Institute(
                id="jp",
                name="Japan AI Safety Institute",
                languages=("ja",),
                time_zone="Asia/Tokyo",
                tokens_not_before=datetime(2099, 1, 1, tzinfo=UTC),
            ),
        ]
    )


def assessment(
    number: int,
    *,
    tlp: Tlp = Tlp.GREEN,
    severity: Severity = Severity.SEVERE,
    title: str = SECRET_TITLE,
    status: Status = Status.ACTUAL,
    language: str = "en",
    series: str | None = None,
    action: Action = Action.REPORT,
    system: str | None = None,
    report: str | None = None,
) -> Assessment:
    """A graded finding of the British institute; each number is another system, and so another alert."""
    return Assessment(
        source="urn:tocsin:institute:gb",
        report=report or f"report-{number}",
        series=series or f"series-{number}",
        kind=ReportKind.FINDING,
        action=action,
        institute="gb",
        tlp=tlp,
        status=status,
        language=language,
        grade=Grade(
            severity=severity,
            oecd_class=OecdClass.SERIOUS_HAZARD,
            certainty=Certainty.OBSERVED,
            urgency=Urgency.EXPECTED,
            domain=Domain.CHEMICAL_BIOLOGICAL,
            reasons=(
                Reason(
                    rule="biology.above-expert",
                    sentence="The score lies above the expert baseline.",
                    source="WMDP paper, table 2",
                    inputs={"accuracy": 0.81, "baseline": 0.6},
                    severity=severity,
                ),
            ),
            rubric="network:1",
        ),
        finding=Finding(
            institute="gb",
            tlp=tlp,
            status=status,
            language=language,
            title=title,
            summary=f"{title}, in full and at length.",
            system=System(name=system or f"model-{number}"),
            evaluation=Evaluation(name=f"wmdp_bio_{number}"),
            observed_at=datetime(2026, 11, 23, tzinfo=UTC),
        ),
    )


@dataclass
class Network:
    """The store with its web service, and the hands to put things into it."""

    store: Store
    clock: HandClock
    directory: Directory = field(default_factory=small_directory)
    refused: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=lambda: Tokens(["a key that is long enough for tests"]))

    def app(self) -> Any:
        """The web service."""
        given = {"slack_signing_secret": SecretStr(SLACK_SECRET), "public_url": "http://testserver", **self.settings}
        return create_app(
            store=self.store,
            directory=lambda: self.directory,
            directory_refused=lambda: self.refused,
            institutes=small_institutes(),
            tokens=self.tokens,
            settings=AlertingSettings(**given),
            clock=self.clock,
        )

    def client(self, app: Any = None, **options: Any) -> TestClient:
        """A browser without cookies; give the service where several are to use one."""
        return TestClient(app or self.app(), follow_redirects=False, **options)

    def raise_alert(self, number: int = 1, **facts: Any) -> str:
        """Let the desk take a graded report; the alert's id."""
        return take(self.store, assessment(number, **facts), directory=self.directory, now=self.clock()).alert_id

    def deliver(self, alert_id: str, contact: str = "gb.duty", channel: str = "email", **facts: Any) -> str:
        """Plan a message to a contact as sent; its id."""
        listed = self.directory.contacts[contact]
        at = next(address.address for address in listed.addresses if address.channel == channel)
        row = {
            "id": f"d-{contact}-{channel}-{facts.get('revision', 1)}",
            "alert_id": alert_id,
            "revision": 1,
            "round": 1,
            "change": "raised",
            "institute": listed.institute,
            "contact": contact,
            "channel": channel,
            "address": at,
            "kind": "message",
            "reason": "raised",
            "disclosure": "full",
            "policy": "test:1",
            "outcome": "sent",
            "attempts": 1,
            "created_at": self.clock(),
            "sent_at": self.clock(),
            **facts,
        }
        with self.store.transaction() as session:
            session.add(DeliveryRow(**row))
        return str(row["id"])

    def link(self, alert_id: str, contact: str = "gb.duty", delivery: str | None = None) -> str:
        """The path of the answer link in a contact's mail; the delivery is made where none is given."""
        return answer_link(
            self.tokens,
            public_url="",
            delivery_id=delivery or self.deliver(alert_id, contact),
            alert_id=alert_id,
            contact_id=contact,
        )

    def bearer(self, institute: str | None = None) -> dict[str, str]:
        """The header of an operator, or of an institute's system."""
        if institute is None:
            token = self.tokens.issue(Purpose.OPERATOR, {})
        else:
            token = self.tokens.issue(Purpose.INSTITUTE, {"institute": institute})
        return {"Authorization": f"Bearer {token}"}

    def rows(self, tables: Iterable[type[Base]] | None = None) -> str:
        """Everything in the store as text: equal before and after means that nothing changed."""
        found: dict[str, list[str]] = {}
        mapped = tables or [mapper.class_ for mapper in Base.registry.mappers]
        with self.store.read() as session:
            for table in sorted(mapped, key=lambda each: each.__name__):
                columns = [column.key for column in inspect(table).columns]
                found[table.__name__] = sorted(
                    json.dumps({name: getattr(row, name) for name in columns}, default=str, sort_keys=True)
                    for row in session.scalars(select(table))
                )
        return json.dumps(found, indent=1)
