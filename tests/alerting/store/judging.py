"""People and institutes that speak on an alert's severity, at a desk without Kafka."""

from tests.alerting.store.desk import Desk
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.dissents import GivenDissent, record_dissent, withdraw_dissent
from tocsin_alerting.store.overrides import GivenOverride, Wish, set_override, withdraw_override
from tocsin_alerting.store.record import alert_record
from tocsin_schemas import Evidence, Severity

WHY = "The judge was wrong in forty samples."
EVIDENCE = (Evidence(title="Transcript review", uri="https://records.example/7"),)


def wish(
    severity: Severity,
    *,
    why: str = WHY,
    evidence: tuple[Evidence, ...] = EVIDENCE,
    by: str = "operator",
    request: str | None = None,
) -> Wish:
    """What a person says."""
    return Wish(severity=severity, why=why, evidence=evidence, by=by, via=Via.API, request=request)


def override(desk: Desk, alert_id: str, said: Wish | Severity, *, seen_revision: int | None = None) -> GivenOverride:
    """A person sets the severity."""
    with desk.store.transaction() as session:
        given = set_override(
            session,
            alert_id=alert_id,
            wish=wish(said) if isinstance(said, Severity) else said,
            directory=desk.directory,
            now=desk.clock.advance(1),
            seen_revision=seen_revision,
        )
        session.flush()
        session.expunge_all()
    return given


def withdraw(desk: Desk, alert_id: str, override_id: str, why: str = "A misreading.") -> GivenOverride:
    """A person takes an override back."""
    with desk.store.transaction() as session:
        given = withdraw_override(
            session,
            alert_id=alert_id,
            override_id=override_id,
            why=why,
            by="operator",
            directory=desk.directory,
            now=desk.clock.advance(1),
        )
        session.flush()
        session.expunge_all()
    return given


def dissent(desk: Desk, alert_id: str, institute: str, said: Wish | Severity) -> GivenDissent:
    """An institute holds another severity."""
    said = wish(said, by=f"institute:{institute}") if isinstance(said, Severity) else said
    with desk.store.transaction() as session:
        given = record_dissent(session, alert_id=alert_id, institute=institute, wish=said, now=desk.clock.advance(1))
        session.flush()
        session.expunge_all()
    return given


def withdraw_its_dissent(desk: Desk, alert_id: str, institute: str) -> GivenDissent:
    """An institute takes its dissent back."""
    with desk.store.transaction() as session:
        given = withdraw_dissent(
            session,
            alert_id=alert_id,
            institute=institute,
            why="We have seen the transcripts.",
            by=f"institute:{institute}",
            now=desk.clock.advance(1),
        )
        session.flush()
        session.expunge_all()
    return given


def seen_at(desk: Desk, alert_id: str, level: Level = Level.FULL) -> AlertView:
    """The alert as a reader sees it."""
    with desk.store.read() as session:
        record = alert_record(session, alert_id, directory=desk.directory)
    assert record is not None
    view = record.at(level)
    assert view is not None
    return view
