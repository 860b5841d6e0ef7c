"""A row of the AI Incident Database, without the labels that a grade may be compared with."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin_schemas import ProblemCode, invalid

LABELS = frozenset({"csetv0.Severity", "csetv1.AI Harm Level"})
"""What human annotators said about severity: taken out before anything is read, so that no grade can rest on it."""
LABELS_OF_TANGIBLE_HARM = LABELS | {"csetv1.Tangible Harm"}
"""For a comparison with CSETv1's harm level, of which `Tangible Harm` is all but a copy."""

_NAMESPACES = ("csetv0", "csetv1", "mit")
_DEPLOYER = "Alleged deployer of AI system"
_DEVELOPER = "Alleged developer of AI system"
_HARMED = "Alleged harmed or nearly harmed parties"


@dataclass(frozen=True, slots=True)
class Classification:
    """The fields of one taxonomy as annotators filled them in; what they left empty is not there."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str | None:
        """The value in small letters, None where there is none."""
        value = self.fields.get(name)
        return value.lower() if value is not None else None

    def text(self, name: str) -> str | None:
        """The value as it is written, None where there is none."""
        return self.fields.get(name)

    def parts(self, name: str) -> tuple[str, ...]:
        """The values of a field that may hold several, split at their commas."""
        return tuple(part.strip() for part in self.fields.get(name, "").split(",") if part.strip())

    def count(self, name: str) -> int | None:
        """A whole number; None where there is none."""
        value = (self.fields.get(name) or "").replace(",", "").removesuffix(".0")
        return int(value) if value.isascii() and value.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One incident as the database has it. Its parties are alleged, and stay so."""

    incident_id: str
    title: str
    description: str
    date: str | None
    deployers: tuple[str, ...]
    developers: tuple[str, ...]
    harmed: tuple[str, ...]
    systems: tuple[str, ...]
    csetv0: Classification
    csetv1: Classification
    mit: Classification


def row_of(item: Mapping[str, Any], withhold: Collection[str]) -> Row:
    """The row without the withheld fields.

    Args:
        item: a JSON object, or a line of the CSV snapshot by its column names.
        withhold: fields that are not to be seen, such as `csetv1.Tangible Harm`; the labels never are.

    Raises:
        InvalidEvent: it has no id or nothing that says what happened.
    """
    title, description = _text(item.get("title")), _text(item.get("description"))
    incident_id = _text(item.get("incident_id"))
    if incident_id is None:
        raise invalid("incident_id", "is required.", "Add the incident's number in the database.", ProblemCode.MISSING)
    if title is None and description is None:
        raise invalid("title", "is required.", "Add the title or the description of the incident.", ProblemCode.MISSING)
    hidden = LABELS | set(withhold)
    classified = {name: _classification(name, item.get(name), hidden) for name in _NAMESPACES}
    return Row(
        incident_id=incident_id,
        title=title or description or "",
        description=description or title or "",
        date=_text(item.get("date")),
        deployers=_entities(_DEPLOYER, item),
        developers=_entities(_DEVELOPER, item),
        harmed=_entities(_HARMED, item),
        systems=_entities("implicated_systems", item),
        **classified,
    )


def _classification(namespace: str, value: Any, hidden: Collection[str]) -> Classification:
    if value is None:
        return Classification()
    if not isinstance(value, Mapping):
        raise invalid(namespace, "is not an object of fields.", "Give each field of the taxonomy by its short name.")
    seen: dict[str, str] = {}
    for name, content in value.items():
        text = _text(content)
        if text is not None and f"{namespace}.{name}" not in hidden:
            seen[name] = text
    return Classification(seen)


def _entities(name: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    """A list of entities; in the CSV snapshot it is JSON in a text."""
    value = item.get(name)
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise invalid(name, "is not a list in JSON.", 'Write it as ["first-entity", "second-entity"].') from error
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in (_text(each) for each in listed) if text is not None)


def _text(value: Any) -> str | None:
    """A single value on one line; a list is its parts. None where there is nothing."""
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value)
    if value is None or isinstance(value, Mapping):
        return None
    return " ".join(str(value).split()) or None
