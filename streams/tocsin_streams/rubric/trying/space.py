"""All reports that a rubric can tell apart, as far as its facts go: which fields matter, and to which facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from tocsin_schemas import Action, Envelope, Finding, Incident, Report, ReportKind
from tocsin_schemas.event_types import ReportType
from tocsin_schemas.report import body_model
from tocsin_streams.rubric.conditions import Condition
from tocsin_streams.rubric.facts import FACTS, Facts
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.trying.constants import Constants, constants_of
from tocsin_streams.rubric.trying.fields import Leaf, Patch, Shape, leaves, patched
from tocsin_streams.rubric.trying.options import Dimension, Option, dimension_of
from tocsin_streams.rubric.trying.results import NAME, result_dimension

_LABELS = {"institute": "gb", "tlp": "TLP:GREEN", "status": "test", "language": "en", "title": "An example"}
PLAIN: dict[ReportKind, dict[str, Any]] = {
    ReportKind.FINDING: {
        **_LABELS,
        "summary": "Made to try a rubric.",
        "system": {"name": "example"},
        "evaluation": {"name": "an evaluation that nobody knows"},
        "observed_at": "2026-11-24T09:00:00Z",
        "run": {"outcome": "success"},
    },
    ReportKind.INCIDENT: {
        **_LABELS,
        "description": "Made to try a rubric.",
        "relation_to_ai": {"description": "Made to try a rubric.", "causal_link": "established"},
        "submitter": {"institute": "gb"},
        "supporting_materials": [{"title": "None"}],
        "severity": "other",
        "harm_types": ["other"],
        "materialisation": "occurred",
        "aware_at": "2099-12-31T09:00:00Z",
    },
}
"""A report of each kind with nothing in it that argues for much; everything tried is a change of it."""
_LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
"""When what is tried is thought to be reported: every legal clock applies by then."""
_NOT_TRIED = frozenset({"institute", "tlp", "status", "language", "severity"})
"""Fields that no fact may depend on."""
_RESULT = frozenset({"evaluation", "measurements"})


class Space:
    """The reports of one kind that a rubric can tell apart."""

    def __init__(self, rubric: Rubric, kind: ReportKind) -> None:
        self.rubric = rubric
        self.kind = kind
        self.plain = PLAIN[kind]
        self._model = body_model(kind, Action.REPORT)
        self._texts = [
            *(argument.rule.when for argument in rubric.arguments[kind]),
            *(clock.rule.when for clock in rubric.clocks[kind]),
        ]
        self._envelope = Envelope(
            id="example",
            source="urn:tocsin:institute:gb",
            type=ReportType(kind, Action.REPORT).name,
            subject="example",
            data=None,
            time=_LONG_AFTER,
        )
        self._validity: dict[str, bool] = {}
        self._dimensions: dict[tuple[str, ...], list[Dimension]] = {}
        self._leaves = [leaf for leaf in leaves(self._model) if leaf.path[0] not in _NOT_TRIED | self._composite]
        self.facts_by_dimension = self._find_facts()
        """Which facts each field changes: those that change none are not tried."""

    @property
    def _composite(self) -> frozenset[str]:
        return _RESULT if self.kind is ReportKind.FINDING else frozenset()

    def body(self, *patches: Patch, data: Mapping[str, Any] | None = None) -> Finding | Incident | None:
        """The plain report, or `data`, with other values; None where the contract takes no such report."""
        changed = self.plain if data is None else data
        for patch in patches:
            changed = patched(changed, patch)
        try:
            body = self._model.model_validate(changed)
        except ValidationError:
            return None
        assert isinstance(body, Finding | Incident)
        return body

    def report(self, *patches: Patch) -> Report | None:
        """The plain report with other values, as it would come; None where the contract takes no such report."""
        body = self.body(*patches)
        if body is None:
            return None
        return Report(self.kind, Action.REPORT, body, self._envelope)

    def facts(self, *patches: Patch) -> Facts | None:
        """The facts of the plain report with other values."""
        body = self.body(*patches)
        return None if body is None else self.rubric.facts_of(body)

    def dimensions(self, conditions: Iterable[tuple[str, Condition]] | None = None) -> list[Dimension]:
        """The fields that matter to conditions, each with the values that these can tell apart.

        Args:
            conditions: texts with what they were compiled to; None: all of the rubric.
        """
        if conditions is None:
            texts, asked = self._texts, set(FACTS[self.kind])
        else:
            chosen = list(conditions)
            texts, asked = [text for text, _ in chosen], {fact for _, one in chosen for fact in one.facts}
        known = self._dimensions.get(tuple(texts))
        if known is None:
            known = self._dimensions[tuple(texts)] = self._made(texts, asked)
        return known

    def _made(self, texts: list[str], asked: set[str]) -> list[Dimension]:
        constants = constants_of(texts, asked, self.rubric.lists)
        dimensions = []
        for name, facts in self.facts_by_dimension.items():
            if facts & asked:
                dimension = self._dimension(name, facts & asked, constants)
                if dimension is not None:
                    dimensions.append(dimension)
        return dimensions

    def closed_words(self) -> dict[str, set[str]]:
        """The words of facts that are lists, as the contract has them: not all of them are tried with every rule."""
        found: dict[str, set[str]] = {}
        for leaf in self._leaves:
            words = leaf.words
            if leaf.model is not None:
                words = tuple(word for part in leaves(leaf.model) for word in part.words)
            if leaf.shape in (Shape.WORDS, Shape.ITEMS):
                for fact in self.facts_by_dimension.get(leaf.name, ()):
                    found.setdefault(fact, set()).update(words)
        return found

    def _dimension(self, name: str, facts: Iterable[str], constants: Constants) -> Dimension | None:
        if name == NAME:
            return self._result
        return self._valid(dimension_of(self._leaf(name), facts, constants, self.rubric.lists))

    @cached_property
    def _result(self) -> Dimension:
        return result_dimension(self.rubric.registry)

    def _leaf(self, name: str) -> Leaf:
        return next(leaf for leaf in self._leaves if leaf.name == name)

    def _valid(self, dimension: Dimension | None) -> Dimension | None:
        """The dimension without values that the contract refuses."""
        if dimension is None:
            return None
        kept = tuple(option for option in dimension.options if self._is_valid(option))
        return replace(dimension, options=kept) if kept else None

    def _is_valid(self, option: Option) -> bool:
        """Whether the contract takes the plain report with it; asked for every rule, so it is kept."""
        known = self._validity.get(option.label)
        if known is None:
            known = self._validity[option.label] = self.body(option.patch) is not None
        return known

    def _find_facts(self) -> dict[str, frozenset[str]]:
        """Change each field alone, in a plain report and in fuller ones, and see which facts change with it."""
        constants = constants_of(self._texts, FACTS[self.kind], self.rubric.lists)
        everything = [
            dimension
            for leaf in self._leaves
            if (dimension := self._valid(dimension_of(leaf, FACTS[self.kind], constants, self.rubric.lists)))
        ]
        if self.kind is ReportKind.FINDING:
            everything.insert(0, self._result)
        found: dict[str, frozenset[str]] = {}
        starts = [self._start(everything, number) for number in range(3)]
        for dimension in everything:
            changed: set[str] = set()
            for start in starts:
                before = self.facts(start)
                for option in dimension.options:
                    after = self.facts(start, option.patch)
                    if before is not None and after is not None:
                        changed |= {name for name in {*before, *after} if before.get(name) != after.get(name)}
            if changed:
                found[dimension.name] = frozenset(changed)
        return found

    def _start(self, everything: Iterable[Dimension], number: int) -> Patch:
        """Nothing changed; or every field at its first, or second, value."""
        if number == 0:
            return {}
        start: dict[Any, Any] = {}
        for dimension in everything:
            option: Option = dimension.options[min(number, len(dimension.options) - 1)]
            if self.body({**start, **option.patch}) is not None:
                start |= option.patch
        return start
