"""The check of a rubric: everything that can be known to be wrong with it before it is live, and what was searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tocsin_schemas import ReportKind
from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.sentences import load_sentences, missing_translations
from tocsin_streams.rubric.trying import gaps, overlaps, reach, rule_tests, weight, words
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.space import Space
from tocsin_streams.rubric.trying.survey import Budget, Survey, survey

_ORDER = list(Level)


@dataclass(frozen=True, slots=True)
class Searched:
    """How much of a kind was looked at."""

    kind: ReportKind
    reports: int
    """Reports that differ in their facts."""
    combinations: int
    """Combinations of fields that were tried for single rules."""
    complete: int
    """Rules and clocks for which every combination that they tell apart was tried."""
    rules: int
    """Rules and clocks in all."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to."""

    version: str
    notes: tuple[Note, ...]
    """The worst first."""
    searched: tuple[Searched, ...]

    def count(self, level: Level) -> int:
        """How many notes there are of a level."""
        return sum(1 for note in self.notes if note.level is level)


def check(rubric: Rubric, *, sentences_dir: Path, tests_dir: Path, budget: Budget | None = None) -> Checked:
    """Check a rubric that could be loaded.

    Args:
        rubric: as loaded, every condition compiled and type-checked against the declared facts.
        sentences_dir: the network directory with its translations.
        tests_dir: the network directory with its tests.
        budget: how much to look at.
    """
    notes: list[Note] = []
    searched = []
    texts = [*(rule.when for rule in rubric.rules), *(clock.when for clock in rubric.clock_rules)]
    notes += words.unused_lists(texts, rubric.lists)
    for kind in ReportKind:
        found = survey(Space(rubric, kind), budget)
        notes += _of_kind(found)
        searched.append(
            Searched(
                kind,
                len(found.cases),
                sum(tried.combinations for tried in found.tried.values()),
                sum(tried.complete for tried in found.tried.values()),
                len(found.tried),
            )
        )
    notes += _of_files(rubric, sentences_dir, tests_dir)
    return Checked(rubric.version, tuple(sorted(notes, key=_worst_first)), tuple(searched))


def _worst_first(note: Note) -> int:
    return _ORDER.index(note.level)


def _of_kind(found: Survey) -> Iterator[Note]:
    yield from reach.unreachable(found)
    yield from reach.not_evaluated(found)
    yield from words.unknown_words(found)
    yield from weight.weightless(found)
    yield from weight.hidden_clocks(found)
    yield from gaps.gaps(found)
    yield from overlaps.overlaps(found)


def _of_files(rubric: Rubric, sentences_dir: Path, tests_dir: Path) -> Iterator[Note]:
    try:
        for gap in missing_translations(rubric, load_sentences(sentences_dir)):
            where, _, fix = str(gap).partition(": ") if gap.rule is None else _split(str(gap))
            yield Note(Level.WARNING, NoteCode.TRANSLATION, where, "", fix)
    except RubricError as error:
        yield not_loaded(error)
    try:
        tests = rule_tests.load_tests(tests_dir)
    except RubricError as error:
        yield not_loaded(error)
        return
    yield from rule_tests.failing_tests(rubric, tests)
    yield from rule_tests.untested(rubric, tests)


def _split(said: str) -> tuple[str, str, str]:
    """`file: id: what is wrong` as the place and what is wrong."""
    file, rule, fix = said.split(": ", 2)
    return f"{file}: {rule}", "", fix


def not_loaded(error: RubricError) -> Note:
    """A file that cannot be used."""
    where = ": ".join(part for part in (error.path.name, error.entry, error.field) if part)
    message = str(error).removeprefix(": ".join(p for p in (str(error.path), error.entry, error.field) if p) + ": ")
    return Note(Level.FAULT, NoteCode.NOT_LOADED, where, message.removesuffix(error.fix).strip(), error.fix)
