"""The topics, declared once: what lies in them, under which key, for how long, who writes and who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin_schemas import limits
from tocsin_schemas.vocabulary import ReportKind

PARTITIONS = 4
"""Findings, incidents and assessments have the same number, so that a series keeps its partition through grading."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the network."""

    base_name: str
    """Name without the deployment's prefix."""
    says: str
    """What an event in it means."""
    key: str
    """What the key is; events with one key keep their order."""
    retention: timedelta
    max_bytes: int
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    partitions: int = PARTITIONS

    def name(self, prefix: str) -> str:
        """Full name in a deployment, such as `tocsin.findings`."""
        return f"{prefix}{self.base_name}"

    def config(self) -> dict[str, str]:
        """The broker's settings for it."""
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            "max.message.bytes": str(self.max_bytes),
        }


FINDINGS = Topic(
    "findings",
    "An institute reported, corrected or took back a finding.",
    key="report series",
    retention=timedelta(days=365),
    max_bytes=limits.RAW_BYTES + 64 * 1024,
    writers=("institutes", "door"),
    readers=("grade",),
)
INCIDENTS = Topic(
    "incidents",
    "An institute reported, corrected or took back an incident.",
    key="report series",
    retention=timedelta(days=365),
    max_bytes=limits.RAW_BYTES + 64 * 1024,
    writers=("institutes", "door"),
    readers=("grade",),
)
ASSESSMENTS = Topic(
    "assessments",
    "A report was graded by the rubric, with its reasons.",
    key="report series",
    retention=timedelta(days=365),
    max_bytes=limits.RAW_BYTES,
    writers=("grade",),
    readers=("desk",),
)
ALERTS = Topic(
    "alerts",
    "An alert changed; ids, states and labels only.",
    key="alert id",
    retention=timedelta(days=365),
    max_bytes=limits.EVENT_BYTES,
    writers=("relay",),
    readers=("notify-slack", "notify-email"),
)
DEAD_LETTERS = Topic(
    "dead-letters",
    "Something could not be taken; whole, with its reason.",
    key="as the original",
    retention=timedelta(days=365),
    max_bytes=limits.DEAD_LETTER_BYTES,
    writers=("grade", "desk", "notify"),
    readers=("operators",),
    partitions=1,
)

TOPICS: tuple[Topic, ...] = (FINDINGS, INCIDENTS, ASSESSMENTS, ALERTS, DEAD_LETTERS)
"""Every topic, in the order of a report's way."""

REPORT_TOPICS: dict[ReportKind, Topic] = {ReportKind.FINDING: FINDINGS, ReportKind.INCIDENT: INCIDENTS}
"""Where reports of each kind go."""
