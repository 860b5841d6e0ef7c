"""Who of a team is told follows its rota; a gap is never nobody."""

import pytest

from tests.alerting.policy.oncall.directories import NOW, FixedRota, contact, directory_of
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason

DESK, SATO, ITO, LEAD = contact("desk", shared=True), contact("sato"), contact("ito"), contact("lead", team="lead")


def _directory(answer: Duty, *, always: tuple[str, ...] = (), people: tuple[str, ...] = ()) -> Directory:
    rota = FixedRota(answer, always, people)
    return directory_of([DESK, SATO, ITO, LEAD], {("jp", "duty"): rota})


def _told(directory: Directory, team: str = "duty") -> list[str]:
    return [each.id for each in directory.team("jp", team, NOW)]


def test_a_team_without_a_rota_is_everybody_in_it() -> None:
    """And the reason says that there is none."""
    directory = directory_of([DESK, SATO, ITO, LEAD])

    assert _told(directory) == ["jp.desk", "jp.sato", "jp.ito"]
    assert directory.duty("jp", "duty", NOW).reason is DutyReason.NO_ROTA


def test_who_is_on_duty_is_told_and_the_others_are_left_alone() -> None:
    """With the contacts that the rota always tells after them."""
    directory = _directory(Duty(("jp.ito",), DutyReason.ROTATION), always=("jp.desk",))

    assert _told(directory) == ["jp.ito", "jp.desk"]
    assert _told(directory, "lead") == ["jp.lead"]


@pytest.mark.parametrize("reason", [reason for reason in DutyReason if reason.gap])
def test_in_a_gap_the_whole_team_is_told(reason: DutyReason) -> None:
    """Whoever the rota may call is of the team, whatever team stands beside their name; each is told once."""
    directory = _directory(Duty((), reason), always=("jp.desk",), people=("jp.sato", "jp.lead"))

    assert _told(directory) == ["jp.desk", "jp.sato", "jp.ito", "jp.lead"]
