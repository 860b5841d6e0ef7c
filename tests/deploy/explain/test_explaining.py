"""What `tocsinctl explain` says of a file: the grade with its reasons, what nearly fired, and who would be told."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.alerting import assessments
from tests.streams.reports import FINDING, INCIDENT, NETWORK, RETRACTION, TIME, envelope, incident, loaded
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned
from tocsin_alerting.policy.routing import RoutedAlert, plan_route
from tocsin_alerting.policy.telling import TellingReason
from tocsin_deploy.cli import app
from tocsin_deploy.explain import telling
from tocsin_deploy.rehearsal import RehearsedAlert, rehearse
from tocsin_schemas import Action, AlertChange, AlertEvent, AlertState, Domain, ReportKind, Severity, Tlp

RED = {**INCIDENT, "tlp": "TLP:RED", "harm_quantification": {"deaths": 1}, "title": "Secret title"}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nothing can be reached, and where nothing has been kept yet."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(NETWORK))
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def put(folder: Path, *contents: dict[str, Any], name: str = "report.json") -> str:
    """A file with a report, or with several, one a line."""
    path = folder / name
    path.write_text("\n".join(json.dumps(content) for content in contents), encoding="utf-8")
    return str(path)


def run(*words: str, status: int = 0) -> str:
    """What the command prints."""
    done = CliRunner().invoke(app, ["explain", *words], env={"COLUMNS": "200"})
    assert done.exit_code == status, done.output
    return done.output


def explained(*words: str, status: int = 0) -> list[dict[str, Any]]:
    """What it says of each report, as JSON."""
    reports: list[dict[str, Any]] = json.loads(run(*words, "--json", status=status))["reports"]
    return reports


def test_an_incident_is_explained_without_network_store_or_state(no_network: Path) -> None:
    """The grade, its reasons with inputs and source, clocks, what nearly fired, and the contacts; nothing is kept."""
    harm = {"people_affected": 950, "deaths": 1}
    file = put(no_network, {**INCIDENT, "harm_quantification": harm, "aware_at": "2026-11-24T08:00:00Z"})
    (said,) = explained(file)
    reasons = {reason["rule"]: reason for reason in said["grade"]["reasons"]}
    close = [miss for miss in said["nearly_fired"] if miss["close"]]

    assert said["grade"]["severity"] == "critical"
    assert reasons["incident.death"]["inputs"]["deaths"] == 1
    assert "OECD" in reasons["incident.death"]["source"]
    assert [clock["regime"] for clock in said["grade"]["clocks"]] == ["eu-gpai-code"]
    assert [(miss["rule"], miss["needed"], miss["margin"]) for miss in close] == [
        ("incident.people_affected.many", ["1,000"], 0.05)
    ]
    assert len(said["told"]["institutes"]) == 10
    assert [path.name for path in no_network.iterdir()] == ["report.json"]


def test_people_read_the_same(no_network: Path) -> None:
    """The terminal shows severity, sentences, what nearly fired with its margin, and who is told what."""
    said = run(put(no_network, {**INCIDENT, "harm_quantification": {"people_affected": 950}, "title": "Secret title"}))

    for shown in (
        "MODERATE",
        "incident, certainty observed",
        "People's bodies or health were harmed",
        "OECD AI Papers No. 16 (2024)",
        "1,000 (missed by 5.0%)",
        "after 1 h of silence, lead",
        "duty@jp.example",
        "Route 'soon'",
    ):
        assert shown in said
    assert "Secret title" not in said


def test_red_shows_whom_the_label_keeps_out_and_why(no_network: Path) -> None:
    """Nothing but a notice goes out, to named persons alone; the text is shown to nobody."""
    (said,) = explained(put(no_network, RED))
    contacts = [
        contact
        for institute in said["told"]["institutes"]
        for step in institute["steps"]
        for contact in step["contacts"]
    ]

    assert {contact["says"] for contact in contacts} == {"notice"}
    assert {contact["why"] for contact in contacts} == {"red_never_in_a_message"}
    assert "Secret title" not in json.dumps(said)


def test_members_that_are_left_out_are_named(no_network: Path) -> None:
    """An unclassified finding goes to its reporter and the coordinator."""
    (said,) = explained(put(no_network, {**FINDING, "institute": "jp", "evaluation": {"name": "never heard of"}}))

    assert [one["institute"] for one in said["told"]["institutes"]] == ["gb", "jp"]
    assert "us" in said["told"]["not_concerned"]
    assert said["grade"]["severity"] == "unclassified"


def test_every_part_of_a_file_is_accounted_for(no_network: Path) -> None:
    """A retraction has no grade, a fault has its field and fix, and the rest is explained; exit status 1."""
    back = json.loads(envelope(RETRACTION, kind=ReportKind.INCIDENT, action=Action.RETRACT, event_id="x").to_json())
    file = put(no_network, INCIDENT, {**INCIDENT, "materialisation": "perhaps"}, back, name="three.jsonl")
    first, second, third = explained(file, status=1)

    assert first["grade"]["severity"] == "moderate"
    assert second["problems"][0]["field"] == "materialisation"
    assert (third["grade"], third["told"], third["action"]) == (None, None, "retract")
    assert "A retraction has no grade" in run(file, status=1)


def test_a_stranger_is_refused_as_the_network_would(no_network: Path) -> None:
    """Only members report."""
    (said,) = explained(put(no_network, {**INCIDENT, "institute": "atlantis"}), status=1)

    assert said["problems"][0]["code"] == "unknown_institute"


@pytest.mark.usefixtures("no_network")
def test_an_inspect_log_is_read_with_the_labels_of_the_command_line(sample_data: Path) -> None:
    """What institutes can publish can be explained."""
    log = next(path for path in sorted((sample_data / "inspect_logs").iterdir()) if path.suffix == ".eval")
    (said,) = explained(str(log), "--institute", "us", "--tlp", "amber", "--status", "test", "--at", "2026-11-24")

    assert (said["institute"], said["tlp"], said["status"]) == ("us", "TLP:AMBER", "test")
    assert said["grade"]["reasons"]


def test_another_edition_is_tried_on_it(no_network: Path) -> None:
    """The grade is the edition's, and says so."""
    edited = (NETWORK / "rubric.yaml").read_text(encoding="utf-8").replace("name: network-1", "name: tried")
    (no_network / "rubric.yaml").write_text(
        edited.replace("severity: {physical: critical}", "severity: {physical: severe}", 1), encoding="utf-8"
    )
    file = put(no_network, {**INCIDENT, "harm_quantification": {"deaths": 1}})
    (live,), (tried,) = explained(file), explained(file, "--rubric", str(no_network / "rubric.yaml"))

    assert (live["grade"]["severity"], tried["grade"]["severity"]) == ("critical", "severe")
    assert tried["grade"]["rubric"].startswith("tried+")


@pytest.mark.parametrize("tlp", Tlp)
def test_who_is_told_first_is_whom_the_notifiers_would_tell(directory: Directory, tlp: Tlp) -> None:
    """The first steps are the notifiers' own plan for an alert that is raised, with what is withheld."""
    assessment = loaded().assess(incident(harm={"deaths": 1}, tlp=tlp.value))
    assert assessment.grade is not None
    routed = plan_route(
        RoutedAlert(assessment.kind, assessment.status, tlp, assessment.grade.severity, [assessment.institute]),
        directory,
    )
    event = AlertEvent(
        alert="a",
        revision=1,
        change=AlertChange.RAISED,
        at=TIME,
        reason="first_report",
        kind=assessment.kind,
        state=AlertState.OPEN,
        severity=assessment.grade.severity,
        oecd_class=assessment.grade.oecd_class,
        status=assessment.status,
        tlp=tlp,
    )
    concerned = tuple(Concerned(concern.institute, concern.ladder) for concern in routed.concerns)
    plan = plan_notification(event, AlertFacts(tlp, concerned, ()), directory)
    first = [
        (one.institute, told.contact, told.channel, told.address, told.says, told.why)
        for one in telling(assessment, directory, now=TIME).institutes
        for told in one.steps[0].told
    ]

    assert first == [
        (each.institute, each.contact, each.channel, each.address, each.disclosure.value, each.disclosure_reason)
        for each in plan.deliveries
    ]


@pytest.mark.parametrize("severity", [Severity.MINOR, Severity.MODERATE, Severity.SEVERE])
def test_everybody_whom_a_rehearsal_tells_is_named(directory: Directory, severity: Severity) -> None:
    """Who asked for such alerts, and who hears of silence and missed deadlines, beside those whom ladders call."""
    assessment = assessments.finding(severity=severity, tlp=Tlp.GREEN, domain=Domain.MANIPULATION)
    said = telling(assessment, directory, now=TIME)
    rehearsal = rehearse(RehearsedAlert.of(assessment), directory, at=TIME)
    by_ladders = [told for one in said.institutes for step in one.steps for told in step.told if not told.withheld]
    reasons = {told.reason for told in said.others}

    assert {*by_ladders, *said.others} == set(rehearsal.told)
    assert len(by_ladders) + len(said.others) == len(rehearsal.told)
    assert (TellingReason.SUBSCRIBED in reasons) is (severity is not Severity.MINOR)
    assert (TellingReason.LADDER_EXHAUSTED in reasons) is (severity is not Severity.MINOR)


def test_what_waits_for_its_hour_says_so(no_network: Path) -> None:
    """At night a contact that is left in peace is told by the morning."""
    status = {"framework": "F", "version": "1", "category": "sway", "threshold": "high", "status": "approaching"}
    report = {**FINDING, "tlp": "TLP:GREEN", "domain": "manipulation", "framework_status": [status]}
    said = run(put(no_network, report), "--at", "2026-11-28T22:00:00Z")

    assert "subscribed; owes no answer; after quiet hours" in said
