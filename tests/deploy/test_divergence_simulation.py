"""The promised error rates of the divergence test, counted."""

import json
import os

import pytest
from typer.testing import CliRunner

from tocsin_deploy.cli import app
from tocsin_deploy.divergence_simulation import (
    FALSE_ALARMS,
    POWER,
    questions,
    simulate,
    simulate_exercises,
)

SOAK = os.environ.get("TOCSIN_HYPOTHESIS_PROFILE") == "soak"
PAIRS = 10_000 if SOAK else 200


@pytest.mark.timeout(1800)
def test_false_alarms_and_power_are_as_promised() -> None:
    """No row breaks its promise: in soak with 10,000 pairs each, else with fewer and what chance then allows."""
    # Three standard deviations of a count, where there are few pairs.
    slack = 0 if SOAK else 3.5 * (0.0075 / PAIRS) ** 0.5
    broken = [
        cell
        for cell in simulate(questions()[:: 1 if SOAK else 3], pairs=PAIRS, seed=2026)
        if cell.limit is not None
        and (
            cell.rate >= FALSE_ALARMS + slack
            if cell.question == "false_alarm"
            else cell.rate <= POWER - (0 if SOAK else 3.5 * (0.05 * 0.95 / PAIRS) ** 0.5)
        )
    ]

    assert broken == []


@pytest.mark.timeout(600)
def test_many_comparisons_alarm_no_more_often_than_one() -> None:
    """Ten and forty-five comparisons without correction alarm several times too often; with Holm's they do not."""
    cells = list(simulate_exercises(exercises=PAIRS, seed=2026))
    alone, corrected = cells[0::2], cells[1::2]

    assert all(cell.rate > FALSE_ALARMS for cell in alone)
    assert all(cell.rate < FALSE_ALARMS + (0 if SOAK else 0.015) for cell in corrected)


def test_the_command_prints_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tocsinctl divergence simulate --json` gives each row with its rate and whether its promise holds."""
    monkeypatch.setattr("tocsin_deploy.divergence_simulation.questions", lambda: questions()[:2])
    monkeypatch.setattr("tocsin_deploy.divergence_simulation.EXERCISES", ((3, 5, 0.5),))

    result = CliRunner().invoke(app, ["divergence", "simulate", "--pairs", "100", "--json"])

    said = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [cell["holds"] for cell in said["cells"]] == [True, True, None, True]
    assert said["threshold"] == 0.0075
