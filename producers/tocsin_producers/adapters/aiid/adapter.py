"""The adapter for the AI Incident Database: JSON rows with classifications, and the rows of its CSV snapshots."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin_producers.adapters.aiid.incident import incident_of
from tocsin_producers.adapters.aiid.row import row_of
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_schemas import InvalidEvent, ProblemCode, invalid
from tocsin_schemas.json_text import parse_json

_LARGEST = 64 * 1024 * 1024
"""Bytes of one file: the database's snapshot with all texts has a tenth of it."""
_ITS_OWN = (b'"csetv0"', b'"csetv1"', b'"mit"', b'"Alleged ', b'"reports"')
"""Fields of its rows that nobody else's incidents have; a number and a title others have as well."""
_BOM = b"\xef\xbb\xbf"


def looks_like_aiid(head: bytes) -> bool:
    """Whether a file that begins so holds rows of the database: told by its columns or its first object's fields."""
    start = head.removeprefix(_BOM).lstrip()
    if start.startswith((b"{", b"[")):
        is_row = b'"incident_id"' in start and b'"title"' in start and b'"specversion"' not in start
        return is_row and any(name in start for name in _ITS_OWN)
    columns = start.partition(b"\n")[0]
    return b"incident_id" in columns and b"Alleged deployer of AI system" in columns


@dataclass(frozen=True, slots=True)
class AiidAdapter:
    """Reads incidents out of the database's rows."""

    withhold: Collection[str] = ()
    """Fields that are treated as absent, such as `csetv1.Tangible Harm`. Labels of severity always are."""
    name: str = "aiid"

    def accepts(self, path: Path, head: bytes) -> bool:  # noqa: ARG002 - the protocol's; a name says little
        """Whether the file holds rows of the database."""
        return looks_like_aiid(head)

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        """The incidents in the file, in order; a row that makes none is told apart from those that do.

        Raises:
            InvalidEvent: the file as a whole cannot be read.
        """
        try:
            content = _content(path)
        except OSError as error:
            raise unreadable(path, error) from error
        rows = _json_rows(content) if content.lstrip().startswith((b"{", b"[")) else _csv_rows(content)
        for number, row in enumerate(rows, start=1):
            try:
                if isinstance(row, InvalidEvent):
                    raise row
                yield self.draft(row, labels)
            except InvalidEvent as error:
                yield Unread(problems=error.problems, part=f"row {number}")

    def draft(self, row: Mapping[str, Any], labels: Labels) -> Draft:
        """The incident of one row.

        Raises:
            InvalidEvent: the row says too little, or with these labels it is no valid incident.
        """
        return incident_of(row_of(row, self.withhold), labels)


def _content(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise invalid(
            "(file)",
            f"is larger than {_LARGEST // 1024**2} MiB.",
            "Split it into several files.",
            ProblemCode.TOO_LARGE,
        )
    return path.read_bytes().removeprefix(_BOM)


def _json_rows(content: bytes) -> Iterator[Mapping[str, Any] | InvalidEvent]:
    """One object, a list of them, or one a line."""
    first, _, rest = content.strip().partition(b"\n")
    if content.lstrip().startswith(b"[") or not rest.strip() or not _is_object(first):
        parsed = parse_json(content)
        yield from (_row(each) for each in (parsed if isinstance(parsed, list) else [parsed]))
        return
    for line in content.splitlines():
        if line.strip():
            try:
                yield _row(parse_json(line))
            except InvalidEvent as error:
                yield error


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse_json(line), dict)
    except InvalidEvent:
        return False


def _row(value: Any) -> Mapping[str, Any] | InvalidEvent:
    if isinstance(value, dict):
        return value
    return invalid("(row)", "is not an object.", "Write each incident as one JSON object.", ProblemCode.NOT_JSON)


def _csv_rows(content: bytes) -> Iterator[Mapping[str, Any] | InvalidEvent]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid("(file)", "is not UTF-8.", "Save the snapshot as UTF-8.", ProblemCode.NOT_UTF8) from error
    try:
        # Line ends stay as they are: descriptions hold line breaks of their own.
        for row in csv.DictReader(text.splitlines(keepends=True), strict=True):
            yield {name: value for name, value in row.items() if name is not None}
    except csv.Error as error:
        yield invalid("(file)", f"is not CSV from here on ({error}).", "Export the snapshot again.")


AIID = AiidAdapter()
"""The adapter as the registry knows it."""
