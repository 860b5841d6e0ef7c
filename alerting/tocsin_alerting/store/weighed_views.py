"""How the reports of an alert bear on each other, for readers; and what institutes did with their reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tocsin_alerting.messages.view import Deed, RelationView, VerdictView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict, Weighing
from tocsin_schemas.vocabulary import Action

_DEEDS = {Action.REPORT: Deed.REPORTED, Action.UPDATE: Deed.CORRECTED, Action.RETRACT: Deed.TOOK_BACK}


def verdict_views(
    weighing: Weighing | None, reports: Iterable[Any], name: Callable[[str], str]
) -> tuple[VerdictView, ...]:
    """What each current report adds, with the names of institutes and the ids by which they know their reports."""
    rows = {row.id: row for row in reports}
    return tuple(
        VerdictView(
            institute=name(rows[each.report].institute),
            report=rows[each.report].event_id,
            verdict=each.verdict,
            other_institute=None if each.other not in rows else name(rows[each.other].institute),
            other_report=None if each.other not in rows else rows[each.other].event_id,
        )
        for each in (weighing.verdicts if weighing is not None else ())
        if each.report in rows
    )


def confirming(weighing: Weighing | None, reports: Iterable[Any], name: Callable[[str], str]) -> tuple[str, ...]:
    """Names of the institutes whose reports confirm what the alert says, in the order of arrival."""
    if weighing is None:
        return ()
    institutes = {row.id: row.institute for row in reports}
    found = (
        institutes[each.report]
        for each in weighing.verdicts
        if each.verdict is Verdict.CONFIRMS and each.report in weighing.confirming and each.report in institutes
    )
    return tuple(dict.fromkeys(name(institute) for institute in found))


def relation_views(rows: Iterable[Any]) -> tuple[RelationView, ...]:
    """Other alerts that belong with an alert."""
    return tuple(RelationView(Relation(row.relation), row.other_id) for row in rows)


def behind(change: Any, reports: Mapping[str, Any]) -> list[Any]:
    """The reports of a change, as far as they lie in the alert."""
    return [reports[each] for each in change.event.get("reports", ()) if each in reports]


def deed_of(change: Any, rows: Sequence[Any]) -> Deed | None:
    """What was done with the reports of a change; None where it does not come from one."""
    if not rows:
        return None
    # A report that lay here before the change was not brought by it: it was replaced.
    if rows[0].superseded_by is not None and rows[0].received_at < change.at:
        return Deed.REPLACED
    return _DEEDS[Action(rows[0].action)]
