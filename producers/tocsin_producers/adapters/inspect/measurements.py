"""What came out of a run, number by number: values as they are, uncertainty beside them, and nothing invented."""

from __future__ import annotations

import math
from dataclasses import dataclass

from inspect_ai.log import EvalLog, EvalResults, EvalScore

from tocsin_producers.adapters.fitting import that_fit
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import Measurement

_STANDARD_ERRORS = ("stderr", "bootstrap_stderr", "bootstrap_std")
"""Names of Inspect's standard errors of the mean; the last is what 2024's versions called the second."""

_MEANS = ("accuracy", "mean")
_NAME_CHARACTERS = 120
_OWN_PREFIX = "inspect_ai/"


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of a run, and what its log names that is none."""

    measurements: tuple[Measurement, ...] = ()
    not_numbers: tuple[str, ...] = ()
    """Metrics whose value is NaN or infinite."""
    left_out: int = 0
    """How many measurements there were beyond the limit."""


def measured(log: EvalLog) -> Measured:
    """The finite metrics of every score of a log.

    A value stays on the scale it has: Inspect's `accuracy` may hold 8.0 (a control rating of 0 to 10) or -1.0 (its
    word for missing); whether that is in range is for the rubric to judge.
    """
    if log.results is None:
        return Measured()
    measurements: list[Measurement] = []
    not_numbers: list[str] = []
    for score in log.results.scores:
        scorer = _scorer_name(score, log.results.scores)
        epochs = log.eval.config.epochs or 1
        samples = _samples(score, log.results, epochs)
        # For a single sample, and for none, Inspect writes an error of 0: it stands for unknown, not for certain.
        certain = samples is None or samples > epochs
        for metric, value, stderr in _values(score):
            if math.isfinite(value):
                measurements.append(
                    Measurement(
                        metric=metric, value=value, stderr=stderr if certain else None, samples=samples, scorer=scorer
                    )
                )
            else:
                not_numbers.append(f"{metric} of scorer {scorer}")
    kept = that_fit(measurements)
    return Measured(kept, tuple(not_numbers), len(measurements) - len(kept))


def samples_total(results: EvalResults | None) -> int | None:
    """How many samples were to be run, epochs counted; None where the log does not say (old ones say 0)."""
    return results.total_samples or None if results else None


def samples_completed(results: EvalResults | None) -> int | None:
    """How many samples were run to the end, epochs counted; None where the log does not say."""
    return results.completed_samples if results and results.total_samples else None


def _values(score: EvalScore) -> list[tuple[str, float, float | None]]:
    """Each metric with its value and its standard error, which Inspect lists as a metric of its own."""
    values = {name.removeprefix(_OWN_PREFIX): float(metric.value) for name, metric in score.metrics.items()}
    error_name = next((name for name in _STANDARD_ERRORS if name in values), None)
    others = [name for name in values if name not in _STANDARD_ERRORS]
    owners = [name for name in _MEANS if name in values] or (others if len(others) == 1 else [])
    if error_name is None or not owners:
        return [(_name(name), value, None) for name, value in values.items()]
    stderr = values[error_name]
    known = stderr if math.isfinite(stderr) and stderr >= 0 else None
    return [
        (_name(name), value, known if name in owners else None) for name, value in values.items() if name != error_name
    ]


def _samples(score: EvalScore, results: EvalResults, epochs: int) -> int | None:
    """How many samples the score rests on, epochs counted.

    Inspect counts `scored_samples` after epochs were reduced to one; `dataset.samples` is no count of what was run
    (seen: 1 for 2,340 runs) and is never used.
    """
    completed = samples_completed(results)
    if score.scored_samples is None or not score.unscored_samples:
        return completed if completed is not None else score.scored_samples
    scored = score.scored_samples * epochs
    return scored if completed is None else min(scored, completed)


def _scorer_name(score: EvalScore, scores: list[EvalScore]) -> str:
    same = [other for other in scores if other.name == score.name]
    name = score.name or score.scorer
    return _name(f"{name}/{score.reducer}" if score.reducer and len(same) > 1 else name)


def _name(text: str) -> str:
    return one_line(text, _NAME_CHARACTERS) or "(unnamed)"
