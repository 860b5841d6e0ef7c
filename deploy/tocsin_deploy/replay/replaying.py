"""The replay itself: read the reports, grade them anew, lay the two grades side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_deploy.editions import load_edition
from tocsin_deploy.replay.live_grades import LiveGrades
from tocsin_deploy.replay.outcome import Against, Outcome, Place, Replayed, Unreadable
from tocsin_deploy.replay.paging import paging
from tocsin_deploy.replay.regrading import Identity, Regraded, Regrading, Task
from tocsin_deploy.topic_reading import Onlooker, Stretch
from tocsin_schemas import ASSESSMENTS, FINDINGS, INCIDENTS, REPORT_TOPICS, Grade, load_institutes
from tocsin_streams.rubric.comparison import compare

_CLOCKS_APART = timedelta(days=1)
"""Reports are stamped by the institutes' clocks and assessments by ours: so much earlier ones are looked at too."""
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Graded:
    """A report with the grade that the edition gives it."""

    task: Task
    report: Identity
    place: Place
    after: Grade


class Progress(Protocol):
    """Is told how far a replay has come."""

    def begin(self, what: str, total: int) -> None:
        """A stage begins: what is done, and how many offsets it has."""

    def advance(self, offsets: int) -> None:
        """So many more are done."""


def replay(
    bootstrap_servers: str,
    prefix: str,
    network_dir: Path,
    tried: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    processes: int | None = None,
    progress: Progress,
    monotonic: Callable[[], float],
) -> Outcome:
    """Grade what lies in the report topics with another edition, and compare with the grades that were given.

    It reads up to where the topics end when it begins, belongs to no consumer group, commits and sends nothing, and
    does not open the store.

    Args:
        bootstrap_servers: of the broker.
        prefix: of the topics.
        network_dir: the live network: its institutes, policy and rubric.
        tried: the edition to try; see `load_edition`.
        since: the first instant that counts, by the messages' own times.
        until: the first instant that does not.
        processes: how many to grade with; None: one a processor.
        progress: is told how far it has come.
        monotonic: measures how long it takes.

    Raises:
        RubricError, PolicyError, FileNotFoundError: a file cannot be used.
        ReadingError: the topics cannot be read.
    """
    began = monotonic()
    # Here first: what is wrong with a file is said before anything is read.
    rubric, live = load_edition(network_dir, tried), load_edition(network_dir)
    directory = load_directory(network_dir, load_institutes(network_dir))
    with (
        Onlooker(bootstrap_servers, prefix) as onlooker,
        Regrading(network_dir, processes=processes) as regrading,
    ):
        reports = onlooker.stretches([FINDINGS, INCIDENTS], since=since, until=until)
        before = None if since is None else since - _CLOCKS_APART
        assessments = onlooker.stretches([ASSESSMENTS], since=before)
        outcome = Outcome(
            rubric=rubric.version,
            live_rubric=live.version,
            policy=directory.version,
            since=since,
            until=until,
            read={f"{one.topic}[{one.partition}]": one.end for one in reports},
        )
        grades = LiveGrades()
        progress.begin("Reading assessments", _length(assessments))
        grades.add(onlooker.read(assessments, seen=progress.advance))
        progress.begin("Grading reports", _length(reports))
        kinds = {topic.name(prefix): kind for kind, topic in REPORT_TOPICS.items()}
        tasks = ((message, kinds[message.topic]) for message in onlooker.read(reports, seen=progress.advance))
        for batch in _batches(_counted_once(outcome, regrading.grade(tasks, tried))):
            _take(outcome, batch, grades, directory, regrading)
    outcome.unreadable_assessments = grades.unreadable
    outcome.graded_again = grades.again
    outcome.seconds = monotonic() - began
    return outcome


def _take(
    outcome: Outcome, batch: list[_Graded], grades: LiveGrades, directory: Directory, regrading: Regrading
) -> None:
    """Put a batch into the outcome; what has no assessment is graded by the live rubric as well."""
    known = [grades.of(each.report.source, each.report.report) for each in batch]
    missing = [each for each, before in zip(batch, known, strict=True) if before is None]
    live = regrading.grade([each.task for each in missing], None)
    for each, before in zip(batch, known, strict=True):
        against = Against.ASSESSMENT
        if before is None:
            by_live = next(live)
            if by_live.grade is None:
                outcome.unreadable.append(Unreadable(each.place, by_live.problems))
                continue
            before, against = by_live.grade, Against.LIVE_RUBRIC  # noqa: PLW2901 - what it was is what it is called
        outcome.reports.append(
            Replayed(
                report=each.report,
                place=each.place,
                written_at=each.task[0].timestamp,
                before=before,
                against=against,
                after=each.after,
                comparison=compare(before, each.after),
                paging=paging(each.report, before.severity, each.after.severity, directory),
            )
        )


def _counted_once(outcome: Outcome, regraded: Iterable[Regraded]) -> Iterator[_Graded]:
    """The reports that have a grade, each once; the others are counted on the way."""
    seen: set[tuple[str, str]] = set()
    for each in regraded:
        message = each.message
        place = Place(message.topic, message.partition, message.offset)
        if each.identity is None:
            outcome.unreadable.append(Unreadable(place, each.problems))
            continue
        key = (each.identity.source, each.identity.report)
        if key in seen:
            outcome.repeated += 1
            continue
        seen.add(key)
        if each.grade is None:
            outcome.retractions += 1
            continue
        yield _Graded((message, each.expected), each.identity, place, each.grade)


def _batches(graded: Iterator[_Graded]) -> Iterator[list[_Graded]]:
    while batch := list(islice(graded, _BATCH)):
        yield batch


def _length(stretches: Iterable[Stretch]) -> int:
    return sum(stretch.length for stretch in stretches)
