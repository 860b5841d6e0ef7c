"""What names a task's reports for ever: the same run has the same ids, whoever publishes it, from whichever file."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tocsin_producers.adapters.lm_eval.run import SharedRun
from tocsin_producers.adapters.lm_eval.task import Task
from tocsin_producers.adapters.protocol import Labels
from tocsin_schemas import Status

_NAMESPACE = UUID("a9b0f8a3-52f7-5d1c-8d4b-0d6f0c7f5a11")


def series_of(*, system: str, began: datetime, task: str, status: Status) -> str:
    """The report series of a task in a run: scoring it anew stays in it. An exercise and the real thing are two.

    The harness gives a run no id; the second in which it began, and the system, stand for one. They are what other
    formats keep of a run as well, so that a record made of it can name this series.

    Args:
        system: the system's name.
        began: when the run began.
        task: the task's name.
        status: whether it is meant.
    """
    return f"lm-eval:{uuid5(_NAMESPACE, _canonical(['series', system, int(began.timestamp()), task, status]))}"


def event_id_of(run: SharedRun, task: Task, labels: Labels) -> str:
    """The id of the report: from the run, what came out and the label, not from the bytes of the file.

    The file written anew, with its fields in another order or by another program, makes the same report; numbers that
    changed, and a label under which it may be shared more widely, make another.
    """
    measured = [
        [one.metric, one.scorer, one.value, one.stderr, one.samples]
        for one in sorted(task.measurements, key=lambda one: (one.metric, one.scorer or ""))
    ]
    said = [labels.status, labels.tlp, measured, sorted(task.not_numbers)]
    return str(uuid5(_NAMESPACE, _canonical(["event", *_run(run), task.name, *said])))


def _run(run: SharedRun) -> list[str | None]:
    return [run.system.name, run.system.version, run.observed_at.isoformat()]


def _canonical(parts: list[Any]) -> str:
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=True)
