"""Overrides: one transaction, told to whom it concerns, kept, and no way around new evidence or the rules."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from tests.alerting.assessments import finding, incident, retraction
from tests.alerting.store.desk import Desk
from tests.alerting.store.judging import WHY, override, seen_at, wish, withdraw
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.overrides import OverrideOutcome
from tocsin_alerting.store.audit import Invariant
from tocsin_alerting.store.overrides import GivenOverride, set_override
from tocsin_alerting.store.tables import AlertRow, ChangeRow, OutboxRow, ReportRow
from tocsin_alerting.store.tables_judgements import OverrideRow
from tocsin_schemas import (
    Action,
    AlertChange,
    AlertState,
    Answer,
    Assessment,
    Evidence,
    Materialisation,
    OecdClass,
    Severity,
)


def _id(given: GivenOverride) -> str:
    assert given.override is not None
    return given.override.id


def test_raising_asks_everybody_anew(desk: Desk) -> None:
    """Answers to the lower severity do not answer the higher one; the class follows; who and why are on record."""
    alert_id = desk.take(finding(severity=Severity.MODERATE)).alert_id
    desk.answer(alert_id, "jp")
    given = override(desk, alert_id, wish(Severity.SEVERE, evidence=()))
    alert, event = desk.alert(alert_id), desk.events()[-1]
    with desk.store.read() as session:
        change = session.get_one(ChangeRow, (alert_id, alert.revision))

    assert (given.outcome, given.severity) == (OverrideOutcome.RECORDED, Severity.SEVERE)
    assert (alert.severity, alert.oecd_class, alert.round, alert.state) == ("severe", "serious_hazard", 2, "open")
    assert (event.change, event.reason, event.severity, event.oecd_class, event.round) == (
        AlertChange.UPDATED,
        "override_raised",
        Severity.SEVERE,
        OecdClass.SERIOUS_HAZARD,
        2,
    )
    assert desk.responses(alert_id, 2)["jp"].answer is None
    assert desk.responses(alert_id, 2)["jp"].next_step_at is not None
    assert (change.actor, change.note) == ("operator", WHY)
    assert desk.violations() == []


def test_lowering_asks_nobody_and_needs_evidence(desk: Desk) -> None:
    """Without a reference it is refused by field; with one the round stays."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    refused = override(desk, alert_id, wish(Severity.MINOR, evidence=()))
    given = override(desk, alert_id, Severity.MINOR)
    alert = desk.alert(alert_id)

    assert refused.outcome is OverrideOutcome.INVALID
    assert [problem.field for problem in refused.problems] == ["evidence"]
    assert given.outcome is OverrideOutcome.RECORDED
    assert (alert.severity, alert.oecd_class, alert.round, desk.events()[-1].reason) == (
        "minor",
        "hazard",
        1,
        "override_lowered",
    )
    assert desk.violations() == []


def test_nothing_a_person_said_is_published(desk: Desk) -> None:
    """Why and evidence stay in the store: the topic carries ids, states and reasons by id."""
    alert_id = desk.take(finding()).alert_id
    given = override(desk, alert_id, Severity.MINOR)
    withdraw(desk, alert_id, _id(given), why="The review was of another run.")
    with desk.store.read() as session:
        published = " ".join(session.scalars(select(OutboxRow.value)))

    for said in (WHY, "records.example", "Transcript review", "another run"):
        assert said not in published


def test_new_evidence_beats_an_override_down(desk: Desk) -> None:
    """A second institute's report counts itself, and asks everybody anew."""
    alert_id = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    override(desk, alert_id, Severity.MINOR)
    desk.take(finding("j1", institute="jp", severity=Severity.MODERATE))
    alert = desk.alert(alert_id)

    assert (alert.severity, alert.oecd_class, alert.round) == ("moderate", "hazard", 2)
    assert desk.events()[-1].reason == "severity_raised"
    assert desk.violations() == []


def _resting_on(assessment: Assessment, evidence: str) -> Assessment:
    """The same finding, with the digest of what it rests on."""
    assert assessment.finding is not None
    references = (Evidence(digest=f"sha256:{evidence * 64}"),)
    return assessment.model_copy(update={"finding": assessment.finding.model_copy(update={"evidence": references})})


def test_what_only_repeats_the_overridden_report_is_no_new_evidence(desk: Desk) -> None:
    """The same evidence through another institute changes nothing, a graver reading of it or other evidence does."""
    severities = []
    for number, (evidence, severity) in enumerate(
        [("a", Severity.SEVERE), ("b", Severity.SEVERE), ("a", Severity.MODERATE)]
    ):
        system = f"model-{number}"
        alert_id = desk.take(
            _resting_on(finding(f"g{number}", system=system, severity=Severity.MODERATE), "a")
        ).alert_id
        override(desk, alert_id, Severity.MINOR)
        desk.take(_resting_on(finding(f"j{number}", institute="jp", system=system, severity=severity), evidence))
        severities.append(desk.alert(alert_id).severity)

    assert severities == ["severe", "severe", "minor"]
    assert desk.violations() == []


def test_an_institute_that_says_it_again_is_heard(desk: Desk) -> None:
    """A correction on the same evidence is its institute's new word, and counts itself."""
    alert_id = desk.take(_resting_on(finding("r1", severity=Severity.SEVERE), "a")).alert_id
    desk.take(_resting_on(finding("j1", institute="jp", severity=Severity.SEVERE), "a"))
    override(desk, alert_id, Severity.MINOR)
    again = finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE)
    desk.take(_resting_on(again, "a"))

    assert desk.alert(alert_id).severity == "severe"
    assert desk.violations() == []


def test_a_correction_of_what_was_seen_counts_itself(desk: Desk) -> None:
    """Higher than the override it raises; lower than an override up the floor holds."""
    down = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    override(desk, down, Severity.MINOR)
    desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    up = desk.take(finding("u1", severity=Severity.MINOR, system="other-model")).alert_id
    override(desk, up, wish(Severity.SEVERE, evidence=()))
    desk.take(finding("u2", series="u1", action=Action.UPDATE, severity=Severity.NEGLIGIBLE, system="other-model"))

    assert (desk.alert(down).severity, desk.alert(up).severity) == ("severe", "severe")
    assert desk.alert(up).oecd_class == "serious_hazard"
    assert desk.violations() == []


def test_a_report_that_came_while_the_person_wrote_was_not_looked_at(desk: Desk) -> None:
    """The override names the revision that was looked at; what came later is not overridden unseen."""
    alert_id = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    seen = desk.alert(alert_id).revision
    desk.take(finding("j1", institute="jp", severity=Severity.SEVERE))
    stale = override(desk, alert_id, Severity.MINOR, seen_revision=seen)
    fresh = override(desk, alert_id, Severity.MINOR, seen_revision=desk.alert(alert_id).revision)

    assert stale.outcome is OverrideOutcome.CHANGED_SINCE
    assert fresh.outcome is OverrideOutcome.RECORDED
    assert len(fresh.override.seen if fresh.override else []) == 2
    assert desk.alert(alert_id).severity == "minor"


def test_withdrawing_returns_to_the_shared_grade(desk: Desk) -> None:
    """Where that is graver than the override was, everybody is asked anew."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    given = override(desk, alert_id, Severity.MINOR)
    desk.answer(alert_id, "gb")
    back = withdraw(desk, alert_id, _id(given))
    alert = desk.alert(alert_id)

    assert (back.outcome, back.severity) == (OverrideOutcome.RECORDED, Severity.SEVERE)
    assert (alert.severity, alert.oecd_class, alert.round, alert.override) == ("severe", "serious_hazard", 2, None)
    assert desk.events()[-1].reason == "override_withdrawn_raised"
    assert withdraw(desk, alert_id, _id(given)).outcome is OverrideOutcome.REPEATED
    assert desk.alert(alert_id).revision == alert.revision
    assert desk.violations() == []


def test_the_newest_that_was_not_withdrawn_stands(desk: Desk) -> None:
    """An earlier one stands again when the later one is withdrawn; to withdraw the earlier one changes no severity."""
    alert_id = desk.take(finding(severity=Severity.MINOR)).alert_id
    first = override(desk, alert_id, wish(Severity.SEVERE, evidence=()))
    second = override(desk, alert_id, wish(Severity.MODERATE))
    stood = desk.alert(alert_id).severity
    withdraw(desk, alert_id, _id(second))
    again = desk.alert(alert_id).severity
    third = override(desk, alert_id, wish(Severity.MODERATE, why="Once more."))
    withdraw(desk, alert_id, _id(first))
    alert = desk.alert(alert_id)

    assert (stood, again, alert.severity) == ("moderate", "severe", "moderate")
    assert alert.override == _id(third)
    assert desk.events()[-1].reason == "override_withdrawn"
    assert desk.violations() == []


def test_a_retracted_alert_has_none(desk: Desk) -> None:
    """What it rested on is gone, and so is what was said about it; nothing new can be said."""
    alert_id = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    given = override(desk, alert_id, Severity.MINOR)
    desk.take(retraction("r2", "r1"))

    assert desk.alert(alert_id).override is None
    assert override(desk, alert_id, Severity.MODERATE).outcome is OverrideOutcome.RETRACTED
    assert withdraw(desk, alert_id, _id(given)).outcome is OverrideOutcome.RETRACTED
    assert [each.stands for each in seen_at(desk, alert_id).overrides] == [False]
    assert desk.violations() == []


def test_raising_a_resolved_alert_opens_it_again_and_lowering_does_not(desk: Desk) -> None:
    """As a report would."""
    raised = desk.take(incident("i1", severity=Severity.MODERATE)).alert_id
    lowered = desk.take(incident("i2", severity=Severity.SEVERE)).alert_id
    for institute in desk.directory.institute_names:
        desk.answer(raised, institute, Answer.RESOLVE)
        desk.answer(lowered, institute, Answer.RESOLVE)
    before = {desk.alert(raised).state, desk.alert(lowered).state}
    override(desk, raised, Severity.SEVERE)
    override(desk, lowered, Severity.MINOR)

    assert before == {AlertState.RESOLVED}
    assert (desk.alert(raised).state, desk.alert(lowered).state) == (AlertState.OPEN, AlertState.RESOLVED)
    assert desk.violations() == []


def test_critical_needs_harm_that_was_done_and_goes_with_it(desk: Desk) -> None:
    """A finding never; an incident with harm may; when its report says that nothing happened, the ceiling is back."""
    found = desk.take(finding(severity=Severity.SEVERE)).alert_id
    refused = override(desk, found, Severity.CRITICAL)
    alert_id = desk.take(incident("i1", severity=Severity.SEVERE)).alert_id
    override(desk, alert_id, Severity.CRITICAL)
    critical = desk.alert(alert_id).severity
    correction = incident("i2", series="i1", action=Action.UPDATE, severity=Severity.MODERATE)
    assert correction.incident is not None
    near_miss = correction.model_copy(
        update={"incident": correction.incident.model_copy(update={"materialisation": Materialisation.NEAR_MISS})}
    )
    desk.take(near_miss)

    assert [problem.field for problem in refused.problems] == ["severity"]
    assert critical == "critical"
    assert desk.alert(alert_id).severity == "severe"
    assert desk.violations() == []


def test_a_correction_that_still_tells_of_harm_keeps_critical(desk: Desk) -> None:
    """The floor holds while some current report has the harm that critical needs."""
    alert_id = desk.take(incident("i1", severity=Severity.SEVERE)).alert_id
    override(desk, alert_id, Severity.CRITICAL)
    desk.take(incident("i2", series="i1", action=Action.UPDATE, severity=Severity.MODERATE))

    assert desk.alert(alert_id).severity == "critical"
    assert desk.violations() == []


def test_people_may_grade_what_the_rubric_could_not(desk: Desk) -> None:
    """An unclassified report waits for exactly that; the route of the new severity is taken."""
    alert_id = desk.take(finding(severity=Severity.UNCLASSIFIED)).alert_id
    override(desk, alert_id, wish(Severity.SEVERE, evidence=()))
    alert = desk.alert(alert_id)

    assert (alert.severity, alert.oecd_class) == ("severe", "serious_hazard")
    assert set(desk.responses(alert_id, 2)) == set(desk.directory.institute_names)
    assert override(desk, alert_id, Severity.UNCLASSIFIED).outcome is OverrideOutcome.INVALID


def test_saying_what_the_alert_says_already_is_no_override(desk: Desk) -> None:
    """Nothing is recorded; the person is told."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id

    assert override(desk, alert_id, Severity.SEVERE).outcome is OverrideOutcome.UNCHANGED
    assert desk.alert(alert_id).revision == 1


def test_an_unknown_alert_or_override_says_so(desk: Desk) -> None:
    """An id of another alert's override included."""
    alert_id = desk.take(finding("r1")).alert_id
    other = desk.take(finding("r2", system="other-model")).alert_id
    given = override(desk, other, Severity.MINOR)

    assert override(desk, "no-such-alert", Severity.MINOR).outcome is OverrideOutcome.UNKNOWN_ALERT
    assert withdraw(desk, "no-such-alert", _id(given)).outcome is OverrideOutcome.UNKNOWN_ALERT
    assert withdraw(desk, alert_id, _id(given)).outcome is OverrideOutcome.UNKNOWN_OVERRIDE


@pytest.mark.parametrize("request_id", ["k-1", None])
def test_a_repeated_request_changes_nothing(desk: Desk, request_id: str | None) -> None:
    """With the request's own id or, word for word, without one."""
    alert_id = desk.take(finding()).alert_id
    first = override(desk, alert_id, wish(Severity.MINOR, request=request_id))
    again = override(desk, alert_id, wish(Severity.MINOR, request=request_id))

    assert (again.outcome, _id(again)) == (OverrideOutcome.REPEATED, _id(first))
    assert desk.alert(alert_id).revision == 2


def test_the_same_words_about_new_reports_are_said_anew(desk: Desk) -> None:
    """Once new evidence has come, the same judgement of it all is another override and no repetition."""
    alert_id = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    first = override(desk, alert_id, Severity.MINOR)
    desk.take(finding("j1", institute="jp", severity=Severity.SEVERE))
    second = override(desk, alert_id, Severity.MINOR)

    assert second.outcome is OverrideOutcome.RECORDED
    assert _id(second) != _id(first)
    assert desk.alert(alert_id).severity == "minor"


def test_a_request_id_is_good_for_one_thing(desk: Desk) -> None:
    """Another wish under the same id is refused, and so is nothing lost unseen; another person's id is another."""
    alert_id = desk.take(finding()).alert_id
    override(desk, alert_id, wish(Severity.MINOR, request="k-1"))
    other = override(desk, alert_id, wish(Severity.MODERATE, request="k-1"))
    elsewhere = override(desk, alert_id, wish(Severity.MODERATE, request="k-1", by="institute:gb"))

    assert [problem.field for problem in other.problems] == ["Idempotency-Key"]
    assert elsewhere.outcome is OverrideOutcome.RECORDED


def test_of_many_at_once_each_is_recorded_once(desk: Desk) -> None:
    """Eight times the same request: one override, one change, no gap."""
    alert_id = desk.take(finding()).alert_id
    now = desk.clock.advance(1)

    def press(_: int) -> OverrideOutcome:
        with desk.store.transaction() as session:
            return set_override(
                session,
                alert_id=alert_id,
                wish=wish(Severity.MINOR, request="k-1"),
                directory=desk.directory,
                now=now,
            ).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(press, range(8)))

    assert outcomes == [OverrideOutcome.RECORDED] + [OverrideOutcome.REPEATED] * 7
    assert desk.alert(alert_id).revision == 2
    assert desk.violations() == []


def test_overrides_and_reports_at_once_leave_the_right_severity(desk: Desk) -> None:
    """Whatever the order in which they get the alert's lock."""
    alert_id = desk.take(finding("r0", severity=Severity.MODERATE)).alert_id

    def act(number: int) -> None:
        if number % 2:
            desk.take(finding(f"j{number}", institute="jp", severity=Severity.MODERATE))
        else:
            override(desk, alert_id, wish(Severity.SEVERE if number % 4 else Severity.MINOR, why=f"Reason {number}."))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(12)))

    assert desk.violations() == []


def test_readers_see_who_set_it_why_and_the_shared_grade(desk: Desk) -> None:
    """Entitled readers all of it; others the severity and that there was an override, without name or word."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    override(desk, alert_id, Severity.MINOR)
    full, notice = seen_at(desk, alert_id), seen_at(desk, alert_id, Level.NOTICE)
    said = full.override
    assert said is not None

    assert (full.severity, full.shared) == (Severity.MINOR, Severity.SEVERE)
    assert (said.by, said.why, said.evidence) == (
        "an operator of the network",
        WHY,
        ("Transcript review, https://records.example/7",),
    )
    assert (notice.severity, notice.shared, notice.overrides, notice.override) == (Severity.MINOR, None, (), None)
    assert [(change.reason, change.actor, change.note) for change in notice.changes[1:]] == [
        ("override_lowered", None, None)
    ]


def test_the_auditor_knows_how_severe_an_alert_should_be(desk: Desk) -> None:
    """A severity that nothing explains and an override that should not stand are found, on either side."""
    plain = desk.take(finding("r1", severity=Severity.MODERATE)).alert_id
    overridden = desk.take(finding("r2", severity=Severity.SEVERE, system="other-model")).alert_id
    given = override(desk, overridden, Severity.MINOR)
    with desk.store.transaction() as session:
        session.execute(update(AlertRow).where(AlertRow.id == plain).values(severity="minor"))
        session.execute(update(AlertRow).where(AlertRow.id == overridden).values(severity="severe"))
    without_cause = {violation.subject for violation in desk.violations()}
    kinds = {violation.invariant for violation in desk.violations()}
    with desk.store.transaction() as session:
        session.execute(update(AlertRow).where(AlertRow.id == plain).values(severity="moderate"))
        session.execute(update(OverrideRow).where(OverrideRow.id == _id(given)).values(withdrawn_at=desk.clock()))
    other = {(violation.invariant, violation.subject) for violation in desk.violations()}

    assert without_cause == {plain, overridden}
    assert kinds == {Invariant.SEVERITY_HAS_ITS_CAUSE}
    assert (Invariant.THE_NEWEST_OVERRIDE_STANDS, overridden) in other


def test_what_was_overridden_keeps_its_own_grade(desk: Desk) -> None:
    """The reports' severities are the rubric's, whatever people say."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    override(desk, alert_id, Severity.MINOR)
    with desk.store.read() as session:
        graded = session.scalars(select(ReportRow.severity).where(ReportRow.alert_id == alert_id)).all()

    assert graded == ["severe"]
