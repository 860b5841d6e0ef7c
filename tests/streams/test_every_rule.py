"""Each rule and each remark fires for a report made for it, and for no other reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.streams.reports import finding, incident, loaded, rules_of
from tocsin_schemas import Report
from tocsin_streams.rubric import Remark

RUBRIC = loaded()


def framework(status: str) -> dict[str, Any]:
    """A framework status as fields of a finding."""
    stated = {"framework": "F", "version": "1", "category": "cyber", "threshold": "high", "status": status}
    return {"framework_status": [stated]}


def hazard(**fields: Any) -> Report:
    """A potential harm."""
    return incident("likely", fields.pop("harm", None), **{"materialisation": "potential", **fields})


FIRES: dict[str, Report] = {
    "finding.threshold.none": finding("wmdp_bio", 0.3),
    "finding.threshold.minor": finding("wmdp_bio", 0.5),
    "finding.threshold.moderate": finding("wmdp_bio", 0.7),
    "finding.threshold.severe": finding("wmdp_bio", 0.9),
    "finding.chance": finding("wmdp_bio", 0.2),
    "finding.framework.below": finding("wmdp_bio", 0.3, **framework("below")),
    "finding.framework.approaching": finding("wmdp_bio", 0.3, **framework("approaching")),
    "finding.framework.cannot_rule_out": finding("wmdp_bio", 0.3, **framework("cannot_rule_out")),
    "finding.framework.reached": finding("wmdp_bio", 0.3, **framework("reached")),
    "finding.framework.exceeded": finding("wmdp_bio", 0.3, **framework("exceeded")),
    "finding.certainty.spans_threshold": finding("wmdp_bio", 0.82, samples=1273),
    "finding.certainty.spans_several": finding("wmdp_bio", 0.85, samples=12),
    "finding.certainty.no_interval": finding("wmdp_bio", 0.9, samples=None),
    "finding.certainty.few_samples": finding("wmdp_bio", 0.1, samples=10),
    "finding.certainty.incomplete_run": finding(
        "wmdp_bio", 0.9, run={"outcome": "success", "samples_total": 80, "samples_completed": 78}
    ),
    "finding.elicitation.unstated": finding("wmdp_bio", 0.3),
    "finding.elicitation.weak": finding("wmdp_bio", 0.3, conditions={"elicitation": "Zero-shot"}),
    "finding.judge.model": finding("wmdp_bio", 0.3, conditions={"judge": "model"}),
    "finding.judge.model_beyond_english": finding(
        "wmdp_bio", 0.3, conditions={"judge": "model", "languages_tested": ["en", "sw-KE"]}
    ),
    "finding.language.english_only": finding(
        "agentharm", 0.0, metric="avg_score", conditions={"languages_tested": ["en-GB", "en"]}
    ),
    "finding.safeguards.off_when_tested": finding(
        "agentharm", 0.3, metric="avg_score", conditions={"safeguards": "off"}
    ),
    "finding.safeguards.held_not": finding("wmdp_bio", 0.9, conditions={"safeguards": "on"}),
    "finding.safeguards.weak": finding("wmdp_bio", 0.7, conditions={"safeguards": "on"}),
    "finding.safeguards.unknown": finding("wmdp_bio", 0.9),
    "finding.safeguards.unknown_weak": finding("wmdp_bio", 0.7),
    "finding.safeguards.off": finding("wmdp_bio", 0.9, conditions={"safeguards": "off"}),
    "incident.any": incident(harm_types=["reputational"]),
    "incident.intangible": incident(harm_types=["public_interest"], tangibility="intangible"),
    "incident.psychological": incident(harm_types=["psychological"]),
    "incident.psychological.minors": incident(harm_types=["psychological"], involves_minors="yes"),
    "incident.minors": incident(harm_types=["reputational"], involves_minors="yes"),
    "incident.bodily": incident(harm_types=["physical"]),
    "incident.death": incident(harm={"deaths": 1}),
    "incident.serious_injury": incident(harm={"serious_injuries": 1}),
    "incident.serious_injury.many": incident(harm={"serious_injuries": 10}),
    "incident.injury": incident(harm={"injuries": 1}),
    "incident.injury.many": incident(harm={"injuries": 50}),
    "incident.serious": incident(seriousness="serious"),
    "incident.people_affected.many": incident(harm={"people_affected": 1_000}),
    "incident.people_affected.very_many": incident(harm={"people_affected": 1_000_000}),
    "incident.extent.wide": incident(extent="national"),
    "incident.irreversible": incident(reversibility="irreversible"),
    "incident.infrastructure.irreversible": incident(critical_functions="yes", reversibility="irreversible"),
    "incident.rights.claimed": incident(harm_types=["fundamental_rights"]),
    "incident.rights.wide": incident(harm_types=["fundamental_rights"], rights_impacts=["privacy"], extent="national"),
    "incident.rights": incident(harm_types=["fundamental_rights"], rights_impacts=["privacy"]),
    "incident.rights.widespread": incident(
        harm={"people_affected": 100_000}, harm_types=["fundamental_rights"], seriousness="serious"
    ),
    "incident.loss.some": incident(harm={"financial_loss_usd": 5}),
    "incident.loss.noticeable": incident(harm={"financial_loss_usd": 1_000_000}),
    "incident.loss.large": incident(harm={"financial_loss_usd": 100_000_000}),
    "incident.loss.vast": incident(harm={"financial_loss_usd": 10_000_000_000}),
    "incident.environment.wide": incident(
        harm_types=["environmental"], extent="regional", reversibility="irreversible"
    ),
    "incident.disaster": incident(
        seriousness="serious", extent="national", critical_functions="yes", reversibility="irreversible"
    ),
    "hazard.any": hazard(),
    "hazard.remote": hazard(imminence="not_imminent", critical_functions="no"),
    "hazard.minors": hazard(involves_minors="yes"),
    "hazard.rights": hazard(harm_types=["fundamental_rights"], rights_impacts=["privacy"]),
    "hazard.rights.wide": hazard(harm_types=["fundamental_rights"], rights_impacts=["privacy"], extent="national"),
    "hazard.loss.large": hazard(harm={"financial_loss_usd": 100_000_000}),
    "hazard.loss.vast": hazard(harm={"financial_loss_usd": 10_000_000_000}),
    "hazard.environment.wide": hazard(harm_types=["environmental"], extent="regional", reversibility="irreversible"),
    "hazard.near_miss.bodily": hazard(materialisation="near_miss"),
    "hazard.toll_possible": hazard(harm={"deaths": 1}),
    "hazard.serious": hazard(seriousness="serious"),
    "hazard.people_at_risk.many": hazard(people_at_risk=100),
    "hazard.people_at_risk.very_many": hazard(people_at_risk=10_000),
    "hazard.critical_functions": hazard(critical_functions="yes"),
    "hazard.critical_functions.wide": hazard(critical_functions="yes", extent="global"),
    "incident.certainty.established": incident("established"),
    "incident.certainty.likely": incident("likely"),
    "hazard.certainty.near_miss": hazard(materialisation="near_miss"),
    "hazard.certainty.potential": hazard(),
    "hazard.certainty.link_unsure": incident("suspected", materialisation="potential"),
    "incident.urgency.ongoing": incident(ongoing="yes"),
    "incident.urgency.may_be_ongoing": incident(),
    "incident.urgency.toll": incident(harm={"serious_injuries": 1}),
    "incident.urgency.over": incident(ongoing="no"),
    "hazard.urgency.near_miss": hazard(materialisation="near_miss"),
    "hazard.urgency.potential": hazard(),
}
"""A report for each rule of the shipped rubric."""

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
    """The table of reports follows the rubric."""
    assert set(FIRES) == {rule.id for rule in RUBRIC.rules}


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
