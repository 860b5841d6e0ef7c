"""What operators are told when a rubric file cannot be used, and what the version of a rubric names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.streams.reports import NETWORK, edited
from tocsin_streams.rubric import RubricError, load_rubric

RUBRIC_TEXT = (NETWORK / "rubric.yaml").read_text(encoding="utf-8")
EVALUATIONS_TEXT = (NETWORK / "evaluations.yaml").read_text(encoding="utf-8")

RULE: dict[str, object] = {
    "id": "incident.test",
    "kind": "incident",
    "when": "incident.graded",
    "severity": {"reported": "minor"},
    "oecd_class": "incident",
    "sentence": "A sentence.",
    "source": "A source",
}
FINDING_RULE = {
    "id": "finding.test",
    "kind": "finding",
    "when": "finding.measured",
    "severity": "minor",
    "oecd_class": "hazard",
    "sentence": "A sentence.",
    "source": "A source",
}
CLOCK = {
    "id": "clock.test",
    "kind": "incident",
    "when": "incident.graded",
    "regime": "r",
    "trigger": "t",
    "days": 2,
    "applies_from": "2026-01-01",
    "source": "s",
}
ENTRY = {
    "name": "an_evaluation",
    "domain": "cyber",
    "source": "https://example.org/paper",
    "metrics": [
        {"name": "accuracy", "higher_is": "worse", "thresholds": {"minor": 0.5}, "basis": "Because of reasons."}
    ],
}


def rubric_with(rule: dict[str, object], **more: object) -> str:
    """A rubric file of one rule."""
    return yaml.safe_dump({"name": "test", "rules": [rule], **more})


def evaluations_with(**changes: object) -> str:
    """A registry of one evaluation, its metric changed."""
    entry = {**ENTRY, "metrics": [{**ENTRY["metrics"][0], **changes}]}  # type: ignore[dict-item]
    return yaml.safe_dump({"evaluations": [entry]})


def refusal(tmp_path: Path, **files: str) -> RubricError:
    """The error for these files."""
    folder = edited(tmp_path, **files)
    with pytest.raises(RubricError) as caught:
        load_rubric(folder)
    return caught.value


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ({**RULE, "when": "incident.graded &&"}, ["rule 'incident.test'", "when", "is not CEL"]),
        (
            {**RULE, "when": "incident.death >= 1"},
            ["rule 'incident.test'", "when", "is no fact", "Did you mean 'deaths'?"],
        ),
        (
            {**RULE, "when": "incident.deaths >= 1"},
            ["rule 'incident.test'", "when", "leave out", "has(incident.deaths)"],
        ),
        ({**RULE, "when": "finding.measured"}, ["rule 'incident.test'", "when", "finding in a rule for incidents"]),
        ({**RULE, "when": "1 < 2"}, ["rule 'incident.test'", "when", "asks about nothing"]),
        ({**RULE, "when": "incident.extent in lists.nowhere"}, ["rule 'incident.test'", "when", "the list 'nowhere'"]),
        ({**RULE, "when": "incident.extent > 3"}, ["rule 'incident.test'", "when", "cannot be evaluated"]),
        ({**RULE, "when": "incident.extent"}, ["rule 'incident.test'", "when", "cannot be evaluated", "str"]),
        ({**RULE, "sentence": None}, ["rule 'incident.test'", "sentence"]),
        ({key: value for key, value in RULE.items() if key != "source"}, ["rule 'incident.test'", "source", "Add it."]),
        ({**RULE, "id": "Not An Id"}, ["rule 'Not An Id'", "id"]),
        ({**RULE, "severty": "minor"}, ["rule 'incident.test'", "severty", "Remove it"]),
        ({**RULE, "severity": {"reported": "terrible"}}, ["rule 'incident.test'", "severity"]),
        ({**RULE, "severity": {"feelings": "minor"}}, ["rule 'incident.test'", "severity"]),
        ({**RULE, "severity": {}}, ["rule 'incident.test'", "severity", "harm type"]),
        ({**RULE, "severity": "minor"}, ["rule 'incident.test'", "severity", "each harm type"]),
        ({**RULE, "severity": {"reported": "unclassified"}}, ["rule 'incident.test'", "severity", "unclassified"]),
        ({**RULE, "oecd_class": None}, ["rule 'incident.test'", "oecd_class"]),
        ({**RULE, "severity": None}, ["rule 'incident.test'", "oecd_class"]),
        ({**FINDING_RULE, "severity": "critical"}, ["rule 'finding.test'", "severity", "never above severe"]),
        ({**FINDING_RULE, "oecd_class": "incident"}, ["rule 'finding.test'", "oecd_class", "hazard"]),
        ({**FINDING_RULE, "severity": {"reported": "minor"}}, ["rule 'finding.test'", "severity", "one severity"]),
        ({**FINDING_RULE, "when": "finding.value > 0.5"}, ["rule 'finding.test'", "when", "has(finding.value)"]),
    ],
)
def test_a_wrong_rule_is_refused_by_its_id_and_field(tmp_path: Path, rule: dict[str, object], parts: list[str]) -> None:
    """The error names the file, the rule, the field and the fix."""
    error = refusal(tmp_path, rubric=rubric_with(rule))

    assert all(part in str(error) for part in ["rubric.yaml", *parts])
    assert error.fix


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"thresholds": {"minor": 0.5, "moderate": 0.4}}, ["thresholds", "rise"]),
        ({"higher_is": "better", "thresholds": {"minor": 0.5, "moderate": 0.6}}, ["thresholds", "fall"]),
        ({"thresholds": {"minor": 5}}, ["thresholds", "scale"]),
        ({"thresholds": {}}, ["thresholds", "none"]),
        ({"chance": 0.5}, ["thresholds", "above chance"]),
        ({"scale": [1, 0]}, ["scale"]),
        ({"higher_is": "good"}, ["higher_is", "worse"]),
        ({"thresholds": {"critical": 0.9}}, ["critical"]),
        ({"basis": None}, ["basis"]),
    ],
)
def test_a_wrong_evaluation_is_refused_by_its_name_and_field(
    tmp_path: Path, change: dict[str, object], parts: list[str]
) -> None:
    """The error names the file, the evaluation, the field and the fix."""
    error = refusal(tmp_path, evaluations=evaluations_with(**change))

    assert all(part in str(error) for part in ["evaluations.yaml", "evaluation 'an_evaluation'", *parts])


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: {"rubric": "rules: ["}, "not YAML"),
        (lambda: {"rubric": "- a list"}, "no mapping"),
        (lambda: {"rubric": "name: a\nname: b\nrules: []"}, "'name' is given twice (line 2)"),
        (lambda: {"rubric": yaml.safe_dump({"name": "test", "rules": []})}, "rules"),
        (
            lambda: {"rubric": yaml.safe_dump({"name": "test", "rules": [RULE, RULE]})},
            "rule 'incident.test': is given twice",
        ),
        (lambda: {"rubric": rubric_with(RULE, clocks=[{**CLOCK, "days": -1}])}, "clock 'clock.test': days"),
        (lambda: {"rubric": rubric_with(RULE, clocks=[{**CLOCK, "when": "incident.no"}])}, "clock 'clock.test': when"),
        (
            lambda: {"evaluations": yaml.safe_dump({"evaluations": [ENTRY, ENTRY]})},
            "is taken by evaluation 'an_evaluation'",
        ),
        (lambda: {"evaluations": yaml.safe_dump({"evaluations": [{**ENTRY, "domain": "magic"}]})}, "domain"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, make: Callable[[], dict[str, str]], part: str) -> None:
    """Whatever is wrong with a file is said in words."""
    assert part in str(refusal(tmp_path, **make()))


def test_a_missing_file_says_what_to_set(tmp_path: Path) -> None:
    """The error names the setting that leads to the folder."""
    with pytest.raises(RubricError, match=r"rubric\.yaml: no such file\. Set TOCSIN_NETWORK_DIR"):
        load_rubric(tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are no rubric."""
    folder = edited(tmp_path)
    (folder / "rubric.yaml").write_bytes(b"name: \xff\xfe")

    with pytest.raises(RubricError, match="UTF-8"):
        load_rubric(folder)


def test_the_version_names_the_content_of_both_files(tmp_path: Path) -> None:
    """A changed threshold or rule is another rubric; a comment or the order of keys is not."""
    shipped = load_rubric(NETWORK).version
    commented = load_rubric(edited(tmp_path, rubric="# A comment.\n" + RUBRIC_TEXT)).version
    reordered = load_rubric(
        edited(tmp_path, rubric=yaml.safe_dump(yaml.safe_load(RUBRIC_TEXT), sort_keys=True))
    ).version
    moved = load_rubric(
        edited(tmp_path, rubric=RUBRIC_TEXT, evaluations=EVALUATIONS_TEXT.replace("severe: 0.8125", "severe: 0.9"))
    ).version
    reworded = load_rubric(
        edited(tmp_path, rubric=RUBRIC_TEXT.replace("It is over.", "It ended."), evaluations=EVALUATIONS_TEXT)
    ).version

    assert shipped == commented == reordered
    assert len({shipped, moved, reworded}) == 3
    assert shipped.startswith("network-1+sha256:")
