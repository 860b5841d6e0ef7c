"""What people said of an alert's severity, as stored, for readers: overrides and dissents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from tocsin_alerting.messages.described import role
from tocsin_alerting.messages.judgement_views import DissentView, OverrideView
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.dissent import DissentReason
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.store.tables_judgements import DissentRow, OverrideRow
from tocsin_schemas.vocabulary import Severity

_JUDGEMENTS = frozenset(
    {
        LifecycleReason.OVERRIDE_RAISED.value,
        LifecycleReason.OVERRIDE_LOWERED.value,
        LifecycleReason.OVERRIDE_WITHDRAWN.value,
        LifecycleReason.OVERRIDE_WITHDRAWN_RAISED.value,
        DissentReason.RECORDED.value,
        DissentReason.WITHDRAWN.value,
    }
)


def is_judgement(reason: str) -> bool:
    """Whether a change tells of what a person or an institute said of the severity."""
    return reason in _JUDGEMENTS


def override_views(
    rows: Iterable[OverrideRow | Row[Any]], standing: str | None, directory: Directory
) -> tuple[OverrideView, ...]:
    """Overrides as they are shown; `standing` is the id of the one that decides."""
    return tuple(
        OverrideView(
            id=row.id,
            revision=row.revision,
            severity=Severity(row.severity),
            before=Severity(row.before),
            shared=Severity(row.shared),
            stands=row.id == standing,
            at=row.at,
            by=actor_name(row.by, directory),
            why=row.why,
            evidence=_references(row.evidence),
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=actor_name(row.withdrawn_by, directory),
            withdrawn_why=row.withdrawn_why,
        )
        for row in rows
    )


def dissent_views(rows: Sequence[DissentRow | Row[Any]], directory: Directory) -> tuple[DissentView, ...]:
    """Dissents as they are shown; the rows come oldest first."""
    newest = {row.institute: row.id for row in rows}
    return tuple(
        DissentView(
            id=row.id,
            revision=row.revision,
            institute=row.institute,
            name=directory.institute_name(row.institute),
            severity=Severity(row.severity),
            against=Severity(row.against),
            stands=newest[row.institute] == row.id and row.withdrawn_at is None,
            at=row.at,
            by=actor_name(row.by, directory),
            why=row.why,
            evidence=_references(row.evidence),
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=actor_name(row.withdrawn_by, directory),
            withdrawn_why=row.withdrawn_why,
        )
        for row in rows
    )


def actor_name(actor: str | None, directory: Directory) -> str | None:
    """Who did it, for people: a contact by name, others in their role; else what was recorded."""
    if actor is None:
        return None
    contact = directory.contacts.get(actor)
    if contact is None:
        contact = next(
            (one for one in directory.contacts.values() if one.slack_user and actor == f"slack:{one.slack_user}"), None
        )
    return role(actor, directory.institute_name) if contact is None else contact.name


def _references(stored: Iterable[dict[str, str]]) -> tuple[str, ...]:
    """Each piece of evidence on one line: its title, where it is, and what it hashes to."""
    return tuple(", ".join(each[name] for name in ("title", "uri", "digest") if name in each) for each in stored)
