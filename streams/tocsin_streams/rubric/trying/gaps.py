"""Gaps: reports that could be graded, and that no rule grades. People would have to look at every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin_schemas import Severity
from tocsin_streams.rubric.remarks import Remark
from tocsin_streams.rubric.trying.fields import Patch, Path, patched
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.options import said
from tocsin_streams.rubric.trying.results import NAME as RESULT
from tocsin_streams.rubric.trying.survey import Case, Survey

_MOST = 10
"""Kinds of gaps that are told of."""
_RESULT = frozenset({"evaluation", "measurements"})
_EXPLAINED = frozenset(Remark) - {
    Remark.NO_RULE,
    Remark.NOT_EVALUATED,
    Remark.SUBMITTER_DIFFERS,
    Remark.CLOCK_START_UNKNOWN,
}
"""Remarks that say why a report has no grade; where one of them is made it is not the rules' omission."""


def gaps(found: Survey) -> Iterator[Note]:
    """Sorts of reports that no rule grades, each with the smallest report of its sort that was found."""
    arguing = {rule.id for rule in found.space.rubric.rules if rule.severity is not None}
    left = [case for case in found.cases if not case.holds & arguing and _is_gap(found, case.patch)]
    total = len(left)
    for _ in range(_MOST):
        if not left:
            return
        sort = _Sort(found, min(left, key=lambda case: len(case.patch)))
        alike = [case for case in left if sort.has(case)]
        left = [case for case in left if not sort.has(case)]
        yield Note(
            Level.WARNING,
            NoteCode.GAP,
            f"{found.space.kind}s",
            f"no rule grades {sort.named} ({len(alike):,} of {total:,} such reports found).",
            "Add a rule for it, or leave it to people on purpose.",
            patched(found.space.plain, sort.core),
        )


class _Sort:
    """Ungraded reports that are alike: the same in the fields that matter, and the same reading of their result."""

    def __init__(self, found: Survey, case: Case) -> None:
        self.core = _smallest(found, case.patch)
        self._fields = {path: value for path, value in self.core.items() if path[0] not in _RESULT}
        facts = found.space.facts(self.core) or {}
        argued = {
            fact
            for argument in found.space.rubric.arguments[found.space.kind]
            if argument.rule.severity is not None
            for fact in argument.condition.facts
        }
        of_result = found.space.facts_by_dimension.get(RESULT, frozenset())
        self._reading = {
            fact: facts.get(fact)
            for fact in sorted(argued & of_result)
            if len(self._fields) < len(self.core) and not isinstance(facts.get(fact), float)
        }

    @property
    def named(self) -> str:
        """What they share, for people."""
        shared = [f"{'.'.join(path)}: {said(value)}" for path, value in self._fields.items()]
        shared += [f"{fact}: {said(value)}" for fact, value in self._reading.items() if value is not None]
        return "; ".join(shared) or "a plain report"

    def has(self, case: Case) -> bool:
        """Whether a case is of the sort."""
        return all(path in case.patch and case.patch[path] == value for path, value in self._fields.items()) and all(
            case.facts.get(fact) == value for fact, value in self._reading.items()
        )


def _is_gap(found: Survey, patch: Patch) -> bool:
    report = found.space.report(patch)
    if report is None:
        return False
    grade = found.space.rubric.grade(report)
    if grade.severity is not Severity.UNCLASSIFIED:
        return False
    return not any(reason.rule in {one.value for one in _EXPLAINED} for reason in grade.reasons)


def _smallest(found: Survey, patch: Patch) -> dict[Path, Any]:
    """The patch without everything that can be left out of it while the report stays ungraded."""
    core = dict(patch)
    for path in list(core):
        fewer = {other: value for other, value in core.items() if other != path}
        if _is_gap(found, fewer):
            core = fewer
    return core
