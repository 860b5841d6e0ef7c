"""What names a run's reports for ever: the same run has the same ids, whoever publishes it, from whichever file."""

from __future__ import annotations

import json
import math
from typing import Any
from uuid import UUID, uuid5

from inspect_ai.log import EvalLog

from tocsin_producers.adapters.protocol import Labels

_NAMESPACE = UUID("6f0a4a4c-6f5a-5b0e-9a53-6f4b3d1f7c11")


def series_of(log: EvalLog, labels: Labels) -> str:
    """The report series of a task's run on a model: re-scoring it, retrying it or finishing it stays in the series.

    Inspect keeps the task id through `eval-retry` and the attempts of an eval set, and gives each a new eval id. So a
    crash and the retry that mends it are one series. An exercise and the real thing are two.
    """
    spec = log.eval
    run = [spec.task_id] if _names_a_run(spec.task_id) else [spec.eval_id]
    return f"inspect:{uuid5(_NAMESPACE, _canonical(['series', *run, spec.task, spec.model, labels.status]))}"


def event_id_of(log: EvalLog, labels: Labels) -> str:
    """The id of the report that this log makes.

    It is made from the run's ids, from what came out and from the label, not from the bytes: the same run kept as
    `.eval` and as `.json` is one report, while a log published while running and again when finished, or scored anew,
    or to be shared more widely, is another.
    """
    spec = log.eval
    identity = [spec.eval_id, spec.task_id, spec.run_id, spec.task, spec.model]
    said = [labels.status, labels.tlp, log.status, log.invalidated, *_results(log)]
    return str(uuid5(_NAMESPACE, _canonical(["event", *identity, *said])))


def _names_a_run(task_id: str) -> bool:
    """Whether it is an id at all; published logs have been seen with their ids blotted out as `...`."""
    return any(character.isalnum() for character in task_id)


def _results(log: EvalLog) -> list[Any]:
    if log.results is None:
        return []
    scores = [
        [score.name, score.reducer or "", sorted([name, _number(one.value)] for name, one in score.metrics.items())]
        for score in log.results.scores
    ]
    return [log.results.total_samples, log.results.completed_samples, scores]


def _number(value: float) -> str:
    # 1 and 1.0 are one value: JSON written by other tools drops the fraction.
    return repr(float(value)) if math.isfinite(value) else "not finite"


def _canonical(parts: list[Any]) -> str:
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
