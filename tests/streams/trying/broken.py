"""Small rubrics with something wrong in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.streams.reports import edited
from tocsin_streams.rubric import load_rubric
from tocsin_streams.rubric.trying.check import Checked, check
from tocsin_streams.rubric.trying.notes import Note, NoteCode
from tocsin_streams.rubric.trying.survey import Budget

EVALUATIONS = """
packages: [inspect_evals]
evaluations:
  - name: wmdp_bio
    domain: chemical_biological
    source: https://arxiv.org/abs/2403.03218
    metrics:
      - name: accuracy
        higher_is: worse
        chance: 0.25
        thresholds: {minor: 0.4, moderate: 0.6, severe: 0.8}
        basis: A basis.
  - name: of_no_threshold
    domain: cyber
    source: https://example.org
    metrics: [{name: accuracy, higher_is: worse, thresholds: none, basis: A basis.}]
"""
"""A registry that is quickly searched."""
SMALL = Budget(of_rule=2_000, mixed=200)


def rule(
    rule_id: str, when: str, *, severity: str | None = "minor", harm: str = "reported", **more: Any
) -> dict[str, Any]:
    """A rule; for incidents it argues for the severity of a harm, for findings for the severity itself."""
    kind = "finding" if "finding." in when else "incident"
    argued: dict[str, Any] = {}
    if severity is not None:
        argued = {
            "severity": severity if kind == "finding" else {harm: severity},
            "oecd_class": "hazard" if kind == "finding" else "incident",
        }
    return {
        "id": rule_id,
        "kind": kind,
        "when": when,
        **argued,
        "sentence": "A sentence.",
        "source": "A source",
        **more,
    }


ANY = rule("incident.any", "incident.occurred && incident.linked")
HAZARD = rule("hazard.any", "incident.graded && !incident.occurred", oecd_class="hazard")
RESULT = rule("finding.any", "finding.measured")
WHOLE = (ANY, HAZARD, RESULT)
"""A rubric with no gap."""


def network(
    folder: Path,
    *rules: dict[str, Any],
    clocks: list[dict[str, Any]] | None = None,
    lists: dict[str, list[str]] | None = None,
    tests: list[dict[str, Any]] | None = None,
) -> Path:
    """A network directory with a rubric of these rules."""
    content = {"name": "tried", "lists": lists or {}, "rules": list(rules), "clocks": clocks or []}
    made = edited(folder, rubric=yaml.safe_dump(content), evaluations=EVALUATIONS)
    if tests is not None:
        (made / "rubric_tests.yaml").write_text(yaml.safe_dump({"tests": tests}), encoding="utf-8")
    return made


def checked(folder: Path, *rules: dict[str, Any], **more: Any) -> Checked:
    """What the check says of a rubric of these rules."""
    made = network(folder, *rules, **more)
    return check(load_rubric(made), sentences_dir=made, tests_dir=made, budget=SMALL)


def notes(said: Checked, code: NoteCode) -> list[Note]:
    """What was found of one kind."""
    return [note for note in said.notes if note.code is code]
