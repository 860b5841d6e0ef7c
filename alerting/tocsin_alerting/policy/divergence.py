"""Do two results of one evaluation differ by more than their uncertainties allow?

A share of samples (accuracy, a rate) is tested as counts, exactly where samples are few: scores near 0 and 1 have no
usable standard error. Where the reported standard error is larger than that of independent samples (epochs, grouped
questions), the sample is shrunk to what the error says it is worth, and Welch's test must agree. What is no share is
tested by Welch's t with both standard errors. What cannot be tested says why, and is no divergence.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

THRESHOLD = 0.0075
"""Largest p-value at which results diverge. False alarms stay under 1 %; a gap of 4.5 standard errors shows in 96 %."""

_SHARES = frozenset({"accuracy", "acc", "rate", "asr", "em", "proportion", "fraction", "share"})
_NO_SHARES = frozenset({"stderr", "std", "stdev", "var", "variance", "error_bar"})
_PASS_AT = re.compile(r"pass@\d+")
_DEPENDENT = 1.05
"""How many times the error of independent samples a reported one must be to say that samples depend on each other."""
_TIGHT = 0.9
"""Below so many times the error of yes-or-no samples a mean within 0..1 is one of graded samples."""
_ROUNDING = 1e-6
"""What floating point may take from a whole number of samples."""


class Method(StrEnum):
    """How two results were compared."""

    EXACT_SHARES = "exact_shares"
    """Exact unconditional test of two shares."""
    SHRUNK_SHARES_AND_WELCH = "shrunk_shares_and_welch"
    """The same with samples shrunk by the design effect, and Welch's t; the larger p-value counts."""
    WELCH = "welch"
    """Welch's t with the reported standard errors."""


class ComparisonReason(StrEnum):
    """What came of a comparison, or why it cannot be made."""

    DIVERGES = "diverges"
    WITHIN_UNCERTAINTY = "within_uncertainty"
    SAMPLES_MISSING = "samples_missing"
    TOO_FEW_SAMPLES = "too_few_samples"
    STANDARD_ERROR_MISSING = "standard_error_missing"
    """The metric is not known to be a share of samples, and a result comes without a usable standard error."""
    SCALES_DIFFER = "scales_differ"
    """One result is a share within 0..1, the other is not."""


@dataclass(frozen=True, slots=True)
class Score:
    """One institute's value of a metric with its uncertainty."""

    value: float
    stderr: float | None = None
    samples: int | None = None
    """Scored samples, epochs counted."""
    epochs: int | None = None
    """How often each sample was run; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results side by side: what the test says and all that it looked at."""

    reason: ComparisonReason
    one: Score
    other: Score
    difference: float
    """The one value minus the other."""
    threshold: float
    method: Method | None = None
    """None where it cannot be tested."""
    standard_error: float | None = None
    """Of the difference."""
    p: float | None = None
    """Two-sided."""
    used_samples: tuple[float, float] | None = None
    """The samples that the results were worth, where the test counts them."""

    @property
    def testable(self) -> bool:
        """Whether a test was possible."""
        return self.p is not None

    @property
    def diverges(self) -> bool:
        """Whether the results differ by more than their uncertainties allow, this comparison taken alone."""
        return self.reason is ComparisonReason.DIVERGES


def compare(one: Score, other: Score, *, metric: str, threshold: float = THRESHOLD) -> Comparison:
    """Compare two results of one metric; who is named first decides nothing but the sign of the difference."""
    fault = _fault(one, other, metric)
    if fault is not None:
        return Comparison(fault, one, other, one.value - other.value, threshold)
    if _is_share(one, other, metric):
        return _compare_shares(one, other, threshold)
    errors = _error(one), _error(other)
    return _result(one, other, threshold, Method.WELCH, _welch(one, other, errors, _units(one), _units(other)), errors)


def named_as_share(metric: str) -> bool:
    """Whether a metric's name says that it is the share of samples with some property, such as `refusal_rate`."""
    words = re.split(r"[^a-z0-9@]+", metric.casefold())
    if _NO_SHARES.intersection(words):
        return False
    return (
        not _SHARES.isdisjoint(words) or any(_PASS_AT.fullmatch(word) for word in words) or words == ["exact", "match"]
    )


def _fault(one: Score, other: Score, metric: str) -> ComparisonReason | None:
    scores = (one, other)
    if any(score.samples is None for score in scores):
        return ComparisonReason.SAMPLES_MISSING
    inside = [0 <= score.value <= 1 for score in scores]
    if named_as_share(metric):
        if inside[0] != inside[1]:
            return ComparisonReason.SCALES_DIFFER
        if all(inside):
            return None if all(_units(score) >= 1 for score in scores) else ComparisonReason.TOO_FEW_SAMPLES
    if any(_units(score) < 2 for score in scores):
        return ComparisonReason.TOO_FEW_SAMPLES
    # An error of 0 says that it was not computed, save where all samples lie at an end of the scale.
    if any(not score.stderr and (score.stderr is None or score.value not in {0, 1}) for score in scores):
        return ComparisonReason.STANDARD_ERROR_MISSING
    return None


def _is_share(one: Score, other: Score, metric: str) -> bool:
    if not all(0 <= score.value <= 1 for score in (one, other)):
        return False
    return named_as_share(metric) or all((score.stderr or 0) >= _TIGHT * _independent(score) for score in (one, other))


def _compare_shares(one: Score, other: Score, threshold: float) -> Comparison:
    # Late: what computes with arrays is a fifth of a service's start, and most of them never compare.
    from tocsin_alerting.policy.shares import shares_differ

    effects = _design_effect(one), _design_effect(other)
    # At the ends of the scale the error says nothing: there the other result's design effect is the best guess.
    worth = tuple(
        max(1, math.floor(_samples(score) / (max(_epochs(score), across or 1) if own is None else own) + _ROUNDING))
        for score, own, across in ((one, *effects), (other, effects[1], effects[0]))
    )
    p = shares_differ(one.value * worth[0], worth[0], other.value * worth[1], worth[1])
    errors = tuple(
        max(score.stderr or 0.0, math.sqrt(score.value * (1 - score.value) / used))
        or _smoothed(score.value * used, used)[1]
        for score, used in zip((one, other), worth, strict=True)
    )
    method = Method.EXACT_SHARES
    if any(effect is not None and effect >= _DEPENDENT**2 for effect in effects):
        method = Method.SHRUNK_SHARES_AND_WELCH
        units = tuple(max(2.0, min(_units(score), used)) for score, used in zip((one, other), worth, strict=True))
        p = max(p, _welch(one, other, (errors[0], errors[1]), *units))
    return _result(one, other, threshold, method, p, (errors[0], errors[1]), (float(worth[0]), float(worth[1])))


def _result(
    one: Score,
    other: Score,
    threshold: float,
    method: Method,
    p: float,
    errors: tuple[float, float],
    used: tuple[float, float] | None = None,
) -> Comparison:
    reason = ComparisonReason.DIVERGES if p <= threshold else ComparisonReason.WITHIN_UNCERTAINTY
    return Comparison(reason, one, other, one.value - other.value, threshold, method, math.hypot(*errors), p, used)


def _welch(one: Score, other: Score, errors: tuple[float, float], units: float, other_units: float) -> float:
    """Welch's t; its degrees of freedom (Satterthwaite) come from independent units, not from repeated ones."""
    from scipy.special import stdtr  # late, as in `_compare_shares`

    variances = errors[0] ** 2, errors[1] ** 2
    freedom = sum(variances) ** 2 / (variances[0] ** 2 / (units - 1) + variances[1] ** 2 / (other_units - 1))
    return float(2 * stdtr(freedom, -abs(one.value - other.value) / math.hypot(*errors)))


def _smoothed(successes: float, n: int) -> tuple[float, float]:
    """A share and its standard error with one success and one failure added (Agresti and Caffo 2000): never 0 or 1."""
    share = (successes + 1) / (n + 2)
    return share, math.sqrt(share * (1 - share) / (n + 2))


def _error(score: Score) -> float:
    return score.stderr or _smoothed(score.value * _samples(score), _samples(score))[1]


def _design_effect(score: Score) -> float | None:
    """How many samples are worth one independent sample; None where the standard error does not say."""
    if not score.stderr or score.value in {0, 1}:
        return None
    return max(1.0, (score.stderr / _independent(score)) ** 2 * (1 - 1 / max(2, _samples(score))))


def _independent(score: Score) -> float:
    """The standard error that independent yes-or-no samples would have."""
    return math.sqrt(score.value * (1 - score.value) / _samples(score))


def _samples(score: Score) -> int:
    assert score.samples is not None
    return max(1, score.samples)


def _epochs(score: Score) -> int:
    return score.epochs or 1


def _units(score: Score) -> float:
    """Independent samples: each counts once, however often it was run."""
    return (score.samples or 0) / _epochs(score)
