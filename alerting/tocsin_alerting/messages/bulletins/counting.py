"""What a summary holds, counted: by severity, by who reported, and by what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin_alerting.policy.disclosure import Level
from tocsin_schemas.vocabulary import AlertState, Severity, Status, Tlp

Counts = tuple[tuple[str, int], ...]
"""Names with how many there are of each, the most first."""


@dataclass(frozen=True, slots=True)
class Held:
    """One alert that a summary holds, as far as the reader may know."""

    alert_id: str
    level: Level
    severity: Severity
    tlp: Tlp
    status: Status
    state: AlertState
    reporter: str | None
    """Name of the institute; None where the reader may not know. So are the next three."""
    system: str | None
    evaluation: str | None
    domain: str | None
    folded_at: datetime
    """When it, or what followed it, was folded last."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many alerts of which sort a summary holds."""

    total: int
    notices: int
    """Of which the reader may know no more than label and severity."""
    closed: int
    """Resolved or retracted since."""
    severities: tuple[tuple[Severity, int], ...]
    """The gravest first."""
    reporters: Counts
    systems: Counts
    evaluations: Counts
    domains: Counts
    since: int | None
    """How many came, or were changed, after the last edition; None in the first."""
    since_critical: int
    label: Tlp
    """The strictest of what it holds."""


def count(held: Iterable[Held], *, since: datetime | None) -> Counted:
    """Count what a summary holds; `since` is when its last edition went out."""
    items = [each for each in held if each.level is not Level.NOTHING]
    severities = Counter(each.severity for each in items)
    late = [each for each in items if since is not None and each.folded_at > since]
    return Counted(
        total=len(items),
        notices=sum(each.level is Level.NOTICE for each in items),
        closed=sum(each.state in {AlertState.RESOLVED, AlertState.RETRACTED} for each in items),
        severities=tuple(sorted(severities.items(), key=lambda pair: -pair[0].rank)),
        reporters=_counts(each.reporter for each in items),
        systems=_counts(each.system for each in items),
        evaluations=_counts(each.evaluation for each in items),
        domains=_counts(each.domain for each in items),
        since=None if since is None else len(late),
        since_critical=sum(each.severity is Severity.CRITICAL for each in late),
        label=max((each.tlp for each in items), key=lambda label: label.rank, default=Tlp.CLEAR),
    )


def _counts(names: Iterable[str | None]) -> Counts:
    counted = Counter(name for name in names if name)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
