"""Networks and days in them, drawn at random: who is cleared for what, where they read it, and what happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tocsin_alerting.policy.directory import Address, Audience, Channel, Contact, Directory, Ladder, Route, Step
from tocsin_schemas import Answer, Severity, Status, Tlp

INSTITUTES = ("fr", "gb", "jp")
LANGUAGES = ("en-GB", "fr-FR", "ja-JP", "ko-KR", "sw-KE", "de-DE", "es-ES")
_WAIT = timedelta(minutes=15)
# Few, so that several contacts, of several institutes and clearances, list the same one.
_PLACES = {
    Channel.SLACK: ("C0ONE", "C0TWO", "U0ONE", "U0TWO", "U0THREE", "U0FOUR"),
    Channel.WEBHOOK: ("ONE_SOC", "TWO_SOC"),
    Channel.APPRISE: ("ONE_CHAT", "TWO_SMS"),
    Channel.EMAIL: ("desk@one.example", "desk@two.example", "a@one.example", "b@two.example", "c@three.example"),
}
_USUAL = (Channel.SLACK, Channel.EMAIL)
LABELS = st.sampled_from((*Tlp, Tlp.AMBER_STRICT, Tlp.RED, Tlp.RED))
"""The strict ones more often: there is most to go wrong with them."""


@st.composite
def _addresses(draw: st.DrawFn, further: bool) -> tuple[Address, ...]:
    channels = draw(
        st.lists(st.sampled_from(tuple(_PLACES) if further else _USUAL), min_size=1, max_size=2, unique=True)
    )
    return tuple(
        Address(
            channel=channel,
            address=draw(st.sampled_from(_PLACES[channel])),
            shared=draw(st.booleans()),
            internal=draw(st.booleans()),
            full_text=channel is Channel.APPRISE and draw(st.booleans()),
        )
        for channel in channels
    )


@st.composite
def _contact(draw: st.DrawFn, institute: str, team: str, number: int, further: bool) -> Contact:
    return Contact(
        id=f"{institute}.{team}.{number}",
        institute=institute,
        name=f"{team} {number} of {institute}",
        team=team,
        clearance=draw(LABELS),
        named_person=draw(st.sampled_from((True, True, False))),
        language=draw(st.sampled_from(LANGUAGES)),
        addresses=draw(_addresses(further)),
    )


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Any policy at all, sensible or not: what operators wrote wrongly must not leak either."""
    # In a quarter of the networks: each channel has a notifier of its own, and takes its time.
    further = draw(st.sampled_from((False, False, False, True)))
    contacts = [
        draw(_contact(institute, team, number, further))
        for institute in INSTITUTES
        for team in ("duty", "lead")
        for number in range(draw(st.sampled_from((1, 1, 2, 0))))
    ]
    ladder = Ladder(id="any", steps=(Step(team="duty", wait=_WAIT), Step(team="lead", wait=_WAIT)))
    return Directory(
        contacts=contacts,
        ladders=[ladder],
        routes=[Route(id="any", audience=draw(st.sampled_from(Audience)), ladder="any")],
        coordinator="gb",
        institute_names={institute: f"Institute of {institute.upper()}" for institute in INSTITUTES},
        operator_clearance=draw(LABELS),
        version="any-1",
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens. Which report or alert it is about is chosen among those that there are by then."""

    deed: str
    institute: str
    tlp: Tlp
    severity: Severity
    status: Status
    pick: int
    answer: Answer
    sends: bool
    """Whether the notifiers come round to sending before the next thing happens."""


DEEDS = ("finding", "finding", "incident", "update", "retract", "answer", "override", "dissent", "silence", "wait")
_GRADES = (Severity.MINOR, Severity.SEVERE, Severity.UNCLASSIFIED)


def acts() -> st.SearchStrategy[list[Act]]:
    """A day: it begins with a finding."""
    return st.builds(
        lambda first, others: [first, *others],
        _act(st.just("finding")),
        st.lists(_act(st.sampled_from(DEEDS)), max_size=4),
    )


def _act(deed: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.builds(
        Act,
        deed=deed,
        institute=st.sampled_from(INSTITUTES),
        tlp=LABELS,
        severity=st.sampled_from(_GRADES),
        status=st.sampled_from((Status.ACTUAL, Status.ACTUAL, Status.EXERCISE)),
        pick=st.integers(0, 3),
        answer=st.sampled_from(Answer),
        sends=st.booleans(),
    )
