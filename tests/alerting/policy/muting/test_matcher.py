"""Which alerts a silence means, and which silences are refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.policy.muting.subjects import subject
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.systems import CanonicalSystem, Systems
from tocsin_schemas import AlertPurpose, Domain, ReportKind, Severity, Status

SYSTEMS = Systems(names={"gpt4o": CanonicalSystem("gpt-4o", None)}, prefixes=frozenset({"openai"}))


@pytest.mark.parametrize(
    ("match", "meant"),
    [
        ({"systems": ("gpt-4o",)}, True),
        ({"systems": ("openai/GPT4o",)}, True),
        ({"systems": ("gpt-*",)}, True),
        ({"systems": ("gpt-?o",)}, True),
        ({"systems": ("gpt-4",)}, False),
        ({"systems": ("gpt.4o",)}, False),
        ({"systems": ("llama-*", "gpt-*")}, True),
        ({"domains": ("cyber",)}, True),
        ({"domains": ("chem*",)}, False),
        ({"evaluations": ("Cybench",)}, True),
        ({"reporters": ("gb",)}, True),
        ({"reporters": ("fr",)}, False),
        ({"kinds": (ReportKind.INCIDENT,)}, False),
        ({"statuses": (Status.EXERCISE,)}, False),
        ({"purposes": (AlertPurpose.GUIDANCE,)}, False),
        ({"severity_at_most": Severity.SEVERE}, True),
        ({"severity_at_most": Severity.MODERATE}, False),
        ({"systems": ("gpt-4o",), "reporters": ("fr",)}, False),
    ],
)
def test_all_that_is_named_must_fit(match: dict[str, Any], meant: bool) -> None:
    """Systems by any name the network knows; patterns fit the whole of a name."""
    assert Match(**match).means(subject(), SYSTEMS) is meant


def test_an_alert_that_is_also_about_something_else_is_not_meant() -> None:
    """A second system, or a second institute that reports it, is news."""
    match = Match(systems=("gpt-4o",), reporters=("gb",))

    assert not match.means(subject(systems=frozenset({"gpt-4o", "llama"})), SYSTEMS)
    assert not match.means(subject(reporters=frozenset({"gb", "fr"})), SYSTEMS)
    assert not match.means(subject(systems=frozenset()), SYSTEMS)


def test_what_nobody_could_grade_is_below_no_severity() -> None:
    """It stands outside the order: it may be the gravest of all."""
    assert not Match(severity_at_most=Severity.MODERATE).means(subject(severity=Severity.UNCLASSIFIED), SYSTEMS)


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"severity_at_most": Severity.CRITICAL},
        {"severity_at_most": Severity.SEVERE},
        {"severity_at_most": Severity.UNCLASSIFIED},
        {"systems": ("*",)},
        {"systems": ("gpt-4o", "**?")},
        {"kinds": tuple(ReportKind)},
        {"purposes": tuple(AlertPurpose)},
        {"statuses": (Status.ACTUAL,)},
        {"statuses": tuple(Status)},
        {"contacts": ("jp.duty",)},
    ],
)
def test_a_silence_of_everything_is_refused(match: dict[str, Any]) -> None:
    """However it is written, and even for one contact."""
    assert list(Match(**match).problems())


@pytest.mark.parametrize(
    "match", [{"statuses": (Status.EXERCISE, Status.TEST)}, {"severity_at_most": "minor"}, {"domains": ("cyber",)}]
)
def test_a_silence_of_something_is_taken(match: dict[str, Any]) -> None:
    """Everything of an exercise included."""
    assert not list(Match(**match).problems())


_MATCHES = st.builds(
    Match,
    severity_at_most=st.none() | st.sampled_from(Severity),
    kinds=st.lists(st.sampled_from(ReportKind)).map(tuple),
    statuses=st.lists(st.sampled_from(Status)).map(tuple),
    purposes=st.lists(st.sampled_from(AlertPurpose)).map(tuple),
    domains=st.lists(st.sampled_from(["*", "c*", "cyber"]), max_size=2).map(tuple),
    systems=st.lists(st.sampled_from(["*", "?*", "gpt-4o", "g*"]), max_size=2).map(tuple),
)
_EVERYTHING = [
    subject(severity=severity, kind=kind, purpose=purpose, domain=domain, systems=frozenset({system}))
    for severity in Severity
    for kind in ReportKind
    for purpose in AlertPurpose
    for domain in (Domain.CYBER, Domain.PRIVACY)
    for system in ("gpt-4o", "llama")
]


@given(_MATCHES)
def test_no_silence_that_is_taken_means_everything_that_is_real(match: Match) -> None:
    """For any way to write one there is a real alert that it does not mean."""
    if not list(match.problems()):
        assert not all(match.means(each, SYSTEMS) for each in _EVERYTHING)
