"""A desk without Kafka: takes assessments one after another and shows what came of them."""

import functools
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import GivenAnswer, Via, give_answer
from tocsin_alerting.store.asking_again import AskedAgain, ask_again
from tocsin_alerting.store.audit import Violation, audit
from tocsin_alerting.store.deadlines import PassedDeadline, pass_deadlines
from tocsin_alerting.store.escalations import Fired, fire_due
from tocsin_alerting.store.mark_telling import tell_coordinator_not_reached, tell_marks
from tocsin_alerting.store.reaching import reconsider_due
from tocsin_alerting.store.reminding import Reminded, send_reminders
from tocsin_alerting.store.reports import Taken, take
from tocsin_alerting.store.tables import AlertRow, OutboxRow, ResponseRow
from tocsin_schemas import AlertEvent, Answer, Assessment, from_json


class Desk:
    """Each thing it does happens a second after the last."""

    def __init__(self, store: Store, directory: Directory, clock: HandClock) -> None:
        self.store, self.directory, self.clock = store, directory, clock
        self.passed: list[PassedDeadline] = []
        self.reminded: list[Reminded] = []

    def take(self, assessment: Assessment, *, traceparent: str | None = None) -> Taken:
        """Take an assessment."""
        now = self.clock.advance(1)
        return take(self.store, assessment, directory=self.directory, now=now, traceparent=traceparent)

    def answer(
        self,
        alert_id: str,
        institute: str,
        answer: Answer = Answer.ACKNOWLEDGE,
        *,
        by: str | None = None,
        round_: int | None = None,
    ) -> GivenAnswer:
        """An institute answers on its page."""
        with self.store.transaction() as session:
            return give_answer(
                session,
                alert_id=alert_id,
                institute=institute,
                answer=answer,
                by=by or f"{institute}.duty",
                via=Via.PAGE,
                now=self.clock.advance(1),
                round=round_,
            )

    def escalate(self) -> list[Fired]:
        """The timer ticks."""
        tell = functools.partial(tell_coordinator_not_reached, directory=self.directory, now=self.clock())
        reconsider_due(self.store, now=self.clock(), also=tell)
        tell_marks(self.store, directory=self.directory, now=self.clock())
        fired = fire_due(self.store, directory=self.directory, now=self.clock())
        self.passed += pass_deadlines(self.store, now=self.clock())
        self.reminded += send_reminders(self.store, policy=self.directory.reminders, now=self.clock())
        return fired

    def ask_again(self, alert_id: str, institute: str, why: str = "by mistake", **seen: datetime) -> AskedAgain:
        """An operator has an institute's answer taken back."""
        with self.store.transaction() as session:
            return ask_again(
                session,
                alert_id=alert_id,
                institute=institute,
                why=why,
                by="operator",
                via=Via.PAGE,
                directory=self.directory,
                now=self.clock.advance(1),
                **seen,
            )

    def alert(self, alert_id: str) -> AlertRow:
        """The alert as it stands."""
        with self.store.read() as session:
            return session.get_one(AlertRow, alert_id)

    def events(self) -> list[AlertEvent]:
        """Every event in the outbox, in order."""
        with self.store.read() as session:
            values = session.scalars(select(OutboxRow.value).order_by(OutboxRow.number)).all()
        return [AlertEvent.model_validate(from_json(value.encode()).data) for value in values]

    def responses(self, alert_id: str, round_: int = 1) -> dict[str, ResponseRow]:
        """Where each institute stands in a round."""
        with self.store.read() as session:
            rows = session.scalars(
                select(ResponseRow).where(ResponseRow.alert_id == alert_id, ResponseRow.round == round_)
            )
            return {row.institute: row for row in rows}

    def violations(self) -> list[Violation]:
        """What the auditor finds, the relay aside."""
        with self.store.read() as session:
            return audit(session, self.clock(), outbox_patience=timedelta(days=400))
