"""What the desk does with one message, and with the passing of time. The deciding is done in `tocsin_alerting`."""

from __future__ import annotations

import functools

import structlog
from pydantic import ValidationError

from tocsin_alerting.policy.directory import CurrentDirectory
from tocsin_alerting.store.deadlines import pass_deadlines
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.escalations import fire_due
from tocsin_alerting.store.flapping import end_flapping
from tocsin_alerting.store.mark_telling import tell_coordinator_not_reached, tell_marks
from tocsin_alerting.store.reaching import reconsider_due
from tocsin_alerting.store.reminding import send_reminders
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.silence_bulletins import tell_silences
from tocsin_alerting.store.unmuting import settle_due
from tocsin_consumers.received import Received
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.clock import Clock
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.errors import InvalidEvent, ProblemCode, invalid, problems_of
from tocsin_schemas.event_types import ASSESSMENT_TYPE
from tocsin_schemas.logs import get_logger

_log = get_logger()


def read_assessment(envelope: Envelope) -> Assessment:
    """The assessment in an event.

    Raises:
        InvalidEvent: it is no assessment; the problems name each field.
    """
    if envelope.type != ASSESSMENT_TYPE:
        raise invalid(
            "type",
            "is not an assessment.",
            f"Only grading writes to this topic, as '{ASSESSMENT_TYPE}'.",
            ProblemCode.UNKNOWN_TYPE,
        )
    try:
        return Assessment.model_validate(envelope.data)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, Assessment)) from error


class Desk:
    """Takes assessments into the store, and fires the ladders' steps that are due."""

    def __init__(self, *, store: Store, directory: CurrentDirectory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def handle(self, record: Received) -> None:
        """Take one assessment; when this returns, it and all that follows from it are committed.

        Raises:
            InvalidEvent: it cannot be taken: no assessment, or a retraction of what was never reported.
            sqlalchemy.exc.OperationalError: the store is away.
        """
        envelope = record.envelope()
        with structlog.contextvars.bound_contextvars(trace=envelope.trace):
            assessment = read_assessment(envelope)
            with structlog.contextvars.bound_contextvars(report=assessment.report):
                taken = take(
                    self._store,
                    assessment,
                    directory=self._directory(),
                    now=self._clock(),
                    traceparent=envelope.extensions.get("traceparent"),
                )
                _log.info(
                    "taken",
                    alert=taken.alert_id,
                    reason=taken.reason.value,
                    change=taken.change.value if taken.change is not None else None,
                    revision=taken.revision,
                )

    def tell_silences(self) -> None:
        """Tell administrators of silences that begin and of those that are over.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        told = tell_silences(self._store, directory=self._directory(), now=self._clock())
        if told:
            _log.info("silences_told", count=told)

    def unmute(self) -> None:
        """Tell those from whom something was kept back what is over now, and say what has settled.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        for settled in settle_due(self._store, directory=self._directory(), now=self._clock()):
            _log.info(
                "unmuted",
                alert=settled.alert_id,
                institute=settled.institute,
                cause=settled.cause,
                aftermath=settled.aftermath.value,
                revision=settled.revision,
            )
        for alert in end_flapping(self._store, directory=self._directory(), now=self._clock()):
            _log.info("flapping_ended", alert=alert)

    def reach(self) -> None:
        """Let people be told by another channel, or the next people, where messages do not reach anybody.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        directory, now = self._directory(), self._clock()
        tell = functools.partial(tell_coordinator_not_reached, directory=directory, now=now)
        for seen in reconsider_due(self._store, now=now, also=tell):
            _log.warning(
                "reconsidered",
                alert=seen.alert_id,
                institute=seen.institute,
                next=seen.judgement.next.value,
                reason=seen.judgement.reason.value,
                stood_in=len(seen.stood_in),
                hurried=seen.hurried,
            )
        for notice in tell_marks(self._store, directory=directory, now=now):
            _log.warning(
                "address_marked", institute=notice.institute, told=notice.contact.id, reason=notice.reason.value
            )

    def escalate(self) -> None:
        """Move every ladder on whose wait is over.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        for fired in fire_due(self._store, directory=self._directory(), now=self._clock()):
            _log.warning(
                "escalated",
                alert=fired.alert_id,
                institute=fired.institute,
                step=fired.step,
                reason=fired.reason.value,
                revision=fired.revision,
            )

    def pass_deadlines(self) -> None:
        """Find passed the deadlines that have: quorums are missed, and silence is silence.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        for passed in pass_deadlines(self._store, now=self._clock()):
            judged = passed.judgement
            _log.warning(
                "deadline_passed",
                alert=passed.alert_id,
                reason=judged.reason.value,
                needed=judged.needed,
                in_time=judged.in_time,
                silent=list(judged.silent),
                revision=passed.revision,
            )

    def remind(self) -> None:
        """Remind institutes of what they have in hand, where the policy says so.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        for reminded in send_reminders(self._store, policy=self._directory().reminders, now=self._clock()):
            _log.info(
                "reminded",
                alert=reminded.alert_id,
                institute=reminded.institute,
                number=reminded.number,
                revision=reminded.revision,
            )
