"""What a finding measured, metric by metric and scorer by scorer: numbers to be laid beside another report's."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.policy.divergence import Score
from tocsin_schemas.finding import Finding


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of one scorer; where a report gives it twice nobody can say which is meant, and it is left out."""

    metric: str
    score: Score
    scorer: str | None = None


def measured_by(finding: Finding) -> tuple[Measured, ...]:
    """What a finding measured, in its own order."""
    found: dict[tuple[str, str | None], Measured | None] = {}
    epochs = finding.run.epochs if finding.run is not None else None
    for each in finding.measurements:
        name = (each.metric, each.scorer)
        score = Score(each.value, each.stderr, each.samples, epochs)
        found[name] = None if name in found else Measured(each.metric, score, each.scorer)
    return tuple(each for each in found.values() if each is not None)


def pairs(one: tuple[Measured, ...], other: tuple[Measured, ...]) -> tuple[tuple[Measured, Measured], ...]:
    """What both measured, side by side."""
    counterparts = {(each.metric.casefold(), each.scorer): each for each in other}
    found = ((each, counterparts.get((each.metric.casefold(), each.scorer))) for each in one)
    return tuple((each, counterpart) for each, counterpart in found if counterpart is not None)
