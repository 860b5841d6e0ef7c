"""Two grades of one report beside each other: one word for the difference, and everything that differs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.reports import incident, loaded
from tocsin_schemas import Certainty, Grade, HarmType, OecdClass, Severity, Urgency
from tocsin_streams.rubric.comparison import Change, compare

GRADE = loaded().grade(incident(harm={"deaths": 1}, aware_at="2026-11-24T08:00:00Z"))
"""Critical, with a clock."""
OTHER: dict[Change, dict[str, Any]] = {
    Change.LOWERED: {"severity": Severity.SEVERE},
    Change.BECAME_UNCLASSIFIED: {"severity": Severity.UNCLASSIFIED, "oecd_class": OecdClass.UNCLASSIFIED},
    Change.OECD_CLASS: {"oecd_class": OecdClass.DISASTER},
    Change.HARMS: {"harms": {HarmType.PHYSICAL: Severity.SEVERE}},
    Change.CERTAINTY: {"certainty": Certainty.POSSIBLE},
    Change.URGENCY: {"urgency": Urgency.IMMEDIATE},
    Change.CLOCKS: {"clocks": ()},
    Change.SEVERAL: {"certainty": Certainty.POSSIBLE, "clocks": ()},
    Change.REASONS: {"reasons": GRADE.reasons[:1]},
    Change.SAME: {"rubric": "another"},
}
"""What makes another grade of it, by the word for the change."""


@pytest.mark.parametrize("change", OTHER)
def test_every_change_has_its_word(change: Change) -> None:
    """What matters most to people names the change."""
    assert compare(GRADE, GRADE.model_copy(update=OTHER[change])).change is change


def test_a_change_seen_from_the_other_side() -> None:
    """Raised is lowered backwards, and what gets a grade ceased to be unclassified."""
    lowered = GRADE.model_copy(update=OTHER[Change.LOWERED])
    unclassified = GRADE.model_copy(update=OTHER[Change.BECAME_UNCLASSIFIED])

    assert compare(lowered, GRADE).change is Change.RAISED
    assert compare(unclassified, GRADE).change is Change.CEASED_TO_BE_UNCLASSIFIED


def test_rules_gained_and_lost_are_named() -> None:
    """Who reads the change sees which rules make it."""
    fewer = GRADE.model_copy(update={"reasons": GRADE.reasons[1:]})
    lost = (GRADE.reasons[0].rule,)

    assert compare(GRADE, fewer).rules_lost == lost
    assert compare(fewer, GRADE).rules_gained == lost


grades = st.builds(
    lambda severity, certainty, urgency, clocks: GRADE.model_copy(
        update={"severity": severity, "certainty": certainty, "urgency": urgency, "clocks": clocks}
    ),
    st.sampled_from(Severity),
    st.sampled_from(Certainty),
    st.sampled_from(Urgency),
    st.sampled_from([(), GRADE.clocks]),
)


@given(grades, grades)
def test_a_comparison_says_same_exactly_when_nothing_differs(first: Grade, second: Grade) -> None:
    """No difference is left out, and none is made up."""
    found = compare(first, second)

    assert (found.change is Change.SAME) == (first == second)
    assert found.change.is_of_severity == (first.severity is not second.severity)
    assert found.differs == compare(second, first).differs
