"""What happens to alerts, as events. They carry ids, states, labels and reasons by id, never protected text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tocsin_schemas.scalars import Instant, InstituteId, Record
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
)


class AlertEvent(Record):
    """One change of one alert: a fact that has been committed to the store.

    Readers order changes by `revision`, which grows by one with every change of the alert, and take each once.
    """

    alert: str
    """Id of the alert, a UUID; the Kafka key."""
    revision: Annotated[int, Field(ge=1)]
    change: AlertChange
    at: Instant
    """When it was committed."""
    reason: str
    """The decision's reason, a word of a closed set, such as `first_report` or `severity_raised`."""
    kind: ReportKind
    purpose: AlertPurpose = AlertPurpose.REPORT
    """Of a guidance alert the severity is that of the most severe report it compares, and asks nobody to act on it."""
    state: AlertState
    severity: Severity
    oecd_class: OecdClass
    status: Status
    tlp: Tlp
    round: Annotated[int, Field(ge=1)] = 1
    """Grows when the severity is raised: what was answered before does not answer the higher severity."""
    institute: InstituteId | None = None
    """Whom it concerns: who answered, or inside which institute the ladder moved on. None: all."""
    step: int | None = None
    """The step of the ladder that fired, from 1; for `escalated`."""
    reports: tuple[str, ...] = ()
    """Ids of the reports behind this change."""
    rules: tuple[str, ...] = ()
    """Ids of the rules behind the severity."""
