"""A joint exercise's results side by side: one row for each system, evaluation and metric, one column a language.

Every value is compared with English: of the same institute, else of the one that ran the most samples in English, for
in joint exercises each institute often tests its own language. The differences that chance does not explain are
flagged, after Holm's correction for all that the table compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from tocsin_alerting.policy.divergence import THRESHOLD, Comparison, compare
from tocsin_alerting.policy.holm import holm
from tocsin_alerting.policy.measured import Measured
from tocsin_alerting.policy.results import Result
from tocsin_schemas.scalars import Record

BASELINE = "en"
"""What the other languages are compared with: safeguards and skills lag behind English in all published exercises."""
SEVERAL = "several"
"""The column of results that were obtained in more than one language at once; they are compared with none."""


class Cell(Record):
    """One institute's value in one language."""

    language: str
    institute: str
    report: str
    value: float
    stderr: float | None = None
    samples: int | None = None
    against: str | None = None
    """The institute whose value in English it was tested against; None where it was not tested."""
    difference: float | None = None
    """This value minus the English one."""
    p_corrected: float | None = None
    """After Holm, over the whole table."""
    differs: bool = False
    """Whether it differs from English by more than chance explains."""


class Row(Record):
    """The values of one metric of one system."""

    system: str
    evaluation: str
    metric: str
    scorer: str | None = None
    cells: tuple[Cell, ...]
    """In the order of the table's languages, then by institute."""

    def of(self, language: str) -> tuple[Cell, ...]:
        """The values in a language; none where nobody tested it."""
        return tuple(cell for cell in self.cells if cell.language == language)


class ComparisonTable(Record):
    """What an exercise's alert shows."""

    exercise: str
    languages: tuple[str, ...]
    """English first, the others by their tag."""
    rows: tuple[Row, ...]
    comparisons: int
    """How many differences were tested and corrected for."""
    threshold: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands in the table."""

    row: tuple[str, str, str, str]
    language: str
    result: Result
    measured: Measured

    @property
    def order(self) -> tuple[tuple[str, str, str, str], bool, bool, str, str]:
        return (self.row, self.language != BASELINE, self.language == SEVERAL, self.language, self.result.institute)


def comparison_table(
    results: Iterable[Result], *, exercise: str, threshold: float = THRESHOLD
) -> ComparisonTable | None:
    """The table of the results of one exercise, whatever their order; None where none says its language.

    Of two results of one institute for one cell the one that was obtained last stands; the other is left out of the
    table, not of the alert.
    """
    latest: dict[object, _Place] = {}
    for result in sorted(results, key=lambda result: (result.observed_at, result.report)):
        for each in result.measured if result.languages else ():
            place = _place(result, each)
            latest[place.order] = place
    if not latest:
        return None
    places = sorted(latest.values(), key=lambda place: place.order)
    found = {place.order: tested for place in places if (tested := _against_english(place, places, threshold))}
    corrected = dict(zip(found, holm([tested.p for _, tested in found.values() if tested.p is not None]), strict=True))
    cells = [
        (place.row, _cell(place, found.get(place.order), corrected.get(place.order), threshold)) for place in places
    ]
    languages = sorted({place.language for place in places}, key=lambda tag: (tag != BASELINE, tag == SEVERAL, tag))
    return ComparisonTable(
        exercise=exercise,
        languages=tuple(languages),
        rows=tuple(
            Row(
                system=system,
                evaluation=evaluation,
                metric=metric,
                scorer=scorer or None,
                cells=tuple(cell for _, cell in group),
            )
            for (system, evaluation, metric, scorer), group in groupby(cells, key=lambda each: each[0])
        ),
        comparisons=len(found),
        threshold=threshold,
    )


def _place(result: Result, each: Measured) -> _Place:
    system = f"{result.system} {result.system_version}" if result.system_version else result.system
    evaluation = f"{result.evaluation} {result.version}" if result.version else result.evaluation
    language = result.languages[0] if len(result.languages) == 1 else SEVERAL
    return _Place((system, evaluation, each.metric, each.scorer or ""), language, result, each)


def _against_english(place: _Place, places: Iterable[_Place], threshold: float) -> tuple[str, Comparison] | None:
    if place.language in {BASELINE, SEVERAL}:
        return None
    english = [each for each in places if each.row == place.row and each.language == BASELINE]
    if not english:
        return None
    own = place.result.institute
    base = min(
        english,
        key=lambda each: (each.result.institute != own, -(each.measured.score.samples or 0), each.result.institute),
    )
    found = compare(place.measured.score, base.measured.score, metric=place.measured.metric, threshold=threshold)
    return (base.result.institute, found) if found.testable else None


def _cell(place: _Place, tested: tuple[str, Comparison] | None, corrected: float | None, threshold: float) -> Cell:
    score = place.measured.score
    return Cell(
        language=place.language,
        institute=place.result.institute,
        report=place.result.report,
        value=score.value,
        stderr=score.stderr,
        samples=score.samples,
        against=None if tested is None else tested[0],
        difference=None if tested is None else tested[1].difference,
        p_corrected=corrected,
        differs=corrected is not None and corrected <= threshold,
    )
