"""`tocsin publish` over every real log there is: each file accounted for, and what was taken graded, not guessed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.system.harness import System
from tocsin_alerting.store.tables import ReportRow
from tocsin_schemas import Severity

pytestmark = pytest.mark.kafka

_TWINS = "inspect_ai__log__test_eval_log__log_formats"
REFUSED = {
    # An Inspect log cut off in the middle, and one of a format that no inspect-ai reads any more.
    "inspect_ai__log__test_eval_log__log_invalid.txt",
    "inspect_ai__log__test_eval_log__log_version_3.txt",
}


@pytest.fixture(scope="module")
def logs(sample_data: Path) -> list[Path]:
    """Every file of the sample logs."""
    found = sorted((sample_data / "inspect_logs").iterdir())
    assert found, "the folder of sample logs is empty"
    return found


def _publish(system: System, files: list[Path], *options: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("tocsin")
    return subprocess.run(
        [str(command), "publish", *options, "--tlp", "TLP:GREEN", "--status", "test", *map(str, files)],
        env={**os.environ, **system.environment, "TOCSIN_INSTITUTE": "us", "COLUMNS": "200"},
        cwd=system.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_sample_log_is_accounted_for_and_graded_or_refused_with_its_reason(
    system: System, logs: list[Path]
) -> None:
    """A row for each file and no traceback; two are refused with field and fix; the others are in the store."""
    done = _publish(system, logs, "--json")
    said = json.loads(done.stdout)
    rows: list[dict[str, Any]] = said["reports"]
    by_file = {Path(row["file"]).name: row for row in rows}
    published = {name: row["id"] for name, row in by_file.items() if row["outcome"] == "published"}
    refused = {name: row for name, row in by_file.items() if row["outcome"] == "refused"}

    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 1
    assert set(by_file) == {file.name for file in logs}
    assert set(refused) >= REFUSED
    assert all(row["problems"] and all(each["fix"] for each in row["problems"]) for row in refused.values())
    assert len(published) + len(refused) == len(rows) == len(logs)
    # One run, written down in two formats: one report.
    assert published[f"{_TWINS}.eval"] == published[f"{_TWINS}.json"]

    def graded() -> dict[str, str | None]:
        with system.read() as session:
            found = session.execute(
                select(ReportRow.event_id, ReportRow.severity).where(ReportRow.event_id.in_(published.values()))
            )
            grades = dict(found.all())
        return grades if set(grades) == set(published.values()) else {}

    grades = system.eventually(graded, "every published report is graded", within=60)

    assert set(grades.values()) <= set(Severity)
    # General ability, and tests that the registry does not know, are nobody's hazard and nobody's all-clear.
    assert Severity.UNCLASSIFIED in grades.values()


def test_people_see_a_table_with_a_line_for_each_file(system: System, logs: list[Path]) -> None:
    """Nobody needs to read JSON to learn what became of a file."""
    done = _publish(system, logs)
    told = done.stdout.replace("\n", "")

    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 1
    assert [file.name for file in logs if file.name[:30] not in told] == []
