"""The shared rubric: a report in, an assessment out, by rules and a registry that operators edit as files."""

from __future__ import annotations

from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.loading import EVALUATIONS_FILE, RUBRIC_FILE, load_rubric
from tocsin_streams.rubric.registry import Direction, Entry, Metric, Miss, NotSafety, Registry, Thresholds, Unrelated
from tocsin_streams.rubric.remarks import Remark
from tocsin_streams.rubric.rules import ClockRule, Rule
from tocsin_streams.rubric.sentences import (
    CATALOGUE_LANGUAGES,
    Gap,
    Problem,
    load_sentences,
    missing_translations,
    originals,
)

__all__ = [
    "CATALOGUE_LANGUAGES",
    "EVALUATIONS_FILE",
    "RUBRIC_FILE",
    "ClockRule",
    "Direction",
    "Entry",
    "Gap",
    "Metric",
    "Miss",
    "NotSafety",
    "Problem",
    "Registry",
    "Remark",
    "Rubric",
    "RubricError",
    "Rule",
    "Thresholds",
    "Unrelated",
    "load_rubric",
    "load_sentences",
    "missing_translations",
    "originals",
]
