"""What is wrong with a report, and what its sender can do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from tocsin_schemas import limits


class ProblemCode(StrEnum):
    """The kinds of fault a report can have; stable, so that programs may branch on them."""

    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    INVALID_VALUE = "invalid_value"
    NOT_JSON = "not_json"
    NOT_UTF8 = "not_utf8"
    NOT_CLOUDEVENT = "not_cloudevent"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    FUTURE_VERSION = "future_version"
    WRONG_TOPIC = "wrong_topic"
    UNKNOWN_INSTITUTE = "unknown_institute"
    NOT_ITS_SOURCE = "not_its_source"
    TLP_MISMATCH = "tlp_mismatch"
    BAD_SIGNATURE = "bad_signature"
    NEVER_SEEN = "never_seen"
    UNREADABLE_FILE = "unreadable_file"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a report: where, what, and how to mend it."""

    field: str
    """Dotted path of the field, such as `measurements.0.value`; `(event)` for the event as a whole."""
    message: str
    """What is wrong with it, in one sentence. Never repeats protected text."""
    fix: str
    """What the sender should do."""
    code: ProblemCode = ProblemCode.INVALID_VALUE

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.fix}".strip()


class InvalidEvent(Exception):  # noqa: N818 - the domain's word; it is what the report is
    """A report that cannot be taken as it is: give up on it, dead-letter it with its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def invalid(field: str, message: str, fix: str, code: ProblemCode = ProblemCode.INVALID_VALUE) -> InvalidEvent:
    """The error for a report with a single problem."""
    return InvalidEvent([Problem(field=field, message=message, fix=fix, code=code)])


_FIXES = {
    "tlp": "Label it with one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED; there is no default.",
    "institute": "Give the id of the reporting institute, such as 'gb'.",
    "status": "Say 'actual', 'exercise' or 'test'.",
    "language": "Give the BCP 47 tag of the language the text is in, such as 'en' or 'fr-CA'.",
    "system": 'Name the AI system that was evaluated: {"system": {"name": …}}.',
    "systems": 'Name at least one AI system: {"systems": [{"name": …}]}.',
}


_NAME_CHARACTERS = 60


def shown(name: str) -> str:
    """A field's name as an error may show it: whoever sent it chose it, so it is cut short and kept printable."""
    printable = "".join(character if character.isprintable() else "?" for character in name[:_NAME_CHARACTERS])
    if not name:
        return "(nameless)"
    return f"{printable}…" if len(name) > _NAME_CHARACTERS else printable


def field_path(parts: Iterable[str | int]) -> str:
    """The dotted path of a field, `(event)` for the event as a whole."""
    return ".".join(shown(str(part)) for part in parts) or "(event)"


def missing(field: str, name: str | None = None) -> Problem:
    """The fault of a required field that is absent.

    Args:
        field: its dotted path.
        name: its own name; None: the path is the name.
    """
    name = field if name is None else name
    return Problem(field, "is required.", _FIXES.get(name, f"Add the field '{shown(name)}'."), ProblemCode.MISSING)


def problems_of(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """The faults that pydantic found in data meant for `model`, each with its field and its fix.

    No more than `limits.PROBLEMS` of them are told; the last one then says how many there are besides.
    """
    details = error.errors(include_url=False, include_input=False)
    told = [_problem(detail, model) for detail in details[: limits.PROBLEMS]]
    if len(details) > len(told):
        told[-1] = Problem(
            "(event)", f"has {len(details) - len(told) + 1} further problems.", "Mend the ones named here first."
        )
    return tuple(told)


def _problem(detail: Any, model: type[BaseModel]) -> Problem:
    path = [str(part) for part in detail["loc"]]
    field = field_path(path)
    name = path[-1] if path else ""
    kind: str = detail["type"]
    if kind == "missing":
        return missing(field, name)
    if kind == "extra_forbidden":
        known = sorted(_known_fields(model, path[:-1]))
        close = difflib.get_close_matches(name[:_NAME_CHARACTERS], known, n=1)
        fix = f"Did you mean '{close[0]}'?" if close else f"Remove it; the fields here are: {', '.join(known)}."
        return Problem(field, "is not a field of this report.", fix, ProblemCode.UNKNOWN_FIELD)
    if kind == "finite_number":
        return Problem(
            field,
            "must be a finite number; NaN and infinity are not measurements.",
            "Leave the measurement out, or report the run's outcome as an error.",
        )
    if kind in {"enum", "literal_error"}:
        return Problem(
            field, f"must be one of {detail['ctx']['expected']}.", _FIXES.get(name, "Use one of these values.")
        )
    return Problem(field, _sentence(detail["msg"]), _FIXES.get(name, "Correct the value."))


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ").strip()
    return message if message.endswith(".") else f"{message}."


def _known_fields(model: type[BaseModel], path: list[str]) -> set[str]:
    """The field names of the model that `path` leads to, as far as plain nesting and lists let it be followed."""
    current: type[BaseModel] = model
    for part in path:
        if part.isdigit():
            continue
        info = current.model_fields.get(part)
        nested = _nested_model(info.annotation) if info else None
        if nested is None:
            return set(current.model_fields)
        current = nested
    return set(current.model_fields)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        nested = _nested_model(argument)
        if nested is not None:
            return nested
    return None
