"""The desk takes what grading says, refuses with a reason what it cannot take, and fires what is due."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk as Book
from tests.consumers.streams import received
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.tables import OutboxRow
from tocsin_consumers.desk import Desk
from tocsin_schemas import ASSESSMENT_TYPE, Assessment, Envelope, InvalidEvent, ProblemCode, from_json

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def _event(assessment: Assessment, **changed: object) -> bytes:
    envelope = Envelope(
        id="e1",
        source="urn:tocsin:grade",
        type=str(changed.pop("type", ASSESSMENT_TYPE)),
        subject=assessment.series,
        data=assessment.model_dump(mode="json", exclude_none=True) | changed,
        extensions={"traceparent": TRACE},
    )
    return envelope.to_json()


@pytest.fixture
def desk(store: Store, directory: Directory, clock: HandClock) -> Desk:
    """A desk on an empty store."""
    return Desk(store=store, directory=lambda: directory, clock=clock)


@pytest.fixture
def book(store: Store, directory: Directory, clock: HandClock) -> Book:
    """What the test reads the store with."""
    return Book(store, directory, clock)


def test_an_assessment_is_taken_with_its_trace(desk: Desk, book: Book) -> None:
    """The alert's event carries on the trace of the report, so that one report can be followed to its messages."""
    desk.handle(received(_event(finding())))
    with book.store.read() as session:
        event = from_json(session.scalars(select(OutboxRow.value)).one().encode())

    assert event.extensions["traceparent"] == TRACE


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        (b"\xff", "(event)", ProblemCode.NOT_UTF8),
        (b"{", "(event)", ProblemCode.NOT_JSON),
        (b"{}", "specversion", ProblemCode.NOT_CLOUDEVENT),
        (_event(finding(), type="org.tocsin.finding.reported.v1"), "type", ProblemCode.UNKNOWN_TYPE),
        (_event(finding(), tlp="TLP:PINK"), "tlp", ProblemCode.INVALID_VALUE),
        (_event(finding(), surprise=1), "surprise", ProblemCode.UNKNOWN_FIELD),
        (_event(retraction("r2", "never")), "subject", ProblemCode.NEVER_SEEN),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_field(
    desk: Desk, book: Book, value: bytes, field: str, code: ProblemCode
) -> None:
    """The store is as it was; the loop writes the dead letter."""
    with pytest.raises(InvalidEvent) as refused:
        desk.handle(received(value))

    assert (refused.value.problems[0].field, refused.value.problems[0].code) == (field, code)
    assert book.events() == []


def test_a_tick_fires_what_is_due(desk: Desk, book: Book) -> None:
    """By the desk's own clock."""
    desk.handle(received(_event(finding())))
    desk.escalate()
    before = len(book.events())
    book.clock.advance(timedelta(minutes=15))
    desk.escalate()

    assert (before, len(book.events())) == (1, 11)
