"""What each level of the scale means for incidents: the floor needs a reason, near misses stand below the harm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.streams.reports import incident, loaded
from tocsin_schemas import HarmType, Severity

RUBRIC = loaded()


def test_a_near_miss_is_a_level_below_the_harm() -> None:
    """People nearly hurt are minor, people hurt moderate."""
    nearly, hurt = (RUBRIC.grade(incident(materialisation=word)) for word in ("near_miss", "occurred"))

    assert (nearly.severity, hurt.severity) == (Severity.MINOR, Severity.MODERATE)


@pytest.mark.parametrize("harm_type", list(HarmType))
@pytest.mark.parametrize("materialisation", ["occurred", "near_miss", "potential"])
def test_every_harm_type_is_graded_by_itself(harm_type: HarmType, materialisation: str) -> None:
    """Each of the OECD's harm types has a severity of its own, without any further fact."""
    grade = RUBRIC.grade(incident(harm_types=[harm_type.value], materialisation=materialisation))

    assert set(grade.harms) == {harm_type} | ({HarmType.CRITICAL_INFRASTRUCTURE} & set(grade.harms))
    assert grade.harms[harm_type].rank >= Severity.MINOR.rank


def test_only_a_stated_ground_puts_an_incident_on_the_floor() -> None:
    """What is unknown is minor; negligible needs a report that says that nothing tangible was harmed or in danger."""
    base: dict[str, Any] = {"harm_types": ["public_interest"]}
    could: dict[str, Any] = {**base, "materialisation": "potential", "critical_functions": "no"}

    assert RUBRIC.grade(incident(**base)).severity is Severity.MINOR
    assert RUBRIC.grade(incident(**base, tangibility="intangible")).severity is Severity.NEGLIGIBLE
    assert RUBRIC.grade(incident(**could)).severity is Severity.MINOR
    assert RUBRIC.grade(incident(**could, imminence="not_imminent")).severity is Severity.NEGLIGIBLE


@pytest.mark.parametrize(
    ("changed", "severity"),
    [
        ({"harm_types": ["psychological"]}, Severity.MINOR),
        ({"harm_types": ["psychological"], "involves_minors": "yes"}, Severity.MODERATE),
        ({"involves_minors": "yes"}, Severity.MINOR),
        ({"harm_types": ["fundamental_rights"]}, Severity.MINOR),
        ({"harm_types": ["fundamental_rights"], "rights_impacts": ["Equality"]}, Severity.MODERATE),
        (
            {"harm_types": ["fundamental_rights"], "rights_impacts": ["Equality"], "extent": "national"},
            Severity.SEVERE,
        ),
        ({"critical_functions": "yes"}, Severity.MODERATE),
        ({"extent": "global"}, Severity.MODERATE),
        ({"seriousness": "serious"}, Severity.SEVERE),
    ],
)
def test_intangible_harm_is_graded_without_any_count(changed: dict[str, Any], severity: Severity) -> None:
    """Children, minds, rights and services count where nobody counted heads."""
    fields = {"harm_types": ["public_interest"], "tangibility": "intangible", **changed}

    assert RUBRIC.grade(incident(**fields)).severity is severity


def test_who_states_that_nobody_was_hurt_has_no_bodily_harm() -> None:
    """A crash without injuries is damage; a count that is left out states nothing."""
    spared = incident(harm={"deaths": 0, "injuries": 0}, harm_types=["physical", "property"])

    assert RUBRIC.grade(spared).severity is Severity.MINOR
    assert RUBRIC.grade(incident(harm={"deaths": 0})).severity is Severity.MODERATE
