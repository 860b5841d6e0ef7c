"""Network folders for tests: the real one with fewer members and shorter waits, or a made one with many members."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tocsin_schemas.institutes import FILE as INSTITUTES_FILE

NETWORK = Path(__file__).resolve().parents[2] / "deploy" / "network"
_COPIED = ("rubric.yaml", "evaluations.yaml")
Waits = Mapping[str, Sequence[str]]
"""For a ladder, the wait of each of its steps (ISO 8601)."""


def copy_network(
    target: Path,
    *,
    members: Collection[str] | None = None,
    waits: Waits | None = None,
    language: str | None = None,
    new_messages: int | None = None,
) -> Path:
    """The network's own files, with some of its members and other waits.

    Args:
        target: the new folder.
        members: who is in it; None: everybody.
        waits: by ladder, the wait of each step; the other ladders keep theirs.
        language: what everybody reads; None: each their own.
        new_messages: how many a destination takes before the rest is folded; None: as in the network's own policy.
    """
    shutil.copytree(NETWORK, target)
    if members is not None:
        _rewrite(target / INSTITUTES_FILE, "institutes", lambda one: one["id"] in members)
        _rewrite(target / "contacts.yaml", "contacts", lambda one: one["institute"] in members)
        _rewrite(target / "rotas.yaml", "rotas", lambda one: one["institute"] in members)
        for calendar in (target / "rotas").glob("*.ics"):
            if calendar.name not in {one.get("calendar") for one in _read(target / "rotas.yaml")["rotas"]}:
                calendar.unlink()
    if language is not None:
        contacts = _read(target / "contacts.yaml")
        for contact in contacts["contacts"]:
            contact.pop("languages", None)
            contact["language"] = language
        _write(target / "contacts.yaml", contacts)
    if new_messages is not None:
        policy = _read(target / "policy.yaml")
        for budget in policy["budgets"]["channels"].values():
            budget |= {"messages": new_messages, "urgent_messages": new_messages}
        _write(target / "policy.yaml", policy)
    if waits:
        policy = _read(target / "policy.yaml")
        ladders = {ladder["id"]: ladder for ladder in policy["ladders"]}
        for identifier, each in waits.items():
            for step, wait in zip(ladders[identifier]["steps"], each, strict=True):
                step["wait"] = wait
        _write(target / "policy.yaml", policy)
    return target


def make_network(target: Path, *, members: int) -> Path:
    """A network of many members, in which every report concerns its reporter alone, on two channels.

    Severe and critical alerts wait an hour for the duty desk's answer; moderate ones three seconds, and then call the
    lead. So the load on each Slack channel stays below what Slack takes, whatever the number of reports.
    """
    target.mkdir(parents=True)
    for name in _COPIED:
        shutil.copy(NETWORK / name, target / name)
    ids = member_ids(members)
    _write(target / INSTITUTES_FILE, {"institutes": [_institute(one) for one in ids]})
    _write(target / "contacts.yaml", {"contacts": [contact for one in ids for contact in _contacts(one)]})
    _write(
        target / "policy.yaml",
        {
            "name": "load",
            "coordinator": ids[0],
            "operator_clearance": "TLP:AMBER",
            "ladders": [
                {"id": "quick", "steps": [_step("duty", "PT3S"), _step("lead", "PT1H")]},
                {"id": "slow", "steps": [_step("duty", "PT1H")]},
                {"id": "red", "steps": [_step("lead", "PT1H")]},
            ],
            "routes": [
                {"id": "red", "tlps": ["TLP:RED"], "audience": "reporter", "ladder": "red"},
                {"id": "quick", "severities": ["moderate"], "audience": "reporter", "ladder": "quick"},
                {"id": "slow", "audience": "reporter", "ladder": "slow"},
            ],
        },
    )
    return target


def member_ids(members: int) -> list[str]:
    """The ids of a made network's members: aa, ab, ac and so on."""
    if members > 26 * 26:
        raise ValueError("two letters name 676 members at most")
    return [chr(ord("a") + number // 26) + chr(ord("a") + number % 26) for number in range(members)]


def _institute(identifier: str) -> dict[str, Any]:
    name = f"Institute {identifier.upper()}"
    return {"id": identifier, "name": name, "languages": ["en"], "time_zone": "Europe/London"}


def _contacts(institute: str) -> list[dict[str, Any]]:
    code = institute.upper()
    duty = {
        "id": f"{institute}.duty",
        "institute": institute,
        "name": f"Duty desk ({code})",
        "team": "duty",
        "clearance": "TLP:AMBER+STRICT",
        "addresses": [
            {"channel": "slack", "address": f"C0{code}DUTY", "shared": True, "internal": True},
            {"channel": "email", "address": f"duty@{institute}.example", "shared": True, "internal": True},
        ],
    }
    lead = {
        "id": f"{institute}.lead",
        "institute": institute,
        "name": f"Head of evaluations ({code})",
        "team": "lead",
        "clearance": "TLP:RED",
        "named_person": True,
        "slack_user": f"T0TOCSIN:U0{code}LEAD",
        "addresses": [
            {"channel": "slack", "address": f"U0{code}LEAD", "shared": False, "internal": True},
            {"channel": "email", "address": f"head@{institute}.example", "shared": False, "internal": True},
        ],
    }
    return [duty, lead]


def _step(team: str, wait: str) -> dict[str, str]:
    return {"team": team, "wait": wait}


def _rewrite(file: Path, field: str, keep: Any) -> None:
    content = _read(file)
    content[field] = [one for one in content[field] if keep(one)]
    _write(file, content)


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")
