"""More harm never grades lower, whichever way it is more; the order of words changes nothing; unknown is no grade."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.reports import loaded
from tests.streams.test_rubric_properties import build, incident_fields
from tocsin_schemas import Grade, HarmType, OecdClass, Severity
from tocsin_streams.rubric.meaning import CLASS_RANK

RUBRIC = loaded()
ORDERED = {
    "materialisation": ("potential", "near_miss", "occurred"),
    "extent": ("single_entity", "local", "national", "regional", "global"),
    "reversibility": ("reversible", "partly_reversible", "irreversible"),
    "seriousness": ("not_serious", "serious"),
    "critical_functions": ("no", "yes"),
    "tangibility": ("intangible", "tangible"),
    "imminence": ("not_imminent", "imminent"),
    "involves_minors": ("no", "yes"),
}
"""Words of closed sets, mildest first; `unknown` has no place among them."""
COUNTS = ("deaths", "serious_injuries", "injuries", "people_affected", "financial_loss_usd")
STEPS = (1, 9, 10, 49, 50, 999, 1_000, 99_999, 100_000, 999_999, 1_000_000, 100_000_000, 10_000_000_000)
"""Counts at, below and above the round numbers that thresholds are."""
LINKED = st.sampled_from(["established", "likely"])


def never_lower(milder: Grade, worse: Grade) -> None:
    """The worse report has the same grade or a higher one: headline, class, and every harm type."""
    assert worse.severity.rank >= milder.severity.rank
    assert CLASS_RANK[worse.oecd_class] >= CLASS_RANK[milder.oecd_class]
    assert all(worse.harms[harm].rank >= severity.rank for harm, severity in milder.harms.items())


def graded(fields: dict[str, Any], **changed: Any) -> Grade:
    """The grade with these fields changed."""
    return RUBRIC.grade(build({**fields, **changed}))


@pytest.mark.parametrize("which", ORDERED)
@given(fields=incident_fields(), link=LINKED)
def test_a_worse_word_never_grades_lower(which: str, fields: dict[str, Any], link: str) -> None:
    """Step by step through each ordered field, all else equal."""
    grades = [graded(fields, link=link, **{which: word}) for word in ORDERED[which]]

    for milder, worse in pairwise(grades):
        never_lower(milder, worse)


@pytest.mark.parametrize("which", ORDERED)
@given(fields=incident_fields(), link=LINKED)
def test_what_turns_out_to_be_the_worst_never_grades_lower_than_not_knowing(
    which: str, fields: dict[str, Any], link: str
) -> None:
    """To leave a field open never pays for whoever knows the worst."""
    worst = graded(fields, link=link, **{which: ORDERED[which][-1]})

    never_lower(graded(fields, link=link, **{which: "unknown"}), worst)


@pytest.mark.parametrize("which", COUNTS)
@given(fields=incident_fields(), link=LINKED)
def test_no_step_of_a_count_grades_lower(which: str, fields: dict[str, Any], link: str) -> None:
    """Through every number at which a rule could begin or end to hold."""
    grades = [graded(fields, link=link, harm={**fields["harm"], which: count}) for count in STEPS]

    for milder, worse in pairwise(grades):
        never_lower(milder, worse)


@pytest.mark.parametrize("which", COUNTS)
@given(fields=incident_fields(), link=LINKED, more=st.integers(1, 10**7))
def test_a_larger_count_never_grades_lower(which: str, fields: dict[str, Any], link: str, more: int) -> None:
    """Of every kind of count, from none stated or from any number."""
    worse = {**fields["harm"], which: fields["harm"].get(which, 0) + more}

    never_lower(graded(fields, link=link), graded(fields, link=link, harm=worse))


@given(fields=incident_fields(), more=st.integers(1, 10**7))
def test_more_people_at_risk_never_grade_lower(fields: dict[str, Any], more: int) -> None:
    """Whether harm happened or not."""
    never_lower(graded(fields), graded(fields, people_at_risk=(fields["people_at_risk"] or 0) + more))


@given(fields=incident_fields())
def test_a_named_right_never_grades_lower(fields: dict[str, Any]) -> None:
    """To say which right was violated is to say more."""
    never_lower(graded(fields), graded(fields, rights_impacts=[*fields["rights_impacts"], "Equality"]))


@given(fields=incident_fields())
def test_a_firmer_link_never_grades_lower(fields: dict[str, Any]) -> None:
    """From denied to established."""
    grades = [graded(fields, link=link) for link in ("none", "suspected", "likely", "established")]

    for weaker, firmer in pairwise(grades):
        never_lower(weaker, firmer)


@given(fields=incident_fields(), another=st.sampled_from(list(HarmType)))
def test_a_further_harm_type_never_grades_lower(fields: dict[str, Any], another: HarmType) -> None:
    """And leaves the others' severity as it is or higher."""
    types = [*fields["harm_types"], *([another.value] if another.value not in fields["harm_types"] else [])]

    never_lower(graded(fields), graded(fields, harm_types=types))


@given(fields=incident_fields(), data=st.data())
def test_the_order_of_harm_types_changes_nothing(fields: dict[str, Any], data: st.DataObject) -> None:
    """The same harms in another order are the same report for the rubric, to its reasons."""
    shuffled = data.draw(st.permutations(fields["harm_types"]))

    assert graded(fields) == graded(fields, harm_types=shuffled)


@given(fields=incident_fields(), deaths=st.integers(1, 10**6), link=st.sampled_from(["suspected", "none", "unknown"]))
def test_a_toll_without_a_link_grades_nothing(fields: dict[str, Any], deaths: int, link: str) -> None:
    """However many died, whatever else is said: it goes to people."""
    grade = graded(fields, link=link, materialisation="occurred", harm={**fields["harm"], "deaths": deaths})

    assert (grade.severity, grade.oecd_class, grade.harms) == (Severity.UNCLASSIFIED, OecdClass.UNCLASSIFIED, {})
    assert all(reason.severity is None for reason in grade.reasons)


@given(fields=incident_fields())
def test_what_is_unknown_is_never_the_floor(fields: dict[str, Any]) -> None:
    """Negligible needs a stated ground: intangible harm, or no harm near and no critical function concerned."""
    open_fields = dict.fromkeys(ORDERED, "unknown") | {"materialisation": fields["materialisation"]}

    assert graded(fields, **open_fields).severity is not Severity.NEGLIGIBLE


@given(fields=incident_fields())
def test_whether_harm_happened_is_never_guessed(fields: dict[str, Any]) -> None:
    """Unknown materialisation has no grade, whatever else is known."""
    assert graded(fields, materialisation="unknown").severity is Severity.UNCLASSIFIED
