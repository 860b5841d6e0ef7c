"""What a replay came to: every report with both grades, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin_deploy.replay.paging import Paging
from tocsin_deploy.replay.regrading import Identity
from tocsin_schemas import Grade, Problem
from tocsin_streams.rubric.comparison import Change, Comparison


class Against(StrEnum):
    """Where the grade comes from that a new one is compared with."""

    ASSESSMENT = "assessment"
    """It lies in the assessments topic: it is what people were told."""
    LIVE_RUBRIC = "live_rubric"
    """No assessment of the report is there (retention, or not graded yet): what the live rubric makes of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A report with the grade it has and the grade it would have."""

    report: Identity
    place: Place
    written_at: datetime | None
    before: Grade
    against: Against
    after: Grade
    comparison: Comparison
    paging: Paging


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no report, or none that may be taken."""

    place: Place
    problems: tuple[Problem, ...]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """All that a replay found."""

    rubric: str
    """Version of the edition that was tried."""
    live_rubric: str
    policy: str
    since: datetime | None
    until: datetime | None
    read: dict[str, int]
    """Offset up to which each partition was read, by `topic[partition]`: what came later was left alone."""
    reports: list[Replayed] = field(default_factory=list)
    retractions: int = 0
    repeated: int = 0
    """Reports that lie in a topic more than once (same source and id): each counts once."""
    unreadable: list[Unreadable] = field(default_factory=list)
    unreadable_assessments: list[str] = field(default_factory=list)
    graded_again: Counter[str] = field(default_factory=Counter)
    """Assessments beyond the first of their report, by rubric: the desk takes the first alone."""
    seconds: float = 0.0
    """How long it took."""

    @property
    def changed(self) -> Iterator[Replayed]:
        """The reports whose grade would be another."""
        return (each for each in self.reports if each.comparison.change.is_of_grade)

    def counts(self) -> dict[Change, int]:
        """How many reports changed in each way, those without a change among them."""
        found = Counter(each.comparison.change for each in self.reports)
        return {change: found[change] for change in Change}

    def matrix(self) -> dict[str, dict[str, int]]:
        """How many reports went from each severity to each other; those that stayed are left out."""
        rows: dict[str, dict[str, int]] = {}
        for each in self.reports:
            if each.comparison.change.is_of_severity:
                row = rows.setdefault(each.before.severity.value, {})
                row[each.after.severity.value] = row.get(each.after.severity.value, 0) + 1
        return rows

    def against(self) -> dict[str, int]:
        """How many reports were compared with what was said then, and how many with the live rubric."""
        found = Counter(each.against for each in self.reports)
        return {one.value: found[one] for one in Against}

    def graded_by(self) -> dict[str, int]:
        """How many of the grades compared with come from each version of the rubric."""
        return dict(sorted(Counter(each.before.rubric for each in self.reports).items()))

    def newly_paging(self) -> tuple[int, int]:
        """Reports for which anybody would be asked anew, and how many institutes in all would be."""
        asked = [each.paging.newly_asked for each in self.reports if each.paging.newly_asked]
        return len(asked), sum(len(institutes) for institutes in asked)
