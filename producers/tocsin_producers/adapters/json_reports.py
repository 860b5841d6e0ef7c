"""Reports of our own in JSON: a CloudEvent, or the bare data of a finding or an incident."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.content_id import content_id
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_producers.kinds import infer_kind, read_body
from tocsin_schemas import Action, ReportKind, from_json, read_report
from tocsin_schemas.signatures import ATTRIBUTE as SIGNATURE


def is_event(item: Mapping[str, Any]) -> bool:
    """Whether the object is a CloudEvent, by the attribute that every one must have."""
    return "specversion" in item


def read(item: Mapping[str, Any], labels: Labels, *, kind: ReportKind | None) -> Draft:
    """The report that the object is.

    Args:
        item: an event, or data.
        labels: fill what the object does not say.
        kind: what bare data is; None: told by its fields.

    Raises:
        InvalidEvent: it is no valid report.
    """
    if is_event(item):
        return _from_cloudevent(item, labels)
    kind = kind or infer_kind(item)
    body = read_body({**_filling(labels, kind), **item}, kind=kind, action=Action.REPORT)
    return Draft(body=body, kind=kind, event_id=content_id(body, kind=kind))


def _filling(labels: Labels, kind: ReportKind) -> dict[str, Any]:
    return labels.finding_fields() if kind is ReportKind.FINDING else labels.fields()


def _from_cloudevent(item: Mapping[str, Any], labels: Labels) -> Draft:
    data = item.get("data")
    if isinstance(data, dict) and SIGNATURE not in item:
        # What is signed is published as it is, or refused as it is.
        item = {**item, "data": {**labels.fields(), **data}}
    envelope = from_json(json.dumps(item).encode())
    report = read_report(envelope)
    return Draft(
        body=report.body,
        kind=report.kind,
        action=report.action,
        event_id=envelope.id,
        series=envelope.series,
        source=envelope.source,
        time=envelope.time,
        envelope=envelope,
    )
