"""Plays through an alert that nobody answers, by the very decisions of the live path: routes, ladders, planning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin_alerting.policy.directory import Directory, Step
from tocsin_alerting.policy.ladders import Move, Tellable, begin, climb
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, PlannedDelivery
from tocsin_alerting.policy.notification_plan import Told as ToldBefore
from tocsin_alerting.policy.quorum import Voice, judge
from tocsin_alerting.policy.reach import can_be_told
from tocsin_alerting.policy.routing import plan_route
from tocsin_alerting.policy.telling import UNMUTED, DeliveryKind, TellingReason
from tocsin_alerting.policy.timing import timing_in
from tocsin_deploy.rehearsal.alert import RehearsedAlert
from tocsin_deploy.rehearsal.keeping import Keeping, Kept, Place
from tocsin_deploy.rehearsal.not_told import not_told
from tocsin_deploy.rehearsal.rehearsal import Gap, Rehearsal, Told
from tocsin_schemas import AlertChange, AlertPurpose

_UNMUTED = frozenset(reason.value for reason in UNMUTED)


def rehearse(alert: RehearsedAlert, directory: Directory, *, at: datetime) -> Rehearsal:
    """Who would be told of an alert that is raised at an instant and never answered."""
    playing = _Playing(alert, directory, at)
    playing.play()
    return Rehearsal(
        at=at,
        alert=alert,
        policy=directory.version,
        plan=playing.plan,
        told=tuple(sorted(playing.told, key=lambda told: told.at)),
        planned=tuple(playing.planned),
        steps=playing.steps,
        gaps=tuple(playing.gaps),
        exhausted=tuple(playing.exhausted),
        not_told=not_told(
            alert,
            directory,
            playing.plan,
            at=at,
            told={(told.channel, told.address): told.contact for told in playing.told},
            reached={told.contact for told in playing.told},
            withheld={(one.channel, one.address) for one in playing.planned if one.withheld},
            steps=playing.steps,
            kept={place: one.window for place, one in playing.keeping.kept.items()},
        ),
    )


class _Playing:
    """Lets the hours pass."""

    def __init__(self, alert: RehearsedAlert, directory: Directory, at: datetime) -> None:
        self._alert = alert
        self._directory = directory
        self._at = at
        self.plan = plan_route(alert.routed(), directory)
        self._concerns = {concern.institute: concern for concern in self.plan.concerns}
        self._moves: dict[str, Move] = {}
        self._waits: dict[str, datetime] = {}
        """When silence moves each ladder on."""
        self._deadline = self._deadline_of()
        self._revision = 0
        self.keeping = Keeping(alert, directory, at)
        self.planned: list[Told] = []
        self.gaps: list[Gap] = []
        self.exhausted: list[tuple[str, datetime]] = []
        self.steps: dict[tuple[str, int], datetime] = {}

    @property
    def told(self) -> list[Told]:
        """What goes out."""
        return [one for one in self.planned if not one.withheld]

    def play(self) -> None:
        """Raise the alert, then go from one instant at which something is due to the next."""
        moves = {
            institute: begin(
                self._directory.ladders[concern.ladder],
                answer_required=concern.answer_required,
                tellable=self._tellable(institute, self._at),
                now=self._at,
            )
            for institute, concern in self._concerns.items()
        }
        self.steps = {(institute, 1): self._at for institute in moves}
        self._change(AlertChange.RAISED, self._at, reason="first_report", step=1)
        for institute, move in moves.items():
            self._moved(institute, move, self._at)
        while (now := self._next()) is not None:
            # As the desk does it: whom a window kept back is told before their ladder goes on.
            for institute, held in self.keeping.close(now).items():
                self._window_closes(institute, now, held=held)
            for institute in sorted(one for one, due in self._waits.items() if due <= now):
                self._climb(institute, now)
            if self._deadline is not None and self._deadline <= now:
                self._pass_deadline(now)
                self._deadline = None

    def _next(self) -> datetime | None:
        instants = [*self._waits.values(), self._deadline, self.keeping.next_end()]
        return min((each for each in instants if each is not None), default=None)

    def _climb(self, institute: str, now: datetime) -> None:
        if self.keeping.holds(institute, now):
            # It goes on when the window closes.
            del self._waits[institute]
            return
        concern = self._concerns[institute]
        move = climb(
            self._directory.ladders.get(concern.ladder),
            step=self._moves[institute].step,
            next_step_at=now,
            answer_required=concern.answer_required,
            answered=False,
            tellable=self._tellable(institute, now),
            now=now,
        )
        self._moved(institute, move, now)

    def _window_closes(self, institute: str, now: datetime, *, held: bool) -> None:
        kept = self.keeping.of(institute)
        if held:
            self._waits[institute] = now
        if institute in self._waits and any(one.untold.asked for one in kept.values()):
            # Its people hear of it only now, and have a whole wait to answer.
            steps = self._directory.ladders[self._concerns[institute].ladder].steps
            self._waits[institute] = now + steps[self._moves[institute].step - 1].wait
        if kept:
            self._change(AlertChange.UPDATED, now, reason=TellingReason.SILENCE_ENDED.value, institute=institute)

    def _deadline_of(self) -> datetime | None:
        """When the coordinator is told who is silent, whatever ladders do; None where no answer is owed by a time."""
        quorum = self._directory.quorums.get(self._alert.severity)
        owed = any(concern.answer_required for concern in self.plan.concerns)
        if quorum is None or not owed or self._alert.purpose is not AlertPurpose.REPORT:
            return None
        return self._at + quorum.within

    def _pass_deadline(self, now: datetime) -> None:
        rule = self._directory.quorums[self._alert.severity].institutes
        voices = [Voice(concern.institute, None) for concern in self.plan.concerns if concern.answer_required]
        judged = judge(rule, voices, due_at=now, met=False, now=now)
        self._change(AlertChange.UPDATED, now, reason=judged.reason.value)

    def _moved(self, institute: str, move: Move, now: datetime) -> None:
        self._moves[institute] = move
        self._waits.pop(institute, None)
        if move.fires:
            step = None if move.exhausted else move.step
            self._change(AlertChange.ESCALATED, now, reason=move.reason.value, institute=institute, step=step)
            if step is not None:
                self.steps[institute, step] = now
        if move.exhausted:
            self.exhausted.append((institute, now))
        if move.next_step_at is not None:
            self._waits[institute] = move.next_step_at

    def _tellable(self, institute: str, now: datetime) -> Tellable:
        def may(step: Step) -> bool:
            return can_be_told(self._directory, institute, step.team, self._alert.tlp, now)

        return may

    def _change(
        self, change: AlertChange, now: datetime, *, reason: str, institute: str | None = None, step: int | None = None
    ) -> None:
        self._revision += 1
        event = self._alert.event(
            change,
            revision=self._revision,
            at=now,
            reason=reason,
            institute=institute,
            step=None if change is AlertChange.RAISED else step,
        )
        kept = self.keeping.of(institute) if institute is not None and reason in _UNMUTED else {}
        plan = plan_notification(event, self._facts(kept), self._directory)
        self.gaps.extend(Gap(now, gap.institute, gap.team, gap.reason) for gap in plan.unreachable)
        for planned in self.keeping.let_through(plan.deliveries, now, step=step):
            if planned.kind is not DeliveryKind.EDIT:
                # By an edit nobody is told: a message that stands is brought up to date.
                self._take(planned, now, about=institute, step=step, kept=kept.get((planned.channel, planned.address)))

    def _facts(self, kept: Mapping[Place, Kept]) -> AlertFacts:
        return AlertFacts(
            tlp=self._alert.tlp,
            concerned=tuple(Concerned(one.institute, one.ladder) for one in self.plan.concerns),
            told=tuple(ToldBefore(one.institute, one.contact, one.channel, one.address) for one in self.told),
            urgency=self._alert.urgency,
            subject=self._alert.subject(self._directory),
            untold=tuple(one.untold for one in kept.values()),
        )

    def _take(
        self, planned: PlannedDelivery, now: datetime, *, about: str | None, step: int | None, kept: Kept | None
    ) -> None:
        timing = timing_in(self._directory, planned, severity=self._alert.severity, now=now)
        called_by = step if kept is None else kept.step
        self.planned.append(
            Told(
                at=timing.at,
                after=timing.at - self._at,
                timing=timing.reason,
                institute=planned.institute,
                contact=planned.contact,
                channel=planned.channel,
                address=planned.address,
                reason=planned.reason,
                about=about if planned.reason is TellingReason.LADDER_EXHAUSTED else None,
                step=None if planned.reason is TellingReason.SUBSCRIBED else called_by,
                says=planned.disclosure,
                why=planned.disclosure_reason,
                stands_by=planned.after is not None,
                kept_by=None if kept is None else kept.window,
            )
        )
