"""Which names mean one AI system: institutes write the same system in many ways.

A name is looked up as it stands, then without the prefixes that say who serves it (`openai/azure/`), then without the
date of a snapshot (`-2024-08-06`), which is its version. A name that no entry has stands for itself: two unknown names
are one system only if they differ in nothing but capitals, spaces, underscores and hyphens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tocsin_schemas.evaluation import System

_SEPARATORS = re.compile(r"[\s_-]+")
_SNAPSHOT = re.compile(r"(?P<name>.+?)[-@:](?P<date>20[0-9]{2}-?[01][0-9]-?[0-3][0-9])")
_DATE = re.compile(r"(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])")


def plain(name: str) -> str:
    """A name without what people write differently: capitals, width of letters, spaces, underscores, hyphens."""
    # Unicode's NFKC_Casefold: folding may bring forth what must be normalised again.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold()).casefold()
    return _SEPARATORS.sub("-", unicodedata.normalize("NFKC", folded)).strip("-")


def plain_version(version: str) -> str:
    """A version as it is compared: a date is written one way, and the letter before a number is dropped."""
    name = plain(version)
    dated = _DATE.fullmatch(name)
    if dated is not None:
        return "-".join(dated.groups())
    return name[1:] if re.fullmatch(r"v[0-9].*", name) else name


@dataclass(frozen=True, slots=True)
class CanonicalSystem:
    """A system as the network calls it."""

    id: str
    """The id of its entry, or its plain name where it has none."""
    version: str | None
    """Version or snapshot, as it is compared; None where the report does not say."""


@dataclass(frozen=True, slots=True)
class Systems:
    """The names that are known, in their plain form."""

    names: Mapping[str, CanonicalSystem] = field(default_factory=dict)
    """What a name stands for; with a version where it is the name of one."""
    versions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By system and name of a version: the version."""
    prefixes: frozenset[str] = frozenset()
    """Who serves systems: what may stand before a name with a slash."""

    def canonical(self, system: System) -> CanonicalSystem:
        """Which system a report means, and which version of it."""
        name = plain(system.name)
        found = self._found(name) or CanonicalSystem(name, None)
        if system.version is None:
            return found
        version = plain_version(system.version)
        return CanonicalSystem(found.id, self.versions.get((found.id, version), version) or found.version)

    def _found(self, name: str) -> CanonicalSystem | None:
        for candidate in self._unprefixed(name):
            known = self.names.get(candidate)
            if known is not None:
                return known
            snapshot = _SNAPSHOT.fullmatch(candidate)
            known = self.names.get(snapshot["name"]) if snapshot is not None else None
            if known is not None and snapshot is not None:
                version = plain_version(snapshot["date"])
                return CanonicalSystem(known.id, self.versions.get((known.id, version), version))
        return None

    def _unprefixed(self, name: str) -> Iterable[str]:
        yield name
        prefix, slash, rest = name.partition("/")
        while slash and prefix in self.prefixes:
            yield rest
            prefix, slash, rest = rest.partition("/")
