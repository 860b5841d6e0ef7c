"""Rules that can never hold, rules that fail on some report, and how firmly that is known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import prod
from typing import Any

from tocsin_streams.rubric.conditions import Condition, NotEvaluatedError, context_for
from tocsin_streams.rubric.facts import FACTS
from tocsin_streams.rubric.trying.constants import Constants, constants_of
from tocsin_streams.rubric.trying.fields import ABSENT, patched
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.options import around
from tocsin_streams.rubric.trying.survey import Subject, Survey, subjects

_MOST_COMBINATIONS = 20_000
_ANOTHER = "another word"
_OPEN_LIST_MEMBERS = 3


def unreachable(found: Survey) -> Iterator[Note]:
    """Rules and clocks that held for no report that was looked at."""
    held = {rule for case in found.cases for rule in case.holds}
    for name, subject in subjects(found.space).items():
        if name not in held:
            yield _note(found, name, subject)


def not_evaluated(found: Survey) -> Iterator[Note]:
    """Rules and clocks that fail on a report that institutes could send, with the first such report."""
    told: set[str] = set()
    for case in found.cases:
        for name in sorted(case.failed - told):
            told.add(name)
            yield Note(
                Level.FAULT,
                NoteCode.NOT_EVALUATED,
                name,
                f"cannot be evaluated for a report with {', '.join(case.labels) or 'nothing in particular'}.",
                "Compare like with like, and guard what may be absent with has().",
                patched(found.space.plain, case.patch),
            )


def _note(found: Survey, name: str, subject: Subject) -> Note:
    tried = found.tried[name]
    combinations_of_facts = _contradictory(subject.condition, subject.rule.when, found)
    if combinations_of_facts is not None:
        said = (
            f"can never hold: its condition is false for all {combinations_of_facts:,} combinations of facts that it "
            "tells apart."
        )
        level = Level.FAULT
    elif tried.complete:
        said = (
            f"can never hold: no report has such facts (all {tried.combinations:,} combinations of fields that it "
            "tells apart were looked at)."
        )
        level = Level.FAULT
    else:
        said = (
            f"held for none of {len(found.cases):,} reports that were looked at; {tried.combinations:,} combinations "
            "were made for it. That is no proof that it never can."
        )
        level = Level.WARNING
    return Note(level, NoteCode.NEVER_HOLDS, name, said, "Correct 'when', or remove the rule.")


def _contradictory(condition: Condition, text: str, found: Survey) -> int | None:
    """How many combinations of facts were tried, all in vain; None where it can hold, or not all could be tried.

    Facts are combined here whether or not any report could have them together, so that what is false for all of them is
    false for every report.
    """
    kind = found.space.kind
    lists = found.space.rubric.lists
    constants = constants_of([text], condition.facts, lists)
    values = found.values()
    choices: list[list[Any]] = []
    for fact in condition.facts:
        choice = _choice(fact, constants, values.get(fact, set()), FACTS[kind][fact].sample)
        if choice is None:
            return None
        choices.append([*choice, ABSENT] if FACTS[kind][fact].optional else choice)
    count = prod(len(choice) for choice in choices)
    if count > _MOST_COMBINATIONS:
        return None
    for combination in product(*choices):
        facts = {name: value for name, value in zip(condition.facts, combination, strict=True) if value is not ABSENT}
        try:
            if condition.holds(context_for(kind, facts, lists)):
                return None
        except NotEvaluatedError:
            continue
    return count


def _choice(fact: str, constants: Constants, seen: set[Any], sample: Any) -> list[Any] | None:
    """Values that stand for all that a fact can be, to a condition with these constants; None where none do."""
    if isinstance(sample, bool):
        return [True, False]
    if isinstance(sample, int | float):
        numbers = constants.numbers.get(fact, ())
        return list(around(numbers, whole=isinstance(sample, int))) if fact in constants.simple else None
    words = sorted({*constants.words, *(one for one in seen if isinstance(one, str)), _ANOTHER})
    if isinstance(sample, str):
        return words
    mentioned = [*sorted(constants.words), _ANOTHER]
    if len(mentioned) > _OPEN_LIST_MEMBERS + 2:
        return None
    return [list(some) for size in range(len(mentioned) + 1) for some in combinations(mentioned, size)]
