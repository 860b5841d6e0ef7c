"""A file that is whole and holds no report: no fault where it was merely found beside others."""

from __future__ import annotations

from tocsin_schemas import InvalidEvent, Problem, ProblemCode


class NoReport(InvalidEvent):
    """A file, or an object, of a kind that holds no report."""


def no_report(field: str, message: str, fix: str) -> NoReport:
    """The refusal of what was named to be published and holds no report."""
    return NoReport([Problem(field=field, message=message, fix=fix, code=ProblemCode.UNREADABLE_FILE)])
