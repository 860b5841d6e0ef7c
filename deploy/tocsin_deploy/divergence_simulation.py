"""How often the test of divergence alarms falsely, and how often it sees a real gap: counted on simulated pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tocsin_alerting.policy.divergence import THRESHOLD, Score, compare
from tocsin_alerting.policy.holm import holm

GAP = 4.5
"""Standard errors of the difference at which a gap is to be seen."""
FALSE_ALARMS, POWER = 0.01, 0.95
"""What is promised: fewer false alarms than the one, more gaps seen than the other."""
ENOUGH = 200
"""Samples from which power is promised even where the gap is measured by the errors of two very different shares.

With fewer such a gap spans up to the whole scale: its own errors are smaller than those of equal shares, by which the
false alarms are kept. What is seen of it then is shown without a promise.
"""
SIZES = ((5, 5), (10, 10), (20, 20), (50, 50), (100, 100), (200, 200), (500, 500), (1000, 1000), (5000, 5000))
UNEQUAL = ((5, 5000), (20, 100), (50, 500), (200, 1000), (500, 5000))
TRUTHS = (0.005, 0.02, 0.1, 0.3, 0.5, 0.9, 0.995)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of pair, and how many of them diverged."""

    question: str
    """`false_alarm`: the truths are equal; `power`: they lie 4.5 standard errors apart."""
    what: str
    sizes: tuple[int, int]
    """Samples of each result."""
    truths: tuple[float, float]
    pairs: int
    """Pairs, or exercises, that were simulated."""
    diverged: int
    limit: float | None
    """False alarms stay below it, power above it; None where nothing is promised."""

    @property
    def rate(self) -> float:
        """Share of pairs, or of exercises, that diverged."""
        return self.diverged / self.pairs

    @property
    def holds(self) -> bool | None:
        """Whether the rate is as it should be; None where nothing is promised."""
        if self.limit is None:
            return None
        return self.rate < self.limit if self.question == "false_alarm" else self.rate > self.limit


Draw = Callable[[np.random.Generator, int, float, int], list[Score]]
"""Draws scores: generator, samples of each, truth, how many."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the table before it is simulated."""

    asked: str
    what: str
    draw: Draw
    sizes: tuple[int, int]
    truths: tuple[float, float]
    metric: str
    limit: float | None


def questions() -> tuple[Question, ...]:
    """Everything that is asked of pairs: false alarms first, then power."""
    return (*_false_alarms(), *_power(), *_power_of_unequal())


def simulate(asked: Iterable[Question], *, pairs: int, seed: int) -> Iterator[Cell]:
    """Every row of the table, one after another; the same seed gives the same table."""
    rng = np.random.default_rng(seed)
    for row in asked:
        ones, others = (row.draw(rng, *drawn, pairs) for drawn in zip(row.sizes, row.truths, strict=True))
        both = zip(ones, others, strict=True)
        diverged = sum(compare(one, other, metric=row.metric).diverges for one, other in both)
        yield Cell(row.asked, row.what, row.sizes, row.truths, pairs, diverged, row.limit)


def _false_alarms() -> Iterator[Question]:
    def ask(what: str, draw: Draw, sizes: tuple[int, int], truth: float, metric: str) -> Question:
        return Question("false_alarm", what, draw, sizes, (truth, truth), metric, FALSE_ALARMS)

    for sizes in (*SIZES, *UNEQUAL):
        for truth in TRUTHS:
            yield ask("shares", shares, sizes, truth, "accuracy")
    for sizes in ((50, 50), (200, 200), (1000, 1000)):
        for truth in (0.05, 0.5, 0.9):
            yield ask("shares, 4 epochs", epochs, sizes, truth, "accuracy")
    for sizes in ((20, 20), (100, 100), (50, 1000)):
        yield ask("means on 0..10", means, sizes, 6.0, "harm score")
        yield ask("graded scores in 0..1", graded, sizes, 0.3, "mean")


def _power() -> Iterator[Question]:
    for sizes in SIZES[1:]:
        for pooled in (0.05, 0.2, 0.5):
            apart = _apart_by_pooled_error(pooled, sizes)
            if apart is not None:
                yield Question("power", "shares, pooled error", shares, sizes, apart, "accuracy", POWER)
        for truth in (0.005, 0.1, 0.3, 0.5):
            apart = _apart_by_own_errors(truth, sizes)
            if apart is not None:
                promised = POWER if min(sizes) >= ENOUGH else None
                yield Question("power", "shares, own errors", shares, sizes, apart, "accuracy", promised)
    for sizes in ((50, 50), (200, 200), (50, 1000)):
        gap = GAP * math.sqrt(_DEVIATION**2 * (1 / sizes[0] + 1 / sizes[1]))
        yield Question("power", "means on 0..10", means, sizes, (5.0, 5.0 + gap), "harm score", POWER)


def _power_of_unequal() -> Iterator[Question]:
    for few, many in UNEQUAL:
        for sizes in ((few, many), (many, few)):
            for truth in (0.1, 0.5):
                apart = _apart_by_own_errors(truth, sizes)
                if apart is not None:
                    yield Question("power", "shares, own errors, unequal", shares, sizes, apart, "accuracy", None)


EXERCISES = ((5, 50, 0.3), (10, 400, 0.5), (10, 1000, 0.02))
"""Institutes, samples of each, truth."""


def simulate_exercises(*, exercises: int, seed: int) -> Iterator[Cell]:
    """Joint exercises in which all institutes have the same truth: how many show any divergence at all.

    Two rows for each kind: every comparison taken alone, and with Holm's correction.
    """
    rng = np.random.default_rng(seed)
    for institutes, size, truth in EXERCISES:
        alone = corrected = 0
        for _ in range(exercises):
            pairs = combinations(shares(rng, size, truth, institutes), 2)
            p = [compare(one, other, metric="accuracy").p or 0.0 for one, other in pairs]
            alone += min(p) <= THRESHOLD
            corrected += min(holm(p)) <= THRESHOLD
        what = f"exercise, {math.comb(institutes, 2)} comparisons"
        for how, alarmed, limit in (("taken alone", alone, None), ("after Holm", corrected, FALSE_ALARMS)):
            yield Cell("false_alarm", f"{what} {how}", (size, size), (truth, truth), exercises, alarmed, limit)


def shares(rng: np.random.Generator, size: int, truth: float, count: int) -> list[Score]:
    """Shares of independent samples with the standard error that frameworks report."""
    found = rng.binomial(size, truth, count) / size
    return [_score(float(value), math.sqrt(value * (1 - value) / (size - 1)), size) for value in found]


def epochs(rng: np.random.Generator, size: int, truth: float, count: int) -> list[Score]:
    """Shares over 4 epochs of each question, whose difficulty varies: `size` answers, `size / 4` questions."""
    questions = size // 4
    easy = rng.beta(truth, 1 - truth, (count, questions))
    per_question = rng.binomial(4, easy) / 4
    return [
        _score(float(row.mean()), float(row.std(ddof=1)) / math.sqrt(questions), questions * 4, 4)
        for row in per_question
    ]


_DEVIATION = 2.0


def means(rng: np.random.Generator, size: int, truth: float, count: int) -> list[Score]:
    """Means of normal scores with their estimated standard error."""
    return _means(rng.normal(truth, _DEVIATION, (count, size)))


def graded(rng: np.random.Generator, size: int, truth: float, count: int) -> list[Score]:
    """Means of scores spread within 0..1."""
    return _means(rng.beta(4 * truth, 4 * (1 - truth), (count, size)))


def _means(samples: NDArray[np.float64]) -> list[Score]:
    size = samples.shape[1]
    return [_score(float(row.mean()), float(row.std(ddof=1)) / math.sqrt(size), size) for row in samples]


def _score(value: float, stderr: float, samples: int, epochs: int | None = None) -> Score:
    return Score(value=value, stderr=stderr, samples=samples, epochs=epochs)


def _apart_by_pooled_error(pooled: float, sizes: tuple[int, int]) -> tuple[float, float] | None:
    """Two shares around a pooled one, apart by 4.5 of the errors that their difference has when truths are equal."""
    gap = GAP * math.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    low = pooled - gap * sizes[1] / sum(sizes)
    return (low, low + gap) if low >= 0 and low + gap <= 1 else None


def _apart_by_own_errors(low: float, sizes: tuple[int, int]) -> tuple[float, float] | None:
    """A share and a larger one, apart by 4.5 of the errors that their difference really has."""

    def short(high: float) -> bool:
        return high - low < GAP * math.sqrt(low * (1 - low) / sizes[0] + high * (1 - high) / sizes[1])

    if short(1.0):
        return None
    near, far = low, 1.0
    for _ in range(60):
        middle = (near + far) / 2
        near, far = (middle, far) if short(middle) else (near, middle)
    return low, far
