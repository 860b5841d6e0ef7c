"""Each rule and each remark fires for a report made for it, and for no other reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.streams.reports import NETWORK, finding, incident, loaded, report, rules_of
from tocsin_schemas import Report
from tocsin_streams.rubric import ClockRule, Remark
from tocsin_streams.rubric.trying.rule_tests import load_tests, merged

RUBRIC = loaded()


FIRES: dict[str, Report] = {
    test.rule: report(merged(test), kind=test.kind) for test in load_tests(NETWORK) if test.fires
}
"""A report for each rule and clock of the shipped rubric: the network's own, from deploy/network/rubric_tests.yaml."""

SAYS: dict[Remark, Report] = {
    Remark.EVALUATION_UNKNOWN: finding("never_heard_of", 0.5),
    Remark.PACKAGE_UNKNOWN: finding("wmdp_bio", 0.5, package="other"),
    Remark.NOT_SAFETY: finding("mmlu_0_shot", 0.5),
    Remark.NO_THRESHOLDS: finding("sad_stages_full", 0.5),
    Remark.RUN_NOT_COMPLETED: finding("wmdp_bio", run={"outcome": "error"}),
    Remark.NO_MEASUREMENT: finding("wmdp_bio"),
    Remark.METRIC_UNKNOWN: finding("wmdp_bio", 0.5, metric="bleu"),
    Remark.OUT_OF_SCALE: finding("wmdp_bio", 8.0),
    Remark.AMBIGUOUS: finding(
        "wmdp_bio", measurements=[{"metric": "accuracy", "value": 0.5}, {"metric": "accuracy", "value": 0.6}]
    ),
    Remark.NO_SAMPLES: finding("wmdp_bio", 0.5, samples=0),
    Remark.SCALE_UNCLEAR: finding("fortress_adversarial", 0.5, metric="ARS__risk_domain__overall"),
    Remark.TOO_UNCERTAIN: finding("wmdp_bio", 1.0, samples=2),
    Remark.LINK_MISSING: incident("none", {"deaths": 1}),
    Remark.MATERIALISATION_UNKNOWN: incident(materialisation="unknown"),
    Remark.SUBMITTER_DIFFERS: incident(severity="hazard"),
}
"""A report for each remark that the shipped rubric can lead to; the others need a rubric that is wrong."""

ONLY_BY_A_WRONG_RUBRIC = {
    Remark.NO_RULE,
    Remark.NOT_EVALUATED,
    Remark.MIGHT_MATTER,
    Remark.FINDING_CEILING,
    Remark.HAZARD_CEILING,
    Remark.INCIDENT_CLASS,
}
"""Tested in test_wrong_rubrics."""

ONLY_BY_A_REPORT_WITHOUT_TIME = {Remark.CLOCK_START_UNKNOWN}
"""Tested in test_incidents."""


@pytest.mark.parametrize("rule", [rule.id for rule in RUBRIC.rules])
def test_every_rule_fires_for_the_report_made_for_it(rule: str) -> None:
    """No rule of the shipped rubric is dead."""
    assert rule in rules_of(RUBRIC.grade(FIRES[rule]))


def test_no_report_is_made_for_a_rule_that_is_gone() -> None:
    """The network's tests follow the rubric: a report for every rule and clock, and for nothing else."""
    assert set(FIRES) == {rule.id for rule in RUBRIC.rules} | {clock.id for clock in RUBRIC.clock_rules}


@pytest.mark.parametrize("clock", RUBRIC.clock_rules, ids=lambda clock: clock.id)
def test_every_clock_runs_for_the_report_made_for_it(clock: ClockRule) -> None:
    """No legal clock of the shipped rubric is dead."""
    running = {(each.regime, each.days) for each in RUBRIC.grade(FIRES[clock.id]).clocks}

    assert (clock.regime, clock.days) in running


@pytest.mark.parametrize("rule", [rule.id for rule in RUBRIC.rules if rule.severity is not None])
def test_every_rule_that_argues_says_so_in_its_reason(rule: str) -> None:
    """The reason carries the severity that the rule argues for, and no rule argues beyond the grade."""
    grade = RUBRIC.grade(FIRES[rule])
    (reason,) = [each for each in grade.reasons if each.rule == rule]

    assert reason.severity is not None
    assert reason.severity.rank <= grade.severity.rank


@pytest.mark.parametrize("which", SAYS)
def test_every_remark_is_made_for_the_report_made_for_it(which: Remark) -> None:
    """Each reason that grading itself gives can be had."""
    assert which.value in rules_of(RUBRIC.grade(SAYS[which]))


def test_no_remark_is_left_out_of_the_tests() -> None:
    """A remark that no test knows would be a reason that nobody has read."""
    assert set(Remark) == set(SAYS) | ONLY_BY_A_WRONG_RUBRIC | ONLY_BY_A_REPORT_WITHOUT_TIME


def test_no_rule_takes_the_id_of_a_remark() -> None:
    """Who reads the id of a reason knows who gave it."""
    assert not {rule.id for rule in RUBRIC.rules} & {which.value for which in Remark}


@pytest.mark.parametrize("rule", RUBRIC.rules, ids=lambda rule: rule.id)
def test_every_rule_is_said_in_one_plain_sentence_with_a_source(rule: Any) -> None:
    """People read the sentence and can look up the source."""
    assert rule.sentence.endswith(".")
    assert rule.source
