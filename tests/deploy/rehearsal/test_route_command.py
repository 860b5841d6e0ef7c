"""`tocsinctl route`: who would be told of a file's reports at an instant, and why everybody else would not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tests.alerting import assessments
from tests.streams.reports import FINDING, INCIDENT, NETWORK
from tocsin_deploy.cli import app
from tocsin_deploy.cli import main as _main
from tocsin_schemas import Severity, Status, Tlp
from tocsin_schemas.event_types import ASSESSMENT_TYPE

NIGHT_IN_SYDNEY = "2026-11-29T03:00:00+11:00"


@pytest.fixture(autouse=True)
def _network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(NETWORK))
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))


def put(folder: Path, content: Any) -> str:
    """A file with a report."""
    path = folder / "report.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def run(*words: str, status: int = 0) -> str:
    """What the command prints."""
    done = CliRunner().invoke(app, ["route", *words], env={"COLUMNS": "180"})
    assert done.exit_code == status, done.output
    return done.output


def routed(*words: str, status: int = 0) -> list[dict[str, Any]]:
    """What it says of each report, as JSON."""
    reports: list[dict[str, Any]] = json.loads(run(*words, "--json", status=status))["reports"]
    return reports


def test_a_report_is_graded_and_routed_at_an_instant(tmp_path: Path) -> None:
    """Each ladder's steps with their instants, then silence; and everybody else with a reason."""
    file = put(tmp_path, {**INCIDENT, "tlp": "TLP:GREEN", "harm_quantification": {"deaths": 1}})
    (report,) = routed(file, "--at", NIGHT_IN_SYDNEY)
    steps = {(one["contact"], one["after_seconds"]) for one in report["told"] if one["reason"] != "ladder_exhausted"}
    silence = {(one["about"], one["at"]) for one in report["told"] if one["reason"] == "ladder_exhausted"}
    why_not = {(one["contact"], one["reason"]) for one in report["not_told"]}

    assert report["alert"]["severity"] == "critical"
    assert report["route"] == "urgent"
    assert {("au.duty", 0), ("au.lead", 900)} <= steps
    assert ("jp", "2026-11-28T16:30:00+00:00") in silence
    assert ("eu.gpai", "team_not_called") in why_not


def test_the_screen_says_the_same_in_words(tmp_path: Path) -> None:
    """With each reader's own clock."""
    said = run(
        put(tmp_path, {**INCIDENT, "tlp": "TLP:RED", "harm_quantification": {"deaths": 1}}), "--at", NIGHT_IN_SYDNEY
    )

    assert "answered by nobody; route 'urgent-red'" in said
    assert "Sun 03:00" in said
    assert "that it awaits them (red never in a message)" in said
    assert "ladder 'urgent-red' calls lead, not team duty" in said
    assert "nobody answered on the whole" in said


def test_a_maintenance_window_is_named_with_the_message_that_it_kept_back(tmp_path: Path) -> None:
    """Whoever reads who is told when sees which line of the policy lets them wait."""
    network = tmp_path / "network"
    shutil.copytree(NETWORK, network)
    policy = yaml.safe_load((network / "policy.yaml").read_text(encoding="utf-8"))
    window = {
        "id": "kr-night",
        "institute": "kr",
        "match": {"severity_at_most": "moderate"},
        "reason": "the cluster is being served",
        "days": ["sunday"],
        "start": "00:30",
        "length": "PT2H",
        "zone": "Asia/Seoul",
    }
    policy.setdefault("muting", {}).setdefault("maintenance", []).append(window)
    (network / "policy.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    report = assessments.finding(severity=Severity.MODERATE, tlp=Tlp.GREEN).model_dump(mode="json", exclude_none=True)
    file = put(tmp_path, report)
    (said,) = routed(file, "--network", str(network), "--at", "2026-11-29T01:00:00+09:00")
    told = {(one["at"], one["kept_by"]) for one in said["told"] if one["contact"] == "kr.duty"}
    screen = " ".join(run(file, "--network", str(network), "--at", "2026-11-29T01:00:00+09:00").split())

    assert told == {("2026-11-28T17:30:00+00:00", "kr-night")}
    assert "kept back by maintenance window 'kr-night'" in screen


def test_an_assessment_is_taken_as_it_is(tmp_path: Path) -> None:
    """Bare, or as the event in which grading wrote it: nothing is graded again."""
    graded = assessments.finding(severity=Severity.MINOR, tlp=Tlp.CLEAR, status=Status.EXERCISE)
    assessment = graded.model_dump(mode="json", exclude_none=True)
    event = {"specversion": "1.0", "id": "a", "source": "s", "type": ASSESSMENT_TYPE, "data": assessment}
    (bare,) = routed(put(tmp_path, assessment), "--at", NIGHT_IN_SYDNEY)
    (enveloped,) = routed(put(tmp_path, event), "--at", NIGHT_IN_SYDNEY)

    assert bare == enveloped
    assert bare["route"] == "exercise-told"
    assert ("au.lead", "no_answer_owed") in {(one["contact"], one["reason"]) for one in bare["not_told"]}


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """The field and the fix, and exit status 1; so for an assessment with a fault."""
    broken = {**FINDING, "tlp": "TLP:PINK"}
    assessment = {"grade": {}, "series": "s", "action": "report"}

    assert "tlp" in run(put(tmp_path, broken), "--at", NIGHT_IN_SYDNEY, status=1)
    assert routed(put(tmp_path, assessment), "--at", NIGHT_IN_SYDNEY, status=1)[0]["problems"]


def test_a_time_without_its_zone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three in the morning is where?"""
    monkeypatch.setattr("sys.argv", ["tocsinctl", "route", put(tmp_path, FINDING), "--at", "2026-11-29T03:00:00"])
    with pytest.raises(SystemExit):
        _main()

    assert "an instant with its zone" in capsys.readouterr().err
