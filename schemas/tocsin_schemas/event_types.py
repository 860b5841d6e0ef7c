"""The CloudEvents types of the network: reverse-DNS name, noun, past-tense verb, version."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from tocsin_schemas.errors import InvalidEvent, ProblemCode, invalid
from tocsin_schemas.vocabulary import Action, AlertChange, ReportKind

PREFIX = "org.tocsin"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ReportType:
    """What the type of a report says: its kind and what it does to its series."""

    kind: ReportKind
    action: Action

    @property
    def name(self) -> str:
        """The CloudEvents `type`, such as `org.tocsin.finding.reported.v1`."""
        return f"{PREFIX}.{self.kind}.{_VERBS[self.action]}.v{VERSION}"


_VERBS = {Action.REPORT: "reported", Action.UPDATE: "updated", Action.RETRACT: "retracted"}

REPORT_TYPES: dict[str, ReportType] = {
    report_type.name: report_type
    for report_type in (ReportType(kind, action) for kind in ReportKind for action in Action)
}
"""Every type of report by its name."""

ASSESSMENT_TYPE = f"{PREFIX}.assessment.made.v{VERSION}"
DEAD_LETTER_TYPE = f"{PREFIX}.deadletter.recorded.v{VERSION}"
ALERT_TYPES: dict[AlertChange, str] = {change: f"{PREFIX}.alert.{change}.v{VERSION}" for change in AlertChange}
"""The type of the event for each change of an alert."""


def report_type(name: str) -> ReportType:
    """What a report's CloudEvents type means.

    Raises:
        InvalidEvent: the type is of a later version than this software knows, or no type of report at all.
    """
    known = REPORT_TYPES.get(name)
    if known is not None:
        return known
    raise _unknown(name)


def _unknown(name: str) -> InvalidEvent:
    stem, _, version = name.rpartition(".")
    if re.fullmatch(r"v[0-9]{1,9}", version) and f"{stem}.v{VERSION}" in REPORT_TYPES:
        return invalid(
            "type",
            f"version '{version}' of '{stem}' is not known here; version v{VERSION} is.",
            f"Publish it as '{stem}.v{VERSION}', or ask the network's operators to upgrade first.",
            ProblemCode.FUTURE_VERSION,
        )
    close = difflib.get_close_matches(name, REPORT_TYPES, n=1, cutoff=0.8)
    hint = f"Did you mean '{close[0]}'?" if close else f"Use one of: {', '.join(REPORT_TYPES)}."
    return invalid("type", "is not a type of report.", hint, ProblemCode.UNKNOWN_TYPE)
