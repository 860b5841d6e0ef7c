"""From an event on `alerts` to rows that say who is to be told; the sending is another matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pydantic import ValidationError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel, CurrentDirectory, Directory
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import NotificationPlan
from tocsin_alerting.policy.reaching import starts
from tocsin_alerting.policy.timing import timing_in
from tocsin_alerting.store import Store, deliveries, muting
from tocsin_alerting.store.marks import marked
from tocsin_alerting.store.reaching import reconsider_planned
from tocsin_alerting.store.subjects import alert_subject
from tocsin_consumers.received import Received
from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.clock import Clock
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.errors import InvalidEvent, ProblemCode, invalid, problems_of
from tocsin_schemas.logs import get_logger

_log = get_logger()
T = TypeVar("T")


class Transact(Protocol):
    """Runs a writing in a transaction and commits it."""

    def __call__(self, write: Callable[[Session], T], /) -> T:
        """What the writing gave, once it is committed."""
        ...


@dataclass(frozen=True, slots=True)
class _Planned:
    event: AlertEvent
    trace: str | None
    plan: NotificationPlan
    new: tuple[str, ...]


class Planner:
    """Plans the deliveries of one channel, once for each event however often it comes."""

    def __init__(
        self, *, store: Store, directory: CurrentDirectory, channel: Channel, clock: Clock, transact: Transact
    ) -> None:
        """Take the parts; `transact` runs the writing in a transaction, and sees to the sending of what it wrote."""
        self._store = store
        self._directory = directory
        self._channel = channel
        self._clock = clock
        self._transact = transact

    def handle(self, record: Received) -> None:
        """Plan what follows from one event, and commit it.

        Raises:
            InvalidEvent: it is no event about an alert of this store.
        """
        envelope = record.envelope()
        event = _event(envelope)
        directory = self._directory()
        with self._store.read() as session:
            plan = self._plan(session, event, directory)
        concerns = any(delivery.channel is self._channel for delivery in plan.deliveries)
        new = self._transact(lambda session: self._write(session, event, plan, directory)) if concerns else ()
        self._report(_Planned(event, envelope.trace, plan, new))

    def handle_many(self, records: Sequence[Received]) -> None:
        """Plan what follows from several events, in their order, and commit all of it or nothing.

        Raises:
            InvalidEvent: one of them is no event about an alert of this store.
        """
        envelopes = [record.envelope() for record in records]
        events = [_event(envelope) for envelope in envelopes]
        directory = self._directory()

        def write(session: Session) -> list[_Planned]:
            planned = []
            for envelope, event in zip(envelopes, events, strict=True):
                # Here, for an event may follow from one that was planned a moment ago.
                plan = self._plan(session, event, directory)
                new = self._write(session, event, plan, directory)
                planned.append(_Planned(event, envelope.trace, plan, new))
            return planned

        for planned in self._transact(write):
            self._report(planned)

    def _plan(self, session: Session, event: AlertEvent, directory: Directory) -> NotificationPlan:
        facts = deliveries.alert_facts(session, event)
        if facts is None:
            raise invalid(
                "alert",
                "is not in this store.",
                "Let notifiers read the topic that this store's relay writes.",
                ProblemCode.NEVER_SEEN,
            )
        facts = replace(facts, subject=alert_subject(session, event, directory))
        return plan_notification(event, facts, directory)

    def _write(
        self, session: Session, event: AlertEvent, plan: NotificationPlan, directory: Directory
    ) -> tuple[str, ...]:
        now = self._clock()
        own = [one for one in plan.deliveries if deliveries.planned_by(self._channel, one)]
        # Judged where it is written: what is silenced or inhibited is so as of this very transaction.
        kept = muting.judge(session, event, own, directory=directory, now=now)
        new = deliveries.plan(
            session,
            event,
            self._channel,
            own,
            policy=directory.version,
            now=now,
            muted=muting.muted(kept),
            begun=starts(plan.deliveries, marked(session)) if _chained(plan) else {},
            patience=directory.reach.untaken_after(event.severity),
            timings={one: timing_in(directory, one, severity=event.severity, now=now) for one in own},
        )
        if new and _chained(plan):
            reconsider_planned(session, new, now=now)
        if new:
            muting.record_kept(session, event, kept, directory=directory, now=now)
        return new

    def _report(self, planned: _Planned) -> None:
        event, plan = planned.event, planned.plan
        log = _log.bind(alert=event.alert, revision=event.revision, channel=self._channel.value, trace=planned.trace)
        withheld = sum(one.withheld for one in plan.deliveries if one.channel is self._channel)
        log.info("planned", change=event.change.value, new=len(planned.new), withheld=withheld)
        for gap in plan.unreachable:
            # A gap in the policy or the contacts: an institute that cannot be told must not go unnoticed.
            log.error("step_reaches_nobody", institute=gap.institute, team=gap.team, reason=gap.reason.value)
        for off in plan.off_duty:
            # The ladder does not wait in silence for somebody to come on duty: the whole team was told.
            log.warning("nobody_on_duty", institute=off.institute, team=off.team, reason=off.reason.value)


def _chained(plan: NotificationPlan) -> bool:
    """Whether anybody is told by one channel after the other."""
    return any(delivery.after is not None for delivery in plan.deliveries)


def _event(envelope: Envelope) -> AlertEvent:
    try:
        return AlertEvent.model_validate(envelope.data)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, AlertEvent)) from error
