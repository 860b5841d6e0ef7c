"""An alert with all its rows, and how much of it each reader may see.

The label that counts is the strictest of the alert and of every report it gathers; one that is not known is RED.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.answer_views import MutedView, Tally
from tocsin_alerting.messages.guidance import divergence_view
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.view import AlertView, ChangeView, Deed, ReportView
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level, label_of
from tocsin_alerting.policy.guidance import Divergence
from tocsin_alerting.store.assessed import Assessed, assessed
from tocsin_alerting.store.guided import compared_reports, divergences, exercise_table
from tocsin_alerting.store.judgements import actor_name, dissent_views, is_judgement, override_views
from tocsin_alerting.store.muting_views import muted_view, mutings_of
from tocsin_alerting.store.standings import Standings, standings_of
from tocsin_alerting.store.tables import AlertRow, ChangeRow, RelationRow, ReportRow
from tocsin_alerting.store.tables_judgements import DissentRow, OverrideRow
from tocsin_alerting.store.weighed_views import behind, confirming, deed_of, relation_views, verdict_views
from tocsin_alerting.store.weighings import read_weighing
from tocsin_schemas.vocabulary import (
    Action,
    AlertChange,
    AlertPurpose,
    AlertState,
    Certainty,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert with all its rows, as read at one moment: `at` shows it to a reader."""

    alert: AlertRow | Row[Any]
    """The mapped row, or its columns as they were read; so are the others."""
    reports: Sequence[ReportRow | Row[Any]]
    changes: Sequence[ChangeRow | Row[Any]]
    standings: Standings
    directory: Directory
    overrides: Sequence[OverrideRow | Row[Any]] = ()
    dissents: Sequence[DissentRow | Row[Any]] = ()
    divergence: Divergence | None = None
    """What a guidance alert says; its `reports` are then those that it compares."""
    relations: Sequence[Any] = ()
    mutings: Sequence[Any] = ()
    """What keeps it from whom, as `muting_views` reads it."""
    _views: dict[Level, AlertView | None] = field(default_factory=dict, compare=False, repr=False)
    """Rendered for many readers, it is read from its rows once for each level."""

    @property
    def label(self) -> Tlp:
        """The strictest label of the alert and of what it gathers."""
        labels = [label_of(self.alert.tlp), *(label_of(report.tlp) for report in self.reports)]
        return max(labels, key=lambda label: label.rank)

    def at(self, level: Level) -> AlertView | None:
        """The alert as a reader may see it who may see so much; None where that is nothing."""
        if level not in self._views:
            self._views[level] = self._at(level)
        return self._views[level]

    def _at(self, level: Level) -> AlertView | None:
        if level is Level.NOTHING:
            return None
        full = level is Level.FULL
        lead = self._lead()
        said = assessed(lead) if full and lead is not None else Assessed()
        row = self.alert
        names = self.directory.institute_names
        guidance = (
            divergence_view(ENGLISH, self.divergence, names, gone=row.state == AlertState.RETRACTED)
            if full and self.divergence is not None
            else None
        )
        if guidance is not None:
            # What graded one of the reports is no reason of this alert's.
            said = Assessed(guidance.title, guidance.summary, "en", system=said.system, evaluation=said.evaluation)
        weighing = read_weighing(row.weighing) if full else None
        verdicts = verdict_views(weighing, self.reports, self.directory.institute_name)
        responses = self.standings.views(self.directory, full=full, muted=functools.partial(self._muted, full=full))
        return AlertView(
            id=row.id,
            level=level,
            kind=ReportKind(row.kind),
            status=Status(row.status),
            tlp=self.label,
            state=AlertState(row.state),
            severity=Severity(row.severity),
            oecd_class=OecdClass(row.oecd_class),
            certainty=Certainty(row.certainty),
            urgency=Urgency(row.urgency),
            domain=row.domain if full else None,
            revision=row.revision,
            round=row.round,
            raised_at=row.raised_at,
            updated_at=row.updated_at,
            reporters=self._reporters() if full else (),
            title=said.title,
            summary=said.summary,
            language=said.language,
            system=said.system,
            evaluation=said.evaluation,
            measurements=said.measurements,
            reasons=said.reasons,
            clocks=said.clocks,
            responses=responses,
            quorum=self.standings.quorum_view(),
            tally=Tally.of(responses),
            changes=tuple(self._change(change, full=full) for change in self.changes),
            reports=tuple(self._report(report) for report in self.reports) if full else (),
            rubric=row.rubric,
            policy=row.policy,
            shared=self._shared() if full else None,
            overrides=override_views(self.overrides, self.alert.override, self.directory) if full else (),
            dissents=dissent_views(self.dissents, self.directory) if full else (),
            purpose=AlertPurpose(row.purpose),
            divergence=guidance,
            comparison=exercise_table(self.reports, self.directory) if full and guidance is None else None,
            institute_names=names if full else {},
            confirmed_by=confirming(weighing, self.reports, self.directory.institute_name),
            reported_certainty=None if weighing is None else weighing.reported_certainty,
            verdicts=verdicts,
            relations=relation_views(self.relations) if full else (),
        )

    def _shared(self) -> Severity | None:
        """The grade by the rubric alone: of the most severe current report. Guidance has none of its own."""
        if self.alert.purpose == AlertPurpose.GUIDANCE:
            return None
        current = [Severity(str(report.severity)) for report in self.reports if report.current]
        return max(current, key=lambda severity: severity.rank) if current else None

    def _lead(self) -> ReportRow | Row[Any] | None:
        """The report that speaks for the alert; a retraction has no title, so what it took back speaks still."""
        by_id = {report.id: report for report in self.reports}
        lead = by_id.get(self.alert.lead_report)
        if lead is not None and lead.action != Action.RETRACT:
            return lead
        spoken = [report for report in self.reports if report.action != Action.RETRACT]
        same = [report for report in spoken if lead is not None and report.series == lead.series]
        found = same or spoken
        return found[-1] if found else None

    def _reporters(self) -> tuple[str, ...]:
        institutes = dict.fromkeys(report.institute for report in self.reports)
        return tuple(self.directory.institute_name(institute) for institute in institutes)

    def _muted(self, institute: str, *, full: bool) -> MutedView | None:
        # Why somebody asked for quiet may be told to whom TLP:AMBER may be, whatever the alert's own label.
        why = full and self.label.allows(Tlp.AMBER)
        return muted_view(self.mutings, institute, self.directory, full=full, why=why)

    def _change(self, row: ChangeRow | Row[Any], *, full: bool) -> ChangeView:
        institute = row.event.get("institute")
        rows = behind(row, {report.id: report for report in self.reports}) if full else []
        deed = deed_of(row, rows)
        return ChangeView(
            revision=row.revision,
            change=AlertChange(row.change),
            reason=row.reason,
            at=row.at,
            institute=institute,
            institute_name=None if institute is None else self.directory.institute_name(institute),
            actor=actor_name(row.actor, self.directory) if full else None,
            step=row.event.get("step"),
            severity=Severity(row.event.get("severity", self.alert.severity)),
            # Why something was taken back is what its institute says with it.
            note=(row.note or (assessed(rows[0]).summary if deed is Deed.TOOK_BACK else None)) if full else None,
            stated=next((Severity(said.severity) for said in self.dissents if said.revision == row.revision), None)
            if full
            else None,
            reporters=tuple(dict.fromkeys(self.directory.institute_name(each.institute) for each in rows)),
            deed=deed,
        )

    def _report(self, row: ReportRow | Row[Any]) -> ReportView:
        said = assessed(row)
        return ReportView(
            source=row.source,
            event_id=row.event_id,
            series=row.series,
            institute=row.institute,
            institute_name=self.directory.institute_name(row.institute),
            action=row.action,
            severity=None if row.severity is None else Severity(row.severity),
            current=row.current,
            reported_at=row.reported_at,
            received_at=row.received_at,
            language=said.language or "und",
            title=said.title,
            summary=said.summary,
            system=said.system,
            evaluation=said.evaluation,
            measurements=said.measurements,
            superseded_by=row.superseded_by,
            supersedes=tuple((row.facts or {}).get("supersedes", ())),
            derived_from=tuple((row.facts or {}).get("derived_from", ())),
        )


def alert_record(session: Session, alert_id: str, *, directory: Directory) -> AlertRecord | None:
    """Everything that the store holds about an alert; None where there is no such alert."""
    asked = {"alert": alert_id}
    alert = session.execute(_ALERT, asked).one_or_none()
    if alert is None:
        return None
    divergence = divergences(session, [alert_id]).get(alert_id) if alert.purpose == AlertPurpose.GUIDANCE else None
    reports = session.execute(_REPORTS, asked).all() if divergence is None else compared_reports(session, divergence)
    changes = session.execute(_CHANGES, asked).all()
    standings = standings_of(session, [alert_id]).get(alert_id, Standings())
    # Most alerts have none, and their changes say so.
    judged = any(is_judgement(change.reason) for change in changes)
    overrides = session.execute(_OVERRIDES, asked).all() if judged else ()
    dissents = session.execute(_DISSENTS, asked).all() if judged else ()
    relations = session.execute(_RELATIONS, asked).all()
    mutings = mutings_of(session, alert_id)
    return AlertRecord(
        alert, reports, changes, standings, directory, overrides, dissents, divergence, relations, mutings
    )


# Columns and not entities, built once: a notifier reads an alert for each message.
_alerts, _reports, _changes = (row.__table__.c for row in (AlertRow, ReportRow, ChangeRow))
_ALERT = select(*_alerts).where(_alerts.id == bindparam("alert"))
_REPORTS = select(*_reports).where(_reports.alert_id == bindparam("alert")).order_by(_reports.received_at, _reports.id)
_CHANGES = select(*_changes).where(_changes.alert_id == bindparam("alert")).order_by(_changes.revision)
_overrides, _dissents = (row.__table__.c for row in (OverrideRow, DissentRow))
_OVERRIDES = select(*_overrides).where(_overrides.alert_id == bindparam("alert")).order_by(_overrides.revision)
_DISSENTS = select(*_dissents).where(_dissents.alert_id == bindparam("alert")).order_by(_dissents.revision)
_relations = RelationRow.__table__.c
_RELATIONS = (
    select(_relations.relation, _relations.other_id)
    .where(_relations.alert_id == bindparam("alert"))
    .order_by(_relations.at, _relations.relation, _relations.other_id)
)
