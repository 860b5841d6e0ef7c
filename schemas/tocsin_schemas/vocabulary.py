"""The closed sets of words that every room shares.

Sources: OECD AI Papers No. 16 and 34 (OECD class, harm types), OASIS CAP 1.2 (certainty, urgency, status),
FIRST TLP 2.0 (labels). Values are part of the wire format: they are added to, never renamed.
"""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    """What a report is about: something that could happen (finding), or something that did or nearly did (incident)."""

    FINDING = "finding"
    INCIDENT = "incident"


class Action(StrEnum):
    """What a report does to its series: opens it, corrects it, or takes it back."""

    REPORT = "report"
    UPDATE = "update"
    RETRACT = "retract"


class Severity(StrEnum):
    """How bad the harm is or could plausibly be; `unclassified` is no grade but a request for people to look."""

    NEGLIGIBLE = "negligible"
    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    CRITICAL = "critical"
    UNCLASSIFIED = "unclassified"

    @property
    def rank(self) -> int:
        """Place in the order negligible (0) to critical (4); unclassified is -1: it stands outside the order."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {
    Severity.UNCLASSIFIED: -1,
    Severity.NEGLIGIBLE: 0,
    Severity.MINOR: 1,
    Severity.MODERATE: 2,
    Severity.SEVERE: 3,
    Severity.CRITICAL: 4,
}


class OecdClass(StrEnum):
    """The OECD's class of an event (AI Papers No. 16): hazards could lead to harm, incidents did."""

    HAZARD = "hazard"
    SERIOUS_HAZARD = "serious_hazard"
    INCIDENT = "incident"
    SERIOUS_INCIDENT = "serious_incident"
    DISASTER = "disaster"
    UNCLASSIFIED = "unclassified"


class Certainty(StrEnum):
    """How sure the evidence is (CAP 1.2 `certainty`)."""

    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """How soon somebody must act (CAP 1.2 `urgency`)."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Tlp(StrEnum):
    """How far a text may travel (FIRST TLP 2.0). Labels are capitals without spaces and are never translated."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def rank(self) -> int:
        """Strictness from 0 (CLEAR) to 4 (RED); a reader may have what is at or below its clearance."""
        return list(Tlp).index(self)

    def allows(self, label: Tlp) -> bool:
        """Whether somebody cleared to this label may read a text that carries `label`."""
        return label.rank <= self.rank


class Status(StrEnum):
    """Whether a report is meant (CAP 1.2 `status`); an exercise never pages as the real thing."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Domain(StrEnum):
    """The hazard domain that an evaluation measures or an incident belongs to."""

    CHEMICAL_BIOLOGICAL = "chemical_biological"
    RADIOLOGICAL_NUCLEAR = "radiological_nuclear"
    CYBER = "cyber"
    LOSS_OF_CONTROL = "loss_of_control"
    AI_RESEARCH = "ai_research"
    DECEPTION = "deception"
    SAFEGUARDS = "safeguards"
    MANIPULATION = "manipulation"
    FAIRNESS = "fairness"
    PRIVACY = "privacy"
    MISINFORMATION = "misinformation"
    RELIABILITY = "reliability"
    GENERAL_CAPABILITY = "general_capability"
    OTHER = "other"


class HarmType(StrEnum):
    """What is or could be harmed (OECD criterion 11, by the groups (a) to (d) of the definition of an AI incident)."""

    PHYSICAL = "physical"
    PSYCHOLOGICAL = "psychological"
    CRITICAL_INFRASTRUCTURE = "critical_infrastructure"
    FUNDAMENTAL_RIGHTS = "fundamental_rights"
    REPUTATIONAL = "reputational"
    PROPERTY = "property"
    ECONOMIC = "economic"
    PUBLIC_INTEREST = "public_interest"
    ENVIRONMENTAL = "environmental"
    OTHER = "other"


class CausalLink(StrEnum):
    """How the harm is tied to the AI system (OECD criterion 3); a toll without a link grades nothing."""

    ESTABLISHED = "established"
    LIKELY = "likely"
    SUSPECTED = "suspected"
    NONE = "none"
    UNKNOWN = "unknown"


class Materialisation(StrEnum):
    """Whether harm happened, nearly happened (a hazard, says the OECD), or could happen."""

    OCCURRED = "occurred"
    NEAR_MISS = "near_miss"
    POTENTIAL = "potential"
    UNKNOWN = "unknown"


class Extent(StrEnum):
    """How far the harm reaches (OECD harm dimension `geographic scale`)."""

    SINGLE_ENTITY = "single_entity"
    LOCAL = "local"
    NATIONAL = "national"
    REGIONAL = "regional"
    GLOBAL = "global"
    UNKNOWN = "unknown"


class Reversibility(StrEnum):
    """Whether what was harmed can be made good."""

    REVERSIBLE = "reversible"
    PARTLY_REVERSIBLE = "partly_reversible"
    IRREVERSIBLE = "irreversible"
    UNKNOWN = "unknown"


class RunOutcome(StrEnum):
    """How an evaluation run ended; only a completed run measured what it set out to measure."""

    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"


class ThresholdStatus(StrEnum):
    """Where a system stands against a threshold of a safety framework."""

    BELOW = "below"
    APPROACHING = "approaching"
    REACHED = "reached"
    EXCEEDED = "exceeded"
    CANNOT_RULE_OUT = "cannot_rule_out"


class AlertPurpose(StrEnum):
    """What an alert is for: to tell of a hazard or harm, or to help institutes read their results alike."""

    REPORT = "report"
    """It tells what was reported."""
    GUIDANCE = "guidance"
    """It tells institutes whose results differ what differs in how they were obtained. It grades nothing of its own."""


class AlertState(StrEnum):
    """Where an alert is in its life: open until the institutes that owe an answer have given one."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    RETRACTED = "retracted"


class AlertChange(StrEnum):
    """What happened to an alert; each change is one revision and one event on `alerts`."""

    RAISED = "raised"
    UPDATED = "updated"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    RETRACTED = "retracted"


class Answer(StrEnum):
    """What an institute says to an alert; silence is no answer."""

    ACKNOWLEDGE = "acknowledge"
    ACTING = "acting"
    """It does something about it; more than having seen it, and not yet the last word."""
    RESOLVE = "resolve"
    DECLINE = "decline"
    NOT_APPLICABLE = "not_applicable"


class InstituteState(StrEnum):
    """Where one institute stands with an alert. Silence is a state of its own, and is shown."""

    ASKED = "asked"
    """It is to be told, and no provider has taken a message yet."""
    TOLD = "told"
    """A provider has taken a message to it. Nobody is known to have looked."""
    SEEN = "seen"
    """Somebody of it has looked. That answers nothing."""
    ACKNOWLEDGED = "acknowledged"
    ACTING = "acting"
    NOT_APPLICABLE = "not_applicable"
    DECLINED = "declined"
    RESOLVED = "resolved"
    SILENT = "silent"
    """It owes an answer, and its ladder has run out or the deadline has passed without one."""
