"""Results of evaluations that registry and rules can tell apart: for each kind of entry, around its thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin_streams.rubric.registry import Entry, Metric, Registry
from tocsin_streams.rubric.trying.options import Dimension, Option

NAME = "evaluation and measurements"
"""What people call the fields that make a result."""
_UNCERTAINTIES: tuple[tuple[int | None, float | None], ...] = (
    (1_000_000, None),
    (300, None),
    (10, None),
    (None, None),
    (300, 0.05),
)
"""Samples and standard error: as good as certain, ordinary, few, not given, and wide."""


def result_dimension(registry: Registry) -> Dimension:
    """Results by the first entry of each kind that the registry has, and all that cannot be read.

    Never complete: the values between those tried are like them to every rule that asks for `reached`, and not to one
    that compares `value` itself.
    """
    options = [*_unreadable(registry)]
    for entry in _kinds(registry):
        for metric in entry.metrics:
            options += _measured(entry, metric)
    return Dimension(NAME, tuple(options), complete=False)


def _kinds(registry: Registry) -> Iterator[Entry]:
    """The first entry of each domain, and of each shape of its metrics."""
    seen: set[Any] = set()
    for entry in registry.entries:
        shapes = tuple(
            (metric.higher_is, tuple(severity for severity, _ in metric.steps), metric.chance is not None)
            for metric in entry.metrics
        )
        if shapes not in seen or entry.domain not in seen:
            seen |= {shapes, entry.domain}
            yield entry


def _measured(entry: Entry, metric: Metric) -> Iterator[Option]:
    low, high = metric.scale
    small = (high - low) / 1000
    marks = {low, high, *(value for _, value in metric.steps), *([] if metric.chance is None else [metric.chance])}
    values = sorted({value for mark in marks for value in (mark - small, mark, mark + small) if low <= value <= high})
    for value in values:
        for samples, stderr in _UNCERTAINTIES:
            measurement = {"metric": metric.name, "value": value, "samples": samples, "stderr": stderr}
            if metric.scorers:
                measurement["scorer"] = metric.scorers[0]
            given = {name: one for name, one in measurement.items() if one is not None}
            said = ", ".join(f"{name} {one:.6g}" for name, one in given.items() if isinstance(one, int | float))
            yield _option(entry.name, [given], f"{entry.name} with {said}")


def _unreadable(registry: Registry) -> Iterator[Option]:
    first = registry.entries[0]
    metric = first.metrics[0].name
    yield _option("an evaluation that nobody knows", [], "an unknown evaluation")
    yield _option(first.name, [{"metric": metric, "value": 0.5}], f"{first.name} of a foreign package", "foreign")
    yield _option(first.name, [], f"{first.name} without a measurement")
    yield _option(first.name, [{"metric": "another", "value": 0.5}], f"{first.name} with another metric")
    yield _option(first.name, [{"metric": metric, "value": 1e9}], f"{first.name} outside its scale")
    for group in registry.not_safety[:1]:
        yield _option(
            group.tasks[0], [{"metric": "accuracy", "value": 0.5}], f"{group.tasks[0]}, which tests no hazard"
        )
    for entry in registry.entries:
        if entry.metrics[0].thresholds == "none":
            given = {"metric": entry.metrics[0].name, "value": entry.metrics[0].scale[0]}
            yield _option(entry.name, [given], f"{entry.name}, which has no thresholds")
            break


def _option(name: str, measurements: list[dict[str, Any]], label: str, package: str | None = None) -> Option:
    evaluation = {"name": name, **({} if package is None else {"package": package})}
    return Option(label, {("evaluation",): evaluation, ("measurements",): measurements})
