"""Reports in JSON: one, a list of them, or one a line; as CloudEvents or as bare data."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_producers.kinds import infer_kind, read_body
from tocsin_schemas import (
    Action,
    Body,
    InvalidEvent,
    ProblemCode,
    ReportKind,
    from_json,
    invalid,
    read_report,
)
from tocsin_schemas.json_text import parse_json
from tocsin_schemas.signatures import ATTRIBUTE as SIGNATURE

LARGEST_DOCUMENT = 64 * 1024 * 1024
"""Bytes of one JSON document; lines are read one by one and may add up to more."""
LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of one line of JSON Lines: far more than a report may have, so that the refusal can say by how much."""

_BOM = b"\xef\xbb\xbf"
_LINES = {".jsonl", ".ndjson"}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tocsin:report")


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
            InvalidEvent: the file as a whole is not JSON, or cannot be read.
        """
        try:
            if path.suffix.lower() in _LINES:
                yield from self._lines(path, labels)
            else:
                yield from self._document(path, labels)
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
        value = path.read_bytes().removeprefix(_BOM)
        try:
            content = parse_json(value)
        except InvalidEvent:
            # JSON Lines under another name: its first line is JSON by itself and there are more.
            first, _, rest = value.partition(b"\n")
            if not rest.strip() or not _is_json(first):
                raise
            yield from self._lines(path, labels)
            return
        if isinstance(content, list):
            for number, item in enumerate(content, start=1):
                yield _part(partial(self._item, item, labels), f"item {number}")
        else:
            yield self._item(content, labels)

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
                    yield _part(partial(self._line, text, labels), f"line {number}")

    def _line(self, text: bytes, labels: Labels) -> Draft:
        return self._item(parse_json(text), labels)

    def _item(self, item: Any, labels: Labels) -> Draft:
        if not isinstance(item, dict):
            raise invalid(
                "(event)",
                f"is a JSON {_JSON_NAMES.get(type(item), 'value')}, not an object.",
                "Write each report as one JSON object.",
                ProblemCode.NOT_JSON,
            )
        if "specversion" in item:
            return _from_cloudevent(item, labels)
        kind = self.kind or infer_kind(item)
        body = read_body({**labels.fields(), **item}, kind=kind, action=Action.REPORT)
        return Draft(body=body, kind=kind, event_id=content_id(body, kind=kind))


JSON_FILES = JsonFiles()
_JSON_NAMES = {list: "list", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def content_id(body: Body, *, kind: ReportKind, action: Action = Action.REPORT, series: str | None = None) -> str:
    """The event id of a report by what it says alone: the same report read again has the same id."""
    words = [kind.value, action.value, series, body.model_dump(mode="json", exclude_unset=True)]
    return str(uuid.uuid5(_NAMESPACE, json.dumps(words, sort_keys=True, separators=(",", ":"))))


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _from_cloudevent(item: dict[str, Any], labels: Labels) -> Draft:
    data = item.get("data")
    if isinstance(data, dict) and SIGNATURE not in item:
        # What is signed is published as it is, or refused as it is.
        item = {**item, "data": {**labels.fields(), **data}}
    envelope = from_json(json.dumps(item).encode())
    report = read_report(envelope)
    return Draft(
        body=report.body,
        kind=report.kind,
        action=report.action,
        event_id=envelope.id,
        series=envelope.series,
        source=envelope.source,
        time=envelope.time,
        envelope=envelope,
    )


def _part(read: Callable[[], Draft], part: str) -> Draft | Unread:
    try:
        return replace(read(), part=part)
    except InvalidEvent as error:
        return Unread(problems=error.problems, part=part)
