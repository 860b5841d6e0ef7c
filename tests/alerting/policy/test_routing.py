"""Every alert has a route, and the route says who is told and who owes an answer."""

from itertools import product

import pytest

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.routing import ConcernReason, RoutedAlert, plan_route
from tocsin_schemas import ReportKind, Severity, Status, Tlp


def _alert(severity: Severity, status: Status = Status.ACTUAL, tlp: Tlp = Tlp.AMBER) -> RoutedAlert:
    return RoutedAlert(ReportKind.FINDING, status, tlp, severity, frozenset({"jp"}))


def test_every_alert_has_a_route_that_concerns_its_reporter(directory: Directory) -> None:
    """Whatever its severity, kind, status and label."""
    plans = [
        plan_route(RoutedAlert(kind, status, tlp, severity, {"jp"}), directory)
        for severity, kind, status, tlp in product(Severity, ReportKind, Status, Tlp)
    ]

    assert all("jp" in {concern.institute for concern in plan.concerns} for plan in plans)
    assert all(concern.ladder in directory.ladders for plan in plans for concern in plan.concerns)


@pytest.mark.parametrize(
    ("severity", "route", "count", "required"),
    [
        (Severity.CRITICAL, "urgent", 10, True),
        (Severity.SEVERE, "urgent", 10, True),
        (Severity.MODERATE, "soon", 10, True),
        (Severity.MINOR, "told", 10, False),
        (Severity.NEGLIGIBLE, "told", 10, False),
        (Severity.UNCLASSIFIED, "look", 2, True),
    ],
)
def test_severity_decides_who_owes_an_answer(
    directory: Directory, severity: Severity, route: str, count: int, required: bool
) -> None:
    """What is grave must be answered by all, what nobody could grade by those who can look, the rest by nobody."""
    plan = plan_route(_alert(severity), directory)

    assert (plan.route, len(plan.concerns)) == (route, count)
    assert {concern.answer_required for concern in plan.concerns} == {required}


def test_an_exercise_reaches_the_same_people_on_a_ladder_of_its_own(directory: Directory) -> None:
    """It trains the real way without the real thing's ladder."""
    for severity in Severity:
        actual, exercise = (
            plan_route(_alert(severity), directory),
            plan_route(_alert(severity, Status.EXERCISE), directory),
        )

        assert [(each.institute, each.answer_required) for each in exercise.concerns] == [
            (each.institute, each.answer_required) for each in actual.concerns
        ]
        assert {each.ladder for each in exercise.concerns} == {"exercise"}


def test_each_institute_is_told_why(directory: Directory) -> None:
    """As reporter, as coordinator, or as a member."""
    reasons = {concern.institute: concern.reason for concern in plan_route(_alert(Severity.SEVERE), directory).concerns}

    assert (reasons["jp"], reasons["gb"], reasons["us"]) == (
        ConcernReason.REPORTER,
        ConcernReason.COORDINATOR,
        ConcernReason.MEMBER,
    )


def test_a_policy_without_a_route_is_an_error_and_no_silence(directory: Directory) -> None:
    """Should the files' check ever be passed by, an alert that nobody would hear of is loud."""
    gap = Directory(
        contacts=directory.contacts.values(),
        ladders=directory.ladders.values(),
        routes=(),
        coordinator="gb",
        institute_names=directory.institute_names,
        operator_clearance=Tlp.AMBER,
        version="gap-1",
    )

    with pytest.raises(LookupError, match="policy gap-1: no route takes severity=severe"):
        plan_route(_alert(Severity.SEVERE), gap)
