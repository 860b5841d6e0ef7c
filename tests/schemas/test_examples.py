"""The golden examples: one of every event, good by every rule, and one story."""

import json
from typing import Any

import pytest

from tests.schemas.reports import minimal_finding
from tocsin_schemas import (
    ALERT_TYPES,
    ASSESSMENT_TYPE,
    DEAD_LETTER_TYPE,
    REPORT_TYPES,
    Action,
    AlertChange,
    AlertEvent,
    Assessment,
    DeadLetter,
    Envelope,
    Finding,
    Incident,
    InvalidEvent,
    ReportKind,
    Retraction,
    Status,
    check_size,
    envelope_for,
    from_json,
    read_report,
)
from tocsin_schemas.examples import example, names

ALL_TYPES = {*REPORT_TYPES, *ALERT_TYPES.values(), ASSESSMENT_TYPE, DEAD_LETTER_TYPE}


def event(name: str) -> Envelope:
    """An example, read."""
    return from_json(json.dumps(example(name)).encode())


def data(model: type[Any], name: str) -> Any:
    """What an example carries, as its model."""
    return model.model_validate_json(json.dumps(event(name).data), strict=True)


def test_every_type_has_an_example_under_its_own_name() -> None:
    """A new type of event is not finished before it has one."""
    assert {f"org.tocsin.{name}" for name in names()} == ALL_TYPES
    assert {example(name)["type"].removeprefix("org.tocsin.") for name in names()} == set(names())


@pytest.mark.parametrize("name", names())
def test_every_example_is_a_whole_event_that_goes_out_as_it_came_in(name: str) -> None:
    """Read, written, and within the size that a report may have."""
    value = event(name).to_json()

    assert json.loads(value) == example(name)
    check_size(value)


@pytest.mark.parametrize("name", [name.removeprefix("org.tocsin.") for name in REPORT_TYPES])
def test_every_example_of_a_report_is_accepted(name: str) -> None:
    """And `envelope_for` makes the same event of what it says."""
    read = read_report(event(name))
    assert read.envelope.time is not None
    again = envelope_for(
        read.body,
        kind=read.kind,
        action=read.action,
        source=read.envelope.source,
        event_id=read.envelope.id,
        time=read.envelope.time,
        series=read.envelope.series,
        traceparent=read.envelope.extensions.get("traceparent"),
    )

    assert again == read.envelope


@pytest.mark.parametrize("change", AlertChange)
def test_every_example_of_an_alert_event_is_valid(change: AlertChange) -> None:
    """Its type, its change and its subject agree."""
    envelope = event(f"alert.{change}.v1")
    alert: AlertEvent = data(AlertEvent, f"alert.{change}.v1")

    assert alert.change is change
    assert envelope.type == ALERT_TYPES[change]
    assert envelope.subject == alert.alert
    assert alert.model_dump(mode="json", exclude_unset=True) == envelope.data


def test_everything_is_an_exercise() -> None:
    """An example that is published by mistake alarms nobody."""
    for name in names():
        status = event(name).data.get("status")

        assert status == Status.EXERCISE or name == "deadletter.recorded.v1", name


def test_the_story_holds_together() -> None:
    """The assessment carries the finding; the alert names it; the corrections follow it in its series."""
    reported = event("finding.reported.v1")
    assessment: Assessment = data(Assessment, "assessment.made.v1")
    finding: Finding = data(Finding, "finding.reported.v1")
    assert assessment.finding == finding
    assert (assessment.source, assessment.report, assessment.series) == (reported.source, reported.id, reported.series)
    assert assessment.grade is not None
    assert finding.institute == "gb"

    raised: AlertEvent = data(AlertEvent, "alert.raised.v1")
    assert raised.reports == (reported.id,)
    assert raised.severity is assessment.grade.severity
    assert raised.rules == tuple(reason.rule for reason in assessment.grade.reasons)
    assert raised.tlp is finding.tlp

    alerts = sorted((data(AlertEvent, f"alert.{change}.v1") for change in AlertChange), key=lambda alert: alert.at)
    assert [alert.revision for alert in alerts] == [1, 2, 3, 4, 5, 6]
    assert len({alert.alert for alert in alerts}) == 1

    for kind, opening in ((ReportKind.FINDING, "gb-2026-0411"), (ReportKind.INCIDENT, "fr-2026-0087")):
        times = []
        for verb in ("reported", "updated", "retracted"):
            envelope = event(f"{kind}.{verb}.v1")
            times.append(envelope.time)
            assert envelope.series == opening
        assert times == sorted(times, key=str)

    incident: Incident = data(Incident, "incident.reported.v1")
    assert incident.institute == "fr"
    assert data(Retraction, "incident.retracted.v1").institute == "fr"


def test_the_dead_letter_holds_what_was_refused_for_the_reason_it_says() -> None:
    """Its original, read again, is refused with the same words."""
    letter: DeadLetter = data(DeadLetter, "deadletter.recorded.v1")
    assert letter.value is not None
    with pytest.raises(InvalidEvent) as caught:
        read_report(from_json(letter.value))

    assert str(caught.value) == letter.reason
    assert [problem.code for problem in caught.value.problems] == [problem.code for problem in letter.problems]


def test_examples_are_copies() -> None:
    """Who changes one changes it for nobody else."""
    example("finding.reported.v1")["data"].clear()

    assert example("org.tocsin.finding.reported.v1")["data"]["institute"] == "gb"


def test_an_unknown_example_is_told_which_there_are() -> None:
    """The error lists the names."""
    with pytest.raises(KeyError, match=r"finding\.reported\.v1"):
        example("finding")


def assessment_with(**changes: Any) -> Assessment:
    """The example's assessment, changed."""
    content = event("assessment.made.v1").data | changes
    return Assessment.model_validate_json(json.dumps({name: value for name, value in content.items() if value}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"finding": None}, "exactly one of finding, incident, retraction"),
        ({"incident": event("incident.reported.v1").data}, "exactly one of finding, incident, retraction"),
        ({"kind": "incident"}, "another kind"),
        ({"action": "retract"}, "carries a retraction exactly when"),
        ({"grade": None}, "has a grade exactly when"),
        ({"tlp": "TLP:CLEAR"}, "another tlp"),
        ({"institute": "fr"}, "another institute"),
        ({"status": "actual"}, "another status"),
        ({"language": "fr"}, "another language"),
        ({"finding": minimal_finding() | {"tlp": "TLP:RED"}, "language": "en"}, "another tlp"),
        ({"grade": event("assessment.made.v1").data["grade"] | {"severity": "critical"}}, "above severe"),
        ({"grade": event("assessment.made.v1").data["grade"] | {"oecd_class": "incident"}}, "above severe"),
        ({"grade": event("assessment.made.v1").data["grade"] | {"reasons": []}}, "reasons"),
    ],
)
def test_an_assessment_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    """One body, of the kind and with the label it says, reasons always; no finding is graded as harm."""
    assert assessment_with().action is Action.REPORT

    with pytest.raises(ValueError, match=words):
        assessment_with(**changes)
