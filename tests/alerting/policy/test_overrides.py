"""A person's word on a severity: a floor under what was known, no lid on what comes after, and within the rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.assessments import finding, incident
from tocsin_alerting.policy.lifecycle import (
    AlertNow,
    Arriving,
    LifecycleReason,
    Standing,
    decide,
    lead_of,
    overridden,
    severity_of,
)
from tocsin_alerting.policy.overrides import (
    TARGETS,
    Override,
    class_under,
    evidence_faults,
    harm_was_done,
    possible,
    target_faults,
)
from tocsin_schemas import Action, AlertState, CausalLink, Evidence, Materialisation, OecdClass, ReportKind, Severity

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _standing(number: int, severity: Severity, series: str | None = None) -> Standing:
    return Standing(f"r{number}", series or f"gb s{number}", severity, START + timedelta(seconds=number))


def _alert(*severities: Severity, override: Override | None = None) -> AlertNow:
    current = tuple(_standing(number, severity) for number, severity in enumerate(severities))
    return AlertNow(AlertState.OPEN, severity_of(current, override), current, override)


_severities = st.sampled_from(list(Severity))
_targets = st.sampled_from(TARGETS)


@st.composite
def _situations(draw: st.DrawFn) -> tuple[tuple[Standing, ...], Override]:
    severities = draw(st.lists(_severities, min_size=1, max_size=8))
    current = tuple(_standing(number, severity) for number, severity in enumerate(severities))
    ids = [standing.id for standing in current]
    seen = frozenset(draw(st.sets(st.sampled_from(ids))))
    harmful = frozenset(draw(st.sets(st.sampled_from(ids))))
    return current, Override("o", draw(_targets), seen, harmful)


@given(_situations(), st.data())
def test_the_order_of_reports_does_not_matter(
    situation: tuple[tuple[Standing, ...], Override], data: st.DataObject
) -> None:
    """The same reports under the same override make the same severity, and the same report speaks for them."""
    current, override = situation
    shuffled = data.draw(st.permutations(current))

    assert severity_of(shuffled, override) is severity_of(current, override)
    assert lead_of(shuffled, override) == lead_of(current, override)


@given(_situations())
def test_new_evidence_beats_an_override_down(situation: tuple[tuple[Standing, ...], Override]) -> None:
    """No report that the override has not looked at is ever hidden by it."""
    current, override = situation
    unseen = [standing.severity for standing in current if standing.id not in override.seen]

    assert all(severity_of(current, override).rank >= severity.rank for severity in unseen)


@given(_situations())
def test_an_override_is_a_floor_and_what_was_seen_counts_as_it_says(
    situation: tuple[tuple[Standing, ...], Override],
) -> None:
    """Never below what the person said (critical aside, which needs harm); never above it by what was looked at."""
    current, override = situation
    severity = severity_of(current, override)
    unseen = max((one.severity.rank for one in current if one.id not in override.seen), default=-1)

    assert severity.rank >= min(override.severity.rank, Severity.SEVERE.rank)
    assert severity.rank <= max(override.severity.rank, unseen)


@given(_situations())
def test_critical_by_override_needs_a_current_report_of_harm(situation: tuple[tuple[Standing, ...], Override]) -> None:
    """When the report of harm is corrected or taken back, critical goes with it."""
    current, override = situation
    harm = any(one.id in override.harmful for one in current)
    own = any(one.severity is Severity.CRITICAL and one.id not in override.seen for one in current)

    if severity_of(current, override) is Severity.CRITICAL:
        assert own or harm


@given(_situations())
def test_the_report_that_speaks_explains_what_is_said(situation: tuple[tuple[Standing, ...], Override]) -> None:
    """The shared grade's where the override decides; where a later report is graver, that report's."""
    current, override = situation
    lead = next(one for one in current if one.id == lead_of(current, override))
    graver = [one for one in current if one.id not in override.seen and one.severity.rank > override.severity.rank]

    if graver:
        assert lead.severity is severity_of(graver)
        assert lead.severity is severity_of(current, override)
        assert lead.id not in override.seen
    elif override.severity is severity_of(current, override):
        assert lead.severity is severity_of(current)


@given(_severities, _targets, _severities)
def test_a_correction_of_what_was_seen_counts_itself(graded: Severity, said: Severity, corrected: Severity) -> None:
    """A correction is a new report: above an override it raises, below an override up the floor holds."""
    override = Override("o", said, frozenset({"r0"}), frozenset({"r0", "r9"}))
    alert = _alert(graded, override=override)
    decision = decide(alert, Arriving("r9", "gb s0", Action.UPDATE, corrected, START + timedelta(minutes=1)))

    assert decision.severity is max(said, corrected, key=lambda severity: severity.rank)
    assert decision.new_round is (decision.severity.rank > alert.severity.rank)


@given(st.lists(_severities, min_size=1, max_size=5), _targets)
def test_an_override_set_and_withdrawn_leaves_the_shared_grade(severities: list[Severity], said: Severity) -> None:
    """Withdrawing returns to what the reports say; whatever rises asks everybody anew, whatever falls does not."""
    before = _alert(*severities)
    override = Override("o", said, frozenset(one.id for one in before.current), frozenset({"r0"}))
    during = overridden(before, override)
    after = overridden(AlertNow(AlertState.OPEN, during.severity, before.current, override), None, withdrawn=True)

    assert during.severity is said
    assert after.severity is before.severity
    assert during.new_round is (said.rank > before.severity.rank) is (during.reason is LifecycleReason.OVERRIDE_RAISED)
    assert after.new_round is (after.reason is LifecycleReason.OVERRIDE_WITHDRAWN_RAISED)
    assert after.new_round is (before.severity.rank > said.rank)


@pytest.mark.parametrize(
    ("kind", "harm", "most"),
    [
        (ReportKind.FINDING, False, Severity.SEVERE),
        (ReportKind.FINDING, True, Severity.SEVERE),
        (ReportKind.INCIDENT, False, Severity.SEVERE),
        (ReportKind.INCIDENT, True, Severity.CRITICAL),
    ],
)
def test_the_rules_of_meaning_hold_for_people(kind: ReportKind, harm: bool, most: Severity) -> None:
    """A finding is never above severe, critical needs harm done, and unclassified is no target."""
    allowed = [severity for severity in Severity if not target_faults(severity, kind=kind, harm=harm)]

    assert allowed == list(possible(kind, harm=harm))
    assert max(allowed, key=lambda severity: severity.rank) is most
    assert Severity.UNCLASSIFIED not in allowed


def test_what_cannot_be_said_names_what_can() -> None:
    """The fault lists the severities that may be said."""
    (fault,) = target_faults(Severity.CRITICAL, kind=ReportKind.FINDING, harm=False)

    assert fault.field == "severity"
    assert fault.fix == "Use one of: negligible, minor, moderate, severe."


@given(_targets, _severities, _severities, st.booleans())
def test_down_needs_evidence_and_up_does_not(
    said: Severity, shared: Severity, standing: Severity, given_any: bool
) -> None:
    """Below the shared grade or below what stands: at least one reference."""
    evidence = [Evidence(uri="https://records.example/7")] if given_any else []
    faults = evidence_faults(said, shared=shared, standing=standing, evidence=evidence)
    down = said.rank < shared.rank or said.rank < standing.rank

    assert bool(faults) is (down and not given_any)


@pytest.mark.parametrize(
    ("materialisation", "link", "done"),
    [
        (Materialisation.OCCURRED, CausalLink.ESTABLISHED, True),
        (Materialisation.OCCURRED, CausalLink.LIKELY, True),
        (Materialisation.OCCURRED, CausalLink.SUSPECTED, False),
        (Materialisation.OCCURRED, CausalLink.NONE, False),
        (Materialisation.NEAR_MISS, CausalLink.ESTABLISHED, False),
        (Materialisation.UNKNOWN, CausalLink.ESTABLISHED, False),
    ],
)
def test_harm_is_done_where_it_happened_and_is_linked(
    materialisation: Materialisation, link: CausalLink, done: bool
) -> None:
    """A toll without a link to the system is no harm of the system's, a near miss is none at all."""
    report = incident()
    assert report.incident is not None
    relation = report.incident.relation_to_ai.model_copy(update={"causal_link": link})
    changed = report.incident.model_copy(update={"materialisation": materialisation, "relation_to_ai": relation})

    assert harm_was_done(report.model_copy(update={"incident": changed})) is done
    assert harm_was_done(finding()) is False


@given(_severities, _targets)
def test_the_class_follows_the_severity_on_the_reports_side(graded: Severity, said: Severity) -> None:
    """A finding stays a hazard whatever a person says; serious from severe on; untouched where the severity is."""
    report = finding(severity=Severity.SEVERE if graded is Severity.CRITICAL else graded)
    assert report.grade is not None
    found = class_under(report, said)
    serious = said.rank >= Severity.SEVERE.rank

    if said is report.grade.severity:
        assert found is report.grade.oecd_class
    else:
        assert found is (OecdClass.SERIOUS_HAZARD if serious else OecdClass.HAZARD)


def test_a_person_makes_no_disaster_and_unmakes_one() -> None:
    """An incident that was graded a disaster and is lowered is a serious incident, or an incident."""
    report = incident(severity=Severity.CRITICAL)

    assert class_under(report, Severity.CRITICAL) is OecdClass.DISASTER
    assert class_under(report, Severity.SEVERE) is OecdClass.SERIOUS_INCIDENT
    assert class_under(report, Severity.MINOR) is OecdClass.INCIDENT
