"""The policy as operators write it: `contacts.yaml`, `policy.yaml` and `systems.yaml`, read and checked as a whole.

What is wrong is found when the files are read, not in the night when somebody should have been told.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.loading import FeedCopies, calendar_files, copies_of, load_rotas, read_entries
from tocsin_alerting.policy.oncall.rotas_file import ROTAS_FILE
from tocsin_alerting.policy.policy_faults import contact_faults, policy_faults, reach_faults
from tocsin_alerting.policy.policy_file import CONTACTS_FILE, POLICY_FILE, ContactsFile, PolicyFile
from tocsin_alerting.policy.sentences_files import load_sentences
from tocsin_alerting.policy.systems_file import SYSTEMS_FILE, load_systems
from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_schemas.institutes import FILE as INSTITUTES_FILE
from tocsin_schemas.institutes import Institutes


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
    faults.extend(f"{contacts_path}: {fault}" for fault in contact_faults(contacts, institutes))
    faults.extend(f"{policy_path}: {fault}" for fault in policy_faults(policy, institutes, contacts.contacts))
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
        faults.extend(f"{contacts_path}: {fault}" for fault in reach_faults(directory, institutes))
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
