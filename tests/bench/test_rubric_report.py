"""The report on the rubric's agreement with people."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from bench.rubric_report.__main__ import PAGE, made
from bench.rubric_report.cases import HARM_LEVELS, SEVERITIES, by_harm_level, by_severity, rows_of
from bench.rubric_report.measures import agreement, best_constant, matrix
from tests.streams.reports import NETWORK, loaded

WORDS = st.lists(st.tuples(st.sampled_from(SEVERITIES), st.sampled_from(SEVERITIES)), min_size=2, max_size=40)


def test_the_committed_page_is_what_the_rubric_gives(sample_data: Path) -> None:
    """Nobody reads figures of another rubric; `make rubric-report` writes them anew."""
    assert PAGE.read_text(encoding="utf-8") == made(sample_data / "aiid" / "cset_odd_ids.jsonl", NETWORK)


def test_every_label_is_on_a_scale_or_said_to_be_unclear(sample_data: Path) -> None:
    """Nothing is dropped without a word: the counts are those of the file."""
    rows = rows_of(sample_data / "aiid" / "cset_odd_ids.jsonl")
    severity, level = by_severity(rows, loaded()), by_harm_level(rows, loaded())

    assert (len(severity.cases), len(severity.unclear)) == (41, 9)
    assert len(level.cases) + len(level.unclear) == 105
    assert {case.label for case in level.cases} == set(HARM_LEVELS)


@given(WORDS)
@settings(max_examples=25)
def test_a_matrix_counts_each_pair_once(pairs: list[tuple[str, str]]) -> None:
    """Rows are humans, columns the rubric, and the last column what has no grade."""
    labels, answers = [label for label, _ in pairs], [answer for _, answer in pairs]
    table = matrix(labels, [*answers[:-1], None], SEVERITIES)
    known = confusion_matrix(labels[:-1], answers[:-1], labels=SEVERITIES).tolist()

    assert [row[:-1] for row in table] == known
    assert [row[-1] for row in table] == [int(word == labels[-1]) for word in SEVERITIES]


def test_full_agreement_is_one() -> None:
    """Exact share, share within one and kappa are all 1."""
    found = agreement(SEVERITIES, SEVERITIES, SEVERITIES, resamples=20)

    assert (found.count, found.exact.value, found.within_one.value, found.kappa.value) == (5, 1, 1, 1)


def test_a_constant_agrees_by_chance_only() -> None:
    """Kappa is 0 for whoever always says the same, however often it is right."""
    labels = ["negligible"] * 9 + ["critical"]
    found = agreement(labels, ["negligible"] * 10, SEVERITIES, resamples=0)

    assert found.exact.value == pytest.approx(0.9)
    assert found.kappa.value == pytest.approx(0)
    assert best_constant(labels, SEVERITIES, "exact") == ("negligible", 0.9)


def test_no_grade_is_a_miss() -> None:
    """It agrees with no label, not even with the word that stands for it in kappa."""
    found = agreement(["negligible", "minor"], [None, "minor"], SEVERITIES, ungraded=["negligible"], resamples=0)

    assert (found.exact.value, found.within_one.value) == (0.5, 0.5)


def test_kappa_that_is_not_defined_is_said_to_be_so() -> None:
    """One word on both sides is no agreement beyond chance, and no error."""
    assert math.isnan(agreement(["minor", "minor"], ["minor", "minor"], SEVERITIES, resamples=0).kappa.value)
