"""What became of each report of each file: one row each, so that nothing is passed over in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tocsin_schemas import Problem, ProblemCode, ReportKind


class RowOutcome(StrEnum):
    """What became of one report."""

    PUBLISHED = "published"
    SPOOLED = "spooled"
    VALID = "valid"
    """It was checked only, and is right."""
    REFUSED = "refused"
    """It, or its file, cannot be taken as it is."""
    FAILED = "failed"
    """It is right, and could be neither sent nor kept."""
    NOT_TRIED = "not_tried"
    """The command was interrupted before it."""
    PASSED_OVER = "passed_over"
    """A file found in a folder that is of no kind that holds reports."""

    @property
    def is_good(self) -> bool:
        """Whether the report is where it should be."""
        return self in {RowOutcome.PUBLISHED, RowOutcome.SPOOLED, RowOutcome.VALID, RowOutcome.PASSED_OVER}


@dataclass(frozen=True, slots=True)
class Row:
    """One report, or one file that holds none."""

    file: str
    outcome: RowOutcome
    part: str = ""
    event_id: str | None = None
    series: str | None = None
    kind: ReportKind | None = None
    title: str | None = None
    """The report's own title, which a dry run shows to whoever has its file anyway."""
    problems: tuple[Problem, ...] = ()
    note: str | None = None
    """Why it waits, what happened, or what of its file is not in it."""

    @property
    def detail(self) -> str:
        """The id of what was taken; field, message and fix of what was not."""
        told = [str(problem) for problem in self.problems]
        if self.note:
            told.append(self.note)
        if self.title is not None:
            told.insert(0, self.title)
        if self.event_id is not None and self.outcome.is_good:
            told.insert(0, self.event_id)
        return " | ".join(told)

    def as_json(self) -> dict[str, Any]:
        """The row for programs."""
        return {
            "file": printable(self.file),
            "part": self.part,
            "outcome": self.outcome.value,
            "id": self.event_id,
            "series": self.series,
            "kind": None if self.kind is None else self.kind.value,
            "title": self.title,
            "problems": [
                {"field": one.field, "message": one.message, "fix": one.fix, "code": one.code.value}
                for one in self.problems
            ],
            "note": self.note,
        }


_OPTIONS = {
    "tlp": "--tlp or set TOCSIN_TLP",
    "institute": "--institute or set TOCSIN_INSTITUTE",
    "system": "--system NAME",
    "observed_at": "--observed-at WHEN",
}


def name_options(row: Row) -> Row:
    """The row with fixes that name the command's options, where one would have filled the gap."""
    return replace(row, problems=tuple(_with_option(problem) for problem in row.problems))


def _with_option(problem: Problem) -> Problem:
    field = problem.field.rpartition(".")[2]
    if problem.code is not ProblemCode.MISSING or field not in _OPTIONS:
        return problem
    fix = f"Give {_OPTIONS[field]}. {problem.fix}"
    return replace(problem, fix=fix)


def exit_status(rows: Sequence[Row]) -> int:
    """0: every report is published, spooled or valid. 2: the command line lacks a label, and nothing else is wrong.

    Files that were passed over are no fault, but a folder in which there is nothing else is.
    """
    rows = [row for row in rows if row.outcome is not RowOutcome.PASSED_OVER]
    if not rows:
        return 1
    bad = [row for row in rows if not row.outcome.is_good]
    if not bad:
        return 0
    if len(bad) == len(rows) and all(_lacks_only_options(row) for row in bad):
        return 2
    return 1


def _lacks_only_options(row: Row) -> bool:
    return bool(row.problems) and all(
        problem.code is ProblemCode.MISSING and problem.field in _OPTIONS for problem in row.problems
    )


def totals(rows: Sequence[Row]) -> dict[str, int]:
    """How many reports came to what, in a fixed order, without those that nothing came to."""
    counted = Counter(row.outcome for row in rows)
    return {outcome.value: counted[outcome] for outcome in RowOutcome if counted[outcome]}


def printable(text: str) -> str:
    """The text on one line of a terminal: names of files may hold anything."""
    whole = text.encode("utf-8", "backslashreplace").decode()
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in whole
    )
