"""The 95 % interval of a result: never narrower than its samples and its reported error allow."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv

_Z = 1.96
"""95 % of a normal distribution, both sides."""
_TAIL = 0.025
"""What lies beyond each end."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value lies in 95 of 100 cases, on the metric's own scale."""

    low: float
    high: float
    known: bool = True
    """Whether the report says anything about its uncertainty; where not, both ends are the value itself."""


def interval(value: float, scale: tuple[float, float], *, stderr: float | None, samples: int | None) -> Interval:
    """The 95 % interval of a mean on a bounded scale.

    The wider of two at each end. The reported standard error knows about clusters and repetitions, but is 0 for two of
    two, and near the ends of the scale it reaches beyond them on one side and not far enough on the other. The exact
    binomial interval (Clopper and Pearson, 1934) is right there and for the fewest samples: each end is wrong in at
    most 2.5 % of cases, whatever the truth. Wilson's, which is narrower, is wrong in up to 17 % of cases for one hit,
    and it is one hit in few samples that reaches the lowest thresholds. For means of other bounded values, whose
    variance is smaller than that of hits and misses, the exact interval is too wide: an error to the safe side.

    Args:
        value: the mean; on the scale.
        scale: its lowest and highest value.
        stderr: as reported; 0 says nothing, as real logs give it for want of a better.
        samples: independent ones.
    """
    low, high = scale
    ends: list[tuple[float, float]] = []
    if stderr is not None and stderr > 0:
        ends.append((value - _Z * stderr, value + _Z * stderr))
    if samples:
        share = (value - low) / (high - low)
        least, most = _exact(share * samples, samples)
        # The ends are pulled to the value where floating point would put them a hair on its other side.
        ends.append((min(value, low + least * (high - low)), max(value, low + most * (high - low))))
    if not ends:
        return Interval(value, value, known=False)
    return Interval(max(low, min(end[0] for end in ends)), min(high, max(end[1] for end in ends)))


def _exact(hits: float, samples: int) -> tuple[float, float]:
    least = float(betaincinv(hits, samples - hits + 1, _TAIL)) if hits > 0 else 0.0
    most = float(betaincinv(hits + 1, samples - hits, 1 - _TAIL)) if hits < samples else 1.0
    return least, most
