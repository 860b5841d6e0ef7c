"""`tocsinctl policy check` finds what would leave somebody untold, and says where it is and what to do about it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from typer.testing import CliRunner

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.directory import Address, Channel
from tocsin_consumers.notifier.settings import NotifierSettings
from tocsin_deploy.cli import app
from tocsin_deploy.policy_check import Level, Note, NoteCode, check_network
from tocsin_deploy.policy_check.deployment import configured

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
Spoil = Callable[[Any], object]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """The shipped network in a folder of the test's own."""
    folder = tmp_path / "network"
    shutil.copytree(NETWORK_DIR, folder)
    return folder


def everything(_: Address) -> bool:
    """A deployment that has all keys."""
    return True


def notes(folder: Path) -> list[Note]:
    """What is found, warnings left out."""
    checked = check_network(folder, is_configured=everything, now=NOW)
    return [note for note in checked.notes if note.level is Level.FAULT]


def spoil(folder: Path, name: str, change: Spoil) -> None:
    """Change what a file says."""
    content = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    change(content)
    (folder / name).write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def contact(content: Any, name: str) -> Any:
    """A contact's entry."""
    return next(one for one in content["contacts"] if one["id"] == name)


def entry(content: Any, name: str, kind: str) -> Any:
    """A ladder's or a route's entry."""
    return next(one for one in content[kind] if one["id"] == name)


def test_the_shipped_network_is_without_fault(network: Path) -> None:
    """And without a warning where both channels have their keys; all its tests hold, at least ten."""
    checked = check_network(network, is_configured=everything, now=NOW)

    assert checked.notes == ()
    assert checked.tests >= 10
    assert checked.policy.startswith("network-")


def _window(name: str, **changes: Any) -> dict[str, Any]:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    window = {"id": name, "institute": "kr", "match": {"severity_at_most": "moderate"}, "reason": "it is served"}
    return window | {"days": days, "start": "00:00", "length": "PT12H", "zone": "Asia/Seoul"} | changes


BROKEN: list[tuple[str, str, Spoil, str, str]] = [
    (
        "windows that never close",
        "policy.yaml",
        lambda it: it["muting"].update(maintenance=[_window("am"), _window("pm", start="12:00")]),
        r"muting\.maintenance \(am, pm\)",
        r"never closes: what it means is never told to the people of kr.*Leave days or hours out",
    ),
    (
        "a ladder without a step",
        "policy.yaml",
        lambda it: entry(it, "urgent", "ladders").update(steps=[]),
        r"ladders\.0 \(urgent\)\.steps",
        r"has no step: nobody would be called.*Add a step",
    ),
    (
        "a duty that nobody has",
        "contacts.yaml",
        lambda it: it["contacts"].remove(contact(it, "ke.duty")),
        r"contacts of 'ke'",
        r"none is in team 'duty', which ladders ('\w+', ){5}'urgent' call\. Add a contact with that institute and team",
    ),
    (
        "a duty without a channel",
        "contacts.yaml",
        lambda it: contact(it, "jp.duty").update(addresses=[]),
        r"contacts\.\d+ \(jp\.duty\)\.addresses",
        r"has no channel: nothing could reach it.*Add an address",
    ),
    (
        "a misspelt team",
        "contacts.yaml",
        lambda it: it["contacts"].append({**contact(it, "fr.duty"), "id": "fr.night", "team": "dutty"}),
        r"contacts \(fr\.night\)\.team",
        r"no ladder calls team 'dutty'.*never be told anything.*Put it in a team that ladders call \(duty, lead\)",
    ),
    (
        "cleared for RED, and nobody in particular",
        "contacts.yaml",
        lambda it: contact(it, "us.duty").update(clearance="TLP:RED"),
        r"contacts \(us\.duty\)\.clearance",
        r"can never be told of TLP:RED: TLP:RED goes to named persons only.*Set named_person: true.*or lower",
    ),
    (
        "cleared for RED at shared addresses only",
        "contacts.yaml",
        lambda it: contact(it, "eu.gpai").update(clearance="TLP:RED", named_person=True),
        r"contacts \(eu\.gpai\)\.clearance",
        r"all its addresses are shared.*Add an address that only this person reads",
    ),
    (
        "cleared for AMBER+STRICT outside the house",
        "contacts.yaml",
        lambda it: contact(it, "jp.liaison").update(
            clearance="TLP:AMBER+STRICT",
            addresses=[{"channel": "email", "address": "asia@partner.example", "shared": True, "internal": False}],
        ),
        r"contacts \(jp\.liaison\)\.clearance",
        r"all its addresses lie outside the institute.*Add an address within the institute",
    ),
    (
        "a label that reaches nobody of an institute",
        "contacts.yaml",
        lambda it: contact(it, "au.lead").update(clearance="TLP:AMBER"),
        r"contacts of 'au'",
        r"nobody on ladder '[\w-]+-red' may be told TLP:RED, which route.*, nor on.*Add a.*who is cleared for it",
    ),
    (
        "a route that nothing reaches",
        "policy.yaml",
        lambda it: it["routes"].append({**entry(it, "soon", "routes"), "id": "late"}),
        r"routes \(late\)",
        r"is never taken\. earlier routes take all it would.*Move it up or remove it",
    ),
    (
        "alerts that no route takes",
        "policy.yaml",
        lambda it: it["routes"].remove(entry(it, "told", "routes")),
        r"^routes$",
        r"none takes severity=negligible kind=finding status=actual.*Add a route at the end",
    ),
    (
        "a subscription to a region that is none",
        "contacts.yaml",
        lambda it: contact(it, "jp.liaison")["subscriptions"][0].update(regions=["atlantis"]),
        r"contacts \(jp\.liaison\)\.subscriptions\.0\.regions",
        r"no institute lies in 'atlantis'.*Use one of: africa, asia-pacific",
    ),
    (
        "a subscription to what one is called for anyway",
        "contacts.yaml",
        lambda it: contact(it, "kr.duty").update(subscriptions=[{"severity": "severe"}]),
        r"contacts \(kr\.duty\)\.subscriptions\.0",
        r"can never tell anything new.*Remove it",
    ),
    (
        "a zone that is none",
        "contacts.yaml",
        lambda it: contact(it, "fr.lead").update(time_zone="Europe/Lyon"),
        r"contacts\.\d+ \(fr\.lead\)\.time_zone",
        r"is not an IANA time zone\. write it like Europe/London",
    ),
    (
        "a language that is none",
        "contacts.yaml",
        lambda it: contact(it, "fr.lead").update(languages=["qx"]),
        r"contacts \(fr\.lead\)\.languages\.0",
        r"'qx' is no language that is known.*ISO 639",
    ),
    (
        "quiet hours that swallow everything",
        "contacts.yaml",
        lambda it: contact(it, "fr.elections").update(quiet_hours={"start": "00:00", "end": "00:00"}),
        r"contacts\.\d+ \(fr\.elections\)\.quiet_hours",
        r"the whole day: nothing would ever be told",
    ),
    (
        "quiet hours that swallow nearly everything",
        "contacts.yaml",
        lambda it: contact(it, "fr.elections").update(quiet_hours={"start": "12:00", "end": "11:00"}),
        r"contacts \(fr\.elections\)\.quiet_hours",
        r"swallow 23 h of each day.*Leave at least 8 h of the day free",
    ),
    (
        "a channel that is listed as one person's",
        "contacts.yaml",
        lambda it: contact(it, "gb.duty")["addresses"][0].update(shared=False),
        r"contacts \(gb\.duty\)\.addresses\.0\.shared",
        r"'C0GBDUTY' is a Slack channel, which several people read.*Set shared: true",
    ),
    (
        "an address that is none",
        "contacts.yaml",
        lambda it: contact(it, "gb.duty")["addresses"][0].update(address="#duty"),
        r"contacts \(gb\.duty\)\.addresses\.0\.address",
        r"'#duty' is no address of channel slack.*Write a Slack id such as C0GBDUTY",
    ),
    (
        "a ladder by another name",
        "policy.yaml",
        lambda it: entry(it, "urgent", "routes").update(ladder="urgnt"),
        r"routes \(urgent\)\.ladder",
        r"there is no ladder 'urgnt'\. Use one of: exercise",
    ),
    (
        "a desk that is called too late",
        "policy.yaml",
        lambda it: entry(it, "urgent", "ladders")["steps"].reverse(),
        r"tests\.0 \(a severe finding calls every duty desk at once, by Slack and by mail\)\.reaches\.0",
        r"team duty of au must be told at once by slack and be told full, and would be told only so: after 0:15:00",
    ),
]


IDS = [one[0] for one in BROKEN]


@pytest.mark.parametrize(("name", "change", "field", "said"), [one[1:] for one in BROKEN], ids=IDS)
def test_each_fault_is_named_with_its_file_field_and_fix(
    network: Path, name: str, change: Spoil, field: str, said: str
) -> None:
    """One fault in the shipped files; what is said of it is enough to mend it."""
    spoil(network, name, change)
    found = notes(network)
    said_so = [note for note in found if re.search(field, note.field) and re.search(said, f"{note.what}. {note.fix}")]

    assert said_so, found
    assert {note.file for note in found} <= {name, "policy_tests.yaml", "contacts.yaml"}
    assert all(note.what and note.fix for note in found)


def test_two_who_do_not_agree_on_an_address_are_told(network: Path) -> None:
    """What one takes for private the other knows to be read by several."""

    def list_twice(it: Any) -> None:
        contact(it, "jp.liaison")["addresses"][1]["address"] = "duty@jp.example"
        contact(it, "jp.liaison")["addresses"][1]["shared"] = False

    spoil(network, "contacts.yaml", list_twice)

    assert [note.field for note in notes(network) if note.code is NoteCode.ADDRESS_DISAGREES] == [
        "contacts (jp.liaison).addresses.1"
    ]


def test_what_may_be_meant_is_a_warning(network: Path) -> None:
    """Not a fault, and no exit status 1 unless it is asked for."""

    def wonder(it: Any) -> None:
        contact(it, "gb.lead").pop("language")
        contact(it, "gb.lead").update(
            quiet_hours={"start": "22:00", "end": "07:00"}, digest_at="23:00", languages=["it"]
        )
        contact(it, "eu.gpai")["subscriptions"].append({"systems": ["nobody's model"]})

    spoil(network, "contacts.yaml", wonder)
    spoil(
        network,
        "policy.yaml",
        lambda it: entry(it, "soon", "ladders")["steps"].append({"team": "duty", "wait": "PT1H"}),
    )
    checked = check_network(network, is_configured=lambda at: at.channel is not Channel.EMAIL, now=NOW)

    assert {note.code for note in checked.notes if note.level is Level.WARNING} == {
        NoteCode.QUIET_FOR_TOO_LONG,
        NoteCode.DIGEST_IN_QUIET_HOURS,
        NoteCode.LANGUAGE_UNWRITTEN,
        NoteCode.SYSTEM_UNKNOWN,
        NoteCode.STEP_REPEATED,
        NoteCode.CHANNEL_NOT_CONFIGURED,
    }
    assert not checked.count(Level.FAULT)


def test_a_window_that_closes_is_no_fault(network: Path) -> None:
    """By a day that is left out, by an hour, or because the two are for different alerts."""
    windows = [
        _window("week", length="PT24H", days=["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]),
        _window("am"),
        _window("pm", start="12:00", length="PT11H"),
        _window("hazards", start="12:00", match={"kinds": ["finding"], "severity_at_most": "moderate"}),
    ]
    spoil(network, "policy.yaml", lambda it: it["muting"].update(maintenance=windows))

    assert NoteCode.WINDOW_NEVER_CLOSES not in {note.code for note in notes(network)}


def test_an_entry_that_is_missing_is_named(network: Path) -> None:
    """Of a webhook the very variables that are to be set; of Slack and mail the key, once for all."""
    webhook = {"channel": "webhook", "address": "KR_SOC", "shared": True}
    spoil(network, "contacts.yaml", lambda it: contact(it, "kr.duty")["addresses"].append(webhook))
    has = configured(NotifierSettings(slack_bot_token=SecretStr("xoxb-1")))
    said = [(note.field, note.fix) for note in check_network(network, is_configured=has, now=NOW).notes]

    assert said == [
        ("addresses: email", "Set TOCSIN_SENDGRID_API_KEY where the services run."),
        (
            "addresses: webhook KR_SOC",
            "Set TOCSIN_WEBHOOK_KR_SOC_URL and TOCSIN_WEBHOOK_KR_SOC_SECRETS where the services run.",
        ),
    ]


def test_a_hole_in_a_rota_ahead_is_a_warning(network: Path) -> None:
    """Found in the week before it, not in the night."""
    spoil(network, "rotas.yaml", lambda it: it["rotas"][0]["rotation"].update(start=date(2026, 11, 30)))
    checked = check_network(network, is_configured=everything, now=NOW)

    assert {(note.code, note.field) for note in checked.notes} == {(NoteCode.ROTA_AHEAD, "rotas (kr lead)")}


def test_tests_that_cannot_be_run_are_faults(network: Path) -> None:
    """A contact that is gone, a report that is none, a file that is not there: a test that tests nothing is wrong."""

    def spoil_tests(it: Any) -> None:
        it["tests"][0]["reaches"].append({"contact": "gb.nobody"})
        it["tests"][1]["not_reaches"] = [{"contact": "gb.nobody"}]
        it["tests"][-1]["file"] = "policy_tests/missing.json"

    spoil(network, "policy_tests.yaml", spoil_tests)
    said = [note.what for note in notes(network)]

    assert said[:2] == ["there is no contact 'gb.nobody'"] * 2
    assert "'policy_tests/missing.json' cannot be used" in said[2]
    (network / "policy_tests.yaml").write_text("tests: []", encoding="utf-8")
    assert [note.field for note in notes(network)] == ["tests"]
    (network / "policy_tests.yaml").unlink()
    assert [note.code for note in check_network(network, is_configured=everything, now=NOW).notes] == [
        NoteCode.NO_TESTS
    ]


def test_who_must_not_be_told_and_would_be_fails_the_test(network: Path) -> None:
    """With the message that would reach them."""
    spoil(network, "contacts.yaml", lambda it: contact(it, "jp.liaison").update(clearance="TLP:AMBER+STRICT"))
    (failed,) = notes(network)

    assert failed.field.endswith("not_reaches.0")
    assert failed.what == "jp.liaison must not be told so, and would be: at once by slack as subscribed, full"


def test_the_command_says_it_to_people_and_to_programs(network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 1 for a fault; with --strict for a warning as well."""
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(network.parent / "state"))
    fine = CliRunner().invoke(app, ["policy", "check", str(network)], env={"COLUMNS": "160"})
    strict = CliRunner().invoke(app, ["policy", "check", str(network), "--strict", "--json"])
    spoil(network, "contacts.yaml", lambda it: contact(it, "us.duty").update(clearance="TLP:RED"))
    broken = CliRunner().invoke(app, ["policy", "check", str(network)], env={"COLUMNS": "160"})
    spoil(network, "policy.yaml", lambda it: entry(it, "urgent", "ladders").update(steps=[]))
    refused = CliRunner().invoke(app, ["policy", "check", str(network)], env={"COLUMNS": "160"})

    assert fine.exit_code == 0
    assert "0 faults, 2 warnings; 15 policy tests run." in fine.output
    assert strict.exit_code == 1
    assert json.loads(strict.output)["counts"] == {"fault": 0, "warning": 2}
    assert broken.exit_code == 1
    assert "contacts (us.duty).clearance" in broken.output
    assert refused.exit_code == 1
    assert "Services refuse these files: 1 fault." in refused.output
    assert "contacts (us.duty).clearance" not in refused.output
