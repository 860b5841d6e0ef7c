"""Rules that nearly fired: those for which one field of the report would have to be otherwise, and how.

What would have to change is a field of the report and not a part of the condition: `occurred`, `linked` and `graded`
are facts made of the same two fields, and people can only have been wrong about fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin_schemas import Finding, Grade, Incident, Report, ReportKind
from tocsin_streams.rubric.comparison import compare
from tocsin_streams.rubric.conditions import Condition, NotEvaluatedError, context_for
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.trying.fields import ABSENT, value_at
from tocsin_streams.rubric.trying.measured import measured_dimensions
from tocsin_streams.rubric.trying.options import Dimension, Option, said
from tocsin_streams.rubric.trying.space import Space

NEAR = 0.25
"""A number that would have to change by no more than this share of itself was nearly reached."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule or clock that would hold, were one field of the report otherwise."""

    rule: str
    sentence: str
    source: str
    field: str
    now: str
    """What the field says: `950`, `not given`."""
    needed: tuple[str, ...]
    """Values with which the rule would hold; of numbers the nearest."""
    margin: float | None
    """For numbers that are given: by what share of what is needed it was missed; 0.05 is five in a hundred."""
    grade: Grade
    """What the report would be graded with the first of these values."""
    changes_grade: bool
    """Whether that is another grade than it has."""

    @property
    def is_close(self) -> bool:
        """Whether a number was nearly reached."""
        return self.margin is not None and self.margin <= NEAR


@dataclass(frozen=True, slots=True)
class _Way:
    """A value of a field with which a rule would hold."""

    body: Finding | Incident
    value: Any


class NearMisses:
    """Finds what nearly fired for reports, by one rubric."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._spaces: dict[ReportKind, Space] = {}

    def of(self, report: Report) -> tuple[NearMiss, ...]:
        """Every rule and clock that one field keeps from holding, those nearest and weightiest first.

        Raises:
            TypeError: a retraction fires no rules.
        """
        body = report.body
        if not isinstance(body, Finding | Incident):
            raise TypeError("a retraction fires no rules")
        space = self._spaces.get(report.kind)
        if space is None:
            space = self._spaces[report.kind] = Space(self._rubric, report.kind)
        return tuple(sorted(_Search(space, report, body).found(), key=_nearest_first))


def _nearest_first(miss: NearMiss) -> tuple[bool, bool, float, int, str, str]:
    return (
        not miss.is_close,
        not miss.changes_grade,
        miss.margin if miss.is_close and miss.margin is not None else 0.0,
        -miss.grade.severity.rank,
        miss.rule,
        miss.field,
    )


class _Search:
    """Changes one field after the other."""

    def __init__(self, space: Space, report: Report, body: Finding | Incident) -> None:
        rubric = self._rubric = space.rubric
        self._report = report
        self._body = body
        self._known: dict[str, tuple[Finding | Incident | None, Any]] = {}
        self._data: dict[str, Any] = body.model_dump(mode="json", exclude_none=True)
        self._grade = rubric.grade(report)
        self._space = space
        self._measured: list[Dimension] = (
            measured_dimensions(body, rubric.registry) if isinstance(body, Finding) else []
        )

    def found(self) -> Iterator[NearMiss]:
        kind = self._report.kind
        for argument in self._rubric.arguments[kind]:
            rule = argument.rule
            yield from self._of(rule.id, rule.sentence, rule.source, rule.when, argument.condition)
        for clock in self._rubric.clocks[kind]:
            legal = clock.rule
            yield from self._of(legal.id, legal.trigger, legal.source, legal.when, clock.condition)

    def _of(self, rule: str, sentence: str, source: str, text: str, condition: Condition) -> Iterator[NearMiss]:
        if _holds(condition, self._context(self._body)):
            return
        for dimension in (*self._space.dimensions([(text, condition)]), *self._measured):
            now = self._now(dimension)
            options = (*_beside(now, dimension), *dimension.options)
            ways = [way for option in options if (way := self._way(condition, option)) is not None]
            if ways:
                yield self._miss(rule, sentence, source, dimension, now, ways)

    def _way(self, condition: Condition, option: Option) -> _Way | None:
        if len(option.patch) != 1:
            # Another evaluation altogether is no correction of this report.
            return None
        body, context = self._changed(option)
        if body is None or not _holds(condition, context):
            return None
        return _Way(body, _value(option))

    def _changed(self, option: Option) -> tuple[Finding | Incident | None, Any]:
        """The report with another value, and what conditions see of it; kept, as many rules ask about one field."""
        known = self._known.get(option.label)
        if known is None:
            body = self._space.body(option.patch, data=self._data)
            known = self._known[option.label] = (body, None if body is None else self._context(body))
        return known

    def _context(self, body: Finding | Incident) -> Any:
        return context_for(self._report.kind, self._rubric.facts_of(body), self._rubric.lists)

    def _now(self, dimension: Dimension) -> Any:
        """What the report says in the field."""
        if dimension.now is not None:
            return dimension.now
        now = value_at(self._data, next(iter(dimension.options[0].patch)))
        return [] if now is ABSENT and isinstance(_value(dimension.options[0]), list) else now

    def _miss(
        self, rule: str, sentence: str, source: str, dimension: Dimension, now: Any, ways: Sequence[_Way]
    ) -> NearMiss:
        ways = _nearest(now, ways)
        grade = self._rubric.grade(replace(self._report, body=ways[0].body))
        return NearMiss(
            rule=rule,
            sentence=sentence,
            source=source,
            field=dimension.name,
            now=_shown(now, dimension),
            needed=tuple(dict.fromkeys(_shown(way.value, dimension) for way in ways)),
            margin=_margin(now, ways[0].value),
            grade=grade,
            changes_grade=compare(self._grade, grade).change.is_of_grade,
        )


def _value(option: Option) -> Any:
    return option.value if option.value is not None else next(iter(option.patch.values()))


def _shown(value: Any, dimension: Dimension) -> str:
    """A value for people; of parts with texts only the word that rules ask about."""
    if isinstance(value, list):
        value = [one[dimension.part] if dimension.part and isinstance(one, dict) else one for one in value]
    return said(value)


def _holds(condition: Condition, context: Any) -> bool:
    try:
        return condition.holds(context)
    except NotEvaluatedError:
        # It does not hold; that it fails is said by the grade itself and found by the check of the rubric.
        return False


def _beside(now: Any, dimension: Dimension) -> Iterator[Option]:
    """What is next to what the report says: of a count one fewer and one more, of several values one fewer or more."""
    path = next(iter(dimension.options[0].patch))
    if dimension.now is None and isinstance(now, int) and not isinstance(now, bool):
        yield from (Option(f"{dimension.name}: {said(one)}", {path: one}) for one in (now - 1, now + 1) if one >= 0)
    if not isinstance(now, list):
        return
    had = [_word(one, dimension) for one in now]
    others = {_word(one, dimension): one for option in dimension.options for one in _value(option)}
    for word, one in others.items():
        changed = [*now, one] if word not in had else [kept for kept in now if _word(kept, dimension) != word]
        yield Option(f"{dimension.name}: {_shown(changed, dimension)} ({word})", {path: changed})


def _word(one: Any, dimension: Dimension) -> str:
    return str(one[dimension.part] if dimension.part and isinstance(one, dict) else one)


def _nearest(now: Any, ways: Sequence[_Way]) -> list[_Way]:
    """Of numbers the nearest alone; of words all, and of sets those that differ least."""
    numbers = [way for way in ways if _is_number(way.value)]
    if numbers:
        start = now if _is_number(now) else 0
        return [min(numbers, key=lambda way: abs(way.value - start))]
    sets = [way for way in ways if isinstance(way.value, list)]
    if sets:
        had = {repr(one) for one in now} if isinstance(now, list) else set()
        apart = [len(had ^ {repr(one) for one in way.value}) for way in sets]
        return [way for way, distance in zip(sets, apart, strict=True) if distance == min(apart)]
    return list(ways)


def _margin(now: Any, needed: Any) -> float | None:
    if not (_is_number(now) and _is_number(needed)) or needed == 0:
        return None
    return abs(float(needed) - float(now)) / abs(float(needed))


def _is_number(value: Any) -> bool:
    return value is not ABSENT and isinstance(value, int | float) and not isinstance(value, bool)
