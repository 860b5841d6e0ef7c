"""`systems.yaml` as operators write it: the systems that several names stand for, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.systems import CanonicalSystem, Systems, plain, plain_version
from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_schemas.scalars import Line, Record

SYSTEMS_FILE = "systems.yaml"


class KnownVersion(Record):
    """One version of a system, with names of its own."""

    version: Line
    aliases: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Whole names that mean the system in this version; reports may give them as name or as version."""


class KnownSystem(Record):
    """A system that several names stand for."""

    id: Line
    """What the network calls it; also one of its names."""
    aliases: tuple[Line, ...] = ()
    """Other spellings, and the names under which institutes deployed it."""
    versions: tuple[KnownVersion, ...] = ()


class SystemsFile(Record):
    """`systems.yaml`."""

    prefixes: tuple[Line, ...] = ()
    """Who serves systems: `openai` makes `openai/gpt-4o` one with `gpt-4o`."""
    systems: tuple[KnownSystem, ...] = ()


def load_systems(network_dir: Path, faults: list[str]) -> Systems:
    """The systems of a network directory; without the file every name stands for itself.

    What is wrong is added to `faults`, with the file, the entry and the fix.
    """
    path = network_dir / SYSTEMS_FILE
    if not path.exists():
        return Systems()
    file = read_yaml(path, SystemsFile, faults)
    if file is None:
        return Systems()
    reading = _Reading()
    faults.extend(f"{path}: {fault}" for fault in reading.read(file))
    return Systems(reading.names, reading.versions, frozenset(plain(prefix) for prefix in file.prefixes))


class _Reading:
    """Fills in what each name stands for, and says what is wrong."""

    def __init__(self) -> None:
        self.names: dict[str, CanonicalSystem] = {}
        self.versions: dict[tuple[str, str], str] = {}
        self._written: dict[str, str] = {}

    def read(self, file: SystemsFile) -> Iterator[str]:
        for prefix in file.prefixes:
            if "/" in prefix or not plain(prefix):
                yield f"prefixes: '{prefix}' must be the one word before the slash, such as 'openai'."
        for system in file.systems:
            meaning = CanonicalSystem(plain(system.id), None)
            yield from self._enter(f"systems ({system.id}).id", system.id, meaning)
            for alias in system.aliases:
                yield from self._enter(f"systems ({system.id}).aliases", alias, meaning)
            for known in system.versions:
                yield from self._version(f"systems ({system.id}).versions ({known.version})", meaning.id, known)

    def _version(self, field: str, system: str, known: KnownVersion) -> Iterator[str]:
        version = plain_version(known.version)
        if not version or (system, version) in self.versions:
            yield f"{field}: stands twice or is empty. Write each version of a system once."
            return
        self.versions[system, version] = version
        for alias in known.aliases:
            yield from self._enter(field, alias, CanonicalSystem(system, version))
            self.versions.setdefault((system, plain_version(alias)), version)

    def _enter(self, field: str, name: str, meaning: CanonicalSystem) -> Iterator[str]:
        key = plain(name)
        if not key:
            yield f"{field}: '{name}' is empty without its separators. Write a name with letters or digits."
        elif key in self.names:
            yield (
                f"{field}: '{name}' stands twice (spelling does not count); it is at {self._written[key]} already. "
                "Keep it where it belongs."
            )
        else:
            self.names[key], self._written[key] = meaning, field


__all__ = ["SYSTEMS_FILE", "KnownSystem", "KnownVersion", "SystemsFile", "load_systems"]
