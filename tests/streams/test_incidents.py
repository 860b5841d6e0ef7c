"""What the rubric makes of incidents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.streams.reports import INCIDENT, SOURCE, incident, loaded, rules_of
from tocsin_schemas import (
    Action,
    Certainty,
    Envelope,
    HarmType,
    Incident,
    OecdClass,
    Report,
    ReportKind,
    Severity,
    Urgency,
)

RUBRIC = loaded()


@pytest.mark.parametrize("link", ["established", "likely"])
def test_a_death_with_a_causal_link_is_critical(link: str) -> None:
    """Critical needs harm that occurred and a link to the system."""
    grade = RUBRIC.grade(incident(link, {"deaths": 1}))

    assert grade.severity is Severity.CRITICAL
    assert grade.oecd_class is OecdClass.SERIOUS_INCIDENT
    assert grade.harms[HarmType.PHYSICAL] is Severity.CRITICAL


@pytest.mark.parametrize("link", ["suspected", "none", "unknown"])
@pytest.mark.parametrize("deaths", [1, 189])
def test_a_toll_without_a_causal_link_grades_nothing(link: str, deaths: int) -> None:
    """The biggest tolls on record have no clear link: they go to people, not into the grade."""
    grade = RUBRIC.grade(incident(link, {"deaths": deaths}, seriousness="serious"))

    assert grade.severity is Severity.UNCLASSIFIED
    assert grade.oecd_class is OecdClass.UNCLASSIFIED
    assert grade.harms == {}
    assert "incident.link_missing" in rules_of(grade)
    assert all(reason.severity is None for reason in grade.reasons)
    assert grade.clocks == ()


@pytest.mark.parametrize("materialisation", ["near_miss", "potential"])
def test_near_misses_and_potential_harm_are_hazards(materialisation: str) -> None:
    """Whatever could have happened, a hazard is never above severe."""
    grade = RUBRIC.grade(
        incident(
            "established",
            {"deaths": 500, "people_affected": 10_000_000, "financial_loss_usd": 1e12},
            materialisation=materialisation,
            seriousness="serious",
            critical_functions="yes",
            extent="global",
            reversibility="irreversible",
        )
    )

    assert grade.severity is Severity.SEVERE
    assert grade.oecd_class is OecdClass.SERIOUS_HAZARD


def test_a_near_miss_whose_link_is_suspected_is_still_a_hazard() -> None:
    """A hazard need only be plausible; how sure that is stands under certainty."""
    grade = RUBRIC.grade(incident("suspected", materialisation="near_miss"))

    assert grade.severity is Severity.MINOR
    assert grade.oecd_class is OecdClass.HAZARD
    assert grade.certainty is Certainty.POSSIBLE


def test_a_hazard_that_has_nothing_to_do_with_the_system_is_none() -> None:
    """Where the link is denied there is no AI hazard, but people must look."""
    grade = RUBRIC.grade(incident("none", materialisation="potential"))

    assert grade.severity is Severity.UNCLASSIFIED
    assert "incident.link_missing" in rules_of(grade)


def test_unknown_materialisation_goes_to_people() -> None:
    """Whether harm happened is not guessed."""
    grade = RUBRIC.grade(incident("established", {"deaths": 3}, materialisation="unknown"))

    assert grade.severity is Severity.UNCLASSIFIED
    assert "incident.materialisation_unknown" in rules_of(grade)


def test_the_headline_is_the_highest_over_harm_types() -> None:
    """Each harm type has its own severity, and the headline is their maximum and not their sum."""
    grade = RUBRIC.grade(
        incident(
            "established", {"financial_loss_usd": 2e8}, harm_types=["economic", "reputational", "fundamental_rights"]
        )
    )

    assert grade.harms == {
        HarmType.ECONOMIC: Severity.SEVERE,
        HarmType.FUNDAMENTAL_RIGHTS: Severity.MINOR,
        HarmType.REPUTATIONAL: Severity.MINOR,
    }
    assert grade.severity is max(grade.harms.values(), key=lambda each: each.rank)


@pytest.mark.parametrize("claimed", ["hazard", "serious_hazard", "incident", "serious_incident", "disaster", "other"])
def test_the_submitters_own_class_decides_nothing(claimed: str) -> None:
    """The shared grade is the same whatever the submitter calls it; a difference is shown."""
    grade = RUBRIC.grade(incident("established", {"injuries": 1}, severity=claimed))

    assert grade.severity is Severity.MODERATE
    assert grade.oecd_class is OecdClass.INCIDENT
    assert ("submitter.class_differs" in rules_of(grade)) == (claimed != "incident")


@pytest.mark.parametrize(
    ("ongoing", "urgency"),
    [("yes", Urgency.IMMEDIATE), ("unknown", Urgency.EXPECTED), ("no", Urgency.PAST)],
)
def test_what_goes_on_is_pressing(ongoing: str, urgency: Urgency) -> None:
    """Urgency asks whether it goes on, and is no part of severity."""
    grade = RUBRIC.grade(incident(ongoing=ongoing))

    assert grade.urgency is urgency
    assert grade.severity is RUBRIC.grade(incident()).severity


def test_an_ungraded_toll_that_goes_on_is_still_pressing() -> None:
    """People must look the sooner, the link may be found later."""
    assert RUBRIC.grade(incident("suspected", {"deaths": 2}, ongoing="yes")).urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize(("link", "certainty"), [("established", Certainty.OBSERVED), ("likely", Certainty.LIKELY)])
def test_certainty_follows_the_causal_link(link: str, certainty: Certainty) -> None:
    """How sure it is that the system did it."""
    assert RUBRIC.grade(incident(link)).certainty is certainty


def clocks(**fields: object) -> dict[str, int]:
    """The clocks of an incident, days by regime."""
    given = {"aware_at": "2026-11-23T17:10:00Z", "countries": ["FR"], **fields}
    harm = given.pop("harm", {"deaths": 1})
    return {clock.regime: clock.days for clock in RUBRIC.grade(incident("likely", harm, **given)).clocks}  # type: ignore[arg-type]


def test_only_clocks_that_are_law_on_the_day_run() -> None:
    """On the day of the incident the clock for general-purpose models is law, the one for high-risk systems not yet."""
    assert clocks() == {"eu-gpai-code": 10}
    assert clocks(aware_at="2027-12-02T00:00:00Z") == {"eu-gpai-code": 10, "eu-ai-act-73": 10}
    assert clocks(aware_at="2027-12-01T23:59:59Z") == {"eu-gpai-code": 10}
    assert clocks(aware_at="2025-08-01T12:00:00Z") == {}


def test_of_one_regime_the_shortest_clock_is_shown() -> None:
    """A death through disrupted infrastructure must be told in two days, not ten."""
    assert clocks(seriousness="serious", critical_functions="yes") == {"eu-gpai-code": 2}
    assert clocks(harm={}, seriousness="serious", domain="cyber") == {"eu-gpai-code": 5}
    assert clocks(harm={"serious_injuries": 1}) == {"eu-gpai-code": 15}


@pytest.mark.parametrize(
    ("where", "days"),
    [
        ({"countries": ["FR"]}, 15),
        ({"countries": ["FR"], "extent": "national"}, 15),
        ({"countries": ["FR", "DE"]}, 2),
        ({"countries": ["FR"], "extent": "regional"}, 2),
    ],
)
def test_an_infringement_of_rights_is_reportable_and_sooner_where_it_is_widespread(
    where: dict[str, Any], days: int
) -> None:
    """Article 73(2) with 3(49)(c): fifteen days; 73(3) with 3(61), across Member States: two."""
    law = {"aware_at": "2028-01-01T00:00:00Z", "harm": {}, "harm_types": ["fundamental_rights"]}
    found = clocks(**law, rights_impacts=["Non-discrimination"], **where)

    assert found == {"eu-gpai-code": 15, "eu-ai-act-73": days}


def test_a_clock_of_the_union_needs_a_country_of_the_union() -> None:
    """Article 73 concerns what happened in the Union."""
    assert "eu-ai-act-73" not in clocks(aware_at="2028-01-01T00:00:00Z", countries=["KE"])


def test_a_clock_runs_from_awareness() -> None:
    """The deadline counts from when the submitter became aware."""
    (clock,) = RUBRIC.grade(incident("likely", {"deaths": 1}, aware_at="2026-11-23T17:10:00Z")).clocks

    assert clock.deadline == datetime(2026, 12, 3, 17, 10, tzinfo=UTC)


def test_without_awareness_a_clock_runs_from_the_time_of_the_report() -> None:
    """The report itself is the latest that the submitter can have become aware."""
    (clock,) = RUBRIC.grade(incident("likely", {"deaths": 1})).clocks

    assert clock.aware_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_clock_without_a_start_is_said() -> None:
    """Where neither is known no deadline is invented; the reasons say that one may run."""
    body = Incident.model_validate({**INCIDENT, "harm_quantification": {"deaths": 1}})
    envelope = Envelope(
        id="r-1", source=SOURCE, type="org.tocsin.incident.reported.v1", subject="s", data=None, time=None
    )
    grade = RUBRIC.grade(Report(kind=ReportKind.INCIDENT, action=Action.REPORT, body=body, envelope=envelope))

    assert grade.clocks == ()
    assert "clock.start_unknown" in rules_of(grade)
