"""Looks at the reports that a rubric can tell apart, one after the other, and at which rules hold for each.

For each rule every combination of the fields it asks about, each at the values that the rule tells apart; for each two
rules what makes the one hold together with what makes the other; then mixtures of everything. Always the same reports
for the same rubric.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from math import prod
from typing import Any

import cel

from tocsin_schemas import Finding, Incident
from tocsin_streams.rubric.arguments import Argument
from tocsin_streams.rubric.clocks import Clock
from tocsin_streams.rubric.conditions import Condition, NotEvaluatedError
from tocsin_streams.rubric.facts import Facts
from tocsin_streams.rubric.trying.fields import Patch
from tocsin_streams.rubric.trying.options import Dimension, Option
from tocsin_streams.rubric.trying.results import NAME as RESULT
from tocsin_streams.rubric.trying.space import Space


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is looked at."""

    of_rule: int = 5_000
    """Combinations for one rule; where there are more, so many of them are drawn."""
    mixed: int = 4_000
    """Mixtures of all fields, for each kind of report."""


@dataclass(frozen=True, slots=True)
class Case:
    """A report that was looked at."""

    patch: Patch
    labels: tuple[str, ...]
    """How it differs from the plain report: `extent: national`."""
    facts: Facts
    holds: frozenset[str]
    """Ids of the rules and clocks that hold."""
    failed: frozenset[str]
    """Ids of those that could not be evaluated."""


@dataclass(frozen=True, slots=True)
class Tried:
    """How a rule was searched for."""

    combinations: int
    complete: bool
    """Whether every report is, to this rule, like one of those that were looked at."""


@dataclass(slots=True)
class Survey:
    """What was looked at, and what was seen."""

    space: Space
    budget: Budget
    cases: list[Case] = field(default_factory=list)
    tried: dict[str, Tried] = field(default_factory=dict)
    """By rule or clock."""

    def where(self, rule: str) -> list[Case]:
        """The cases in which a rule or clock holds, those with the fewest others first."""
        return sorted((case for case in self.cases if rule in case.holds), key=lambda case: len(case.holds))

    def values(self) -> dict[str, set[Any]]:
        """What each fact was seen to be or is declared as; of lists their members."""
        seen: dict[str, set[Any]] = {fact: set(words) for fact, words in self.space.closed_words().items()}
        for case in self.cases:
            for name, value in case.facts.items():
                seen.setdefault(name, set()).update(value if isinstance(value, list) else (value,))
        return seen


Subject = Argument | Clock
"""What has a condition."""


def subjects(space: Space) -> dict[str, Subject]:
    """The rules and clocks of a kind, by id."""
    found: dict[str, Subject] = {one.rule.id: one for one in space.rubric.arguments[space.kind]}
    return found | {one.rule.id: one for one in space.rubric.clocks[space.kind]}


def survey(space: Space, budget: Budget | None = None) -> Survey:
    """Look at the reports of a kind.

    Args:
        space: the reports that the rubric can tell apart.
        budget: how many to look at.
    """
    found = Survey(space, budget or Budget())
    looker = _Looker(space)
    for subject in subjects(space).values():
        dimensions = [
            _told_apart(space, dimension, subject.condition.facts)
            for dimension in space.dimensions([(subject.rule.when, subject.condition)])
        ]
        combinations = prod(len(dimension.options) for dimension in dimensions)
        whole = combinations <= found.budget.of_rule
        chosen = (
            product(*(dimension.options for dimension in dimensions)) if whole else _drawn(dimensions, found.budget)
        )
        found.cases += looker.look(chosen)
        found.tried[subject.rule.id] = Tried(
            min(combinations, found.budget.of_rule), whole and all(dimension.complete for dimension in dimensions)
        )
    found.cases += list(looker.look(_pairs(found)))
    found.cases += looker.look(_mixtures(space.dimensions(), found.budget.mixed))
    return found


def _pairs(found: Survey) -> Iterator[tuple[Option, ...]]:
    """For each two rules a report that makes the first hold, changed by what makes the second hold."""
    first: dict[str, Option] = {}
    for name in found.tried:
        cases = found.where(name)
        if cases:
            smallest = min(cases, key=lambda case: len(case.patch))
            first[name] = Option("; ".join(smallest.labels), smallest.patch)
    yield from permutations(first.values(), 2)


def _told_apart(space: Space, dimension: Dimension, facts: Iterable[str]) -> Dimension:
    """Of results only one of each sort that a rule's facts tell apart: there are thousands."""
    if dimension.name != RESULT:
        return dimension
    asked = list(facts)
    kept: dict[str, Option] = {}
    for option in dimension.options:
        seen = space.facts(option.patch)
        if seen is not None:
            kept.setdefault(repr([seen.get(name) for name in asked]), option)
    return Dimension(dimension.name, tuple(kept.values()), dimension.complete)


def _drawn(dimensions: Sequence[Dimension], budget: Budget) -> Iterator[tuple[Option, ...]]:
    """So many combinations, drawn the same way every time."""
    draw = random.Random(0)  # noqa: S311 - to look around, not to keep a secret
    for _ in range(budget.of_rule):
        yield tuple(draw.choice(dimension.options) for dimension in dimensions)


def _mixtures(dimensions: Sequence[Dimension], count: int) -> Iterator[tuple[Option, ...]]:
    """Every field alone at every value, then mixtures of half of the fields."""
    for dimension in dimensions:
        for option in dimension.options:
            yield (option,)
    draw = random.Random(1)  # noqa: S311 - as above
    for _ in range(count):
        yield tuple(draw.choice(dimension.options) for dimension in dimensions if draw.random() < 0.5)


class _Looker:
    """Evaluates every condition on one report after the other; reports with the same facts are looked at once."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._seen: set[str] = set()
        self._conditions: list[tuple[str, Condition]] = [
            *((argument.rule.id, argument.condition) for argument in space.rubric.arguments[space.kind]),
            *((clock.rule.id, clock.condition) for clock in space.rubric.clocks[space.kind]),
        ]
        # One context for all: to convert the rubric's lists for each report would take longer than its rules.
        self._context = cel.Context()
        self._context.add_variable("lists", {name: list(members) for name, members in space.rubric.lists.items()})

    def look(self, combinations: Iterable[Iterable[Option]]) -> Iterator[Case]:
        for combination in combinations:
            options = tuple(combination)
            patch: dict[Any, Any] = {}
            for option in options:
                patch |= option.patch
            body = self._space.body(patch)
            if body is not None:
                case = self._case(body, patch, tuple(option.label for option in options))
                if case is not None:
                    yield case

    def _case(self, body: Finding | Incident, patch: Patch, labels: tuple[str, ...]) -> Case | None:
        facts = self._space.rubric.facts_of(body)
        key = repr(sorted(facts.items()))
        if key in self._seen:
            return None
        self._seen.add(key)
        self._context.add_variable(self._space.kind.value, facts)
        holds, failed = set(), set()
        for name, condition in self._conditions:
            try:
                if condition.holds(self._context):
                    holds.add(name)
            except NotEvaluatedError:
                failed.add(name)
        return Case(patch, labels, facts, frozenset(holds), frozenset(failed))
