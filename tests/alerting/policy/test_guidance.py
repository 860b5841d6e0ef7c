"""Which results diverge, and what becomes of the guidance about them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.measured import measured
from tocsin_alerting.policy.guidance import (
    Divergence,
    GuidanceReason,
    decide_guidance,
    divergence_of,
    severity_of_guidance,
)
from tocsin_alerting.policy.results import Result, SetupField, result_of
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas import AlertChange, AlertState, Severity


def result(report: str, value: float, institute: str, **facts: Any) -> Result:
    """A result of one question."""
    found = result_of(measured(report, value, institute=institute, **facts), report, Systems())
    assert found is not None
    return found


def divergence(*results: Result) -> Divergence:
    """What diverges among results that do."""
    found = divergence_of(results)
    assert found is not None
    return found


BOTH = (result("a", 0.57, "gb", elicitation="best of 8"), result("b", 0.32, "jp"))
THREE = (*BOTH, result("c", 0.31, "sg"))
OTHERS = (result("a", 0.57, "gb"), result("b", 0.31, "sg"))


def test_the_setups_say_what_differs_what_is_the_same_and_what_nobody_states() -> None:
    """What one institute states and the other does not is a difference to look at."""
    lines = {line.field: line for line in divergence(*BOTH).setups}

    assert lines[SetupField.ELICITATION].values == {"a": "best of 8", "b": None}
    assert not lines[SetupField.ELICITATION].same
    assert lines[SetupField.JUDGE].same
    assert lines[SetupField.REVISION].unknown


def test_many_results_need_a_clearer_difference() -> None:
    """A gap that two institutes alone would be told of is within chance among ten."""
    pair = [result("r0", 0.5, "gb", samples=1000), result("r1", 0.439, "jp", samples=1000)]
    others = [result(f"r{n}", 0.47, f"i{n}", samples=1000) for n in range(2, 10)]

    assert divergence_of(pair) is not None
    assert divergence_of([*pair, *others]) is None


@pytest.mark.parametrize(
    ("before", "state", "after", "change", "reason"),
    [
        (None, None, None, None, GuidanceReason.NOTHING_DIVERGES),
        (None, None, BOTH, AlertChange.RAISED, GuidanceReason.DIVERGENCE),
        (BOTH, AlertState.OPEN, BOTH, None, GuidanceReason.AS_BEFORE),
        (BOTH, AlertState.ACKNOWLEDGED, THREE, AlertChange.UPDATED, GuidanceReason.DIVERGENCE_CHANGED),
        (BOTH, AlertState.OPEN, None, AlertChange.RETRACTED, GuidanceReason.DIVERGENCE_GONE),
        (BOTH, AlertState.RESOLVED, None, AlertChange.RETRACTED, GuidanceReason.DIVERGENCE_GONE),
        (BOTH, AlertState.RETRACTED, None, None, GuidanceReason.NOTHING_DIVERGES),
        (BOTH, AlertState.RETRACTED, BOTH, AlertChange.RAISED, GuidanceReason.DIVERGENCE),
        (THREE, AlertState.RESOLVED, BOTH, AlertChange.UPDATED, GuidanceReason.DIVERGENCE_CHANGED),
        (BOTH, AlertState.RESOLVED, THREE, AlertChange.RAISED, GuidanceReason.DIVERGENCE),
        (BOTH, AlertState.RESOLVED, OTHERS, AlertChange.RAISED, GuidanceReason.DIVERGENCE),
    ],
)
def test_what_becomes_of_guidance(
    before: tuple[Result, ...] | None,
    state: AlertState | None,
    after: tuple[Result, ...] | None,
    change: AlertChange | None,
    reason: GuidanceReason,
) -> None:
    """Raised, updated, taken back, or left as it is; what people resolved does not answer a further divergence."""
    decision = decide_guidance(
        None if before is None else divergence(*before), state, None if after is None else divergence(*after)
    )

    assert (decision.change, decision.reason) == (change, reason)


def test_guidance_is_routed_as_the_most_severe_report_and_never_as_ungraded() -> None:
    """Unclassified is no grade: guidance about such reports is minor."""
    assert severity_of_guidance([Severity.MODERATE, Severity.SEVERE]) is Severity.SEVERE
    assert severity_of_guidance([Severity.UNCLASSIFIED]) is Severity.MINOR
    assert severity_of_guidance([Severity.NEGLIGIBLE, Severity.UNCLASSIFIED]) is Severity.MINOR


_results = st.lists(
    st.tuples(st.sampled_from(["gb", "jp", "sg", "fr"]), st.integers(0, 60), st.sampled_from([20, 60])), max_size=6
)


@given(_results, st.randoms())
def test_neither_order_nor_what_is_stored_changes_what_diverges(drawn: list[tuple[str, int, int]], random: Any) -> None:
    """Any order of the results gives the same guidance, and it reads back from the store as it was."""
    results = [
        result(f"r{n}", min(hits, size) / size, institute, samples=size)
        for n, (institute, hits, size) in enumerate(drawn)
    ]
    shuffled = list(results)
    random.shuffle(shuffled)
    found = divergence_of(results)

    assert divergence_of(shuffled) == found
    if found is not None:
        assert Divergence.model_validate(found.model_dump(mode="json")) == found
        assert len(found.institutes) >= 2
