"""Rules that hold together and argue for the same: no fault, as the highest argument wins, but good to know."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tocsin_schemas import Severity
from tocsin_streams.rubric.rules import REPORTED, Rule
from tocsin_streams.rubric.trying.fields import patched
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.survey import Case, Survey


def overlaps(found: Survey) -> Iterator[Note]:
    """Every pair of rules that argues for the same severity of the same harm in some report that was looked at."""
    rules = {rule.id: rule for rule in found.space.rubric.rules if rule.severity is not None}
    held: dict[str, int] = {}
    together: dict[tuple[str, str], tuple[int, Case]] = {}
    for case in found.cases:
        arguing = sorted(case.holds & set(rules))
        harms = tuple(str(one) for one in case.facts.get("harm_types", ()))
        argued = {name: _argued(rules[name], harms) for name in arguing}
        for name in arguing:
            held[name] = held.get(name, 0) + 1
        for pair in combinations(arguing, 2):
            if argued[pair[0]] & argued[pair[1]]:
                count, example = together.get(pair, (0, case))
                together[pair] = (count + 1, example)
    for (first, second), (count, case) in sorted(together.items()):
        yield Note(
            Level.INFO,
            NoteCode.OVERLAP,
            first,
            f"and {second} hold together and argue for the same in {count:,} reports"
            f"{_always(first, second, count, held)}.",
            "",
            patched(found.space.plain, case.patch),
        )


def _argued(rule: Rule, harms: tuple[str, ...]) -> set[tuple[str, Severity]]:
    if isinstance(rule.severity, dict):
        return {
            (each, severity)
            for harm, severity in rule.severity.items()
            for each in (harms if harm == REPORTED else (str(harm),))
        }
    return set() if rule.severity is None else {("finding", rule.severity)}


def _always(first: str, second: str, count: int, held: dict[str, int]) -> str:
    said = [f"whenever {one} does" for one in (first, second) if held[one] == count]
    return f", {' and '.join(said)}" if said else ""
