"""Rules of five lines over CSETv1's fields: what little thought gets, for the rubric to be held against."""

from __future__ import annotations

from collections.abc import Mapping

FIVE_LINES_SEVERITY = (
    "ten lives lost: critical",
    "else a life lost: severe",
    "else an injury: moderate",
    "else tangible harm or a rights violation: minor",
    "else negligible",
)
"""CSETv0's own definitions, with CSETv1's fields put in; whether AI caused the harm is not asked."""
FIVE_LINES_HARM_LEVEL = (
    "no AI system: none",
    "else a life lost: event",
    "else an injury: event",
    "else an impact on critical services: event",
    "else none",
)
"""CSETv1's other fields; `Tangible Harm`, all but the label itself, is withheld."""


def severity_by_five_lines(fields: Mapping[str, str]) -> str:
    """Severity out of CSETv1's fields alone."""
    deaths = _count(fields, "Lives Lost")
    if deaths:
        return "critical" if deaths >= 10 else "severe"
    if _count(fields, "Injuries"):
        return "moderate"
    tangible = fields.get("Tangible Harm") == "tangible harm definitively occurred"
    return "minor" if tangible or fields.get("Rights Violation") == "yes" else "negligible"


def harm_level_by_five_lines(fields: Mapping[str, str]) -> str:
    """Harm level out of CSETv1's other fields."""
    if fields.get("AI System") == "no":
        return "none"
    if _count(fields, "Lives Lost") or _count(fields, "Injuries"):
        return "event"
    return "event" if fields.get("Impact on Critical Services") == "yes" else "none"


def _count(fields: Mapping[str, str], name: str) -> int:
    value = str(fields.get(name, ""))
    return int(value) if value.isdigit() else 0
