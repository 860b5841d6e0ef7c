"""What an operator types to keep calls back, and what they are told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import typer

from tests.alerting.store.desk import Desk
from tests.deploy.test_severity_commands import Shell, desk, shell
from tocsin_deploy.silence_commands import instant

__all__ = ["desk", "shell"]


def test_a_silence_is_added_listed_extended_ended_and_shown(desk: Desk, shell: Shell) -> None:
    """By one word after another, each with what stands now."""
    del desk  # the store that the commands find
    status, said = shell.run(
        "silence", "add", "--institute", "kr", "--system", "gpt-*", "--until", "PT4H", "--why", "service", "--json"
    )
    known = json.loads(said)["id"]
    listed = shell.run("silence", "list")
    extended = shell.run("silence", "extend", known, "--until", "P2D", "--why", "longer")
    ended = shell.run("silence", "end", known, "--why", "done")
    again = shell.run("silence", "end", known, "--why", "done")
    shown = shell.run("silence", "show", known)

    assert status == 0, said
    assert listed[0] == 0
    assert f"{known}  kr  until" in listed[1]
    assert "systems ['gpt-*']  by an operator of the network: service" in listed[1]
    assert extended[0] == 0
    assert (ended[0], "over" in ended[1]) == (0, True)
    assert again[0] == 1
    assert "the silence is over" in again[1]
    assert [word in shown[1] for word in ("created by", "extended by", "ended by")] == [True] * 3
    assert shell.run("silence", "list")[1] == "nothing is silenced\n"


def test_what_may_not_be_is_refused_with_what_to_do(desk: Desk, shell: Shell) -> None:
    """One line, exit status 1, and nothing is kept."""
    del desk
    everything = shell.run("silence", "add", "--until", "PT1H", "--why", "quiet")
    nobody = shell.run("silence", "add", "--institute", "xx", "--system", "a", "--until", "PT1H", "--why", "quiet")
    unknown = shell.run("silence", "show", "none")

    assert [each[0] for each in (everything, nobody, unknown)] == [1, 1, 1]
    assert "would keep back everything. Name what is meant" in everything[1]
    assert "'xx' is no member. Use one of: au" in nobody[1]
    assert "silence list --past" in unknown[1]


def test_an_end_is_an_instant_with_its_zone_or_a_span_from_now() -> None:
    """A local time means another instant to each reader, so it is refused."""
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert instant("PT90M", now, "--until") == now + timedelta(minutes=90)
    assert instant("2026-11-29T06:00Z", now, "--until") == datetime(2026, 11, 29, 6, tzinfo=UTC)
    for wrong in ("2026-11-29T06:00", "tomorrow", "P"):
        with pytest.raises(typer.BadParameter):
            instant(wrong, now, "--until")
