"""`tocsinctl rubric check`: the shipped rubric, broken ones, exit statuses, and the version that is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.streams.reports import NETWORK, loaded
from tests.streams.trying.broken import WHOLE, network, rule
from tocsin_deploy.cli import app


@pytest.fixture(autouse=True)
def live_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network as it is shipped."""
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(NETWORK))


def run(*words: str, status: int = 0) -> str:
    """What the command prints."""
    done = CliRunner().invoke(app, ["rubric", *words], env={"COLUMNS": "200"})
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


OWN = [{"rule": "incident.any", "kind": "incident"}]
"""Tests of an edition's own: without them it is held against those of the live rubric."""


def told(said: dict[str, Any], level: str) -> list[str]:
    """What was found of a level, as a person would read it."""
    return [f"{note['subject']}: {note['message']} {note['fix']}" for note in said["notes"] if note["level"] == level]


def test_the_shipped_rubric_has_no_faults() -> None:
    """Every rule can hold and can be evaluated, its own tests pass, and what was searched is said."""
    said = json.loads(run("check", "--json"))

    assert told(said, "fault") == []
    assert [note["subject"] for note in said["notes"] if note["code"] in {"no_test", "test_of_nothing"}] == []
    assert said["rubric"] == loaded().version
    assert {one["kind"] for one in said["searched"]} == {"finding", "incident"}
    assert all(one["reports"] > 3_000 for one in said["searched"])


def test_a_faulty_rubric_is_refused_with_the_rule_and_the_fix(tmp_path: Path) -> None:
    """People read the rule, what is wrong, how it is known, and what was searched; exit status 1."""
    never = rule("x.never", 'incident.occurred && incident.materialisation == "potential"')
    said = run("check", str(network(tmp_path, *WHOLE, never, tests=OWN)), status=1)

    assert "x.never" in said
    assert "no report has such facts" in said
    assert "Searched, for incidents:" in said
    assert "1 fault," in said


def test_warnings_fail_only_where_that_is_asked_for(tmp_path: Path) -> None:
    """For whoever checks before every commit."""
    folder = str(network(tmp_path, *WHOLE, tests=OWN))

    assert "0 faults" in run("check", folder)
    assert "0 faults" in run("check", folder, "--strict", status=1)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (
            "incident.occured",
            "x.wrong: when: asks about 'incident.occured', which is no fact. Did you mean 'occurred'?",
        ),
        ("incident.deaths >= 1", "Guard it: has(incident.deaths) && …"),
        ("incident.occurred &&", "is not CEL"),
        ('incident.occurred >= "yes"', "cannot be evaluated"),
    ],
)
def test_a_condition_that_is_no_cel_over_the_facts_is_the_one_fault(tmp_path: Path, when: str, said: str) -> None:
    """What the loader finds is told in the same form: nothing else can be checked then."""
    folder = network(tmp_path, *WHOLE, rule("x.wrong", when))
    found = json.loads(run("check", str(folder), "--json", status=1))
    (note,) = found["notes"]

    assert (note["level"], note["code"]) == ("fault", "not_loaded")
    assert said.replace("x.wrong", "rule 'x.wrong'") in f"{note['subject']}: {note['message']} {note['fix']}"


def test_the_version_is_the_one_that_assessments_say(tmp_path: Path) -> None:
    """Of the live rubric, and of an edition."""
    assert run("version").strip() == loaded().version
    assert run("version", str(network(tmp_path, *WHOLE))).startswith("tried+sha256:")
