"""The members of the network, and for which of them a source may speak."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, field_validator

from tocsin_schemas.errors import ProblemCode, invalid, problems_of
from tocsin_schemas.keys import check_public_key
from tocsin_schemas.scalars import CountryCode, Instant, InstituteId, LanguageTag, Line, Record, ZoneName

FILE = "institutes.yaml"


class Institute(Record):
    """A member of the network. Ids are stable; names change."""

    id: InstituteId
    name: Line
    country: CountryCode | None = None
    """None for a member that is no single country, such as the European Commission."""
    region: Line | None = None
    """Part of the world, in the network's own words, such as `europe`: contacts may subscribe to its reports."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)]
    """Languages its staff read, preferred first."""
    time_zone: ZoneName
    sources: tuple[Line, ...] = ()
    """Further CloudEvents sources that speak for it, beside `urn:tocsin:institute:<id>`."""
    keys: tuple[dict[str, str], ...] = ()
    """Public keys (JWK, Ed25519). With at least one, its reports must be signed."""
    tokens_not_before: Instant | None = None
    """Door keys issued before this instant are refused: set it to revoke them."""

    @field_validator("keys")
    @classmethod
    def _public_keys(cls, keys: tuple[dict[str, str], ...]) -> tuple[dict[str, str], ...]:
        for key in keys:
            check_public_key(key)
        return keys

    @property
    def source(self) -> str:
        """The source that its reports carry unless it registered others."""
        return f"urn:tocsin:institute:{self.id}"

    def speaks_as(self, source: str) -> bool:
        """Whether a report from `source` comes from this institute; a source covers what is below it."""
        return any(
            source == own or source.startswith((f"{own}:", f"{own}/", f"{own}#"))
            for own in (self.source, *self.sources)
        )


class Institutes:
    """The network's members by id."""

    def __init__(self, members: Iterable[Institute]) -> None:
        self._by_id = {member.id: member for member in members}

    def __iter__(self) -> Iterator[Institute]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, institute: object) -> bool:
        return institute in self._by_id

    def get(self, institute: str) -> Institute | None:
        """The member with this id, if there is one."""
        return self._by_id.get(institute)

    def check_speaker(self, *, institute: str, source: str) -> Institute:
        """The member that reports, if it is one and the source is its own.

        Raises:
            InvalidEvent: the institute is unknown, or the source is not one of its own.
        """
        member = self._by_id.get(institute)
        if member is None:
            raise invalid(
                "institute",
                "is not a member of this network.",
                f"Use one of: {', '.join(sorted(self._by_id))}.",
                ProblemCode.UNKNOWN_INSTITUTE,
            )
        if not member.speaks_as(source):
            raise invalid(
                "source",
                f"does not speak for institute '{member.id}'.",
                f"Use '{member.source}' or register the source in {FILE}.",
                ProblemCode.NOT_ITS_SOURCE,
            )
        return member


def load_institutes(network_dir: Path) -> Institutes:
    """Read `institutes.yaml` of a network directory.

    Raises:
        ValueError: the file is missing or not valid; the message names the file, the field and the fix.
    """
    path = network_dir / FILE
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except FileNotFoundError as error:
        raise ValueError(f"{path}: no such file; set TOCSIN_NETWORK_DIR to the folder with {FILE}") from error
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not YAML: {error}") from error
    try:
        members = _File.model_validate(content).institutes
    except ValidationError as error:
        raise ValueError(
            "\n".join(
                f"{path}: {problem.field.replace('(event)', '(file)')}: {problem.message} {problem.fix}"
                for problem in problems_of(error, _File)
            )
        ) from error
    ids = [member.id for member in members]
    twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if twice:
        raise ValueError(f"{path}: institutes: listed twice: {', '.join(twice)}; list each once")
    _check_sources_apart(path, members)
    return Institutes(members)


def _check_sources_apart(path: Path, members: Iterable[Institute]) -> None:
    """A source that speaks for two members would let one of them report as the other."""
    for one, other in permutations(members, 2):
        for source in (other.source, *other.sources):
            if one.speaks_as(source):
                raise ValueError(
                    f"{path}: institutes: '{source}' speaks for both '{one.id}' and '{other.id}'; "
                    "narrow 'sources' of one of them"
                )


class _File(Record):
    """What the file holds."""

    institutes: Annotated[tuple[Institute, ...], Field(min_length=1)]


class _UniqueKeys(yaml.SafeLoader):
    """YAML, in which a key given twice is a fault (as YAML 1.2 has it), and not the last one's silent victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, f"found the key '{key}' twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def is_revoked(institute: Institute, issued_at: datetime) -> bool:
    """Whether a door key of this institute issued at that instant has been revoked."""
    return institute.tokens_not_before is not None and issued_at < institute.tokens_not_before
