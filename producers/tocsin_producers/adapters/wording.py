"""How adapters say numbers to people: the same way, whatever file they come from."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_schemas import Measurement

_NAMED = 10
"""How many of a list a sentence names; the rest is counted."""


def value(measurement: Measurement) -> str:
    """Metric, value and standard error, such as `accuracy 0.71 ± 0.013`."""
    error = f" ± {number(measurement.stderr)}" if measurement.stderr is not None else ""
    return f"{measurement.metric} {number(measurement.value)}{error}"


def value_and_origin(measurement: Measurement) -> str:
    """The same with its scorer and the number of samples."""
    scorer = f" by {measurement.scorer}" if measurement.scorer else ""
    return f"{value(measurement)}{scorer}{count(measurement.samples)}"


def number(amount: float) -> str:
    """Four significant digits: more says nothing to people."""
    return f"{amount:.4g}"


def count(samples: int | None) -> str:
    """The number of samples in brackets, or nothing."""
    return f" (n = {samples})" if samples is not None else ""


def listed(items: Sequence[str], *, between: str = ", ") -> str:
    """The first ten, and how many there are besides."""
    more = len(items) - _NAMED
    joint = " " if between == ", " else between
    rest = f"{joint}and {more} more" if more > 0 else ""
    return f"{between.join(items[:_NAMED])}{rest}"
