"""What holds even when an operator writes a rubric that argues for nonsense, or whose rules fail on a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.streams.reports import edited, finding, incident, loaded, rules_of
from tocsin_schemas import Certainty, OecdClass, ReportKind, Severity
from tocsin_streams.rubric import Rubric, Rule, load_rubric
from tocsin_streams.rubric.arguments import Argument
from tocsin_streams.rubric.conditions import Condition


def rule(when: str, **changes: Any) -> dict[str, Any]:
    """A rule for incidents that argues for the worst."""
    return {
        "id": "incident.test",
        "kind": "incident",
        "when": when,
        "severity": {"reported": "critical"},
        "oecd_class": "disaster",
        "certainty": "observed",
        "sentence": "A sentence.",
        "source": "A source",
        **changes,
    }


def rubric(tmp_path: Path, *rules: dict[str, Any]) -> Rubric:
    """A rubric of these rules."""
    return load_rubric(edited(tmp_path, rubric=yaml.safe_dump({"name": "test", "rules": list(rules)})))


def test_a_hazard_stays_below_critical_whatever_the_rubric_says(tmp_path: Path) -> None:
    """The ceiling is in grading and not in the file; the reason says that it was applied."""
    grade = rubric(tmp_path, rule("incident.graded")).grade(incident(materialisation="potential"))

    assert grade.severity is Severity.SEVERE
    assert grade.oecd_class is OecdClass.SERIOUS_HAZARD
    assert all(severity is Severity.SEVERE for severity in grade.harms.values())
    assert "ceiling.not_occurred" in rules_of(grade)


def test_a_toll_without_a_link_has_no_grade_whatever_the_rubric_says(tmp_path: Path) -> None:
    """A rule that forgets to ask for the link argues in vain."""
    wrong = rule("has(incident.deaths) && incident.deaths > 0")
    grade = rubric(tmp_path, wrong).grade(incident("suspected", {"deaths": 189}))

    assert grade.severity is Severity.UNCLASSIFIED
    assert "incident.link_missing" in rules_of(grade)


def test_harm_that_occurred_is_an_incident_whatever_the_rubric_says(tmp_path: Path) -> None:
    """A rule that calls harm done a hazard is put right."""
    wrong = rule("incident.graded", severity={"reported": "severe"}, oecd_class="serious_hazard")
    grade = rubric(tmp_path, wrong).grade(incident())

    assert grade.oecd_class is OecdClass.SERIOUS_INCIDENT
    assert "class.harm_occurred" in rules_of(grade)


def test_a_rubric_without_a_rule_for_a_report_grades_nothing(tmp_path: Path) -> None:
    """What no rule speaks about goes to people."""
    grade = rubric(tmp_path, rule("incident.graded")).grade(finding("wmdp_bio", 0.9))

    assert grade.severity is Severity.UNCLASSIFIED
    assert rules_of(grade) == {"rubric.no_rule"}


class Broken:
    """A CEL programme that fails on every report."""

    def execute(self, context: object) -> bool:
        """Fail as the library does."""
        raise KeyError(str(type(context)))


@dataclass
class Shaky:
    """A rubric in which one rule fails: the shipped one, with a broken condition added."""

    kind: ReportKind
    severity: Any
    oecd_class: OecdClass | None
    rule: Rule = field(init=False)

    def build(self) -> Rubric:
        """The rubric."""
        self.rule = Rule(
            id="test.broken",
            kind=self.kind,
            when="-",
            severity=self.severity,
            oecd_class=self.oecd_class,
            sentence="A sentence.",
            source="A source",
        )
        shipped = loaded()
        arguments = {kind: list(shipped.arguments[kind]) for kind in ReportKind}
        arguments[self.kind].append(Argument(self.rule, Condition(Broken(), ())))
        return Rubric(
            version="test",
            arguments=arguments,
            clocks=dict.fromkeys(ReportKind, ()),
            lists={"wide": (), "eu": ()},
            registry=shipped.registry,
        )


def test_a_rule_that_fails_withholds_a_grade_that_it_might_have_raised() -> None:
    """Who cannot say that there is no more must not say that there is this much."""
    grade = Shaky(ReportKind.INCIDENT, {"physical": "critical"}, OecdClass.DISASTER).build().grade(incident())

    assert grade.severity is Severity.UNCLASSIFIED
    assert grade.certainty is Certainty.UNKNOWN
    assert {"rubric.rule_not_evaluated", "rubric.grade_withheld"} <= rules_of(grade)
    assert any("test.broken could not be evaluated" in reason.sentence for reason in grade.reasons)


def test_a_rule_that_fails_leaves_a_grade_that_it_could_not_have_raised() -> None:
    """The highest argument wins, so a failed rule below it changes nothing but is named."""
    broken = Shaky(ReportKind.INCIDENT, {"physical": "minor"}, OecdClass.INCIDENT).build()
    grade = broken.grade(incident(harm={"deaths": 1}))

    assert grade.severity is Severity.CRITICAL
    assert "rubric.rule_not_evaluated" in rules_of(grade)


def test_a_remark_that_fails_leaves_the_grade() -> None:
    """A rule that argues for no severity cannot have changed the headline."""
    grade = Shaky(ReportKind.FINDING, None, None).build().grade(finding("wmdp_bio", 0.9))

    assert grade.severity is Severity.SEVERE
    assert "rubric.rule_not_evaluated" in rules_of(grade)


def test_a_finding_stays_below_critical_even_in_a_rubric_made_by_hand() -> None:
    """Files that argue above severe for findings are refused; a rubric built past the check is held down as well."""
    shipped = loaded()
    above = Rule.model_construct(
        id="test.above",
        kind=ReportKind.FINDING,
        when="-",
        severity=Severity.CRITICAL,
        oecd_class=OecdClass.DISASTER,
        certainty=None,
        certainty_at_most=None,
        urgency=None,
        sentence="A sentence.",
        source="A source",
    )
    always = next(each for each in shipped.arguments[ReportKind.FINDING] if each.rule.id == "finding.threshold.severe")
    made = Rubric(
        version="test",
        arguments={ReportKind.FINDING: [Argument(above, always.condition)], ReportKind.INCIDENT: []},
        clocks=dict.fromkeys(ReportKind, ()),
        lists={},
        registry=shipped.registry,
    )
    grade = made.grade(finding("wmdp_bio", 0.9))

    assert grade.severity is Severity.SEVERE
    assert grade.oecd_class is OecdClass.SERIOUS_HAZARD
    assert "ceiling.finding" in rules_of(grade)
