"""The members of the network, and for which of them a source may speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from tocsin_schemas.errors import ProblemCode, invalid
from tocsin_schemas.scalars import CountryCode, Instant, InstituteId, LanguageTag, Line, Record

FILE = "institutes.yaml"


class Institute(Record):
    """A member of the network. Ids are stable; names change."""

    id: InstituteId
    name: Line
    country: CountryCode | None = None
    """None for a member that is no single country, such as the European Commission."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)]
    """Languages its staff read, preferred first."""
    time_zone: Line
    """IANA zone, such as `Europe/London`."""
    sources: tuple[Line, ...] = ()
    """Further CloudEvents sources that speak for it, beside `urn:tocsin:institute:<id>`."""
    keys: tuple[dict[str, str], ...] = ()
    """Public keys (JWK, Ed25519). With at least one, its reports must be signed."""
    tokens_not_before: Instant | None = None
    """Door keys issued before this instant are refused: set it to revoke them."""

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
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"{path}: no such file; set TOCSIN_NETWORK_DIR to the folder with {FILE}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not YAML: {error}") from error
    try:
        members = TypeAdapter(dict[str, list[Institute]]).validate_python(content).get("institutes", [])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path}: {where}: {first['msg']}") from error
    if not members:
        raise ValueError(f"{path}: 'institutes' lists no member")
    ids = [member.id for member in members]
    twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if twice:
        raise ValueError(f"{path}: listed twice: {', '.join(twice)}")
    return Institutes(members)


def is_revoked(institute: Institute, issued_at: datetime) -> bool:
    """Whether a door key of this institute issued at that instant has been revoked."""
    return institute.tokens_not_before is not None and issued_at < institute.tokens_not_before
