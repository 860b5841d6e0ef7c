"""What is told as one alert, and what is not."""

import pytest

from tests.alerting.assessments import finding, incident
from tocsin_alerting.policy.correlation import CorrelationReason, correlate
from tocsin_schemas import Assessment, Domain, Severity, Status, Tlp


@pytest.mark.parametrize(
    "other",
    [
        finding("r2", institute="jp"),
        finding("r2", series="another"),
        finding("r2", severity=Severity.MINOR),
        finding("r2", system="EXAMPLE-model-4"),
        finding("r2", system=" example-model-4 "),
    ],
)
def test_findings_on_one_thing_belong_together(other: Assessment) -> None:
    """Whoever reports, however severe, however the name is written."""
    assert correlate(other) == correlate(finding("r1"))


@pytest.mark.parametrize(
    "other",
    [
        finding("r1", system="example-model-5"),
        finding("r1", evaluation="wmdp_cyber"),
        finding("r1", domain=Domain.CYBER),
        finding("r1", domain=None),
        finding("r1", tlp=Tlp.RED),
        finding("r1", status=Status.EXERCISE),
        incident("r1"),
    ],
)
def test_findings_on_different_things_do_not(other: Assessment) -> None:
    """Another system, evaluation, domain, label or status is another alert."""
    assert correlate(other).key != correlate(finding("r1")).key


def test_incidents_keep_to_their_series() -> None:
    """Only its own series joins an incident."""
    first = correlate(incident("i1"))

    assert first.reason is CorrelationReason.SAME_SERIES
    assert correlate(incident("i2", series="i1")) == first
    assert correlate(incident("i2")) != first
    assert correlate(incident("i1", institute="jp")) != first
