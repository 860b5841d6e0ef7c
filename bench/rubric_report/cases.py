"""Real incidents with a human label and the rubric's answer; the label is no input of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tocsin_producers.adapters import Labels
from tocsin_producers.adapters.aiid import LABELS_OF_TANGIBLE_HARM, AiidAdapter
from tocsin_schemas import (
    Assessment,
    Grade,
    HarmType,
    Incident,
    Materialisation,
    OecdClass,
    Severity,
    Tlp,
    envelope_for,
    read_report,
)
from tocsin_streams.rubric import Rubric

_REPORTED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_LABELS = Labels(institute="gb", tlp=Tlp.CLEAR)
_TANGIBLE = (
    HarmType.PHYSICAL,
    HarmType.PROPERTY,
    HarmType.ECONOMIC,
    HarmType.ENVIRONMENTAL,
    HarmType.CRITICAL_INFRASTRUCTURE,
)
SEVERITIES = ("negligible", "minor", "moderate", "severe", "critical")
HARM_LEVELS = ("none", "issue", "near-miss", "event")
_LEVEL_OF_LABEL = {f"ai tangible harm {level}": level for level in HARM_LEVELS} | {"none": "none"}


@dataclass(frozen=True, slots=True)
class Case:
    """One incident."""

    incident_id: str
    label: str
    """What the annotators said, as a word of the scale."""
    answer: str | None
    """What the rubric says, on the same scale; None where it gives no grade."""
    grade: Grade
    fields: Mapping[str, str]
    """CSETv1's fields as the row has them, for the rules that are compared with the rubric."""


@dataclass(frozen=True, slots=True)
class Cases:
    """A comparison: its scale, its cases, and what has a label that is none."""

    scale: tuple[str, ...]
    cases: tuple[Case, ...]
    unclear: tuple[str, ...]
    """Incidents that the annotators called unclear or left empty: on no scale, so compared with nothing."""


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file of the AI Incident Database."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def by_severity(rows: list[dict[str, Any]], rubric: Rubric) -> Cases:
    """The comparison with CSETv0's severity, whose five words are our own."""
    return _cases(rows, rubric, AiidAdapter(), ("csetv0", "Severity"), SEVERITIES, _severity)


def by_severity_seen_by_others(rows: list[dict[str, Any]], rubric: Rubric) -> Cases:
    """The same, with nothing read that the annotators of the label filled in."""
    theirs = {f"csetv0.{name}" for row in rows for name in row.get("csetv0") or {}}
    return _cases(rows, rubric, AiidAdapter(withhold=theirs), ("csetv0", "Severity"), SEVERITIES, _severity)


def by_harm_level(rows: list[dict[str, Any]], rubric: Rubric) -> Cases:
    """The comparison with CSETv1's harm level; `Tangible Harm`, which all but repeats it, is withheld."""
    blind = AiidAdapter(withhold=LABELS_OF_TANGIBLE_HARM)
    return _cases(rows, rubric, blind, ("csetv1", "AI Harm Level"), HARM_LEVELS, _harm_level)


def _cases(
    rows: list[dict[str, Any]],
    rubric: Rubric,
    adapter: AiidAdapter,
    label: tuple[str, str],
    scale: tuple[str, ...],
    answer: Any,
) -> Cases:
    found: list[Case] = []
    unclear: list[str] = []
    for row, (namespace, name) in _labelled(rows, label):
        said = str(row[namespace].get(name, "")).strip().lower()
        word = said if said in scale else _LEVEL_OF_LABEL.get(said)
        if word not in scale:
            unclear.append(str(row["incident_id"]))
            continue
        assessment = _assessed(row, adapter, rubric)
        assert assessment.grade is not None, "only retractions have no grade"
        found.append(
            Case(
                incident_id=str(row["incident_id"]),
                label=word,
                answer=answer(assessment),
                grade=assessment.grade,
                fields=row.get("csetv1") or {},
            )
        )
    return Cases(scale, tuple(found), tuple(unclear))


def _labelled(rows: list[dict[str, Any]], label: tuple[str, str]) -> Iterator[tuple[dict[str, Any], tuple[str, str]]]:
    return ((row, label) for row in rows if row.get(label[0]) and label[1] in row[label[0]])


def _assessed(row: dict[str, Any], adapter: AiidAdapter, rubric: Rubric) -> Assessment:
    draft = adapter.draft(row, _LABELS)
    envelope = envelope_for(
        draft.body,
        kind=draft.kind,
        action=draft.action,
        source="urn:tocsin:institute:gb",
        event_id=draft.event_id or "",
        time=_REPORTED,
        series=draft.series,
    )
    return rubric.assess(read_report(envelope))


def _severity(assessment: Assessment) -> str | None:
    assert assessment.grade is not None
    severity = assessment.grade.severity
    return None if severity is Severity.UNCLASSIFIED else severity.value


def _harm_level(assessment: Assessment) -> str | None:
    """CSETv1's level of *tangible* harm out of a grade: none where no tangible harm is above negligible."""
    grade, incident = assessment.grade, assessment.incident
    assert grade is not None
    assert isinstance(incident, Incident)
    if grade.severity is Severity.UNCLASSIFIED:
        return None
    tangible = any(grade.harms.get(harm, Severity.UNCLASSIFIED).rank > 0 for harm in _TANGIBLE)
    if grade.oecd_class in (OecdClass.INCIDENT, OecdClass.SERIOUS_INCIDENT, OecdClass.DISASTER):
        return "event" if tangible else "none"
    if not tangible:
        return "none"
    return "near-miss" if incident.materialisation is Materialisation.NEAR_MISS else "issue"
