"""What holds for every report, whatever it says."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.streams.reports import finding, incident, loaded
from tocsin_schemas import (
    CausalLink,
    Extent,
    HarmType,
    Materialisation,
    OecdClass,
    Report,
    Reversibility,
    RunOutcome,
    Severity,
    ThresholdStatus,
)

RUBRIC = loaded()
ANOTHER = loaded()
NAMES = [entry.name for entry in RUBRIC.registry.entries] + ["never_heard_of", "wmdp-bio", "inspect_evals/wmdp_bio"]
METRICS = sorted({metric.name for entry in RUBRIC.registry.entries for metric in entry.metrics} | {"f1"})
SCORERS = [None, "security", "harmful", "reproduced", "choice"]
COUNT = st.none() | st.integers(0, 10**7)


@st.composite
def findings(draw: st.DrawFn) -> Report:
    """Any finding, of evaluations known and unknown."""
    measurement = st.fixed_dictionaries(
        {"metric": st.sampled_from(METRICS), "value": st.floats(-2, 120, allow_nan=False)},
        optional={
            "stderr": st.floats(0, 2),
            "samples": st.integers(0, 10_000),
            "scorer": st.sampled_from([scorer for scorer in SCORERS if scorer]),
        },
    )
    status = st.fixed_dictionaries(
        {
            "framework": st.just("F"),
            "version": st.just("1"),
            "category": st.just("cyber"),
            "threshold": st.just("high"),
            "status": st.sampled_from([each.value for each in ThresholdStatus]),
        }
    )
    fields: dict[str, Any] = {
        "measurements": draw(st.lists(measurement, max_size=3)),
        "framework_status": draw(st.lists(status, max_size=3)),
        "conditions": {"safeguards": draw(st.sampled_from(["on", "off", "unknown"]))},
    }
    if draw(st.booleans()):
        fields["run"] = {"outcome": draw(st.sampled_from([each.value for each in RunOutcome]))}
    return finding(draw(st.sampled_from(NAMES)), **fields)


@st.composite
def incident_fields(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of any incident."""
    counts = ("deaths", "serious_injuries", "injuries", "people_affected", "financial_loss_usd")
    harm = {name: draw(COUNT) for name in counts}
    return {
        "link": draw(st.sampled_from([each.value for each in CausalLink])),
        "harm": {name: count for name, count in harm.items() if count is not None},
        "materialisation": draw(st.sampled_from([each.value for each in Materialisation])),
        "harm_types": draw(
            st.lists(st.sampled_from([each.value for each in HarmType]), min_size=1, max_size=4, unique=True)
        ),
        "extent": draw(st.sampled_from([each.value for each in Extent])),
        "reversibility": draw(st.sampled_from([each.value for each in Reversibility])),
        "seriousness": draw(st.sampled_from(["serious", "not_serious", "unknown"])),
        "ongoing": draw(st.sampled_from(["yes", "no", "unknown"])),
        "critical_functions": draw(st.sampled_from(["yes", "no", "unknown"])),
        "tangibility": draw(st.sampled_from(["tangible", "intangible", "unknown"])),
        "imminence": draw(st.sampled_from(["imminent", "not_imminent", "unknown"])),
        "involves_minors": draw(st.sampled_from(["yes", "no", "unknown"])),
        "rights_impacts": draw(st.lists(st.just("privacy"), max_size=2)),
        "people_at_risk": draw(COUNT),
        "severity": draw(st.sampled_from(["hazard", "serious_hazard", "incident", "serious_incident", "disaster"])),
    }


def build(fields: dict[str, Any]) -> Report:
    """An incident with these fields."""
    given_fields = {name: value for name, value in fields.items() if value is not None}
    return incident(given_fields.pop("link"), given_fields.pop("harm"), **given_fields)


@given(findings())
def test_a_finding_is_never_critical(report: Report) -> None:
    """A finding is about what could happen."""
    grade = RUBRIC.grade(report)

    assert grade.severity is not Severity.CRITICAL
    assert grade.oecd_class in (OecdClass.HAZARD, OecdClass.SERIOUS_HAZARD, OecdClass.UNCLASSIFIED)


@given(incident_fields())
def test_critical_needs_harm_that_occurred_and_a_causal_link(fields: dict[str, Any]) -> None:
    """Nothing else makes an alert critical, and only harm done makes an incident."""
    grade = RUBRIC.grade(build(fields))
    done = fields["materialisation"] == "occurred" and fields["link"] in ("established", "likely")

    assert done or grade.severity is not Severity.CRITICAL
    assert done or grade.oecd_class in (OecdClass.HAZARD, OecdClass.SERIOUS_HAZARD, OecdClass.UNCLASSIFIED)
    assert not done or grade.oecd_class in (OecdClass.INCIDENT, OecdClass.SERIOUS_INCIDENT, OecdClass.DISASTER)


@given(
    incident_fields(),
    st.sampled_from(["deaths", "serious_injuries", "injuries", "people_affected"]),
    st.integers(1, 10**6),
)
def test_more_harm_never_grades_lower(fields: dict[str, Any], which: str, more: int) -> None:
    """A larger count, all else equal, gives the same grade or a higher one."""
    worse = {**fields, "harm": {**fields["harm"], which: fields["harm"].get(which, 0) + more}}
    before, after = RUBRIC.grade(build(fields)), RUBRIC.grade(build(worse))

    assert after.severity.rank >= before.severity.rank
    assert all(after.harms[harm].rank >= severity.rank for harm, severity in before.harms.items())


@given(incident_fields())
def test_harm_that_happens_never_grades_lower_than_the_near_miss(fields: dict[str, Any]) -> None:
    """From could to nearly to did, a linked event gets the same grade or a higher one."""
    linked = {**fields, "link": "established"}
    could, nearly, did = (
        RUBRIC.grade(build({**linked, "materialisation": word})).severity.rank
        for word in ("potential", "near_miss", "occurred")
    )

    assert could <= nearly <= did


@given(incident_fields())
def test_worse_circumstances_never_grade_lower(fields: dict[str, Any]) -> None:
    """Irreversible, global, serious harm to a critical function is the worst of its kind."""
    worst = {
        "extent": "global",
        "reversibility": "irreversible",
        "seriousness": "serious",
        "critical_functions": "yes",
        "ongoing": "yes",
    }

    assert RUBRIC.grade(build({**fields, **worst})).severity.rank >= RUBRIC.grade(build(fields)).severity.rank


@given(
    incident_fields(),
    st.sampled_from(["hazard", "serious_hazard", "incident", "serious_incident", "disaster", "other"]),
)
def test_the_submitters_class_changes_no_part_of_the_grade(fields: dict[str, Any], claimed: str) -> None:
    """Only the remark about the difference may differ."""
    one, other = RUBRIC.grade(build(fields)), RUBRIC.grade(build({**fields, "severity": claimed}))

    assert one.model_copy(update={"reasons": ()}) == other.model_copy(update={"reasons": ()})


@given(st.one_of(findings(), incident_fields().map(build)))
def test_the_same_report_gets_the_same_assessment(report: Report) -> None:
    """Same report, same rubric: same bytes, in this rubric and in one loaded anew."""
    assert RUBRIC.assess(report).model_dump_json() == ANOTHER.assess(report).model_dump_json()


@given(st.one_of(findings(), incident_fields().map(build)))
def test_every_grade_has_a_reason(report: Report) -> None:
    """The headline is argued for by a reason, or the reasons say why there is none."""
    grade = RUBRIC.grade(report)

    assert grade.reasons
    if grade.severity is Severity.UNCLASSIFIED:
        assert all(reason.severity is None for reason in grade.reasons)
    else:
        assert grade.reasons[0].severity is grade.severity


@given(incident_fields())
def test_the_headline_is_the_highest_over_harm_types(fields: dict[str, Any]) -> None:
    """The headline is a maximum, never a sum."""
    grade = RUBRIC.grade(build(fields))
    highest = max((severity.rank for severity in grade.harms.values()), default=-1)

    assert grade.severity.rank == highest


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 5000))
def test_a_higher_score_never_grades_lower_on_a_hazard_test(one: float, other: float, samples: int) -> None:
    """With the same number of samples, more knowledge of weapons is never graded as less."""
    low, high = sorted((one, other))
    grades = [RUBRIC.grade(finding("wmdp_bio", value, samples=samples)).severity.rank for value in (low, high)]

    assert grades[0] <= grades[1] or grades[1] == -1


@given(st.from_regex(r"\Ax-[ -~]{1,30}\Z"))
def test_an_unknown_evaluation_has_no_grade(name: str) -> None:
    """Whatever it is called, what the registry does not know is not guessed."""
    known = {each for entry in RUBRIC.registry.entries for each in (entry.name, *entry.aliases)}
    assume(name.rpartition("/")[2] not in known)

    assert RUBRIC.grade(finding(name, 0.99)).severity is Severity.UNCLASSIFIED
