"""Where an institute stands."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.institute_states import institute_state
from tocsin_schemas import Answer
from tocsin_schemas.vocabulary import InstituteState

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    "answer_required": True,
    "answer": None,
    "told_at": None,
    "seen_at": None,
    "exhausted_at": None,
    "deadline_passed_at": None,
}
_instants = st.none() | st.just(AT)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, InstituteState.ASKED),
        ({"told_at": AT}, InstituteState.TOLD),
        ({"told_at": AT, "seen_at": AT}, InstituteState.SEEN),
        ({"told_at": AT, "exhausted_at": AT}, InstituteState.SILENT),
        ({"told_at": AT, "seen_at": AT, "deadline_passed_at": AT}, InstituteState.SILENT),
        ({"told_at": AT, "deadline_passed_at": AT, "answer_required": False}, InstituteState.TOLD),
        ({"answer": Answer.ACKNOWLEDGE}, InstituteState.ACKNOWLEDGED),
        ({"answer": Answer.ACTING, "exhausted_at": AT}, InstituteState.ACTING),
        ({"answer": Answer.NOT_APPLICABLE}, InstituteState.NOT_APPLICABLE),
        ({"answer": Answer.DECLINE}, InstituteState.DECLINED),
        ({"answer": Answer.RESOLVE, "deadline_passed_at": AT}, InstituteState.RESOLVED),
    ],
)
def test_what_is_known_says_where_it_stands(known: dict[str, Any], state: InstituteState) -> None:
    """Each state for its reason; to plan a message is not to have told anybody."""
    assert institute_state(**(NOTHING | known)) is state


@given(
    st.fixed_dictionaries(
        {
            "answer_required": st.booleans(),
            "answer": st.none() | st.sampled_from(list(Answer)),
            "told_at": _instants,
            "seen_at": _instants,
            "exhausted_at": _instants,
            "deadline_passed_at": _instants,
        }
    )
)
def test_silence_is_said_of_those_and_only_those_who_owe_an_answer_and_gave_none(known: dict[str, Any]) -> None:
    """Having looked is no answer, and being told less still."""
    over = known["exhausted_at"] is not None or known["deadline_passed_at"] is not None
    silent = known["answer"] is None and known["answer_required"] and over

    assert (institute_state(**known) is InstituteState.SILENT) == silent
