"""Do two shares differ? An exact unconditional test, valid for few samples and for shares near 0 and 1.

Outcomes are ordered by the difference in standard errors after Agresti and Caffo (2000, one success and one failure
added to each result). The p-value is the largest probability, over the common shares that the pooled result leaves
possible, of an outcome at least as extreme (Barnard 1945; Berger and Boos 1994 for the confined search, whose `GAMMA`
is added to the p-value). Where both results expect many successes and failures the statistic's normal limit is used.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, betaincinv, gammaln, ndtr, xlog1py, xlogy

GAMMA = 1e-4
"""Probability that the common share lies outside the interval that is searched."""
MANY = 100.0
"""Expected successes and failures in each result from which the normal limit is used."""
_GRID = 13
_TAIL = 6.5
"""Standard deviations around the expected count beyond which outcomes of the smaller result are not summed."""

Floats = NDArray[np.float64]


@functools.lru_cache(maxsize=100_000)
def shares_differ(successes: float, n: int, other_successes: float, other_n: int) -> float:
    """The two-sided p-value of two shares being one and the same.

    Args:
        successes: of the one result; need not be whole where a design effect has shrunk the sample.
        n: its samples, at least 1.
        other_successes: of the other result.
        other_n: its samples, at least 1.
    """
    # One order for both, so that the answer does not depend on who is named first.
    (n1, x1), (n2, x2) = sorted(((n, successes), (other_n, other_successes)))
    pooled = (x1 + x2) / (n1 + n2)
    distance = float(_distance(np.asarray(x1), n1, np.asarray(x2), n2))
    if n1 * min(pooled, 1 - pooled) >= MANY:
        return float(2 * ndtr(-abs(distance)))
    low, high = _possible_shares(x1 + x2, n1 + n2)
    shares = np.linspace(low, high, _GRID)
    if low < pooled < high:
        shares = np.append(shares, pooled)
    first = max(0, math.floor(n1 * low - _TAIL * math.sqrt(n1 * low * (1 - low)) - _TAIL))
    last = min(n1, math.ceil(n1 * high + _TAIL * math.sqrt(n1 * high * (1 - high)) + _TAIL))
    counts = np.arange(first, last + 1, dtype=float)
    below, above = _at_least_as_extreme(counts, n1, n2, abs(distance))
    likely = _binomial(counts, n1, shares[:, None])
    # `below` and `above` are the last and first extreme counts of the other result; -1 and n2 + 1 where there is none.
    tail = np.where(below >= 0, bdtr(np.maximum(below, 0), n2, shares[:, None]), 0.0)
    tail = tail + np.where(above <= n2, bdtrc(np.maximum(above - 1, -1), n2, shares[:, None]), 0.0)
    return float(min(1.0, (likely * np.minimum(tail, 1.0)).sum(axis=1).max() + GAMMA))


def _distance(x1: Floats, n1: int, x2: Floats, n2: int) -> Floats:
    """The difference of two smoothed shares in standard errors of itself."""
    a, b = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    return np.asarray((b - a) / np.sqrt(a * (1 - a) / (n1 + 2) + b * (1 - b) / (n2 + 2)))


def _at_least_as_extreme(counts: Floats, n1: int, n2: int, distance: float) -> tuple[Floats, Floats]:
    """For each count of the one result the largest low and the smallest high count of the other that is as extreme."""
    # What floating point makes of equal outcomes must not set them apart.
    distance -= 1e-9
    return (
        _last(lambda x: _distance(counts, n1, x, n2) <= -distance, counts, n2),
        n2 - _last(lambda x: _distance(counts, n1, n2 - x, n2) >= distance, counts, n2),
    )


def _last(holds: Callable[[Floats], NDArray[np.bool_]], counts: Floats, n2: int) -> Floats:
    """By bisection the last x in 0..n2 for which it holds; -1 where it holds for none. It holds from 0 up to there."""
    low, high = np.full(counts.shape, -1.0), np.full(counts.shape, float(n2))
    while (low < high).any():
        # Where the bounds have met, whether at -1 or at a count, they stay: the middle is then only not to be negative.
        open_, middle = low < high, np.maximum(np.ceil((low + high) / 2), 0.0)
        good = holds(middle)
        low, high = np.where(open_ & good, middle, low), np.where(open_ & ~good, middle - 1, high)
    return low


def _possible_shares(x: float, n: int) -> tuple[float, float]:
    """The Clopper-Pearson interval with confidence 1 - GAMMA."""
    low = float(betaincinv(x, n - x + 1, GAMMA / 2)) if x > 0 else 0.0
    high = float(betaincinv(x + 1, n - x, 1 - GAMMA / 2)) if x < n else 1.0
    return low, high


def _binomial(counts: Floats, n: int, share: Floats) -> Floats:
    logs = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    return np.asarray(np.exp(logs + xlogy(counts, share) + xlog1py(n - counts, -share)))
