"""What the measurements of a finding say against the registry's thresholds, uncertainty included."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin_schemas import Finding, Measurement, RunOutcome, Severity
from tocsin_streams.rubric.intervals import interval
from tocsin_streams.rubric.registry import Direction, Entry, Metric, Miss, Registry, Unrelated

_PERCENT = 100.0


class Unread(StrEnum):
    """Why the measurements of a finding cannot be graded. Each is a request for people to look."""

    EVALUATION_UNKNOWN = Miss.UNKNOWN.value
    PACKAGE_UNKNOWN = Miss.PACKAGE.value
    NOT_SAFETY = "evaluation.not_safety"
    NO_THRESHOLDS = "evaluation.no_thresholds"
    RUN_NOT_COMPLETED = "run.not_completed"
    NO_MEASUREMENT = "measurement.none"
    METRIC_UNKNOWN = "measurement.metric_unknown"
    NO_SAMPLES = "measurement.no_samples"
    OUT_OF_SCALE = "measurement.out_of_scale"
    SCALE_UNCLEAR = "measurement.scale_unclear"
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
    """Independent ones: repetitions of a question are not counted."""
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
    def spanned(self) -> tuple[float, ...]:
        """The thresholds between the milder end of the interval and the value."""
        return tuple(
            value for severity, value in self.metric.steps if self.reached.rank < severity.rank <= self.point.rank
        )

    @property
    def tells_nothing(self) -> bool:
        """Whether the value is beyond several thresholds and its interval reaches to below the first.

        To grade it negligible would be to drop it; to grade it by its value would be to guess.
        """
        return self.reached is Severity.NEGLIGIBLE and len(self.spanned) > 1

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
    unrelated: Unrelated | None = None
    """The evaluation, where the registry lists it as one of no hazard."""


def read_finding(finding: Finding, registry: Registry) -> Measured:
    """Read a finding's measurements by the registry; never guesses."""
    entry = registry.find(finding.evaluation.name, finding.evaluation.package)
    if isinstance(entry, Miss):
        return Measured(None, None, Unread(entry.value))
    if isinstance(entry, Unrelated):
        return Measured(None, None, Unread.NOT_SAFETY, entry)
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
    unthresholded = tells_nothing = False
    for metric in entry.metrics:
        found = _measurements_of(finding.measurements, metric)
        if not found:
            continue
        fault = _fault(found, metric)
        if fault is not None:
            return fault
        if metric.thresholds == "none":
            unthresholded = True
            continue
        reading = _reading(found[0], metric, _samples(found[0], finding, entry))
        if reading.tells_nothing:
            tells_nothing = True
        elif best is None or reading.reached.rank > best.reached.rank:
            best = reading
    if tells_nothing and (best is None or best.reached is Severity.NEGLIGIBLE):
        return Unread.TOO_UNCERTAIN
    if best is not None:
        return best
    return Unread.NO_THRESHOLDS if unthresholded else Unread.METRIC_UNKNOWN


def _fault(found: list[Measurement], metric: Metric) -> Unread | None:
    """Why what was measured under a metric's name cannot be that metric."""
    if len(found) > 1:
        return Unread.AMBIGUOUS
    measurement = found[0]
    low, high = metric.scale
    # No mean of values on a scale has a standard error of more than half its width.
    if not low <= measurement.value <= high or (measurement.stderr or 0) > (high - low) / 2:
        return Unread.OUT_OF_SCALE
    if high >= _PERCENT and 0 < measurement.value <= 1:
        return Unread.SCALE_UNCLEAR
    if measurement.samples == 0:
        return Unread.NO_SAMPLES
    return None


def _measurements_of(measurements: tuple[Measurement, ...], metric: Metric) -> list[Measurement]:
    """Those that carry the metric's name, or else one of its aliases; what is said twice is said once."""
    for names in ((metric.name,), metric.aliases):
        found = [
            measurement
            for measurement in measurements
            if measurement.metric in names and (not metric.scorers or measurement.scorer in metric.scorers)
        ]
        if found:
            return list(dict.fromkeys(found))
    return []


def _samples(measurement: Measurement, finding: Finding, entry: Entry) -> int | None:
    """How many independent samples a result rests on; None where nobody says.

    A question asked ten times is one question, unless the evaluation is one scene played over and over.
    """
    run = finding.run
    # Old logs say 0 where they do not know.
    samples = measurement.samples or (run.samples_completed if run is not None else None) or None
    if samples is None or run is None or run.epochs is None or entry.repeated:
        return samples
    return max(1, samples // run.epochs)


def _reading(measurement: Measurement, metric: Metric, samples: int | None) -> Reading:
    ends = interval(measurement.value, metric.scale, stderr=measurement.stderr, samples=samples)
    milder = ends.low if metric.higher_is is Direction.WORSE else ends.high
    return Reading(
        metric=metric,
        value=measurement.value,
        low=ends.low,
        high=ends.high,
        samples=samples,
        interval_known=ends.known,
        point=metric.level(measurement.value),
        reached=metric.level(milder),
    )
