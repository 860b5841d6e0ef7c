"""Many comparisons at once: Holm's step-down correction keeps the chance of any false alarm among them."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Each p-value adjusted for the number of its fellows (Holm 1979), in the order given, at most 1.

    Whoever rejects where the adjusted value is at most a threshold makes any false rejection among all of them with at
    most that probability, however the comparisons depend on each other.
    """
    order = sorted(range(len(p_values)), key=lambda position: p_values[position])
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, p_values[position] * (len(p_values) - rank)))
        adjusted[position] = largest
    return tuple(adjusted)
