"""Tocsin's contract: what institutes publish, what the rooms pass to each other, and the words they use for it."""

from __future__ import annotations

from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.assessment import Assessment, Grade, Reason, ReportingClock
from tocsin_schemas.clock import Clock, system_clock
from tocsin_schemas.dead_letters import DeadLetter, dead_letter
from tocsin_schemas.envelope import Envelope, from_json, from_kafka
from tocsin_schemas.errors import InvalidEvent, Problem, ProblemCode, invalid
from tocsin_schemas.evaluation import (
    Conditions,
    Evaluation,
    Evidence,
    FrameworkStatus,
    Measurement,
    Run,
    Submitter,
    System,
)
from tocsin_schemas.event_types import ALERT_TYPES, ASSESSMENT_TYPE, DEAD_LETTER_TYPE, REPORT_TYPES, ReportType
from tocsin_schemas.finding import Finding
from tocsin_schemas.incident import HarmQuantification, Incident, RelationToAi
from tocsin_schemas.institutes import Institute, Institutes, load_institutes
from tocsin_schemas.report import Body, Report, body_model, check_size, envelope_for, read_report
from tocsin_schemas.retraction import Retraction
from tocsin_schemas.settings import TocsinSettings
from tocsin_schemas.signatures import check_signature, sign, verify
from tocsin_schemas.tokens import ExpiredToken, InvalidToken, Purpose, Token, Tokens
from tocsin_schemas.topics import ALERTS, ASSESSMENTS, DEAD_LETTERS, FINDINGS, INCIDENTS, REPORT_TOPICS, TOPICS, Topic
from tocsin_schemas.vocabulary import (
    Action,
    AlertChange,
    AlertPurpose,
    AlertState,
    Answer,
    CausalLink,
    Certainty,
    Domain,
    Extent,
    HarmType,
    Materialisation,
    OecdClass,
    ReportKind,
    Reversibility,
    RunOutcome,
    Severity,
    Status,
    ThresholdStatus,
    Tlp,
    Urgency,
)

__all__ = [
    "ALERTS",
    "ALERT_TYPES",
    "ASSESSMENTS",
    "ASSESSMENT_TYPE",
    "DEAD_LETTERS",
    "DEAD_LETTER_TYPE",
    "FINDINGS",
    "INCIDENTS",
    "REPORT_TOPICS",
    "REPORT_TYPES",
    "TOPICS",
    "Action",
    "AlertChange",
    "AlertEvent",
    "AlertPurpose",
    "AlertState",
    "Answer",
    "Assessment",
    "Body",
    "CausalLink",
    "Certainty",
    "Clock",
    "Conditions",
    "DeadLetter",
    "Domain",
    "Envelope",
    "Evaluation",
    "Evidence",
    "ExpiredToken",
    "Extent",
    "Finding",
    "FrameworkStatus",
    "Grade",
    "HarmQuantification",
    "HarmType",
    "Incident",
    "Institute",
    "Institutes",
    "InvalidEvent",
    "InvalidToken",
    "Materialisation",
    "Measurement",
    "OecdClass",
    "Problem",
    "ProblemCode",
    "Purpose",
    "Reason",
    "RelationToAi",
    "Report",
    "ReportKind",
    "ReportType",
    "ReportingClock",
    "Retraction",
    "Reversibility",
    "Run",
    "RunOutcome",
    "Severity",
    "Status",
    "Submitter",
    "System",
    "ThresholdStatus",
    "Tlp",
    "TocsinSettings",
    "Token",
    "Tokens",
    "Topic",
    "Urgency",
    "body_model",
    "check_signature",
    "check_size",
    "dead_letter",
    "envelope_for",
    "from_json",
    "from_kafka",
    "invalid",
    "load_institutes",
    "read_report",
    "sign",
    "system_clock",
    "verify",
]
