"""Which incidents keep calls about which hazards back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.policy.muting.subjects import source, subject
from tocsin_alerting.policy.muting.inhibition import InhibitionRule, Source, inhibits, is_confirmed
from tocsin_alerting.policy.muting.matcher import Subject
from tocsin_schemas import AlertPurpose, AlertState, Certainty, Domain, ReportKind, Severity, Status, Tlp

RULE = InhibitionRule()


def _about(**changes: Any) -> Subject:
    return subject(**({"alert": "incident", "kind": ReportKind.INCIDENT} | changes))


def test_a_confirmed_incident_inhibits_what_is_about_the_same() -> None:
    """Same system, same domain, no graver, told to the same."""
    assert inhibits(source(), subject(), Tlp.AMBER, RULE)


@pytest.mark.parametrize(
    ("incident", "hazard"),
    [
        (source(state=AlertState.RESOLVED), subject()),
        (source(state=AlertState.RETRACTED), subject()),
        (source(certainty=Certainty.POSSIBLE), subject()),
        (source(_about(severity=Severity.MODERATE)), subject(severity=Severity.MINOR)),
        (source(), subject(severity=Severity.CRITICAL)),
        (source(), subject(severity=Severity.UNCLASSIFIED)),
        (source(), subject(status=Status.EXERCISE)),
        (source(_about(status=Status.EXERCISE)), subject()),
        (source(), subject(kind=ReportKind.INCIDENT)),
        (source(), subject(purpose=AlertPurpose.GUIDANCE)),
        (source(), subject(domain=Domain.PRIVACY)),
        (source(), subject(systems=frozenset({"llama"}))),
        (source(_about(domain=Domain.OTHER)), subject(domain=Domain.OTHER)),
        (source(_about(domain=None)), subject(domain=None)),
        (source(tlp=Tlp.RED), subject()),
        (source(_about(kind=ReportKind.FINDING)), subject()),
        (source(_about(purpose=AlertPurpose.GUIDANCE)), subject()),
    ],
)
def test_what_does_not_hold_lets_the_hazard_call(incident: Source, hazard: Subject) -> None:
    """Each condition by itself."""
    assert not inhibits(incident, hazard, Tlp.AMBER, RULE)


def test_an_independent_confirmation_is_enough_where_the_rule_says_so() -> None:
    """However mild and unsure; and not where the rule asks for more."""
    unsure = source(_about(severity=Severity.MINOR), certainty=Certainty.POSSIBLE, confirmed=True)

    assert is_confirmed(unsure, RULE)
    assert not is_confirmed(unsure, InhibitionRule(corroborated=False))
    assert not is_confirmed(source(confirmed=True), InhibitionRule(enabled=False))


def test_what_an_incident_names_is_inhibited_whatever_it_is_about() -> None:
    """A report that it derives from, or the evidence that it rests on."""
    hazard = subject(domain=Domain.PRIVACY, systems=frozenset({"llama"}), names=frozenset({"sha256:1", "gb-17"}))

    assert inhibits(source(builds_on=frozenset({"sha256:1"})), hazard, Tlp.AMBER, RULE)
    assert inhibits(source(builds_on=frozenset({"gb-17"})), hazard, Tlp.AMBER, RULE)
    assert not inhibits(source(builds_on=frozenset({"gb-18"})), hazard, Tlp.AMBER, RULE)


@given(
    st.builds(
        source,
        st.builds(
            _about, severity=st.sampled_from(Severity), status=st.sampled_from(Status), domain=st.sampled_from(Domain)
        ),
        state=st.sampled_from(AlertState),
        tlp=st.sampled_from(Tlp),
        certainty=st.sampled_from(Certainty),
        confirmed=st.booleans(),
        builds_on=st.sampled_from([frozenset(), frozenset({"gb-17"})]),
    ),
    st.builds(
        subject,
        severity=st.sampled_from(Severity),
        status=st.sampled_from(Status),
        domain=st.sampled_from(Domain),
        names=st.just(frozenset({"gb-17"})),
    ),
    st.sampled_from(Tlp),
)
def test_nothing_graver_nothing_of_another_status_and_nothing_more_open_is_ever_hidden(
    incident: Source, hazard: Subject, tlp: Tlp
) -> None:
    """Whatever else holds."""
    if inhibits(incident, hazard, tlp, RULE):
        assert 0 <= hazard.severity.rank <= incident.subject.severity.rank
        assert hazard.status is incident.subject.status
        assert incident.tlp.rank <= tlp.rank
        assert incident.state in {AlertState.OPEN, AlertState.ACKNOWLEDGED}
