"""Reports that were there before they were weighed get what they are weighed by."""

from alembic import command
from sqlalchemy import select, text

from tests.alerting.assessments import evidence, finding, retraction
from tocsin_alerting.policy.testimony import Facts, facts_of
from tocsin_alerting.store import open_store, schema
from tocsin_alerting.store.tables import MentionRow, ReportRow
from tocsin_schemas import Assessment, Certainty

_ALERT = text(
    "INSERT INTO alerts (id, correlation_key, kind, status, tlp, state, severity, oecd_class, certainty, urgency, "
    "revision, round, lead_report, route, policy, rubric, raised_at, updated_at) VALUES ('a1', 'k', 'finding', "
    "'actual', 'TLP:AMBER', 'open', 'severe', 'serious_hazard', 'likely', 'expected', 1, 1, 'r1', '', '', '', "
    "'2026-11-24 09:00:00', '2026-11-24 09:00:00')"
)
_REPORT = text(
    "INSERT INTO reports (id, source, event_id, series, institute, kind, action, tlp, status, severity, current, "
    "assessment, alert_id, received_at) VALUES (:id, 's', :id, :id, 'gb', 'finding', 'report', 'TLP:AMBER', 'actual', "
    "'severe', :current, :assessment, 'a1', '2026-11-24 09:00:00')"
)


def _stored(assessment: Assessment) -> str:
    return assessment.model_dump_json(exclude_none=True)


def test_what_is_there_is_filled_in(database_url: str) -> None:
    """Certainty, evidence and what a report builds on come out of the assessment that is kept."""
    kept = finding("r1", certainty=Certainty.POSSIBLE, evidence=evidence("x"), derived_from=("r0",))
    store = open_store(database_url)
    with store.engine.execution_options(tocsin_writes=True).begin() as connection:
        command.upgrade(schema._config(connection), "0002")
        connection.execute(_ALERT)
        connection.execute(_REPORT, {"id": "r1", "current": True, "assessment": _stored(kept)})
        connection.execute(_REPORT, {"id": "r2", "current": False, "assessment": _stored(retraction("r2", "r1"))})
    schema.upgrade(database_url)
    with store.read() as session:
        facts = {row.id: row.facts for row in session.scalars(select(ReportRow))}
        named = {(row.report_id, row.kind) for row in session.scalars(select(MentionRow))}
    store.close()

    assert facts["r2"] is None
    assert facts["r1"] is not None
    read = Facts.model_validate(facts["r1"])
    assert read == facts_of(kept)
    assert read.certainty is Certainty.POSSIBLE
    assert (read.evidence, read.derived_from) == (tuple(each.digest for each in evidence("x")), ("r0",))
    assert named == {("r1", "evidence"), ("r1", "derived_from")}
