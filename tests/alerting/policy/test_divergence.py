"""Two results differ only by more than their uncertainties allow."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.divergence import (
    THRESHOLD,
    ComparisonReason,
    Method,
    Score,
    compare,
    named_as_share,
)
from tocsin_alerting.policy.holm import holm
from tocsin_alerting.policy.shares import shares_differ


def _share(value: float, samples: int, *, times: float = 1.0, epochs: int | None = None) -> Score:
    stderr = times * math.sqrt(value * (1 - value) / (samples - 1))
    return Score(value=value, stderr=stderr, samples=samples, epochs=epochs)


counts = st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
scores = counts.map(lambda drawn: _share(drawn[0] / drawn[1], drawn[1]))


def test_a_clear_difference_diverges_with_all_figures() -> None:
    """Two results far apart diverge, and the comparison holds both n, both errors, the difference, its error and p."""
    one, other = _share(0.57, 400), _share(0.32, 400)

    found = compare(one, other, metric="accuracy")

    assert found.reason is ComparisonReason.DIVERGES
    assert found.method is Method.EXACT_SHARES
    assert (found.one, found.other) == (one, other)
    assert found.difference == pytest.approx(0.25)
    assert found.standard_error == pytest.approx(0.0341, abs=2e-4)
    assert found.p is not None
    assert found.p < 1e-3
    assert found.threshold == THRESHOLD
    assert found.used_samples == (400.0, 400.0)


def test_a_difference_that_few_samples_explain_does_not_diverge() -> None:
    """57 and 32 percent of 20 samples are no divergence: n counts, not the gap alone."""
    found = compare(_share(0.55, 20), _share(0.3, 20), metric="accuracy")

    assert found.reason is ComparisonReason.WITHIN_UNCERTAINTY


def test_scores_at_the_ends_of_the_scale_are_tested_without_a_standard_error() -> None:
    """All right and all wrong diverge although both report a standard error of 0, and with few samples do not."""
    none, every = Score(0.0, 0.0, 40), Score(1.0, 0.0, 40)

    assert compare(none, every, metric="accuracy").diverges
    assert not compare(Score(0.0, 0.0, 3), Score(1.0, 0.0, 3), metric="accuracy").diverges
    assert not compare(none, Score(0.0, 0.0, 400), metric="accuracy").diverges


def test_dependent_samples_count_less() -> None:
    """A difference that independent samples would prove is none when the reported error says that they depend."""
    independent = compare(_share(0.5, 200), _share(0.34, 200), metric="accuracy")
    dependent = compare(_share(0.5, 200, times=2), _share(0.34, 200, times=2), metric="accuracy")

    assert independent.diverges
    assert dependent.method is Method.SHRUNK_SHARES_AND_WELCH
    assert not dependent.diverges
    assert dependent.used_samples == (50.0, 50.0)


def test_epochs_without_an_error_count_as_one_sample_each() -> None:
    """Ten epochs of twenty questions, all right and without a standard error, are worth twenty samples."""
    found = compare(Score(1.0, 0.0, 200, 10), Score(0.75, None, 200, 10), metric="accuracy")

    assert found.used_samples == (20.0, 20.0)
    assert not found.diverges


def test_what_is_no_share_is_compared_by_both_errors() -> None:
    """Means on a scale of their own go by Welch's test."""
    found = compare(Score(6.0, 0.2, 100), Score(4.9, 0.15, 80), metric="harm score")

    assert found.method is Method.WELCH
    assert found.standard_error == pytest.approx(0.25)
    assert found.diverges


def test_graded_scores_within_the_scale_of_shares_use_their_smaller_error() -> None:
    """A mean of graded scores is not judged as if each were all or nothing."""
    found = compare(Score(0.5, 0.01, 100), Score(0.56, 0.01, 100), metric="mean")

    assert found.method is Method.WELCH
    assert found.diverges


@pytest.mark.parametrize(
    ("one", "other", "metric", "reason"),
    [
        (Score(0.5, 0.1), Score(0.9, 0.1, 50), "accuracy", ComparisonReason.SAMPLES_MISSING),
        (Score(0.5, None, 50), Score(0.9, 0.1, 50), "f1", ComparisonReason.STANDARD_ERROR_MISSING),
        (Score(0.5, 0.0, 50), Score(0.9, 0.1, 50), "f1", ComparisonReason.STANDARD_ERROR_MISSING),
        (Score(0.5, 0.1, 50), Score(57.0, 5.0, 50), "accuracy", ComparisonReason.SCALES_DIFFER),
        (Score(8.0, 0.5, 1), Score(2.0, 0.5, 50), "harm score", ComparisonReason.TOO_FEW_SAMPLES),
        (Score(0.5, 0.1, 0), Score(0.9, 0.1, 50), "accuracy", ComparisonReason.TOO_FEW_SAMPLES),
    ],
)
def test_what_cannot_be_tested_says_why(one: Score, other: Score, metric: str, reason: ComparisonReason) -> None:
    """Without n, a usable error or one scale there is no test, hence no divergence, and the reason is named."""
    found = compare(one, other, metric=metric)

    assert found.reason is reason
    assert not found.testable
    assert not found.diverges
    assert compare(other, one, metric=metric).reason is reason


@given(one=scores, other=scores, times=st.sampled_from([1.0, 1.7]))
def test_nobody_gains_by_being_named_first(one: Score, other: Score, times: float) -> None:
    """Swapping the results changes the sign of the difference and nothing else."""
    wide = Score(one.value, None if one.stderr is None else one.stderr * times, one.samples)
    there, back = compare(wide, other, metric="accuracy"), compare(other, wide, metric="accuracy")

    assert there.p == back.p
    assert there.reason is back.reason
    assert there.difference == -back.difference


@given(one=counts, other=counts)
def test_success_and_failure_are_alike(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Counting failures instead of successes gives the same p-value."""
    there = shares_differ(one[0], one[1], other[0], other[1])
    mirrored = shares_differ(one[1] - one[0], one[1], other[1] - other[0], other[1])

    assert there == pytest.approx(mirrored, rel=1e-6)
    assert 0 <= there <= 1


@given(one=counts, other=counts)
def test_equal_shares_never_diverge(one: tuple[int, int], other: tuple[int, int]) -> None:
    """The same share is no divergence, however many samples each rests on."""
    share = one[0] / one[1]

    assert not compare(_share(share, one[1]), _share(share, other[1]), metric="accuracy").diverges


@pytest.mark.parametrize(
    ("table", "p"),
    # scipy.stats.barnard_exact, unpooled and two-sided, on tables whose order of outcomes is the same.
    [((0, 5, 5, 5), 0.00195), ((2, 10, 9, 10), 0.0026)],
)
def test_small_tables_agree_with_known_values(table: tuple[int, int, int, int], p: float) -> None:
    """Worked tables come out as in the literature's exact unconditional test, within the share that GAMMA adds."""
    assert shares_differ(*table) == pytest.approx(p, abs=2.5e-4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_holms_correction_knows_no_order(p_values: list[float]) -> None:
    """The adjusted values follow their comparisons wherever they stand, and are never smaller than they were."""
    adjusted = holm(p_values)
    backwards = holm(p_values[::-1])

    assert sorted(adjusted) == sorted(backwards)
    assert all(after >= before for before, after in zip(p_values, adjusted, strict=True))
    assert min(adjusted) == min(1.0, min(p_values) * len(p_values))


@pytest.mark.parametrize(
    ("metric", "share"),
    [
        ("accuracy", True),
        ("acc_norm", True),
        ("Refusal rate", True),
        ("pass@1", True),
        ("exact_match", True),
        ("accuracy_stderr", False),
        ("mean", False),
        ("f1", False),
    ],
)
def test_shares_are_known_by_name(metric: str, share: bool) -> None:
    """Names that say a share of samples are known; a standard error of one is none."""
    assert named_as_share(metric) is share
