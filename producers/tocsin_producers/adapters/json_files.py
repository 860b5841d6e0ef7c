"""JSON files: one object, a list of them, or one a line; reports of our own and results made for something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tocsin_producers.adapters import json_reports
from tocsin_producers.adapters.digests import digest_of
from tocsin_producers.adapters.json_forms import FORMS
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_producers.no_report import NoReport
from tocsin_schemas import InvalidEvent, ProblemCode, ReportKind, invalid
from tocsin_schemas.json_text import parse_json

LARGEST_DOCUMENT = 64 * 1024 * 1024
"""Bytes of one JSON document; lines are read one by one and may add up to more."""
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of one line of JSON Lines: far more than a report may have, so that the refusal can say by how much."""

_MOST_HELD = 1000
"""Items that are looked at before a file is no longer taken for one without reports."""

_BOM = b"\xef\xbb\xbf"
_LINES = {".jsonl", ".ndjson"}


@dataclass(frozen=True, slots=True)
class JsonFiles:
    """Reads reports from JSON and JSON Lines."""

    kind: ReportKind | None = None
    """What bare data is; None: told by its fields."""
    name: str = "json"

    def accepts(self, path: Path, head: bytes) -> bool:
        """Whether the file begins like JSON, or is called so: then the refusal can say what is wrong with its JSON."""
        start = head.removeprefix(_BOM).lstrip()
        return start.startswith((b"{", b"[")) or path.suffix.lower() in {".json", *_LINES}

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        """The reports in the file, in order; each that is wrong is told apart from those that are not.

        Raises:
            NoReport: nothing in it is a report.
        InvalidEvent: the file as a whole is not JSON, or cannot be read.
        """
        try:
            yield from _unless_none(
                self._lines(path, labels) if path.suffix.lower() in _LINES else self._document(path, labels)
            )
        except OSError as error:
            raise unreadable(path, error) from error

    def _document(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        if path.stat().st_size > LARGEST_DOCUMENT:
            raise invalid(
                "(file)",
                f"is larger than {LARGEST_DOCUMENT // 1024**2} MiB.",
                "Write one report a line and call it .jsonl.",
                ProblemCode.TOO_LARGE,
            )
        whole = path.read_bytes()
        value = whole.removeprefix(_BOM)
        try:
            content = parse_json(value)
        except InvalidEvent:
            # JSON Lines under another name: its first line is JSON by itself and there are more.
            first, _, rest = value.partition(b"\n")
            if not rest.strip() or not _is_json(first):
                raise
            yield from self._lines(path, labels)
            return
        digest = digest_of(whole)
        if isinstance(content, list):
            for number, item in enumerate(content, start=1):
                yield from _part(self._reports(item, labels, digest), f"item {number}")
        else:
            yield from self._reports(content, labels, digest)

    def _lines(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise invalid(
                        "(file)",
                        f"line {number} is longer than {LONGEST_LINE // 1024**2} MiB.",
                        "A report may have 64 KiB; the lines after this one were not read.",
                        ProblemCode.TOO_LARGE,
                    )
                text = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
                if text:
                    yield from _part(self._line(text, labels), f"line {number}")

    def _line(self, text: bytes, labels: Labels) -> Iterator[Draft | Unread]:
        yield from self._reports(parse_json(text), labels, digest_of(text))

    def _reports(self, item: Any, labels: Labels, digest: str) -> Iterator[Draft | Unread]:
        """The reports in one object: of the first form that recognises it, else a report of our own."""
        if not isinstance(item, dict):
            raise invalid(
                "(event)",
                f"is a JSON {_JSON_NAMES.get(type(item), 'value')}, not an object.",
                "Write each report as one JSON object.",
                ProblemCode.NOT_JSON,
            )
        form = None if json_reports.is_event(item) else next((one for one in FORMS if one.recognises(item)), None)
        if form is None:
            yield json_reports.read(item, labels, kind=self.kind)
        else:
            yield from form.read(item, labels, digest=digest)


_JSON_NAMES = {list: "list", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _part(reports: Iterator[Draft | Unread], part: str) -> Iterator[Draft | Unread]:
    """The reports of one part of a file; what is wrong with the part as a whole is told as its only row."""
    try:
        for report in reports:
            yield replace(report, part=f"{part}, {report.part}" if report.part else part)
    except InvalidEvent as error:
        yield Unread(problems=error.problems, part=part, no_report=isinstance(error, NoReport))


def _unless_none(items: Iterator[Draft | Unread]) -> Iterator[Draft | Unread]:
    """The items, unless none of them is a report: then the file is told once to be none, and not item by item."""
    held: list[Unread] = []
    for item in items:
        if isinstance(item, Unread) and item.no_report and len(held) < _MOST_HELD:
            held.append(item)
            continue
        yield from held
        yield item
        yield from items
        return
    if held:
        raise NoReport([replace(one, field="(file)") for one in held[0].problems])
