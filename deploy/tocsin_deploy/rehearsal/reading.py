"""From a file to graded reports: anything that institutes can publish, an event, or an assessment of grading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tocsin_producers import Reporter
from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import (
    Assessment,
    Institutes,
    InvalidEvent,
    Problem,
    ProblemCode,
    Report,
    ReportKind,
    from_json,
    read_report,
)
from tocsin_schemas.errors import problems_of
from tocsin_schemas.event_types import ASSESSMENT_TYPE
from tocsin_streams.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Read:
    """A report as an institute would publish it."""

    part: str
    """Which part of the file it is; empty where the file is one report."""
    report: Report


@dataclass(frozen=True, slots=True)
class Graded:
    """A report with its grade."""

    part: str
    """Which part of the file it is; empty where the file is one report."""
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of the file that is no report, or none that the network takes."""

    part: str
    problems: tuple[Problem, ...]


def read_reports(
    file: Path, labels: Labels, *, kind: ReportKind | None, institutes: Institutes, at: datetime
) -> Iterator[Read | Unreadable]:
    """The reports of a file, in its order, each as it would be published; nothing is sent.

    Args:
        file: of any kind that institutes can publish.
        labels: what the file does not say.
        kind: what bare JSON data is; None: told by its fields.
        institutes: the members: reports of others are refused, as they would be.
        at: when they are thought to be made, where they do not say it.
    """
    # Nothing is handed to it: a report is prepared as if it were to be sent, and that is all.
    reporter = Reporter(transport=RecordingTransport(), clock=lambda: at, institutes=institutes)
    found = False
    try:
        for item in adapter_for(file, kind=kind).read(file, labels):
            found = True
            yield Unreadable(item.part, item.problems) if isinstance(item, Unread) else _prepare(item, reporter)
    except InvalidEvent as error:
        found = True
        yield Unreadable("", error.problems)
    if not found:
        yield Unreadable("", (Problem("(file)", "holds no report.", "Put one in.", ProblemCode.UNREADABLE_FILE),))


def read_graded(
    file: Path,
    labels: Labels,
    *,
    kind: ReportKind | None,
    rubric: Rubric,
    institutes: Institutes,
    at: datetime,
) -> Iterator[Graded | Unreadable]:
    """The reports of a file, each as grading would hand it on; an assessment stays as it is.

    Args:
        file: of any kind that institutes can publish, or an assessment.
        labels: what the file does not say.
        kind: what bare JSON data is; None: told by its fields.
        rubric: grades.
        institutes: the members.
        at: when they are thought to be made, where they do not say it.
    """
    graded = _as_assessment(file)
    if graded is not None:
        yield graded
        return
    for one in read_reports(file, labels, kind=kind, institutes=institutes, at=at):
        yield one if isinstance(one, Unreadable) else Graded(one.part, rubric.assess(one.report))


def _prepare(draft: Draft, reporter: Reporter) -> Read | Unreadable:
    try:
        return Read(draft.part, read_report(from_json(reporter.prepare(draft).value)))
    except InvalidEvent as error:
        return Unreadable(draft.part, error.problems)


def _as_assessment(file: Path) -> Graded | Unreadable | None:
    """What the file says if it is one assessment, bare or as an event; None where it is something else."""
    try:
        content: Any = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    if content.get("type") == ASSESSMENT_TYPE:
        content = content.get("data")
    elif "specversion" in content or not {"grade", "series", "action"} <= content.keys():
        return None
    try:
        return Graded("", Assessment.model_validate(content))
    except ValidationError as error:
        return Unreadable("", problems_of(error, Assessment))
