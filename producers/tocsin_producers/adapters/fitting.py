"""What of a run's measurements fits into one finding; its log keeps all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from tocsin_schemas import Measurement, limits

_MOST_BYTES = 36_000
"""What the measurements of one finding may take of its 64 KiB, the longest texts beside them."""


def that_fit(measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """The first of them, as many as one finding can hold."""
    sizes = accumulate(len(one.model_dump_json().encode()) + 1 for one in measurements)
    fitting = sum(1 for size in sizes if size <= _MOST_BYTES)
    return tuple(measurements[: min(fitting, limits.ITEMS)])
