"""Real evaluation logs that nobody here wrote, read by the Inspect adapter: graded or unclassified, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.reports import TIME, loaded, rules_of
from tocsin_producers.adapters import Draft, Labels, adapter_for
from tocsin_schemas import Grade, InvalidEvent, Severity, Tlp, envelope_for, read_report

RUBRIC = loaded()
LABELS = Labels(institute="gb", tlp=Tlp.GREEN)


def grade_of(path: Path) -> Grade | None:
    """The grade of a log's finding; None where the adapter refuses the file."""
    try:
        (read,) = adapter_for(path).read(path, LABELS)
    except InvalidEvent:
        return None
    if not isinstance(read, Draft):
        return None
    event = envelope_for(
        read.body, kind=read.kind, action=read.action, source="urn:tocsin:institute:gb", event_id="x", time=TIME
    )
    return RUBRIC.grade(read_report(event))


EXPECTED = {
    "every_eval_ever__data_cyse2_vuln_exploit_challenges.json": (Severity.MINOR, "finding.threshold.minor"),
    "every_eval_ever__data_intercode_ctf_local_path.json": (Severity.NEGLIGIBLE, "finding.threshold.none"),
    "every_eval_ever__data_pubmedqa_gpt4o_mini.json": (Severity.UNCLASSIFIED, "evaluation.not_safety"),
    "every_eval_ever__data_arc_qwen.json": (Severity.UNCLASSIFIED, "evaluation.not_safety"),
    "inspect_ai__log__test_eval_log__log_formats.json": (Severity.UNCLASSIFIED, "evaluation.unknown"),
    "inspect_ai__log__test_eval_log__log_with_nan.txt": (Severity.UNCLASSIFIED, "evaluation.unknown"),
    "metr_inspect_action__small.eval": (Severity.UNCLASSIFIED, "evaluation.unknown"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_log_is_graded_as_its_evaluation_deserves(sample_data: Path, name: str) -> None:
    """Known evaluations by their thresholds, all others not at all."""
    grade = grade_of(sample_data / "inspect_logs" / name)
    severity, rule = EXPECTED[name]

    assert grade is not None
    assert grade.severity is severity
    assert rule in rules_of(grade)


def test_every_real_log_is_accounted_for(sample_data: Path) -> None:
    """Each log is refused by the adapter or has a grade with its reasons."""
    grades = {path.name: grade_of(path) for path in sorted((sample_data / "inspect_logs").iterdir())}
    refused = {name for name, grade in grades.items() if grade is None}

    assert refused == {
        "inspect_ai__log__test_eval_log__log_invalid.txt",
        "inspect_ai__log__test_eval_log__log_version_3.txt",
    }
    assert all(grade.reasons for grade in grades.values() if grade is not None)
