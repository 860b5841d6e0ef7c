"""The method's number: whoever changes how the code grades must raise it, for it is part of every version."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.streams.reports import NETWORK, finding, incident
from tocsin_schemas import Report
from tocsin_streams.rubric import load_rubric, loading
from tocsin_streams.rubric.method import METHOD

FROZEN = Path(__file__).parent / "method"
GRADES = FROZEN / "grades.json"


def reports() -> dict[str, Report]:
    """Reports at and beside whatever the code must read, by name."""
    found: dict[str, Report] = {}
    values = (0.0, 0.09, 0.25, 0.41, 0.6, 0.79, 0.83, 0.97, 1.0, 1.2, 83.0)
    for evaluation, value, samples in product(("worse", "better"), values, (4, 60, 5000)):
        found[f"{evaluation} {value} of {samples}"] = finding(evaluation, value, samples=samples)
    for value, stderr in product((0.41, 0.83, 0.97), (0.0, 0.004, 0.09)):
        found[f"worse {value} ± {stderr}"] = finding("worse", value, samples=1000, stderr=stderr)
    found["no interval"] = finding("worse", 0.97, samples=None)
    found["no threshold"] = finding("unknown_harm", 0.97)
    found["not known"] = finding("of_nobody", 0.97)
    found["no score"] = finding("worse")
    status = {"framework": "f", "version": "1", "category": "c", "threshold": "t", "status": "exceeded"}
    found["framework exceeded"] = finding("worse", 0.1, framework_status=[status])
    for link, materialisation, deaths in product(
        ("established", "likely", "suspected", "none", "unknown"),
        ("occurred", "near_miss", "potential", "unknown"),
        (None, 0, 3),
    ):
        harm = None if deaths is None else {"deaths": deaths}
        found[f"{link} {materialisation} {deaths}"] = incident(link, harm, materialisation=materialisation)
    found["wide"] = incident("likely", extent="global", ongoing="yes")
    return found


def graded() -> dict[str, Any]:
    """What this code makes of them under the frozen edition; without its version and the sentences of remarks."""
    rubric = load_rubric(FROZEN)
    grades = {}
    for name, report in reports().items():
        grade = rubric.grade(report)
        grades[name] = {
            **grade.model_dump(mode="json", include={"severity", "oecd_class", "certainty", "urgency", "harms"}),
            "rules": [reason.rule for reason in grade.reasons],
            "clocks": [f"{clock.regime} {clock.days}" for clock in grade.clocks],
        }
    return grades


def test_who_changes_how_the_code_grades_raises_the_number() -> None:
    """Under an edition that never changes every report gets the grade that is on record for this number."""
    record = json.loads(GRADES.read_text(encoding="utf-8"))
    now = graded()

    assert record["method"] == METHOD, "record the grades anew: python -m tests.streams.test_method"
    assert set(record["grades"]) == set(now)
    changed = {name: (record["grades"][name], grade) for name, grade in now.items() if record["grades"][name] != grade}
    assert not changed, "the code grades otherwise than before: raise METHOD in method.py, then record the grades anew"


def test_the_record_holds_every_kind_of_grade() -> None:
    """Had it only one, a change could pass by it."""
    grades = json.loads(GRADES.read_text(encoding="utf-8"))["grades"].values()

    assert {grade["severity"] for grade in grades} == {
        "unclassified",
        "negligible",
        "minor",
        "moderate",
        "severe",
        "critical",
    }
    assert {grade["certainty"] for grade in grades} >= {"observed", "likely", "possible", "unknown"}


def test_another_method_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of two releases that grade apart never name one version."""
    before = load_rubric(NETWORK).version
    monkeypatch.setattr(loading, "METHOD", METHOD + 1)

    assert load_rubric(NETWORK).version != before


if __name__ == "__main__":
    GRADES.write_text(
        json.dumps({"method": METHOD, "grades": graded()}, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
    )
