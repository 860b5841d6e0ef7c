"""The evaluations registry: which way an evaluation points, on what scale, and from where on its result is a hazard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from tocsin_schemas import Domain, Severity
from tocsin_schemas.scalars import Line, Number, Record, Text

_PACKAGE_PREFIX = re.compile(r"^.*/")


class Direction(StrEnum):
    """What a higher value of a metric means for safety: `worse` on a hazard test, `better` on a defensive one."""

    WORSE = "worse"
    BETTER = "better"


class Thresholds(Record):
    """From which value on a result argues for which severity; inclusive, in the metric's own direction."""

    minor: Number | None = None
    moderate: Number | None = None
    severe: Number | None = None

    def steps(self) -> tuple[tuple[Severity, float], ...]:
        """The thresholds that are set, mildest first."""
        named = ((Severity.MINOR, self.minor), (Severity.MODERATE, self.moderate), (Severity.SEVERE, self.severe))
        return tuple((severity, value) for severity, value in named if value is not None)


class Metric(Record):
    """One metric of an evaluation that may be graded."""

    name: Line
    """As the evaluation's scorer reports it, such as `accuracy`."""
    aliases: tuple[Line, ...] = ()
    """Names of the same number in other frameworks; looked for only where `name` is absent."""
    scorers: tuple[Line, ...] = ()
    """Which scorer's; empty when the evaluation has one only. Needed where several scorers share a metric name."""
    higher_is: Direction
    """What a higher value means."""
    scale: tuple[Number, Number] = (0.0, 1.0)
    """Lowest and highest value that the metric can take; anything else is another metric under the same name."""
    chance: Number | None = None
    """What guessing scores."""
    thresholds: Thresholds | Literal["none"]
    """By severity, or `none` where no defensible threshold is known; never above severe, as nothing has happened."""
    basis: Text
    """Why the thresholds are where they are, or why there are none. Shown to people with the grade."""

    @property
    def steps(self) -> tuple[tuple[Severity, float], ...]:
        """The thresholds that are set, mildest first."""
        return () if self.thresholds == "none" else self.thresholds.steps()

    def level(self, value: float) -> Severity:
        """The severity whose threshold `value` reaches; negligible when it reaches none."""
        reached = Severity.NEGLIGIBLE
        for severity, threshold in self.steps:
            if value >= threshold if self.higher_is is Direction.WORSE else value <= threshold:
                reached = severity
        return reached

    def threshold_of(self, severity: Severity) -> float | None:
        """The value from which on `severity` is argued for."""
        return dict(self.steps).get(severity)

    @model_validator(mode="after")
    def _makes_sense(self) -> Metric:
        low, high = self.scale
        if low >= high:
            raise ValueError("scale: the lowest value must be below the highest")
        if self.thresholds != "none" and not self.steps:
            raise ValueError("thresholds: set at least one of minor, moderate, severe, or write 'none' and say why")
        values = [value for _, value in self.steps]
        if any(not low <= value <= high for value in values):
            raise ValueError("thresholds: must lie on the scale")
        rising = self.higher_is is Direction.WORSE
        if any((first >= second) if rising else (first <= second) for first, second in pairwise(values)):
            way = "rise" if rising else "fall"
            raise ValueError(f"thresholds: must {way} with severity, as higher is {self.higher_is}")
        if self.chance is not None and any((value <= self.chance) and rising for value in values):
            raise ValueError("thresholds: a hazard threshold must lie above chance")
        return self


class Entry(Record):
    """One evaluation that the network knows."""

    name: Line
    """Task name without package prefix, such as `wmdp_bio`."""
    aliases: tuple[Line, ...] = ()
    """Other names of the same task."""
    packages: tuple[Line, ...] = ()
    """Packages it may come from, beside those of the whole registry."""
    domain: Domain
    """The hazard domain that it measures."""
    source: Line
    """The paper or page that defines it."""
    few_samples: Annotated[int, Field(ge=1)] = 30
    """Below this number of scored samples the result is called thin."""
    repeated: bool = False
    """One or a few scenes that are run many times: the repetitions are the samples. Elsewhere the questions are."""
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1)]
    """What may be graded; the most serious result decides."""


class NotSafety(Record):
    """Evaluations that measure no hazard, and why: known, so that nobody wonders, and never graded."""

    group: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
    """A short name, such as `mathematics`."""
    reason: Text
    """Why a score on them says nothing about a hazard. Shown to people."""
    domain: Domain = Domain.GENERAL_CAPABILITY
    tasks: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Task names without package prefix."""


class Unrelated(NamedTuple):
    """An evaluation that the registry lists as one of no hazard."""

    name: str
    """The registry's own name."""
    listed: NotSafety


class Miss(StrEnum):
    """Why the registry has no entry for an evaluation."""

    UNKNOWN = "evaluation.unknown"
    PACKAGE = "evaluation.package_unknown"


class Registry:
    """The evaluations that the network knows, by name and alias."""

    def __init__(
        self, entries: Iterable[Entry], *, packages: Iterable[str], not_safety: Iterable[NotSafety] = ()
    ) -> None:
        self.entries: tuple[Entry, ...] = tuple(entries)
        self.not_safety: tuple[NotSafety, ...] = tuple(not_safety)
        self._packages = frozenset(_plain(package) for package in packages)
        self._by_name: dict[str, Entry | Unrelated] = {
            _plain(task): Unrelated(task, group) for group in self.not_safety for task in group.tasks
        }
        self._by_name |= {_plain(name): entry for entry in self.entries for name in (entry.name, *entry.aliases)}

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, name: str, package: str | None) -> Entry | Unrelated | Miss:
        """The entry for an evaluation; a known name from a package nobody vouched for is not known.

        Args:
            name: task name; a package prefix (`inspect_evals/…`) is taken off.
            package: where the task comes from; None when the reporter did not say.
        """
        entry = self._by_name.get(_plain(_PACKAGE_PREFIX.sub("", name)))
        if entry is None:
            return Miss.UNKNOWN
        if package is not None:
            own = {_plain(known) for known in entry.packages} if isinstance(entry, Entry) else set()
            if _plain(package) not in self._packages | own:
                return Miss.PACKAGE
        return entry


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_")
