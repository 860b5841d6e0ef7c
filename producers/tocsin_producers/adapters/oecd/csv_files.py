"""CSV in the framework's columns: one incident a row. What is wrong with a row costs no other row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from tocsin_producers.adapters.oecd.criteria import COLUMNS
from tocsin_producers.adapters.oecd.headings import (
    Headings,
    absent,
    column_of,
    names_criteria,
    read_headings,
    unpublished,
)
from tocsin_producers.adapters.oecd.incident import incident_of
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_schemas import InvalidEvent, Problem, ProblemCode, invalid, limits

LARGEST = 64 * 1024 * 1024
"""Bytes of one file."""
_DELIMITERS = (",", ";", "\t", "|")
_SUFFIXES = {".csv", ".tsv"}
_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class OecdCsv:
    """Reads incidents out of CSV whose columns are the framework's criteria, by number or by name."""

    name = "oecd"

    def accepts(self, path: Path, head: bytes) -> bool:
        """Whether its first row names criteria, or it is called CSV: then a refusal can say which columns it lacks."""
        if head.lstrip().startswith((b"{", b"[")):
            return False
        if path.suffix.lower() in _SUFFIXES:
            return bool(head.strip())
        try:
            headings, _ = _headings(_decoded(head, errors="ignore"))
        except csv.Error:
            return False
        return names_criteria(headings)

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        """The incidents in the file, in order; row 1 is the first below the headings.

        Raises:
            InvalidEvent: the file cannot be read, or its headings lack what every row needs.
        """
        try:
            content = _content(path)
        except OSError as error:
            raise unreadable(path, error) from error
        text = _decoded(content)
        try:
            names, delimiter = _headings(text)
        except csv.Error as error:
            raise _no_csv("(file)", error) from error
        if not names_criteria(names):
            raise _other_columns()
        headings = read_headings(names)
        problems = [*headings.problems, *absent(headings.keys, labels)]
        if problems:
            raise InvalidEvent(problems[: limits.PROBLEMS])
        yield from _rows(text, delimiter, headings, labels)


def _rows(text: str, delimiter: str, headings: Headings, labels: Labels) -> Iterator[Draft | Unread]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for _ in range(1 if _separator(text) is None else 2):
        next(reader)
    for number in count(1):
        part = f"row {number}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Unread(problems=_no_csv("(row)", error).problems, part=part)
            continue
        if any(cell.strip() for cell in cells):
            yield _row(cells, headings, labels, part)


def _row(cells: list[str], headings: Headings, labels: Labels, part: str) -> Draft | Unread:
    if any(cell.strip() for cell in cells[len(headings.keys) :]):
        problem = Problem(
            "(row)",
            f"has {len(cells)} cells under {len(headings.keys)} headings.",
            "Put cells that hold the separator or a line break into double quotes.",
        )
        return Unread(problems=(problem,), part=part)
    row = {key: cell for key, cell in zip(headings.keys, cells, strict=False) if key is not None}
    try:
        return replace(incident_of(row, labels), part=part, note=unpublished(headings, cells))
    except InvalidEvent as error:
        return Unread(problems=error.problems, part=part)


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise invalid(
            "(file)", f"is larger than {LARGEST // 1024**2} MiB.", "Split it into several files.", ProblemCode.TOO_LARGE
        )
    return path.read_bytes()


def _decoded(content: bytes, *, errors: str = "strict") -> str:
    """The text: UTF-8 with or without a byte order mark, or UTF-16 with one, as spreadsheets write them."""
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        return content.decode(encoding, errors)
    except UnicodeDecodeError as error:
        raise invalid(
            "(file)",
            f"is not {'UTF-16' if encoding == 'utf-16' else 'UTF-8'} (byte {error.start}).",
            "Save it as 'CSV UTF-8'.",
            ProblemCode.NOT_UTF8,
        ) from error


def _headings(text: str) -> tuple[list[str], str]:
    """The first row by the separator under which most of it are criteria; a spreadsheet may name the separator first.

    Raises:
        csv.Error: by no separator is it a row.
    """
    named = _separator(text)
    found: list[tuple[int, list[str], str]] = []
    failed: csv.Error | None = None
    for delimiter in (named,) if named else _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            rows = [next(reader, []) for _ in range(2 if named else 1)]
        except csv.Error as error:
            failed = error
            continue
        found.append((_known(rows[-1]), rows[-1], delimiter))
    if not found:
        raise failed or csv.Error("no rows")
    _, headings, delimiter = max(found, key=lambda one: one[0])
    return headings, delimiter


def _known(headings: list[str]) -> int:
    return sum(column_of(heading) is not None for heading in headings)


def _separator(text: str) -> str | None:
    """The separator that a spreadsheet's own first line names, such as `sep=;`."""
    found = _SEPARATOR.match(text)
    return None if found is None else found[1]


def _no_csv(field: str, error: csv.Error) -> InvalidEvent:
    return invalid(
        field,
        f"cannot be read as CSV ({error}).",
        "Close every double quote, double those within a cell, keep a cell under 128 KiB. Further rows are read on.",
    )


def _other_columns() -> InvalidEvent:
    return invalid(
        "(file)",
        "is CSV, but its columns are neither the criteria of the OECD's framework nor the AI Incident Database's.",
        f"Name the columns by number or name: {', '.join(one.label for one in COLUMNS.values() if one.needed)}.",
        ProblemCode.UNREADABLE_FILE,
    )


OECD_CSV = OecdCsv()
"""The adapter as the registry knows it."""
