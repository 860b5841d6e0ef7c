"""Plays through an alert that nobody answers, by the very decisions of the live path: routes, ladders, planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from tocsin_alerting.policy.directory import Channel, Directory, Step
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.ladders import Move, Tellable, begin, climb
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, PlannedDelivery, UnreachableReason
from tocsin_alerting.policy.notification_plan import Told as ToldBefore
from tocsin_alerting.policy.quorum import Voice, judge
from tocsin_alerting.policy.reach import can_be_told
from tocsin_alerting.policy.routing import Plan, plan_route
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.policy.timing import TimingReason, timing_in
from tocsin_deploy.rehearsal.alert import RehearsedAlert
from tocsin_deploy.rehearsal.not_told import NotTold, not_told
from tocsin_schemas import AlertChange, AlertPurpose


@dataclass(frozen=True, slots=True)
class Told:
    """One message that would go out, if nobody answered before."""

    at: datetime
    """When it goes out."""
    after: timedelta
    """Since the alert."""
    timing: TimingReason
    """Why then."""
    institute: str
    contact: str
    channel: Channel
    address: str
    reason: TellingReason
    about: str | None
    """For silence that the coordinator is told of: whose."""
    step: int | None
    """The step of the ladder that calls them."""
    says: Level
    why: str
    """The reason for how much is said, a word of a closed set."""
    stands_by: bool = False
    """Whether it goes out only where what stands before it for the same contact fails."""

    @property
    def withheld(self) -> bool:
        """Whether nothing may be said there, so that it never goes out."""
        return self.says is Level.NOTHING


@dataclass(frozen=True, slots=True)
class Gap:
    """A step that would reach nobody, and what would be done about it at once."""

    at: datetime
    institute: str
    team: str | None
    reason: UnreachableReason


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All that would follow from an alert at an instant, were it never answered."""

    at: datetime
    alert: RehearsedAlert
    policy: str
    plan: Plan
    told: tuple[Told, ...]
    """By instant, then as planned."""
    planned: tuple[Told, ...]
    """As planned, and with what may be said nowhere at its address."""
    steps: Mapping[tuple[str, int], datetime]
    """When each step of each institute's ladder is called."""
    gaps: tuple[Gap, ...]
    exhausted: tuple[tuple[str, datetime], ...]
    """Institutes whose ladder would run out, and when: the coordinator is told."""
    not_told: tuple[NotTold, ...]
    """Every other address of every contact, and why nothing would reach it."""


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
        self._revision = 0
        self.planned: list[Told] = []
        self.gaps: list[Gap] = []
        self.exhausted: list[tuple[str, datetime]] = []
        self.steps: dict[tuple[str, int], datetime] = {}

    @property
    def told(self) -> list[Told]:
        """What goes out."""
        return [one for one in self.planned if not one.withheld]

    def play(self) -> None:
        """Raise the alert, then move every ladder on whenever its wait is over."""
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
        self._change(AlertChange.RAISED, self._at, reason="first_report")
        waiting: list[tuple[datetime, str]] = []
        deadline = self._deadline()
        for institute, move in moves.items():
            self._moved(institute, move, self._at, waiting)
        while waiting or deadline is not None:
            if deadline is not None and (not waiting or deadline < waiting[0][0]):
                self._pass_deadline(deadline)
                deadline = None
                continue
            now, institute = heappop(waiting)
            concern = self._concerns[institute]
            moves[institute] = climb(
                self._directory.ladders.get(concern.ladder),
                step=moves[institute].step,
                next_step_at=now,
                answer_required=concern.answer_required,
                answered=False,
                tellable=self._tellable(institute, now),
                now=now,
            )
            self._moved(institute, moves[institute], now, waiting)

    def _deadline(self) -> datetime | None:
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

    def _moved(self, institute: str, move: Move, now: datetime, waiting: list[tuple[datetime, str]]) -> None:
        if move.fires:
            step = None if move.exhausted else move.step
            self._change(AlertChange.ESCALATED, now, reason=move.reason.value, institute=institute, step=step)
            if step is not None:
                self.steps[institute, step] = now
        if move.exhausted:
            self.exhausted.append((institute, now))
        if move.next_step_at is not None:
            heappush(waiting, (move.next_step_at, institute))

    def _tellable(self, institute: str, now: datetime) -> Tellable:
        def may(step: Step) -> bool:
            return can_be_told(self._directory, institute, step.team, self._alert.tlp, now)

        return may

    def _change(
        self, change: AlertChange, now: datetime, *, reason: str, institute: str | None = None, step: int | None = None
    ) -> None:
        self._revision += 1
        event = self._alert.event(
            change, revision=self._revision, at=now, reason=reason, institute=institute, step=step
        )
        plan = plan_notification(event, self._facts(), self._directory)
        self.gaps.extend(Gap(now, gap.institute, gap.team, gap.reason) for gap in plan.unreachable)
        self._take(plan.deliveries, now, about=institute, step=1 if change is AlertChange.RAISED else step)

    def _facts(self) -> AlertFacts:
        return AlertFacts(
            tlp=self._alert.tlp,
            concerned=tuple(Concerned(one.institute, one.ladder) for one in self.plan.concerns),
            told=tuple(ToldBefore(one.institute, one.contact, one.channel, one.address) for one in self.told),
            urgency=self._alert.urgency,
            subject=self._alert.subject(self._directory),
        )

    def _take(
        self, deliveries: Iterable[PlannedDelivery], now: datetime, *, about: str | None, step: int | None
    ) -> None:
        for planned in deliveries:
            if planned.kind is DeliveryKind.EDIT:
                # A message that stands is brought up to date: nobody is told by it.
                continue
            timing = timing_in(self._directory, planned, severity=self._alert.severity, now=now)
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
                    step=None if planned.reason is TellingReason.SUBSCRIBED else step,
                    says=planned.disclosure,
                    why=planned.disclosure_reason,
                    stands_by=planned.after is not None,
                )
            )
