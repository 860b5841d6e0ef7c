"""Which column a heading means: by number, by name, or by both if they agree."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tocsin_producers.adapters.oecd.cells import is_blank
from tocsin_producers.adapters.oecd.criteria import COLUMNS, CRITERIA, LABELLED, Column
from tocsin_producers.adapters.protocol import Labels
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import Finding, Incident, Problem, ProblemCode, Submitter, limits
from tocsin_schemas.errors import shown
from tocsin_schemas.incident import HarmQuantification

_NUMBERED = re.compile(
    r"(?:criterion|no\.?|#)?[\s_]*(?P<number>\d{1,2})(?!\d)[\s.):_\-\u2013]*(?P<rest>.*)", re.IGNORECASE
)
_MARKS = re.compile(r"\((?:mandatory|required|optional|usd|isic|iso[^)]*)\)|\*", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w]+|_+")
_ENOUGH = 3
"""Criteria that a file must name by heading before it is taken for one of the framework's."""


def _plain(name: str) -> str:
    return " ".join(_NO_WORD.sub(" ", _MARKS.sub(" ", name)).casefold().split())


_BY_NUMBER = {column.number: column for column in CRITERIA}
_BY_NAME = {_plain(name): column for column in COLUMNS.values() for name in (column.name, column.key, *column.also)}


@dataclass(frozen=True, slots=True)
class Headings:
    """What the headings of a file, or the fields of an object, mean."""

    names: tuple[str, ...]
    """As they are written."""
    keys: tuple[str | None, ...]
    """The column's key, heading by heading; None where nothing here has that name."""
    problems: tuple[Problem, ...]
    """What makes the file as a whole unreadable."""


def column_of(heading: str) -> Column | None:
    """The column that a heading means; None where there is none, or its number and its name disagree."""
    found = _BY_NAME.get(_plain(heading))
    if found is not None:
        return found
    numbered = _NUMBERED.fullmatch(heading.strip())
    if numbered is None:
        return None
    by_number = _BY_NUMBER.get(int(numbered["number"]))
    by_name = _BY_NAME.get(_plain(numbered["rest"]))
    return by_number if by_name is None or by_name is by_number else None


def names_criteria(headings: Iterable[str]) -> bool:
    """Whether enough of the headings are criteria for the file to be one of the framework's."""
    found = {column.key for heading in headings if (column := column_of(heading)) is not None and column.number}
    return len(found) >= _ENOUGH


def read_headings(headings: Sequence[str]) -> Headings:
    """What the headings mean, and which of them are wrong: given twice, or nearly one of ours."""
    keys: list[str | None] = []
    problems: list[Problem] = []
    for heading in headings:
        column = column_of(heading)
        if column is not None and column.key in keys:
            problems.append(Problem(column.label, "is given twice.", f"Keep one; the other is '{shown(heading)}'."))
        if column is None and heading.strip():
            fault = _misnamed(heading)
            problems += [] if fault is None else [fault]
        keys.append(None if column is None else column.key)
    return Headings(tuple(name.strip() for name in headings), tuple(keys), tuple(problems))


def absent(keys: Iterable[str | None], labels: Labels) -> list[Problem]:
    """What every report needs and no column holds, in the order of the columns; parts of criterion 4 stand for it.

    Args:
        keys: of the columns that there are.
        labels: what need not have a column.
    """
    present = set(keys)
    if not present.isdisjoint({"submitter_institute", "submitter_role", "submitter_relation"}):
        present.add("submitter")
    problems = [problem_of_absent(column) for column in COLUMNS.values() if column.needed and column.key not in present]
    return problems + [problem for problem in labels.missing() if problem.field not in present]


def problem_of_absent(column: Column) -> Problem:
    """The fault of a column that is absent or empty and may not be."""
    what = f"is required: it is criterion {column.number} of the OECD's framework." if column.number else "is required."
    return Problem(column.label, what, column.needed, ProblemCode.MISSING)


def in_columns(problem: Problem) -> Problem:
    """A fault that was found in a field of the incident, told of the column that the field comes from."""
    field, _, rest = problem.field.partition(".")
    column = COLUMNS.get(_PARTS.get(problem.field, field))
    if column is None or field in LABELLED:
        return problem
    where = "" if problem.field in _PARTS or column.key in {"relation_to_ai", "submitter"} else rest
    label = f"{column.label} ({where})" if where else column.label
    return replace(problem, field=label, fix=column.needed or column.hint or problem.fix)


_PARTS = {
    "relation_to_ai.causal_link": "causal_link",
    **{f"harm_quantification.{name}": name for name in HarmQuantification.model_fields},
    **{f"submitter.{name}": f"submitter_{name}" for name in Submitter.model_fields},
}
"""Fields of fields that have columns of their own."""


def unpublished(headings: Headings, cells: Iterable[object]) -> str:
    """A sentence on what stands under headings that nothing here has; empty where nothing does."""
    names = [
        shown(name) if name else "(no heading)"
        for name, key, cell in zip(headings.names, headings.keys, cells, strict=False)
        if key is None and not is_blank(cell)
    ]
    said = f"not published, as there is no such criterion: {', '.join(names)}" if names else ""
    return one_line(said, limits.LINE_CHARACTERS)


def _misnamed(heading: str) -> Problem | None:
    """A heading that is nearly one of ours is a mistake; any other is a column of the file's owner."""
    numbered = _NUMBERED.fullmatch(heading.strip())
    if numbered is not None and (by_name := _BY_NAME.get(_plain(numbered["rest"]))) is not None:
        number = numbered["number"]
        return Problem(
            shown(heading), f"has the number {number} and the name of {by_name.label}.", "Correct one of the two."
        )
    close = difflib.get_close_matches(_plain(heading)[:80], list(_BY_NAME), n=1, cutoff=0.88)
    if not close:
        return None
    return Problem(
        shown(heading),
        "is no column that is known here.",
        f"Did you mean '{_BY_NAME[close[0]].label}'?",
        ProblemCode.UNKNOWN_FIELD,
    )


NATIVE = frozenset({*Incident.model_fields, *Finding.model_fields})
"""Names of the fields of our own reports: an object that has more of them than of others is one."""
