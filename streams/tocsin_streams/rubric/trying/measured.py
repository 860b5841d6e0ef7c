"""The measurements of one finding, and the values at which the registry would read them otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin_schemas import Finding
from tocsin_streams.rubric.reading import read_finding
from tocsin_streams.rubric.registry import Entry, Metric, Registry
from tocsin_streams.rubric.trying.fields import ABSENT
from tocsin_streams.rubric.trying.options import Dimension, Option, said

_STEPS = 200
"""The scale of a metric is looked at in so many steps; between two that differ the place is found by halving."""
_HALVINGS = 12


def measured_dimensions(finding: Finding, registry: Registry) -> list[Dimension]:
    """For each measurement that may be graded: its value, and how many samples it rests on."""
    entry = registry.find(finding.evaluation.name, finding.evaluation.package)
    if not isinstance(entry, Entry):
        return []
    dimensions = []
    for number, measurement in enumerate(finding.measurements):
        for metric in entry.metrics:
            if measurement.metric in (metric.name, *metric.aliases):
                change = _Change(finding, number, registry)
                dimensions += [
                    change.dimension("value", _values(change, metric), measurement.value),
                    change.dimension("samples", _samples(entry), measurement.samples),
                ]
    return dimensions


class _Change:
    """Other values in one measurement of a finding."""

    def __init__(self, finding: Finding, number: int, registry: Registry) -> None:
        self._finding = finding
        self._number = number
        self._registry = registry

    def measurements(self, name: str, value: Any) -> list[dict[str, Any]]:
        """All measurements, with another value in this one."""
        given = [one.model_dump(mode="json", exclude_none=True) for one in self._finding.measurements]
        given[self._number] = {**given[self._number], name: value}
        if value is ABSENT:
            del given[self._number][name]
        return given

    def reached(self, value: float) -> tuple[Any, ...]:
        """What the registry reads at another value: it changes where rules may begin to hold."""
        data = self._finding.model_dump(mode="json", exclude_none=True)
        changed = Finding.model_validate({**data, "measurements": self.measurements("value", value)})
        read = read_finding(changed, self._registry)
        reading = read.reading
        if reading is None:
            return (read.unread,)
        return reading.point, reading.reached, reading.at_or_below_chance

    def dimension(self, name: str, values: Iterator[Any], now: Any) -> Dimension:
        """The other values of one field of the measurement."""
        label = f"measurements.{self._number}.{name}"
        options = tuple(
            Option(f"{label}: {said(value)}", {("measurements",): self.measurements(name, value)}, value)
            for value in values
        )
        return Dimension(label, options, complete=False, now=ABSENT if now is None else now)


def _values(change: _Change, metric: Metric) -> Iterator[float]:
    """Both sides of every place on the scale at which the registry reads the result otherwise."""
    low, high = metric.scale
    steps = [low + (high - low) * number / _STEPS for number in range(_STEPS + 1)]
    read = [change.reached(value) for value in steps]
    yield low
    for left, right, before, after in zip(steps, steps[1:], read, read[1:], strict=False):
        if before != after:
            yield from _halved(change, left, right, before)
    yield high


def _halved(change: _Change, left: float, right: float, before: tuple[Any, ...]) -> tuple[float, float]:
    """The two sides of a place between two values, as close as shows in four digits of the scale."""
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        if change.reached(middle) == before:
            left = middle
        else:
            right = middle
    return left, right


def _samples(entry: Entry) -> Iterator[Any]:
    yield from sorted({1, max(entry.few_samples - 1, 1), entry.few_samples, 100, 300, 1_000, 10_000, 100_000})
    yield ABSENT
