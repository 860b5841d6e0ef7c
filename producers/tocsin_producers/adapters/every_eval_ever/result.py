"""What one result of a record says: which evaluation, which metric, its value and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

from tocsin_producers.adapters.every_eval_ever.record import FIX
from tocsin_producers.adapters.fields import count, finite, kind_of, reads_as_number, section, text
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import InvalidEvent, Problem, invalid
from tocsin_schemas.errors import field_path

_NAME_CHARACTERS = 200
_BY_INSPECT = re.compile(r"(?P<metric>\S+) on (?P<name>.+) for scorer (?P<scorer>.+)")
"""How the format's converter of Inspect logs names a result."""
_FILTERED = re.compile(r"(?P<metric>.+?) \(filter: (?P<filter>.+)\)")
"""How its converter of lm_eval results describes a metric."""
_OF_A_TEST = re.compile(r"(?P<metric>.+?) on (?P<name>.+)")
_LM_EVAL = {"lm_eval", "lm-eval", "lm_evaluation_harness", "lm-evaluation-harness"}
_DISPLAYED = re.compile(r"[A-Z][A-Za-z]*([ -][A-Za-z0-9]+)*")
_NO_METRIC = "score"


@dataclass(frozen=True, slots=True)
class Names:
    """What was run, and what was measured."""

    evaluation: str
    package: str | None
    metric: str
    scorer: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its uncertainty and its scale, as the record gives them."""

    value: float | None
    """None where there is no finite number, or the record says that the level is unknown."""
    stderr: float | None
    stderr_from: str
    """What the standard error was reckoned from, where the record gives none; empty where it does."""
    samples: int | None
    low: float | None
    high: float | None
    unit: str | None
    level: str | None
    lower_is_better: bool | None


def names_of(result: Mapping[str, Any], library: str | None) -> Names:
    """The evaluation and the metric, by the record's own names; converters put several into one.

    Raises:
        InvalidEvent: the result has no name.
    """
    said = one_line(text(result.get("evaluation_name")) or "", _NAME_CHARACTERS)
    if not said:
        raise invalid("evaluation_name", "is required.", FIX)
    config = section(result, "metric_config", fix=FIX)
    scorer = None
    by_inspect = _BY_INSPECT.fullmatch(said)
    described = text(config.get("evaluation_description")) or ""
    filtered = _FILTERED.fullmatch(described)
    if by_inspect is not None:
        said, scorer = by_inspect["name"], by_inspect["scorer"]
    elif filtered is not None:
        scorer = filtered["filter"]
        said = said.removesuffix(f"/{scorer}")
        described = filtered["metric"]
    from_lm_eval = (library or "").lower() in _LM_EVAL
    package, _, name = ("lm_eval", "", said) if from_lm_eval else said.rpartition("/")
    metric = (by_inspect and by_inspect["metric"]) or _metric(config, described, said)
    return Names(
        evaluation=name or said,
        package=package or _package(library),
        metric=one_line(metric, _NAME_CHARACTERS) or _NO_METRIC,
        scorer=one_line(scorer or "", _NAME_CHARACTERS) or None,
    )


def score_of(result: Mapping[str, Any]) -> Score:
    """The value, its uncertainty and its scale.

    Raises:
        InvalidEvent: with each number that is none.
    """
    config = section(result, "metric_config", fix=FIX)
    details = section(result, "score_details", fix=FIX)
    if "score" not in details:
        raise invalid("score_details.score", "is required.", FIX)
    uncertainty = section(result, "score_details", "uncertainty", fix=FIX)
    problems = [
        Problem(field_path(path), f"is {kind_of(value)}, not a number.", f"Write it as a number. {FIX}")
        for path, value in _numbers(details, uncertainty)
        if reads_as_number(value) or isinstance(value, bool | list | dict)
    ]
    stderr = _stated_error(uncertainty)
    if stderr is not None and stderr < 0:
        problems.append(Problem("score_details.uncertainty.standard_error", "is below 0; no standard error is.", FIX))
    if problems:
        raise InvalidEvent(problems)
    value = finite(details["score"])
    samples = count(uncertainty.get("num_samples"), "score_details", "uncertainty", "num_samples", fix=FIX)
    level, known = _level(config, value)
    reckoned, origin = (stderr, "") if stderr is not None else _reckoned(value, uncertainty, samples)
    return Score(
        value=value if known else None,
        stderr=reckoned,
        stderr_from=origin,
        samples=samples or None,  # converters write 0 where they did not count
        low=finite(config.get("min_score")),
        high=finite(config.get("max_score")),
        unit=one_line(text(config.get("metric_unit")) or "", _NAME_CHARACTERS) or None,
        level=level,
        lower_is_better=config["lower_is_better"] if isinstance(config.get("lower_is_better"), bool) else None,
    )


def _package(library: str | None) -> str | None:
    """Inspect runs the tasks of many packages; any other library brings its own."""
    return None if library is None or library.lower() == "inspect_ai" else library


def _metric(config: Mapping[str, Any], described: str, evaluation: str) -> str:
    """The metric's name; version 0.2.0 has none but what the description says, such as `Accuracy on IFEval`."""
    named = text(config.get("metric_name"))
    if named is not None:
        return _plain(named)
    identified = text(config.get("metric_id")) or text(config.get("metric_kind"))
    if identified is not None:
        return identified.rpartition(".")[2] or identified
    test = _OF_A_TEST.fullmatch(described)
    if test is not None and test["name"].casefold() == evaluation.casefold():
        return _plain(test["metric"])
    return _plain(described) if described and " " not in described else _NO_METRIC


def _plain(name: str) -> str:
    """A name made for display as programs write it: `Exact Match` is `exact_match`; identifiers stay as they are."""
    return re.sub(r"[ -]", "_", name.lower()) if _DISPLAYED.fullmatch(name) else name


def _numbers(details: Mapping[str, Any], uncertainty: Mapping[str, Any]) -> list[tuple[tuple[str, ...], object]]:
    """Every field that holds a number, with its path."""
    at = ("score_details", "uncertainty")
    error, interval = uncertainty.get("standard_error"), uncertainty.get("confidence_interval")
    found: list[tuple[tuple[str, ...], object]] = [
        (("score_details", "score"), details["score"]),
        ((*at, "standard_deviation"), uncertainty.get("standard_deviation")),
    ]
    if isinstance(error, dict):
        found.append(((*at, "standard_error", "value"), error.get("value")))
    else:
        found.append(((*at, "standard_error"), error))
    if isinstance(interval, dict):
        found += [
            ((*at, "confidence_interval", end), interval.get(end)) for end in ("lower", "upper", "confidence_level")
        ]
    return found


def _stated_error(uncertainty: Mapping[str, Any]) -> float | None:
    error = uncertainty.get("standard_error")
    return finite(error.get("value") if isinstance(error, dict) else error)


def _reckoned(value: float | None, uncertainty: Mapping[str, Any], samples: int | None) -> tuple[float | None, str]:
    """The standard error by the schema's own formula, or by the wider side of a confidence interval."""
    deviation = finite(uncertainty.get("standard_deviation"))
    if deviation is not None and deviation >= 0 and samples:
        return deviation / sqrt(samples), "the standard deviation"
    interval = uncertainty.get("confidence_interval")
    ends = interval if isinstance(interval, dict) else {}
    low, high, level = (finite(ends.get(name)) for name in ("lower", "upper", "confidence_level"))
    if value is None or low is None or high is None or level is None or not low <= value <= high or not 0 < level < 1:
        return None, ""
    return max(value - low, high - value) / NormalDist().inv_cdf(0.5 + level / 2), f"the {level:.0%} interval"


def _level(config: Mapping[str, Any], value: float | None) -> tuple[str | None, bool]:
    """The name of the level that a score stands for, and whether the score is one: -1 may mean that none is known."""
    names = config.get("level_names")
    if config.get("score_type") != "levels" or value is None or not isinstance(names, list):
        return None, True
    if value == -1 and config.get("has_unknown_level") is True:
        return None, False
    index = int(value)
    if index != value or not 0 <= index < len(names) or not isinstance(names[index], str):
        return None, True
    return one_line(names[index], _NAME_CHARACTERS) or None, True
