"""Rules that hold and never change a grade, and legal clocks that others always hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin_schemas import Grade
from tocsin_streams.rubric.comparison import compare
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.rules import Rule
from tocsin_streams.rubric.trying.fields import Patch
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.survey import Case, Survey

_AS_THEY_ARE = 200
"""Of the cases in which a rule holds, so many are graded with and without it: those with the fewest other rules."""
_VARIED = 12
"""And of so many every other field is changed as well, one at a time."""


def weightless(found: Survey) -> Iterator[Note]:
    """Rules that hold and argue, and without which every grade that was looked at would be the same."""
    for argument in found.space.rubric.arguments[found.space.kind]:
        rule = argument.rule
        cases = found.where(rule.id)
        if not cases or not says_something(rule):
            continue
        graded = _Graded(found, rule.id)
        if not any(graded.differs(case.patch) for case in cases[:_AS_THEY_ARE]) and not _varied(found, cases, graded):
            always = frozenset.intersection(*(case.holds for case in cases)) - {rule.id}
            beside = ", ".join(sorted(always & {one.id for one in found.space.rubric.rules})) or "others"
            yield Note(
                Level.WARNING,
                NoteCode.CHANGES_NOTHING,
                rule.id,
                f"holds, and no grade depends on it: {graded.tried:,} reports for which it holds were graded with and "
                f"without it. Whenever it held, so did {beside}. That is no proof that none ever does.",
                "Let it argue for more, narrow its condition, or remove it; a rule that is only to be read needs no "
                "severity, certainty or urgency.",
            )


def says_something(rule: Rule) -> bool:
    """Whether a rule argues for any part of a grade, and is no mere remark."""
    return any(one is not None for one in (rule.severity, rule.certainty, rule.certainty_at_most, rule.urgency))


class _Graded:
    """Grades reports with and without a rule."""

    def __init__(self, found: Survey, rule_id: str) -> None:
        self._space = found.space
        self._without: Rubric = found.space.rubric.without(rule_id)
        self.tried = 0

    def differs(self, *patches: Patch) -> bool:
        """Whether the grade of a report depends on the rule."""
        report = self._space.report(*patches)
        if report is None:
            return False
        self.tried += 1
        return compare(self._without.grade(report), self._space.rubric.grade(report)).change.is_of_grade


def _varied(found: Survey, cases: Sequence[Case], graded: _Graded) -> bool:
    dimensions = found.space.dimensions()
    for case in cases[:_VARIED]:
        for dimension in dimensions:
            for option in dimension.options:
                if not (set(option.patch) & set(case.patch)) and graded.differs(case.patch, option.patch):
                    return True
    return False


def hidden_clocks(found: Survey) -> Iterator[Note]:
    """Clocks that hold and are never shown, because a shorter one of the same regime always holds as well."""
    for clock in found.space.rubric.clocks[found.space.kind]:
        rule = clock.rule
        cases = found.where(rule.id)
        if cases and not any(_shown(found, case, rule.regime, rule.days) for case in cases):
            yield Note(
                Level.WARNING,
                NoteCode.NEVER_SHOWN,
                rule.id,
                f"is hidden by a shorter clock of {rule.regime} in all {len(cases):,} reports for which it held.",
                "Of one regime the shortest that holds is shown: correct 'when' or 'days', or remove it.",
            )


def _shown(found: Survey, case: Case, regime: str, days: int) -> bool:
    report = found.space.report(case.patch)
    if report is None:
        return False
    grade: Grade = found.space.rubric.grade(report)
    return any(clock.regime == regime and clock.days == days for clock in grade.clocks)
