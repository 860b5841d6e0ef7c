"""What an adapter is: it reads reports out of one kind of file, and asks the institute for what no file can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tocsin_schemas import Action, Body, Envelope, Problem, ReportKind, Status, Tlp
from tocsin_schemas.errors import missing

HEAD_BYTES = 4096
"""How much of a file's beginning an adapter is shown before it says whether it takes the file."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What the institute must say because a file cannot. A file's own words go before these."""

    institute: str | None = None
    """Who reports."""
    tlp: Tlp | None = None
    """How far it may travel. A report without a label, here and in the file, is refused: there is no default."""
    status: Status = Status.ACTUAL
    language: str = "en"
    """Language of the texts."""
    system: str | None = None
    """What was evaluated, for results that do not name it."""
    observed_at: datetime | None = None
    """When the result was obtained, for results that do not say it."""

    def fields(self) -> dict[str, str]:
        """The fields of a report that are known: what is absent is found missing when the report is validated."""
        known = {"institute": self.institute, "tlp": self.tlp and self.tlp.value}
        return {
            **{name: content for name, content in known.items() if content is not None},
            "status": self.status.value,
            "language": self.language,
        }

    def finding_fields(self) -> dict[str, Any]:
        """The same for a finding, which is about a system and was obtained at some time."""
        known: dict[str, Any] = {} if self.system is None else {"system": {"name": self.system}}
        if self.observed_at is not None:
            known["observed_at"] = self.observed_at
        return {**self.fields(), **known}

    def missing(self) -> tuple[Problem, ...]:
        """What every report must say, no adapter can, and these labels do not: told once a file."""
        known = self.fields()
        return tuple(missing(name) for name in ("institute", "tlp") if name not in known)

    @property
    def english(self) -> str:
        """The language of texts that an adapter writes itself: English, whatever is said of other files."""
        return self.language if self.language.split("-")[0] == "en" else "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One report read from a file, valid as data and not yet in an envelope."""

    body: Body
    kind: ReportKind
    action: Action = Action.REPORT
    event_id: str | None = None
    """Made from the content alone: a file published twice counts once. None: the reporter makes a random one."""
    series: str | None = None
    """None: the report opens a series of its own, named by its event id."""
    source: str | None = None
    """CloudEvents source, where the file names one; None: the institute's own."""
    time: datetime | None = None
    """When it was reported, where the file says so; None: now."""
    envelope: Envelope | None = None
    """The event as the file has it, where it is one: it is published as it is, and only its absences are filled."""
    part: str = ""
    """Which part of its file it is, such as `line 3`; empty where the file is one report."""
    note: str = ""
    """What the file says and the report does not, in a sentence; empty where nothing was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of a file that is no valid report; the rest of the file is read on."""

    problems: tuple[Problem, ...]
    part: str = ""
    no_report: bool = False
    """Whether it is whole and merely of no kind that holds a report."""


class Adapter(Protocol):
    """Reads the reports out of one kind of file. Pure: same file, same labels, same drafts; no clock, no network."""

    @property
    def name(self) -> str:
        """What it reads, such as `inspect`; shown in the table at the end."""
        ...

    def accepts(self, path: Path, head: bytes) -> bool:
        """Whether the file is of its kind, told by its beginning (up to `HEAD_BYTES`) rather than by its name."""
        ...

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        """The reports in the file, in order.

        Raises:
            InvalidEvent: the file as a whole cannot be taken; code `UNREADABLE_FILE` where it is no report at all.
        """
        ...


class JsonForm(Protocol):
    """Reads the reports out of one kind of JSON object, be it a file, an item or a line. Pure, as an adapter is."""

    def recognises(self, item: Mapping[str, Any]) -> bool:
        """Whether the object is of its kind, told by its fields."""
        ...

    def read(self, item: Mapping[str, Any], labels: Labels, *, digest: str) -> Iterator[Draft | Unread]:
        """The reports in the object, in order.

        Args:
            item: the object.
            labels: what the institute says of it.
            digest: what the file, or its line, hashes to.

        Raises:
            InvalidEvent: the object as a whole cannot be taken.
        """
        ...
