"""What the measurements of a finding say against the registry's thresholds, uncertainty included."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from tocsin_schemas import Finding, Measurement, RunOutcome, Severity
from tocsin_streams.rubric.registry import Direction, Entry, Metric, Miss, Registry

_Z = 1.96
"""95 % of a normal distribution, both sides."""


class Unread(StrEnum):
    """Why the measurements of a finding cannot be graded. Each is a request for people to look."""

    EVALUATION_UNKNOWN = Miss.UNKNOWN.value
    PACKAGE_UNKNOWN = Miss.PACKAGE.value
    NO_THRESHOLDS = "evaluation.no_thresholds"
    RUN_NOT_COMPLETED = "run.not_completed"
    NO_MEASUREMENT = "measurement.none"
    METRIC_UNKNOWN = "measurement.metric_unknown"
    OUT_OF_SCALE = "measurement.out_of_scale"
    AMBIGUOUS = "measurement.ambiguous"
    TOO_UNCERTAIN = "measurement.too_uncertain"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement against its thresholds."""

    metric: Metric
    value: float
    low: float
    """Lower end of the 95 % interval; the value itself when no interval is known."""
    high: float
    samples: int | None
    interval_known: bool
    point: Severity
    """What the value itself reaches."""
    reached: Severity
    """What is reached at the milder end of the interval: the grade."""

    @property
    def uncertain(self) -> bool:
        """Whether the interval spans a threshold."""
        return self.point is not self.reached

    @property
    def at_or_below_chance(self) -> bool:
        """Whether the result is no better than guessing."""
        return self.metric.chance is not None and self.value <= self.metric.chance


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome of reading a finding: the evaluation, if known, and a reading or why there is none."""

    entry: Entry | None
    reading: Reading | None
    unread: Unread | None


def read_finding(finding: Finding, registry: Registry) -> Measured:
    """Read a finding's measurements by the registry; never guesses."""
    entry = registry.find(finding.evaluation.name, finding.evaluation.package)
    if isinstance(entry, Miss):
        return Measured(None, None, Unread(entry.value))
    if finding.run is not None and finding.run.outcome is not RunOutcome.SUCCESS:
        return Measured(entry, None, Unread.RUN_NOT_COMPLETED)
    if not finding.measurements:
        return Measured(entry, None, Unread.NO_MEASUREMENT)
    read = _most_serious(finding, entry)
    if isinstance(read, Unread):
        return Measured(entry, None, read)
    return Measured(entry, read, None)


def _most_serious(finding: Finding, entry: Entry) -> Reading | Unread:
    """The reading that argues for most; one that makes no sense spoils all, as the run is then not what it says."""
    best: Reading | None = None
    unthresholded = False
    too_uncertain = False
    for metric in entry.metrics:
        found = _measurements_of(finding.measurements, metric)
        if not found:
            continue
        if len(found) > 1:
            return Unread.AMBIGUOUS
        low, high = metric.scale
        if not low <= found[0].value <= high:
            return Unread.OUT_OF_SCALE
        if metric.thresholds == "none":
            unthresholded = True
            continue
        reading = _reading(found[0], metric, _samples(found[0], finding))
        if reading.point.rank - reading.reached.rank > 1:
            too_uncertain = True
            continue
        if best is None or reading.reached.rank > best.reached.rank:
            best = reading
    if too_uncertain and (best is None or best.reached is not Severity.SEVERE):
        return Unread.TOO_UNCERTAIN
    if best is not None:
        return best
    return Unread.NO_THRESHOLDS if unthresholded else Unread.METRIC_UNKNOWN


def _measurements_of(measurements: tuple[Measurement, ...], metric: Metric) -> list[Measurement]:
    for names in ((metric.name,), metric.aliases):
        found = [
            measurement
            for measurement in measurements
            if measurement.metric in names and (not metric.scorers or measurement.scorer in metric.scorers)
        ]
        if found:
            return found
    return []


def _samples(measurement: Measurement, finding: Finding) -> int | None:
    if measurement.samples is not None:
        return measurement.samples
    return finding.run.samples_completed if finding.run is not None else None


def _reading(measurement: Measurement, metric: Metric, samples: int | None) -> Reading:
    low, high, known = interval(measurement.value, metric.scale, stderr=measurement.stderr, samples=samples)
    milder = low if metric.higher_is is Direction.WORSE else high
    return Reading(
        metric=metric,
        value=measurement.value,
        low=low,
        high=high,
        samples=samples,
        interval_known=known,
        point=metric.level(measurement.value),
        reached=metric.level(milder),
    )


def interval(
    value: float, scale: tuple[float, float], *, stderr: float | None, samples: int | None
) -> tuple[float, float, bool]:
    """The 95 % interval of a mean on a bounded scale, and whether one can be given at all.

    The wider of two: the reported standard error (it knows about epochs and clusters), and Wilson's interval (it knows
    that 2 of 2 is no certainty, where the reported error is 0). Wilson's is exact for proportions and too wide for
    other means of bounded values, whose variance is smaller: an error to the safe side.
    """
    ends = []
    if stderr is not None and (stderr > 0 or samples is None):
        ends.append((value - _Z * stderr, value + _Z * stderr))
    if samples:
        ends.append(_wilson(value, scale, samples))
    if not ends:
        return value, value, False
    low, high = scale
    return max(low, min(end[0] for end in ends)), min(high, max(end[1] for end in ends)), True


def _wilson(value: float, scale: tuple[float, float], samples: int) -> tuple[float, float]:
    low, high = scale
    share = (value - low) / (high - low)
    weight = _Z * _Z / samples
    centre = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * sqrt(share * (1 - share) / samples + weight / (4 * samples))
    return low + (centre - half) * (high - low), low + (centre + half) * (high - low)
