"""Grading on a real broker: a report comes out as an assessment, or whole as a dead letter that says why."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka.grading import LARGEST, Grading, changed, good, grading
from tests.streams.reports import RETRACTION, TIME
from tocsin_deploy.broker import LocalBroker
from tocsin_schemas import ASSESSMENTS, Action, ProblemCode, ReportKind, Severity, envelope_for
from tocsin_schemas.retraction import Retraction

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def running(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    """One running worker for the tests of this module."""
    with grading(broker, f"m{id(broker):x}.", tmp_path_factory.mktemp("grading")) as deployment:
        deployment.start()
        yield deployment


@pytest.mark.parametrize("kind", ReportKind)
def test_a_good_report_comes_out_as_an_assessment(running: Grading, kind: ReportKind) -> None:
    """Under the key of its series, with its label and its grade."""
    event = good(
        kind, **({"measurements": [{"metric": "accuracy", "value": 0.9, "samples": 1000}]} if kind == "finding" else {})
    )
    running.put(event.to_json(), kind=kind, key=b"whatever", headers=event.headers())
    found = running.wait_for(
        lambda: [each for each in running.assessments() if each[1].report == event.id], "the assessment"
    )
    ((sent, assessment),) = found
    key = next(
        key for topic, one, key in running.seen if one.id == sent.id and topic == ASSESSMENTS.name(running.prefix)
    )

    assert key == b"series-1"
    assert sent.extensions["tlp"] == assessment.tlp.value
    assert assessment.grade is not None
    assert assessment.grade.severity in (Severity.SEVERE, Severity.MODERATE)


def test_binary_mode_and_a_missing_key_are_taken(running: Grading) -> None:
    """What the CloudEvents binding allows is read."""
    event = good()
    whole = json.loads(event.to_json())
    headers = [(f"ce_{name}", str(whole[name]).encode()) for name in whole if name not in ("data", "datacontenttype")]
    running.put(json.dumps(whole["data"]).encode(), headers=[("content-type", b"application/json"), *headers])

    assert running.wait_for(
        lambda: [each for each in running.assessments() if each[1].report == event.id], "the assessment"
    )


def test_a_retraction_follows_its_report(running: Grading) -> None:
    """In the same partition and after it, so that the desk reads them in order."""
    event = good()
    taken_back = envelope_for(
        Retraction.model_validate(RETRACTION),
        kind=ReportKind.FINDING,
        action=Action.RETRACT,
        source=event.source,
        event_id=f"{event.id}-back",
        time=TIME,
        series=event.series,
    )
    for each in (event, taken_back):
        running.put(each.to_json(), key=event.series.encode(), headers=each.headers())
    ids = [event.id, taken_back.id]
    running.wait_for(lambda: {each[1].report for each in running.assessments()} >= set(ids), "both")
    order = [each[1].report for each in running.assessments() if each[1].report in ids]

    assert order == ids


BAD: dict[str, tuple[bytes | None, ProblemCode]] = {
    "no value": (None, ProblemCode.NOT_CLOUDEVENT),
    "a megabyte": (LARGEST, ProblemCode.TOO_LARGE),
    "not UTF-8": (b'{"id": "\xff"}', ProblemCode.NOT_UTF8),
    "not JSON": (b"hello", ProblemCode.NOT_JSON),
    "deep nesting": (b"[" * 30_000, ProblemCode.NOT_JSON),
    "no TLP": (changed(good(), tlp=None), ProblemCode.MISSING),
    "unknown field": (changed(good(), sumary="x"), ProblemCode.UNKNOWN_FIELD),
    "wrong enum": (changed(good(), status="real"), ProblemCode.INVALID_VALUE),
    "no system": (changed(good(), system=None), ProblemCode.MISSING),
    "unknown institute": (changed(good(), institute="xx"), ProblemCode.UNKNOWN_INSTITUTE),
    "future version": (
        good().to_json().replace(b"reported.v1", b"reported.v2"),
        ProblemCode.FUTURE_VERSION,
    ),
    "in the wrong topic": (good(ReportKind.INCIDENT).to_json(), ProblemCode.WRONG_TOPIC),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_message_comes_out_as_a_dead_letter(running: Grading, name: str) -> None:
    """With its reason, its original bytes, its key and its headers, and the next report is graded as if nothing was."""
    value, code = BAD[name]
    headers = [("x-first", b"1"), ("x-first", b"\xfe"), ("x-second", b"")]
    place = running.put(value, key=b"\xff key", headers=headers)
    found = running.wait_for(
        lambda: [
            letter for _, letter in running.dead_letters() if (letter.topic, letter.partition, letter.offset) == place
        ],
        "the dead letter",
    )
    (letter,) = found
    after = good()
    running.put(after.to_json(), key=b"\xff key")

    assert code in [problem.code for problem in letter.problems]
    assert letter.value == value
    assert letter.key == b"\xff key"
    assert [(header, base64.b64decode(content)) for header, content in letter.headers] == headers
    assert running.wait_for(
        lambda: [each for each in running.assessments() if each[1].report == after.id], "the next report"
    )


def test_the_log_names_reports_and_never_their_words(running: Grading) -> None:
    """Each line is JSON; ids are in it, protected text is not."""
    event = good(title="UNUTTERABLE", summary="UNUTTERABLE")
    running.put(event.to_json())
    running.wait_for(lambda: [each for each in running.assessments() if each[1].report == event.id], "the assessment")
    # The line is written after the assessment is out, which a loaded machine may make visible.
    running.wait_for(lambda: [line for line in running.worker.said().splitlines() if event.id in line], "its line")
    lines = running.worker.said().splitlines()

    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert any(json.loads(line).get("report") == event.id for line in lines)
    assert "UNUTTERABLE" not in running.worker.said()


def test_missing_topics_end_the_start_with_the_command_to_run(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """A static member that starts before its topics exist would never be given any."""
    deployment = Grading(broker, topic_prefix, tmp_path)
    deployment.worker.start()
    deployment.wait_for(lambda: not deployment.worker.is_running, "the worker ends")
    status, said = deployment.worker.exit_status, deployment.worker.said()
    deployment.close(ended_itself=True)

    assert status == 69
    assert f"{topic_prefix}findings" in said
    assert "tocsinctl topics apply" in said
