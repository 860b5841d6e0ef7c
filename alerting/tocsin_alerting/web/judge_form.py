"""The forms by which a signed-in operator speaks on an alert's severity, and what they offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.overrides import TARGETS
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.readers import Reader, ReaderKind
from tocsin_schemas.tokens import fingerprint
from tocsin_schemas.vocabulary import AlertPurpose, AlertState, ReportKind, Severity

ACTION = "judge"


@dataclass(frozen=True, slots=True)
class JudgeForm:
    """What the forms of one page hold."""

    nonce: str
    revision: int
    """What the page showed: reports that come later have not been looked at."""
    targets: tuple[Severity, ...]
    """What may be said, mildest first; what is refused besides is refused with its reason."""
    institutes: tuple[tuple[str, str], ...]
    """Ids and names, for a dissent."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed before, where it could not be taken."""
    kind: str = ""
    """Which form that was: `override`, `dissent`, or neither."""


def judge_form(
    web: Web, reader: Reader, view: AlertView, *, cookie: str | None, typed: Mapping[str, str] | None = None
) -> JudgeForm | None:
    """The forms for a reader who may use them; None for others, and for what is over."""
    if reader.kind is not ReaderKind.OPERATOR or cookie is None or view.level is not Level.FULL:
        return None
    if view.state is AlertState.RETRACTED or view.purpose is AlertPurpose.GUIDANCE:
        return None
    kept = dict(typed or {})
    most = Severity.SEVERE if view.kind is ReportKind.FINDING else Severity.CRITICAL
    return JudgeForm(
        nonce=web.nonces.issue(cookie=cookie, subject=subject(view.id), action=ACTION, shown_round=view.round),
        revision=view.revision,
        targets=tuple(severity for severity in TARGETS if severity.rank <= most.rank),
        institutes=tuple((member.id, web.directory.institute_name(member.id)) for member in web.institutes),
        typed=kept,
        kind=kept.get("form", ""),
    )


def subject(alert_id: str) -> str:
    """What the forms' nonces are bound to."""
    return fingerprint(f"judge:{alert_id}")
