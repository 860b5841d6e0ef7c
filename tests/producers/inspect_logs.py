"""Inspect logs made for tests, as their reader gives them."""

from __future__ import annotations

from typing import Any

from inspect_ai.log import EvalLog

from tocsin_producers.adapters import Draft, Labels
from tocsin_producers.adapters.inspect import finding_from_log
from tocsin_schemas import Finding, Tlp

LABELS = Labels(institute="gb", tlp=Tlp.AMBER)


def score(name: str = "choice", *, reducer: str | None = None, **metrics: float) -> dict[str, Any]:
    """A score with its metrics, as results list it."""
    return {
        "name": name,
        "scorer": name,
        "reducer": reducer,
        "metrics": {metric: {"name": metric, "value": value} for metric, value in metrics.items()},
    }


def results(*scores: dict[str, Any], total: int = 100, completed: int | None = None) -> dict[str, Any]:
    """Results of a run of so many samples."""
    return {
        "total_samples": total,
        "completed_samples": total if completed is None else completed,
        "scores": list(scores),
    }


def log(
    *,
    spec: dict[str, Any] | None = None,
    status: str = "success",
    results: dict[str, Any] | None = None,
    error: str | None = None,
    **more: Any,
) -> EvalLog:
    """A log of one run; what a test is about is given, the rest is ordinary."""
    return EvalLog.model_validate(
        {
            "status": status,
            "eval": {
                "eval_id": "Ev1",
                "run_id": "Run1",
                "task_id": "Task1",
                "task": "inspect_evals/wmdp_bio",
                "created": "2026-10-01T10:00:00+00:00",
                "model": "openai/gpt-4o",
                "dataset": {"samples": 1},
                "config": {},
                "packages": {"inspect_ai": "0.3.285"},
                **(spec or {}),
            },
            "stats": {"started_at": "2026-10-01T10:00:00+00:00", "completed_at": "2026-10-01T11:00:00+00:00"},
            "results": results,
            "error": None if error is None else {"message": error, "traceback": "", "traceback_ansi": ""},
            **more,
        }
    )


def finding(of: EvalLog, labels: Labels = LABELS, **arguments: Any) -> Finding:
    """What the adapter makes of it."""
    body = finding_from_log(of, labels, **arguments).body
    assert isinstance(body, Finding)
    return body


def draft(of: EvalLog, labels: Labels = LABELS) -> Draft:
    """What the adapter makes of it, with its ids."""
    return finding_from_log(of, labels)
