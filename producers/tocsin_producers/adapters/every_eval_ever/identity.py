"""What names a result's reports for ever: the record's own ids and what it says, not the bytes of its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tocsin_producers.adapters.every_eval_ever.record import Record
from tocsin_producers.adapters.every_eval_ever.result import Names, Score
from tocsin_producers.adapters.protocol import Labels

_NAMESPACE = UUID("5f2d3f53-5c55-5a63-9d3e-3e2c1b7f8a90")


def series_of(
    record: Record, names: Names, result: Mapping[str, Any], observed_at: datetime | None, labels: Labels
) -> str:
    """The series of a result: a record that is fetched again, or corrected, stays in it.

    Args:
        record: its record.
        names: what was run and measured.
        result: the result, whose data set and settings tell it from others of the same name.
        observed_at: when it was run, where that is said: another run is another series.
        labels: an exercise is a series apart.
    """
    settings = [result.get(name) for name in ("source_data", "generation_config")]
    when = None if observed_at is None else observed_at.isoformat()
    said = [
        record.source,
        record.system.name,
        names.evaluation,
        names.metric,
        names.scorer,
        when,
        settings,
        labels.status,
    ]
    return f"every-eval-ever:{uuid5(_NAMESPACE, _canonical(['series', *said]))}"


def event_id_of(record: Record, series: str, score: Score, labels: Labels) -> str:
    """The id of the report: from its series, its record, what came out and the label."""
    came_out = [score.value, score.stderr, score.samples, score.level]
    return str(uuid5(_NAMESPACE, _canonical(["event", series, record.record_id, *came_out, labels.tlp])))


def _canonical(parts: list[Any]) -> str:
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
