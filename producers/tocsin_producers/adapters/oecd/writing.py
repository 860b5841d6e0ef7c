"""An incident as a row of the framework's columns: what `tocsin example incident --csv` shows to be filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from tocsin_producers.adapters.oecd.criteria import COLUMNS, CRITERIA, LABELLED
from tocsin_schemas import Incident

_GRADED = ("causal_link", "materialisation", "extent", "reversibility", "seriousness", "ongoing", "people_at_risk")
_BESIDE = (*_GRADED, "domain", "aware_at", "system_version", "developer", "deployer", "submitter_institute")
_COLUMNS = (*(one.key for one in CRITERIA), *_BESIDE, "submitter_relation", *LABELLED)


def as_csv(incidents: Iterable[Incident]) -> str:
    """The incidents as CSV, a row each under all criteria and the columns that grading asks for; read back the same."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([COLUMNS[key].label for key in _COLUMNS])
    writer.writerows([[row.get(key, "") for key in _COLUMNS] for row in map(_row, incidents)])
    return text.getvalue()


def _row(incident: Incident) -> dict[str, str]:
    fields = incident.model_dump(mode="json", exclude_unset=True)
    relation, submitter = fields.pop("relation_to_ai"), fields.pop("submitter")
    materials, systems = fields.pop("supporting_materials"), fields.pop("systems", [])
    harm = fields.pop("harm_quantification", {})
    row = {key: _cell(value) for key, value in fields.items() if value is not None}
    row |= {
        "relation_to_ai": relation["description"],
        "causal_link": relation["causal_link"],
        "submitter": submitter.get("role") or "",
        "submitter_institute": submitter.get("institute") or "",
        "submitter_relation": submitter.get("relation") or "",
        "supporting_materials": _joined(_material(one) for one in materials),
        "systems": _joined(one["name"] for one in systems),
        "harm_quantification": _joined(f"{name}: {count}" for name, count in harm.items() if count is not None),
    }
    parts = {"system_version": "version", "developer": "developer", "deployer": "deployer"}
    return row | {key: _joined(one.get(part) or "" for one in systems) for key, part in parts.items()}


def _cell(value: Any) -> str:
    return _joined(value) if isinstance(value, list) else str(value)


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)


def _material(evidence: Mapping[str, str | None]) -> str:
    return " ".join(part for name in ("title", "uri", "digest") if (part := evidence.get(name)))
