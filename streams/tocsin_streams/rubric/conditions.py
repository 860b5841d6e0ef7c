"""The conditions of the rules, in CEL (Common Expression Language), checked when the rubric is loaded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cel

from tocsin_schemas import ReportKind
from tocsin_streams.rubric.facts import FACTS, Fact, Facts

_REFERENCE = re.compile(r"\b(finding|incident|lists)\.([A-Za-z_]\w*)")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


class ConditionError(ValueError):
    """A condition that cannot be used, with its fix."""

    def __init__(self, message: str, fix: str) -> None:
        self.message = message
        self.fix = fix
        super().__init__(f"{message} {fix}")


class NotEvaluatedError(Exception):
    """A condition that failed on a report; grading goes on and says so."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the facts that it asks about."""

    program: Any
    facts: tuple[str, ...]
    """Names of the facts, in the order of their first mention."""

    def holds(self, context: Any) -> bool:
        """Whether it holds.

        Raises:
            NotEvaluatedError: CEL could not evaluate it on these facts.
        """
        try:
            outcome = self.program.execute(context)
        except Exception as error:
            raise NotEvaluatedError(type(error).__name__) from error
        if not isinstance(outcome, bool):
            raise NotEvaluatedError(f"a {type(outcome).__name__} instead of true or false")
        return outcome

    def inputs(self, facts: Facts) -> Facts:
        """The facts it looked at, as far as the report gives them."""
        return {name: facts[name] for name in self.facts if name in facts}


def context_for(kind: ReportKind, facts: Facts, lists: Mapping[str, tuple[str, ...]]) -> Any:
    """What conditions are evaluated in. Built once for a report: the conversion costs more than forty rules."""
    context = cel.Context()
    context.add_variable(kind.value, facts)
    context.add_variable("lists", {name: list(members) for name, members in lists.items()})
    return context


def compile_condition(text: str, kind: ReportKind, lists: Mapping[str, tuple[str, ...]]) -> Condition:
    """Compile and check a condition.

    Raises:
        ConditionError: not CEL, asks about something unknown, leaves an optional fact unguarded, or is no yes or no.
    """
    try:
        program = cel.compile(text)
    except ValueError as error:
        raise ConditionError(f"is not CEL ({str(error).splitlines()[0]}).", "Correct the expression.") from error
    known = FACTS[kind]
    condition = Condition(program, _references(text, kind, known, lists))
    _probe(condition, kind, known, lists)
    return condition


def _references(
    text: str, kind: ReportKind, known: Mapping[str, Fact], lists: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    bare = _STRING.sub('""', text)
    facts: dict[str, None] = {}
    for root, name in _REFERENCE.findall(bare):
        if root == "lists":
            if name not in lists:
                raise ConditionError(f"uses the list '{name}', which is not there.", "Add it under 'lists'.")
            continue
        if root != kind.value:
            raise ConditionError(f"asks about a {root} in a rule for {kind}s.", f"Ask about '{kind}.…'.")
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(known)}."
            raise ConditionError(f"asks about '{root}.{name}', which is no fact.", hint)
        if known[name].optional and not re.search(rf"has\(\s*{root}\.{name}\s*\)", bare):
            raise ConditionError(
                f"asks about '{root}.{name}', which a report may leave out.", f"Guard it: has({root}.{name}) && …"
            )
        facts[name] = None
    if not facts:
        raise ConditionError("asks about nothing in the report.", f"Ask about '{kind}.…'.")
    return tuple(facts)


def _probe(
    condition: Condition, kind: ReportKind, known: Mapping[str, Fact], lists: Mapping[str, tuple[str, ...]]
) -> None:
    """Try it on a report that gives everything and on one that gives only what is required."""
    full = {name: fact.sample for name, fact in known.items()}
    bare = {name: fact.sample for name, fact in known.items() if not fact.optional}
    for facts in (full, bare):
        try:
            condition.holds(context_for(kind, facts, lists))
        except NotEvaluatedError as error:
            cause = error.__cause__ or error
            raise ConditionError(
                f"cannot be evaluated ({str(cause).splitlines()[0]}).",
                "Compare like with like, and guard what may be absent with has().",
            ) from error
