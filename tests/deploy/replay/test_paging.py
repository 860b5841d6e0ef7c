"""Whom another grade would ask and tell, by the policy as it is shipped."""

from __future__ import annotations

import pytest

from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.replay.paging import paging
from tocsin_deploy.replay.regrading import Identity
from tocsin_schemas import Action, ReportKind, Severity, Status, Tlp


def report(status: Status = Status.ACTUAL) -> Identity:
    """A report of Japan's."""
    return Identity("urn:x", "r-1", "r-1", ReportKind.INCIDENT, Action.REPORT, "jp", status, Tlp.GREEN)


def test_a_raised_severity_asks_everybody_anew(directory: Directory) -> None:
    """An answer to the lower severity does not answer the higher one."""
    found = paging(report(), Severity.MODERATE, Severity.SEVERE, directory)

    assert set(found.newly_asked) == set(directory.institute_names)
    assert found.newly_told == found.no_longer_asked == ()


def test_a_lowered_severity_asks_nobody_and_lets_go_of_whom_it_no_longer_asks(directory: Directory) -> None:
    """Minor alerts are told and owe no answer."""
    found = paging(report(), Severity.SEVERE, Severity.MINOR, directory)

    assert found.newly_asked == ()
    assert set(found.no_longer_asked) == set(directory.institute_names)


def test_what_gets_a_mild_grade_is_told_to_all_and_asked_of_none(directory: Directory) -> None:
    """Unclassified asks the reporter and the coordinator; minor tells every member."""
    found = paging(report(), Severity.UNCLASSIFIED, Severity.MINOR, directory)

    assert set(found.no_longer_asked) == {"gb", "jp"}
    assert set(found.newly_told) == set(directory.institute_names) - {"gb", "jp"}
    assert found.newly_asked == ()


@pytest.mark.parametrize("severity", Severity)
def test_the_same_severity_pages_nobody(directory: Directory, severity: Severity) -> None:
    """No change, no page."""
    found = paging(report(), severity, severity, directory)

    assert (found.newly_asked, found.newly_told, found.no_longer_asked) == ((), (), ())


def test_a_test_stays_with_its_reporter(directory: Directory) -> None:
    """A raised severity of a test concerns no other institute."""
    found = paging(report(Status.TEST), Severity.MINOR, Severity.CRITICAL, directory)

    assert (found.newly_asked, found.newly_told) == ((), ())
