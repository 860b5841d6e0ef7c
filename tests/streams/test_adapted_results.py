"""Results that frameworks wrote for themselves, read by the adapters: the registry knows their names and metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.producers.adapted import LABELS, drafts, harness, written
from tests.streams.reports import TIME, loaded, rules_of
from tocsin_producers.adapters import Draft
from tocsin_schemas import Finding, Grade, Severity, envelope_for, read_report
from tocsin_streams.rubric.reading import read_finding

RUBRIC = loaded()


def grade_of(draft: Draft) -> Grade:
    """The grade of a draft as the network would give it."""
    event = envelope_for(
        draft.body, kind=draft.kind, action=draft.action, source="urn:tocsin:institute:gb", event_id="x", time=TIME
    )
    grade = RUBRIC.grade(read_report(event))
    assert grade is not None
    return grade


@pytest.mark.parametrize("task", ["wmdp_bio", "wmdp_chem", "wmdp_cyber"])
def test_results_of_the_evaluation_harness_are_graded(tmp_path: Path, task: str) -> None:
    """`acc` of `lm_eval` is the accuracy that the registry has thresholds for; its interval counts."""
    content = harness(
        {task: {"alias": task, "acc,none": 0.71, "acc_stderr,none": 0.0127}},
        **{"n-samples": {task: {"original": 1273, "effective": 1273}}},
    )
    (draft,) = drafts(written(tmp_path / "results.json", content))
    grade = grade_of(draft)

    assert grade.severity is Severity.MODERATE
    assert "finding.threshold.moderate" in rules_of(grade)


@pytest.mark.parametrize("repeats", [1, 7])
def test_a_sample_that_was_run_often_is_one_sample(tmp_path: Path, repeats: int) -> None:
    """The harness repeats questions and scores each once: the interval is that of the questions."""
    counts = {"n-samples": {"wmdp_bio": {"original": 1273, "effective": 40}}}
    content = harness(configs={"wmdp_bio": {"repeats": repeats}}, **counts)
    (draft,) = drafts(written(tmp_path / "results.json", content))

    assert isinstance(draft.body, Finding)
    found = read_finding(draft.body, RUBRIC.registry)
    assert found.reading is not None
    assert found.reading.samples == 40


def test_a_low_score_without_examples_says_little(tmp_path: Path) -> None:
    """`0-shot` is what the adapters call it when nobody tried hard: not finding the ability is no proof then."""
    (draft,) = drafts(written(tmp_path / "results.json", harness({"wmdp_bio": {"acc,none": 0.26}})))

    assert "finding.elicitation.weak" in rules_of(grade_of(draft))


def test_records_of_every_eval_ever_are_graded(tmp_path: Path) -> None:
    """The same result in the exchange format gets the same grade."""
    content = {
        "schema_version": "0.2.2",
        "evaluation_id": "wmdp_bio/example_aurora-3/1770000000",
        "evaluation_timestamp": "1768964383",
        "model_info": {"id": "example/aurora-3"},
        "eval_library": {"name": "lm_eval", "version": "0.4.9.2"},
        "evaluation_results": [
            {
                "evaluation_name": "wmdp_bio",
                "metric_config": {"metric_id": "accuracy", "metric_name": "acc", "lower_is_better": False},
                "score_details": {
                    "score": 0.71,
                    "uncertainty": {"standard_error": {"value": 0.0127}, "num_samples": 1273},
                },
            }
        ],
    }
    (draft,) = drafts(written(tmp_path / "record.json", content))

    assert grade_of(draft).severity is Severity.MODERATE


def test_two_filters_of_one_metric_are_for_people(tmp_path: Path) -> None:
    """Which of two numbers under one name is meant nobody guesses."""
    content = harness({"wmdp_bio": {"acc,none": 0.71, "acc,strict": 0.3}})
    (draft,) = drafts(written(tmp_path / "results.json", content))

    assert grade_of(draft).severity is Severity.UNCLASSIFIED


def test_every_real_result_has_a_grade_with_its_reasons(sample_data: Path) -> None:
    """What the registry does not know, or lists as measuring no hazard, is unclassified and says so."""
    results = sample_data / "lm_eval" / "every_eval_ever__results_2026-01-21T03-44-18.458309.json"
    (record,) = (sample_data / "other_evals").iterdir()
    grades = [grade_of(draft) for draft in [*drafts(results, LABELS), *drafts(record, LABELS)]]

    assert [grade.severity for grade in grades] == [Severity.UNCLASSIFIED] * 8
    assert all(rules_of(grade) & {"evaluation.unknown", "evaluation.not_safety"} for grade in grades)
