"""What another rubric makes of the same report: both grades beside each other, and the one word for the difference."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin_schemas import Grade, Severity


class Change(StrEnum):
    """The one word for the difference between two grades: of all that differs, what matters most to people."""

    RAISED = "raised"
    LOWERED = "lowered"
    BECAME_UNCLASSIFIED = "became_unclassified"
    CEASED_TO_BE_UNCLASSIFIED = "ceased_to_be_unclassified"
    OECD_CLASS = "oecd_class_only"
    HARMS = "harms_only"
    """The headline stands; a harm below it is graded otherwise."""
    CERTAINTY = "certainty_only"
    URGENCY = "urgency_only"
    CLOCKS = "clocks_only"
    SEVERAL = "several_beside_severity"
    """The severity stands, and more than one of the others differs."""
    REASONS = "reasons_only"
    """The grade stands; other rules say so, or the same ones in other words."""
    SAME = "same"

    @property
    def is_of_grade(self) -> bool:
        """Whether the grade itself differs, and not only what is said about it."""
        return self not in {Change.REASONS, Change.SAME}

    @property
    def is_of_severity(self) -> bool:
        """Whether the headline differs: who is told, and how urgently, goes by it."""
        return self in {
            Change.RAISED,
            Change.LOWERED,
            Change.BECAME_UNCLASSIFIED,
            Change.CEASED_TO_BE_UNCLASSIFIED,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two grades of one report differ."""

    change: Change
    differs: tuple[str, ...]
    """Fields of the grade that differ, in the order of the grade; the rubric's version is none of them."""
    rules_gained: tuple[str, ...]
    """Reasons that the second grade has and the first has not, by id."""
    rules_lost: tuple[str, ...]


_ALONE = {
    "oecd_class": Change.OECD_CLASS,
    "harms": Change.HARMS,
    "certainty": Change.CERTAINTY,
    "urgency": Change.URGENCY,
    "clocks": Change.CLOCKS,
}
_COMPARED = ("severity", *_ALONE)


def compare(before: Grade, after: Grade) -> Comparison:
    """How `after` differs from `before`."""
    differs = tuple(name for name in _COMPARED if getattr(before, name) != getattr(after, name))
    had, has = _said(before), _said(after)
    if before.reasons != after.reasons:
        differs = (*differs, "reasons")
    return Comparison(
        change=_change(before.severity, after.severity, differs),
        differs=differs,
        rules_gained=tuple(rule for rule in has if rule not in had),
        rules_lost=tuple(rule for rule in had if rule not in has),
    )


def _change(before: Severity, after: Severity, differs: tuple[str, ...]) -> Change:
    if before is not after:
        if after is Severity.UNCLASSIFIED:
            return Change.BECAME_UNCLASSIFIED
        if before is Severity.UNCLASSIFIED:
            return Change.CEASED_TO_BE_UNCLASSIFIED
        return Change.RAISED if after.rank > before.rank else Change.LOWERED
    of_grade = [name for name in differs if name in _ALONE]
    if len(of_grade) > 1:
        return Change.SEVERAL
    if of_grade:
        return _ALONE[of_grade[0]]
    return Change.REASONS if differs else Change.SAME


def _said(grade: Grade) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.rule for reason in grade.reasons))
