"""From a file to explanations: the reports in it are read as an institute's would be, graded, and sent nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.explain.telling import Telling, telling
from tocsin_deploy.rehearsal.reading import Read, Unreadable, read_reports
from tocsin_producers.adapters import Labels
from tocsin_schemas import Assessment, Institutes, ReportKind
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
        self._institutes = institutes
        self._at = at
        self._near = NearMisses(rubric)

    def explain(
        self, file: Path, labels: Labels, *, kind: ReportKind | None = None
    ) -> Iterator[Explained | Unreadable]:
        """What would be made of each report in a file, in its order.

        Args:
            file: of any kind that institutes can publish.
            labels: what the file does not say.
            kind: what bare JSON data is; None: told by its fields.
        """
        for one in read_reports(file, labels, kind=kind, institutes=self._institutes, at=self._at):
            yield one if isinstance(one, Unreadable) else self._explained(one)

    def _explained(self, read: Read) -> Explained:
        assessment = self._rubric.assess(read.report)
        if assessment.grade is None:
            return Explained(read.part, assessment, (), None)
        return Explained(
            read.part,
            assessment,
            self._near.of(read.report),
            telling(assessment, self._directory, now=read.report.envelope.time or self._at),
        )
