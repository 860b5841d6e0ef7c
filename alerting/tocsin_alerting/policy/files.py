"""The policy as operators write it: `contacts.yaml`, `policy.yaml` and `systems.yaml`, read and checked as a whole.

What is wrong is found when the files are read, not in the night when somebody should have been told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.budgets import Budgets
from tocsin_alerting.policy.corroboration_rule import CorroborationPolicy
from tocsin_alerting.policy.directory import ADMINISTRATORS, Contact, Directory, Gathering, Ladder, PolicyId, Route
from tocsin_alerting.policy.muting.rules import MutingPolicy
from tocsin_alerting.policy.oncall.loading import FeedCopies, calendar_files, copies_of, load_rotas, read_entries
from tocsin_alerting.policy.oncall.rotas_file import ROTAS_FILE
from tocsin_alerting.policy.quorum import Quorum, quorum_faults
from tocsin_alerting.policy.reach import anybody_may_be_told
from tocsin_alerting.policy.reach_policy import ReachPolicy
from tocsin_alerting.policy.reminders import Reminders
from tocsin_alerting.policy.sentences_files import load_sentences
from tocsin_alerting.policy.systems_file import SYSTEMS_FILE, load_systems
from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_schemas.institutes import FILE as INSTITUTES_FILE
from tocsin_schemas.institutes import Institutes
from tocsin_schemas.scalars import InstituteId, Record
from tocsin_schemas.vocabulary import AlertPurpose, ReportKind, Severity, Status, Tlp

CONTACTS_FILE = "contacts.yaml"
POLICY_FILE = "policy.yaml"


class ContactsFile(Record):
    """`contacts.yaml`: who is told on behalf of each institute."""

    contacts: Annotated[tuple[Contact, ...], Field(min_length=1)]


class PolicyFile(Record):
    """`policy.yaml`: which alerts are told to whom, and how long an answer is awaited."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    """Name of the policy; its version is this and a digest of the files."""
    coordinator: InstituteId
    operator_clearance: Tlp
    administrators: PolicyId = ADMINISTRATORS
    """The team of each institute that is told of faults of its own contacts."""
    budgets: Budgets = Budgets()
    gathering: Gathering = Gathering()
    corroboration: CorroborationPolicy = CorroborationPolicy()
    muting: MutingPolicy = MutingPolicy()
    reach: ReachPolicy = ReachPolicy()
    quorum: dict[Severity, Quorum] = {}  # noqa: RUF012 - pydantic copies it
    """By severity: how many institutes must have answered by when."""
    reminders: dict[Severity, Reminders] = {}  # noqa: RUF012 - pydantic copies it
    """By severity: how forgotten acknowledgements are reminded."""
    ladders: Annotated[tuple[Ladder, ...], Field(min_length=1)]
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]


class PolicyError(ValueError):
    """The policy cannot be used as it is written; the message lists every fault with its file, field and fix."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def load_directory(network_dir: Path, institutes: Institutes, *, copies: FeedCopies | None = None) -> Directory:
    """Read `contacts.yaml`, `policy.yaml` and, where they are there, `systems.yaml` and `rotas.yaml` of a directory.

    Args:
        network_dir: the folder that has them.
        institutes: the members.
        copies: the last good copies of the calendars that rotas are fetched from.

    Raises:
        PolicyError: a ValueError with every fault found.
    """
    contacts_path, policy_path = network_dir / CONTACTS_FILE, network_dir / POLICY_FILE
    faults: list[str] = []
    contacts = read_yaml(contacts_path, ContactsFile, faults)
    policy = read_yaml(policy_path, PolicyFile, faults)
    systems = load_systems(network_dir, faults)
    sentences = load_sentences(network_dir, faults)
    if contacts is None or policy is None:
        raise PolicyError(faults)
    faults.extend(f"{contacts_path}: {fault}" for fault in _contact_faults(contacts, institutes))
    faults.extend(f"{policy_path}: {fault}" for fault in _policy_faults(policy, institutes, contacts.contacts))
    entries = read_entries(network_dir, faults)
    copies = copies_of(entries, copies if copies is not None else {})
    rotas = load_rotas(
        network_dir,
        entries,
        institutes=institutes,
        contacts=contacts.contacts,
        teams={step.team for ladder in policy.ladders for step in ladder.steps},
        copies=copies,
        faults=faults,
    )
    directory = Directory(
        contacts=contacts.contacts,
        ladders=policy.ladders,
        routes=policy.routes,
        coordinator=policy.coordinator,
        institute_names={institute.id: institute.name for institute in institutes},
        operator_clearance=policy.operator_clearance,
        version=_version(
            policy.name,
            (
                contacts_path,
                policy_path,
                network_dir / INSTITUTES_FILE,
                network_dir / SYSTEMS_FILE,
                network_dir / ROTAS_FILE,
                *calendar_files(network_dir),
            ),
            copies,
        ),
        systems=systems,
        budgets=policy.budgets,
        gathering=policy.gathering,
        corroboration=policy.corroboration.rule(),
        sentences=sentences,
        administrators=policy.administrators,
        institutes=institutes,
        rotas=rotas,
        muting=policy.muting,
        reach=policy.reach,
        quorums=policy.quorum,
        reminders=policy.reminders,
    )
    if not faults:
        faults.extend(f"{contacts_path}: {fault}" for fault in _reach_faults(directory, institutes))
    if faults:
        raise PolicyError(faults)
    return directory


def _version(name: str, paths: Iterable[Path], copies: FeedCopies) -> str:
    digest = sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    for source, content in sorted(copies.items()):
        digest.update(f"{source} {len(content)}\n".encode() + content)
    return f"{name}-{digest.hexdigest()[:12]}"


def _twice(ids: Iterable[str]) -> list[str]:
    return sorted(identifier for identifier, count in Counter(ids).items() if count > 1)


def _contact_faults(file: ContactsFile, institutes: Institutes) -> Iterator[str]:
    for twice in _twice(contact.id for contact in file.contacts):
        yield f"contacts ({twice}).id: stands twice. Give each contact an id of its own."
    for twice in _twice(contact.slack_user for contact in file.contacts if contact.slack_user is not None):
        yield f"contacts.slack_user: '{twice}' stands twice. A click would not tell who it was: keep one."
    known = ", ".join(sorted(institute.id for institute in institutes))
    regions = sorted({institute.region for institute in institutes if institute.region is not None})
    for contact in file.contacts:
        if contact.institute not in institutes:
            yield (
                f"contacts ({contact.id}).institute: '{contact.institute}' is not in {INSTITUTES_FILE}. "
                f"Use one of: {known}."
            )
        for number, wish in enumerate(contact.subscriptions):
            field = f"contacts ({contact.id}).subscriptions.{number}"
            for institute in wish.institutes:
                if institute not in institutes:
                    yield f"{field}.institutes: '{institute}' is not in {INSTITUTES_FILE}. Use one of: {known}."
            for region in wish.regions:
                if region not in regions:
                    yield (
                        f"{field}.regions: no institute lies in '{region}', as {INSTITUTES_FILE} has it. "
                        f"Use one of: {', '.join(regions) or '(none is named there)'}."
                    )


def _policy_faults(file: PolicyFile, institutes: Institutes, contacts: Iterable[Contact]) -> Iterator[str]:
    if file.coordinator not in institutes:
        yield f"coordinator: '{file.coordinator}' is not in {INSTITUTES_FILE}. Name a member."
    for twice in _twice(ladder.id for ladder in file.ladders):
        yield f"ladders ({twice}).id: stands twice. Give each ladder an id of its own."
    for twice in _twice(route.id for route in file.routes):
        yield f"routes ({twice}).id: stands twice. Give each route an id of its own."
    yield from file.corroboration.faults()
    yield from file.budgets.faults(
        (contact.id for contact in contacts), (at.address for contact in contacts for at in contact.addresses)
    )
    yield from quorum_faults(file.quorum, len(institutes))
    if "administrators" in file.model_fields_set and file.administrators not in {each.team for each in contacts}:
        yield (
            f"administrators: no contact is in team '{file.administrators}'. Use one of: "
            f"{', '.join(sorted({contact.team for contact in contacts}))}."
        )
    yield from file.muting.faults({institute.id for institute in institutes})
    ladders = {ladder.id for ladder in file.ladders}
    for route in file.routes:
        if route.ladder not in ladders:
            yield (
                f"routes ({route.id}).ladder: there is no ladder '{route.ladder}'. "
                f"Use one of: {', '.join(sorted(ladders))}."
            )
    for unused in sorted(ladders - {route.ladder for route in file.routes}):
        yield f"ladders ({unused}): no route uses it. Remove it, or name it in a route."
    yield from _gaps(file.routes)


def _taken(routes: tuple[Route, ...]) -> tuple[dict[str, set[Tlp]], list[str]]:
    """Which labels each route really takes, earlier routes considered, and the alerts that none takes."""
    taken: dict[str, set[Tlp]] = {route.id: set() for route in routes}
    gaps = []
    for severity, kind, status, tlp, purpose in product(Severity, ReportKind, Status, Tlp, AlertPurpose):
        for route in routes:
            if route.matches(severity=severity, kind=kind, status=status, tlp=tlp, purpose=purpose):
                taken[route.id].add(tlp)
                break
        else:
            gaps.append(f"severity={severity} kind={kind} status={status} tlp={tlp} purpose={purpose}")
    return taken, gaps


def _gaps(routes: tuple[Route, ...]) -> Iterator[str]:
    """Alerts that no route takes, and routes that take none."""
    taken, gaps = _taken(routes)
    if gaps:
        more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        yield f"routes: none takes {gaps[0]}{more}. Add a route at the end that does."
    for identifier, labels in taken.items():
        if not labels:
            yield f"routes ({identifier}): is never taken; earlier routes take all it would. Move it up or remove it."


def _reach_faults(directory: Directory, institutes: Institutes) -> Iterator[str]:
    """Institutes that an alert would not reach: no contact in a team, or nobody who may be told."""
    missing: set[tuple[str, str, str]] = set()
    taken, _ = _taken(directory.routes)
    for route in directory.routes:
        ladder = directory.ladders[route.ladder]
        for institute in institutes:
            for step in ladder.steps:
                if not directory.members(institute.id, step.team):
                    missing.add((institute.id, step.team, ladder.id))
            untold = [
                tlp.value
                for tlp in sorted(taken[route.id], key=lambda label: label.rank)
                if not any(
                    anybody_may_be_told(directory.members(institute.id, step.team), tlp) for step in ladder.steps
                )
            ]
            if untold and not any(institute.id == known for known, _, _ in missing):
                yield (
                    f"contacts of '{institute.id}': nobody on ladder '{ladder.id}' may be told {', '.join(untold)}, "
                    f"which route '{route.id}' takes. Add a contact to one of its teams who is cleared for it "
                    "(for TLP:RED a named person with an address that is not shared)."
                )
    for institute_id, team, ladder_id in sorted(missing):
        yield (
            f"contacts of '{institute_id}': none is in team '{team}', which ladder '{ladder_id}' calls. "
            f"Add a contact with that institute and team, or correct the ladder in {POLICY_FILE}."
        )


__all__ = ["CONTACTS_FILE", "POLICY_FILE", "PolicyError", "load_directory"]
