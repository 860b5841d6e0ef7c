"""What is told as one alert, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.alerting.assessments import finding, incident
from tests.alerting.measured import measured
from tocsin_alerting.policy.correlation import Correlation, CorrelationReason, correlate, is_forgotten
from tocsin_alerting.policy.systems import CanonicalSystem, Systems
from tocsin_schemas import Assessment, Domain, Severity, Status, Tlp

SYSTEMS = Systems(
    names={
        "example-model-4": CanonicalSystem("example-model-4", None),
        "em4": CanonicalSystem("example-model-4", None),
    },
    prefixes=frozenset({"cloud"}),
)


def _of(assessment: Assessment) -> Correlation:
    return correlate(assessment, SYSTEMS)


@pytest.mark.parametrize(
    "other",
    [
        finding("r2", institute="jp"),
        finding("r2", series="another"),
        finding("r2", severity=Severity.MINOR),
        finding("r2", system="EXAMPLE-model-4"),
        finding("r2", system=" example-model-4 "),
        finding("r2", system="EM4"),
        finding("r2", system="cloud/Example Model 4"),
        finding("r2", system="example-model-4-2026-11-02"),
        finding("r2", evaluation="wmdp_chem"),
    ],
)
def test_findings_on_one_thing_belong_together(other: Assessment) -> None:
    """Whoever reports, however severe, whatever the name and the evaluation: one system and one hazard."""
    assert _of(other) == _of(finding("r1"))


@pytest.mark.parametrize(
    "other",
    [
        finding("r1", system="example-model-5"),
        finding("r1", domain=Domain.CYBER),
        finding("r1", domain=None),
        finding("r1", tlp=Tlp.RED),
        finding("r1", status=Status.EXERCISE),
        incident("r1"),
    ],
)
def test_findings_on_different_things_do_not(other: Assessment) -> None:
    """Another system, domain, label or status is another alert."""
    assert _of(other).key != _of(finding("r1")).key


def test_incidents_keep_to_their_series() -> None:
    """Only its own series joins an incident."""
    first = _of(incident("i1"))

    assert first.reason is CorrelationReason.SAME_SERIES
    assert _of(incident("i2", series="i1")) == first
    assert _of(incident("i2")) != first
    assert _of(incident("i1", institute="jp")) != first


@pytest.mark.parametrize("domain", [None, Domain.OTHER, Domain.GENERAL_CAPABILITY, Domain.RELIABILITY])
def test_where_no_hazard_is_named_the_evaluation_tells_findings_apart(domain: Domain | None) -> None:
    """A catch-all is no hazard: findings in it belong together only by their evaluation, however it is written."""
    first = _of(finding("r1", evaluation="gpqa_diamond", domain=domain))

    assert first.reason is CorrelationReason.SAME_SYSTEM_AND_EVALUATION
    assert _of(finding("r2", evaluation="GPQA diamond", domain=domain)) == first
    assert _of(finding("r2", evaluation="gaia", domain=domain)) != first


def test_an_evaluation_goes_by_its_name_in_the_registry() -> None:
    """Two frameworks' names of one evaluation are one."""
    one, other = (finding("r1", evaluation=name, domain=None) for name in ("wmdp_bio", "wmdp-biology"))
    named = [
        each.model_copy(update={"grade": each.grade.model_copy(update={"evaluation": "wmdp_bio"})})
        for each in (one, other)
        if each.grade is not None
    ]

    assert _of(named[0]) == _of(named[1])
    assert _of(one) != _of(other)


@pytest.mark.parametrize(("days", "forgotten"), [(0, False), (30, False), (30.01, True), (400, True)])
def test_an_alert_is_forgotten_after_the_window(days: float, forgotten: bool) -> None:
    """Counted from its last change, whatever that was."""
    then = datetime(2026, 11, 24, 9, tzinfo=UTC)

    assert is_forgotten(then, then + timedelta(days=days), timedelta(days=30)) is forgotten


def test_a_joint_exercise_is_one_alert_for_each_evaluation() -> None:
    """Systems, languages and institutes of one joint test stand side by side; another evaluation is told on its own."""
    first = _of(measured("r1", 0.5, institute="gb", exercise="Joint test 3"))
    other_system = _of(
        measured("r2", 0.5, institute="jp", exercise="joint  Test 3", system="mistral", languages=("ja",))
    )

    assert first.reason is CorrelationReason.SAME_EXERCISE_AND_EVALUATION
    assert other_system.key == first.key
    assert _of(measured("r3", 0.5, institute="gb", exercise="Joint test 4")).key != first.key
    assert _of(measured("r4", 0.5, institute="gb", exercise="Joint test 3", evaluation="cybench")).key != first.key
    assert _of(measured("r5", 0.5, institute="gb", exercise="Joint test 3", status=Status.EXERCISE)).key != first.key
    assert _of(measured("r6", 0.5, institute="gb")).key != first.key
