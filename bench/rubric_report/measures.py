"""Agreement of two gradings on one ordered scale, with intervals: the samples are small, and say so."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import cohen_kappa_score

Picks = npt.NDArray[np.int64]
"""Places of the pairs that a measure is taken over."""

_RESAMPLES = 500
_SEED = 20261128
_MISS = -1
"""A grade that was not given agrees with nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its 95 % bootstrap interval; NaN where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far answers agree with labels."""

    count: int
    exact: Figure
    within_one: Figure
    kappa: Figure
    """Cohen's kappa with quadratic weights: 0 is what chance gives, 1 is full agreement."""


def agreement(
    labels: Sequence[str],
    answers: Sequence[str | None],
    scale: Sequence[str],
    *,
    ungraded: Sequence[str] = (),
    resamples: int = _RESAMPLES,
) -> Agreement:
    """The measures over pairs of labels and answers.

    Args:
        labels: by humans.
        answers: by what is compared with them; None is a miss in both shares.
        scale: the words of both, lowest first.
        ungraded: for kappa, which needs a word, the one that stands for each None, in the order of the pairs with None.
        resamples: of the bootstrap; 0: no intervals.
    """
    place = {word: index for index, word in enumerate(scale)}
    human = np.array([place[label] for label in labels])
    shown = np.array([place[answer] if answer is not None else _MISS for answer in answers])
    stand_ins = iter(ungraded)
    filled = np.array([place[answer if answer is not None else next(stand_ins)] for answer in answers])
    generator = np.random.default_rng(_SEED)
    picks = [generator.integers(0, len(human), len(human)) for _ in range(resamples)]
    everything = np.arange(len(human))

    def exact(pick: Picks) -> float:
        return float(np.mean(human[pick] == shown[pick]))

    def within_one(pick: Picks) -> float:
        given = shown[pick] != _MISS
        return float(np.mean(given & (np.abs(human[pick] - shown[pick]) <= 1)))

    def kappa(pick: Picks) -> float:
        with warnings.catch_warnings():
            # All of one word, in a resample or by a constant: kappa is not defined there, which NaN says.
            warnings.simplefilter("ignore", UndefinedMetricWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            return float(
                cohen_kappa_score(human[pick], filled[pick], labels=list(range(len(scale))), weights="quadratic")
            )

    def figure(measure: Callable[[Picks], float]) -> Figure:
        value = measure(everything)
        if not picks:
            return Figure(value, value, value)
        low, high = np.nanpercentile([measure(pick) for pick in picks], [2.5, 97.5])
        return Figure(value, float(low), float(high))

    return Agreement(len(human), figure(exact), figure(within_one), figure(kappa))


def matrix(labels: Sequence[str], answers: Sequence[str | None], scale: Sequence[str]) -> list[list[int]]:
    """Counts by label (rows) and answer (columns; the last for no grade)."""
    table = [[0] * (len(scale) + 1) for _ in scale]
    for label, answer in zip(labels, answers, strict=True):
        table[scale.index(label)][scale.index(answer) if answer is not None else len(scale)] += 1
    return table


def best_constant(labels: Sequence[str], scale: Sequence[str], measure: str) -> tuple[str, float]:
    """The one word that, said of every incident, agrees best by this measure."""
    found = [(word, _share(labels, word, scale, 0 if measure == "exact" else 1)) for word in scale]
    return max(found, key=lambda each: each[1])


def _share(labels: Sequence[str], word: str, scale: Sequence[str], most: int) -> float:
    return sum(abs(scale.index(label) - scale.index(word)) <= most for label in labels) / len(labels)
