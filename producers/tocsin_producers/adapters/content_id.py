"""The id of a report that has none of its own: made from what it says, so that reading it again changes nothing."""

from __future__ import annotations

import json
import uuid

from tocsin_schemas import Action, Body, ReportKind

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tocsin:report")


def content_id(body: Body, *, kind: ReportKind, action: Action = Action.REPORT, series: str | None = None) -> str:
    """The event id of a report by what it says alone: the same report read again has the same id."""
    words = [kind.value, action.value, series, body.model_dump(mode="json", exclude_unset=True)]
    return str(uuid.uuid5(_NAMESPACE, json.dumps(words, sort_keys=True, separators=(",", ":"))))
