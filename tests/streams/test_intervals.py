"""The 95 % interval of a result, against exact binomial sums."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_streams.rubric.intervals import Interval, interval

UNIT = (0.0, 1.0)
TRUTHS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.4375, 0.5, 0.75, 0.8125, 0.9, 0.99, 0.999]


def chance(hits: int, samples: int, truth: float) -> float:
    """How probable just so many hits are."""
    return comb(samples, hits) * truth**hits * (1 - truth) ** (samples - hits)


@pytest.mark.parametrize("samples", [1, 2, 3, 5, 8, 10, 13, 20, 35, 40, 78, 100, 176])
@pytest.mark.parametrize("truth", TRUTHS)
def test_neither_end_is_wrong_more_often_than_it_says(samples: int, truth: float) -> None:
    """Whatever the truth, near 0 and 1 and for the fewest samples: each end misses it in at most 2.5 % of cases."""
    ends = [interval(hits / samples, UNIT, stderr=None, samples=samples) for hits in range(samples + 1)]
    too_high = sum(chance(hits, samples, truth) for hits, end in enumerate(ends) if end.low > truth)
    too_low = sum(chance(hits, samples, truth) for hits, end in enumerate(ends) if end.high < truth)

    assert too_high <= 0.025 + 1e-9
    assert too_low <= 0.025 + 1e-9


@pytest.mark.parametrize(
    ("hits", "samples", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0)],
)
def test_the_interval_is_the_one_of_the_tables(hits: int, samples: int, low: float, high: float) -> None:
    """Clopper and Pearson's values for ten samples, as printed tables have them."""
    ends = interval(hits / samples, UNIT, stderr=None, samples=samples)

    assert ends.low == pytest.approx(low, abs=5e-5)
    assert ends.high == pytest.approx(high, abs=5e-5)


@given(st.floats(0, 1), st.integers(1, 5000), st.none() | st.floats(0, 0.5))
def test_both_directions_are_treated_alike(value: float, samples: int, stderr: float | None) -> None:
    """What is resisted and what succeeds are two views of one result: their intervals mirror each other."""
    ends = interval(value, UNIT, stderr=stderr, samples=samples)
    mirrored = interval(1 - value, UNIT, stderr=stderr, samples=samples)

    assert mirrored.low == pytest.approx(1 - ends.high, abs=1e-6)
    assert mirrored.high == pytest.approx(1 - ends.low, abs=1e-6)


@given(st.floats(0, 1), st.integers(1, 5000), st.floats(0, 0.5))
def test_the_wider_of_the_two_counts_at_each_end(value: float, samples: int, stderr: float) -> None:
    """Neither the samples nor the reported error can make the other's doubt smaller."""
    both = interval(value, UNIT, stderr=stderr, samples=samples)
    either = [interval(value, UNIT, stderr=stderr, samples=None), interval(value, UNIT, stderr=None, samples=samples)]

    assert both.low == min(each.low for each in either)
    assert both.high == max(each.high for each in either)
    assert 0 <= both.low <= value <= both.high <= 1


@given(st.floats(0, 100), st.integers(1, 5000))
def test_a_scale_in_percent_changes_nothing(value: float, samples: int) -> None:
    """The same result on another scale has the same interval on that scale."""
    percent = interval(value, (0.0, 100.0), stderr=None, samples=samples)
    share = interval(value / 100, UNIT, stderr=None, samples=samples)

    assert percent.low == pytest.approx(share.low * 100, abs=1e-6)
    assert percent.high == pytest.approx(share.high * 100, abs=1e-6)


@pytest.mark.parametrize("stderr", [None, 0.0])
def test_without_samples_an_error_of_zero_says_nothing(stderr: float | None) -> None:
    """Real logs give 0 where they have no better; it is not certainty."""
    assert interval(0.9, UNIT, stderr=stderr, samples=None) == Interval(0.9, 0.9, known=False)
