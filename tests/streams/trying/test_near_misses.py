"""What nearly fired: that it would fire as is said, that nothing is left out, and how far a number was off."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.streams.reports import RETRACTION, finding, incident, loaded, report, rules_of
from tests.streams.test_rubric_properties import findings, incident_fields
from tocsin_schemas import Action, Report, ReportKind, Severity
from tocsin_streams.rubric.trying.near_misses import NearMiss, NearMisses

RUBRIC = loaded()
NEAR = NearMisses(RUBRIC)
_FEW = settings(max_examples=max(settings().max_examples // 5, 10))
"""Each case looks at hundreds of reports."""


def near(one: Report, rule: str, field: str) -> NearMiss:
    """The near miss of a rule by a field."""
    (found,) = [miss for miss in NEAR.of(one) if (miss.rule, miss.field) == (rule, field)]
    return found


def test_a_number_that_falls_short_is_told_with_its_margin() -> None:
    """950 people of 1,000: five in a hundred."""
    miss = near(
        incident(harm={"people_affected": 950}), "incident.people_affected.many", "harm_quantification.people_affected"
    )

    assert (miss.now, miss.needed) == ("950", ("1,000",))
    assert miss.margin == pytest.approx(0.05)
    assert miss.is_close


def test_a_count_that_is_not_given_is_told_as_such() -> None:
    """Unknown is not zero: it has no margin, and one death would decide."""
    miss = near(incident(), "incident.death", "harm_quantification.deaths")

    assert (miss.now, miss.needed, miss.margin) == ("not given", ("1",), None)
    assert miss.grade.severity is Severity.CRITICAL
    assert miss.changes_grade


def test_every_word_that_would_do_is_named() -> None:
    """A field is wrong or not; which right word it would have is for people to say."""
    miss = near(incident("suspected", {"deaths": 2}), "incident.death", "relation_to_ai.causal_link")

    assert (miss.now, miss.needed) == ("suspected", ("established", "likely"))


def test_a_harm_type_is_added_to_those_that_are_named() -> None:
    """The report goes on to say what it says."""
    miss = near(incident(harm_types=["reputational"]), "incident.bodily", "harm_types")

    assert miss.needed == ("reputational, physical",)


def test_a_result_below_its_threshold_is_told_with_the_value_that_would_reach_it() -> None:
    """The interval's milder end decides, so the value must lie above the threshold itself."""
    one = finding("wmdp_bio", 0.80)
    miss = near(one, "finding.threshold.severe", "measurements.0.value")
    value = float(miss.needed[0])

    assert miss.is_close
    assert 0.8125 < value < 0.85
    assert RUBRIC.grade(finding("wmdp_bio", value + 1e-4)).severity is Severity.SEVERE
    assert RUBRIC.grade(finding("wmdp_bio", value - 1e-3)).severity is Severity.MODERATE


def test_a_count_that_is_one_off_is_told_as_one_off() -> None:
    """A run that missed no sample would be incomplete with one fewer, not with two in all."""
    run = {"outcome": "success", "samples_total": 1000, "samples_completed": 1000}
    miss = near(finding("wmdp_bio", 0.9, run=run), "finding.certainty.incomplete_run", "run.samples_completed")

    assert miss.needed == ("999",)


def test_a_status_of_a_framework_is_told_by_its_word() -> None:
    """The names of frameworks and thresholds are the reporter's texts."""
    miss = near(finding("wmdp_bio", 0.3), "finding.framework.reached", "framework_status")

    assert miss.now == "none"
    assert "reached" in miss.needed


def test_the_nearest_and_weightiest_come_first() -> None:
    """A number that was nearly reached, then what would change the grade."""
    found = NEAR.of(incident(harm={"people_affected": 950}))

    assert [miss.is_close for miss in found] == sorted((miss.is_close for miss in found), reverse=True)
    assert not found[-1].changes_grade


def test_a_retraction_fires_no_rules() -> None:
    """There is nothing to explain in one."""
    with pytest.raises(TypeError):
        NEAR.of(report(RETRACTION, kind=ReportKind.INCIDENT, action=Action.RETRACT))


reports = findings() | incident_fields().map(lambda fields: incident(**fields))


@_FEW
@given(reports)
def test_what_nearly_fired_did_not_fire_and_would(one: Report) -> None:
    """Every near miss of a rule is of one that does not hold, and with the value that is named it does."""
    fired = rules_of(RUBRIC.grade(one))
    rules = {rule.id for rule in RUBRIC.rules}
    for miss in NEAR.of(one):
        assert miss.rule not in fired
        assert miss.rule not in rules or miss.rule in rules_of(miss.grade), miss


_WORDS: dict[str, list[str]] = {
    "materialisation": ["occurred", "near_miss", "potential", "unknown"],
    "extent": ["local", "national", "global"],
    "reversibility": ["reversible", "irreversible"],
    "seriousness": ["serious", "not_serious"],
    "ongoing": ["yes", "no"],
    "critical_functions": ["yes", "no"],
}


@_FEW
@given(incident_fields(), st.sampled_from(sorted(_WORDS)), st.data())
def test_no_rule_that_one_word_would_make_fire_is_left_out(
    fields: dict[str, Any], field: str, data: st.DataObject
) -> None:
    """Whatever fires after one closed field is changed was a near miss by that field before."""
    one = incident(**fields)
    word = data.draw(st.sampled_from(_WORDS[field]))
    changed = incident(**{**fields, field: word})
    newly = (rules_of(RUBRIC.grade(changed)) - rules_of(RUBRIC.grade(one))) & {rule.id for rule in RUBRIC.rules}

    assert newly <= {miss.rule for miss in NEAR.of(one) if miss.field == field}
