"""From a file to explanations: the reports in it are read as an institute's would be, graded, and sent nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.explain.telling import Telling, telling
from tocsin_producers import Reporter
from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import (
    Assessment,
    Institutes,
    InvalidEvent,
    Problem,
    ProblemCode,
    ReportKind,
    from_json,
    read_report,
)
from tocsin_streams.rubric import Rubric
from tocsin_streams.rubric.trying.near_misses import NearMiss, NearMisses


@dataclass(frozen=True, slots=True)
class Explained:
    """What the network would make of one report."""

    part: str
    """Which part of the file it is; empty where the file is one report."""
    assessment: Assessment
    near_misses: tuple[NearMiss, ...]
    telling: Telling | None
    """None for a retraction: it is told to those who were told what it takes back."""


@dataclass(frozen=True, slots=True)
class NotExplained:
    """A part of the file that is no report, or none that the network takes."""

    part: str
    problems: tuple[Problem, ...]


class Explainer:
    """Explains reports by one rubric and one policy."""

    def __init__(self, rubric: Rubric, directory: Directory, institutes: Institutes, *, at: datetime) -> None:
        """Prepare.

        Args:
            rubric: grades.
            directory: says who is told.
            institutes: the members of the network: others are refused, as they would be.
            at: when the reports are thought to be made, where they do not say it.
        """
        self._rubric = rubric
        self._directory = directory
        self._at = at
        self._near = NearMisses(rubric)
        # Nothing is handed to it: a report is prepared as if it were to be sent, and that is all.
        self._reporter = Reporter(transport=RecordingTransport(), clock=lambda: at, institutes=institutes)

    def explain(
        self, file: Path, labels: Labels, *, kind: ReportKind | None = None
    ) -> Iterator[Explained | NotExplained]:
        """What would be made of each report in a file, in its order.

        Args:
            file: of any kind that institutes can publish.
            labels: what the file does not say.
            kind: what bare JSON data is; None: told by its fields.
        """
        found = False
        try:
            for item in adapter_for(file, kind=kind).read(file, labels):
                found = True
                yield NotExplained(item.part, item.problems) if isinstance(item, Unread) else self._one(item)
        except InvalidEvent as error:
            found = True
            yield NotExplained("", error.problems)
        if not found:
            yield NotExplained("", (Problem("(file)", "holds no report.", "Put one in.", ProblemCode.UNREADABLE_FILE),))

    def _one(self, draft: Draft) -> Explained | NotExplained:
        try:
            report = read_report(from_json(self._reporter.prepare(draft).value))
        except InvalidEvent as error:
            return NotExplained(draft.part, error.problems)
        assessment = self._rubric.assess(report)
        if assessment.grade is None:
            return Explained(draft.part, assessment, (), None)
        return Explained(
            draft.part,
            assessment,
            self._near.of(report),
            telling(assessment, self._directory, now=report.envelope.time or self._at),
        )
