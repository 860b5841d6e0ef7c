"""The table of a joint exercise: languages side by side, differences from English flagged."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.measured import measured
from tocsin_alerting.policy.comparison import ComparisonTable, comparison_table
from tocsin_alerting.policy.results import Result, result_of
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas import RunOutcome

AGENTIC = {
    "model-a": {"en": 57, "fa": 47, "fr": 51, "hi": 48, "ja": 51, "sw": 32, "ko": 35, "zh": 47, "te": 33},
    "model-b": {"en": 24, "fa": 20, "fr": 35, "hi": 20, "ja": 20, "sw": 20, "ko": 14, "zh": 26, "te": 15},
}
"""Pass rates of the joint agentic exercise (arXiv 2601.15679), in percent."""
TESTED_BY = {"en": "sg", "fa": "au", "fr": "fr", "hi": "gb", "ja": "jp", "sw": "ke", "ko": "kr", "zh": "ca", "te": "eu"}


def _result(name: str, value: float, **facts: Any) -> Result:
    found = result_of(measured(name, value, **facts), name, Systems())
    assert found is not None
    return found


def _agentic(samples: int) -> list[Result]:
    return [
        _result(f"{system}-{language}", rate / 100, institute=TESTED_BY[language], system=system, samples=samples,
                languages=(language,), exercise="Third joint test")
        for system, rates in AGENTIC.items()
        for language, rate in rates.items()
    ]  # fmt: skip


def _table(results: list[Result]) -> ComparisonTable:
    found = comparison_table(results, exercise="Third joint test")
    assert found is not None
    return found


def test_the_agentic_exercise_shows_both_systems_in_nine_languages() -> None:
    """English comes first; each system is a row; each language is tested against English of whoever ran it."""
    table = _table(_agentic(300))
    model_a, model_b = table.rows

    assert table.languages == ("en", "fa", "fr", "hi", "ja", "ko", "sw", "te", "zh")
    assert (model_a.system, model_b.system) == ("model-a", "model-b")
    assert table.comparisons == 16
    assert {cell.language for cell in model_a.cells if cell.differs} == {"ko", "sw", "te"}
    assert [cell.against for cell in model_a.of("sw")] == ["sg"]
    assert model_a.of("en")[0].against is None


def test_few_samples_flag_nothing() -> None:
    """The same pass rates of 20 samples each are no reason to say that languages differ."""
    assert not any(cell.differs for row in _table(_agentic(20)).rows for cell in row.cells)


def test_an_institutes_own_english_is_what_its_languages_are_compared_with() -> None:
    """Where an institute tested English itself, its set-up is the same; else that of the most samples counts."""
    english = [_result("a", 0.9, institute="gb", samples=900), _result("b", 0.5, institute="jp", samples=100)]
    japanese = _result("c", 0.5, institute="jp", samples=100, languages=("ja",))
    swahili = _result("d", 0.5, institute="ke", samples=100, languages=("sw",))
    (row,) = _table([*english, japanese, swahili]).rows

    assert {cell.language: cell.against for cell in row.cells if cell.against} == {"ja": "jp", "sw": "gb"}
    assert {cell.language for cell in row.cells if cell.differs} == {"sw"}


def test_results_in_several_languages_at_once_have_a_column_of_their_own() -> None:
    """They are compared with nothing, and a result that does not say its language is not in the table."""
    mixed = _result("a", 0.9, institute="gb", languages=("en", "fr"))
    silent = _result("b", 0.9, institute="gb", languages=())
    table = _table([mixed, silent, _result("c", 0.2, institute="gb")])

    assert table.languages == ("en", "several")
    assert table.comparisons == 0
    assert comparison_table([silent], exercise="x") is None


def test_a_run_that_failed_is_no_result() -> None:
    """What was cut short did not measure what it set out to."""
    assert result_of(measured("a", 0.5, institute="gb", outcome=RunOutcome.ERROR), "a", Systems()) is None


@given(st.permutations(_agentic(300)))
def test_the_order_of_results_changes_nothing(results: list[Result]) -> None:
    """However the reports come in, the table is the same."""
    assert _table(results) == _table(_agentic(300))
