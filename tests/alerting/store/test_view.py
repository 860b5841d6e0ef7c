"""What readers see of an alert: all of it, a notice, or nothing; and pages of alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from tests.alerting import assessments
from tests.alerting.store.desk import Desk
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.store import Store
from tocsin_alerting.store.deliveries import alert_facts, plan
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.view import AlertPage, alert_page, alert_view, deliveries_of
from tocsin_schemas import AlertState, Answer, Severity, Tlp

LevelFor = Callable[[Tlp], Level]


def _full(_tlp: Tlp) -> Level:
    return Level.FULL


def _notice(_tlp: Tlp) -> Level:
    return Level.NOTICE


def _by_label(tlp: Tlp) -> Level:
    return Level.FULL if tlp.rank <= Tlp.AMBER.rank else Level.NOTHING


def _see(store: Store, alert_id: str | None, directory: Directory, level: LevelFor = _full) -> AlertView | None:
    with store.read() as session:
        return alert_view(session, alert_id or "", directory=directory, level=level)


def test_who_may_read_it_reads_all_of_it(desk: Desk, store: Store, directory: Directory) -> None:
    """Title, summary, system, evaluation, reasons with their inputs, reporters and where each institute stands."""
    alert_id = desk.take(assessments.finding()).alert_id
    desk.answer(alert_id or "", "jp")
    seen = _see(store, alert_id, directory)

    assert seen is not None
    assert (seen.title, seen.summary) == ("What was found", "How it was found.")
    assert (seen.system, seen.evaluation) == ("example-model-4", "wmdp_bio")
    assert seen.reporters == ("UK AI Security Institute",)
    assert [reason.rule for reason in seen.reasons] == ["test.severe"]
    assert {response.institute for response in seen.responses if response.answer is None} == set(
        directory.institute_names
    ) - {"jp"}
    assert next(one for one in seen.responses if one.institute == "jp").answered_by == "Duty desk (JP)"
    assert [change.change.value for change in seen.changes] == ["raised", "acknowledged"]
    assert [report.event_id for report in seen.reports] == ["r1"]


def test_a_notice_holds_nothing_that_was_reported(desk: Desk, store: Store, directory: Directory) -> None:
    """Every text is None already here, so that no template can let it slip."""
    alert_id = desk.take(assessments.finding(tlp=Tlp.RED)).alert_id
    desk.answer(alert_id or "", "jp")
    seen = _see(store, alert_id, directory, _notice)

    assert seen is not None
    for name in (
        "title",
        "summary",
        "language",
        "system",
        "evaluation",
        "domain",
        "shared",
        "divergence",
        "comparison",
        "reported_certainty",
    ):
        assert getattr(seen, name) is None
    assert seen.institute_names == {}
    for name in ("reporters", "measurements", "reasons", "clocks", "reports", "overrides", "dissents"):
        assert getattr(seen, name) == ()
    assert (seen.confirmed_by, seen.verdicts, seen.relations) == ((), (), ())
    assert all(change.note is None and change.actor is None for change in seen.changes)
    assert all(change.reporters == () and change.deed is None for change in seen.changes)
    assert all(response.answered_by is None for response in seen.responses)
    assert "found" not in repr(seen)
    assert {field.name for field in fields(AlertView)} == {
        *("quorum", "tally"),
        *("id", "level", "kind", "status", "tlp", "state", "severity", "oecd_class", "certainty", "urgency", "domain"),
        *("revision", "round", "raised_at", "updated_at", "reporters", "title", "summary", "language", "system"),
        *("evaluation", "measurements", "reasons", "clocks", "responses", "changes", "reports", "rubric", "policy"),
        *("shared", "overrides", "dissents", "purpose", "divergence", "comparison", "institute_names"),
        *("confirmed_by", "reported_certainty", "verdicts", "relations"),
    }, "a new field: decide what a notice holds of it, then name it here"


def test_who_may_know_nothing_sees_no_alert(desk: Desk, store: Store, directory: Directory) -> None:
    """Not there and not for you look the same."""
    alert_id = desk.take(assessments.finding(tlp=Tlp.RED)).alert_id

    assert _see(store, alert_id, directory, _by_label) is None
    assert _see(store, "no-such-alert", directory) is None


@pytest.mark.parametrize("label", ["TLP:RED", "TLP:PURPLE", ""])
def test_the_strictest_label_of_all_reports_decides(desk: Desk, store: Store, directory: Directory, label: str) -> None:
    """A report that is RED, or whose label nobody knows, closes the alert that gathers it."""
    alert_id = desk.take(assessments.finding(tlp=Tlp.GREEN)).alert_id
    with store.transaction() as session:
        session.query(ReportRow).update({"tlp": label})

    assert _see(store, alert_id, directory, _by_label) is None
    with store.transaction() as session:
        session.query(ReportRow).update({"tlp": "TLP:GREEN"})
        session.query(AlertRow).update({"tlp": label})

    assert _see(store, alert_id, directory, _by_label) is None


def test_a_retracted_alert_still_says_what_was_taken_back(desk: Desk, store: Store, directory: Directory) -> None:
    """A retraction has no title; people must know what not to act on."""
    alert_id = desk.take(assessments.finding()).alert_id
    desk.take(assessments.retraction("x1", "r1"))
    seen = _see(store, alert_id, directory)

    assert seen is not None
    assert seen.state is AlertState.RETRACTED
    assert seen.title == "What was found"
    assert seen.reports[-1].summary == "A mistake."


def test_an_incident_shows_what_it_counts(desk: Desk, store: Store, directory: Directory) -> None:
    """Its description is the summary; there is no evaluation."""
    seen = _see(store, desk.take(assessments.incident()).alert_id, directory)

    assert seen is not None
    assert (seen.title, seen.summary, seen.evaluation) == ("What happened", "How it happened.", None)
    assert seen.severity is Severity.CRITICAL


def _page(
    store: Store, directory: Directory, *, cursor: str | None = None, limit: int = 2, level: LevelFor = _full
) -> AlertPage:
    with store.read() as session:
        return alert_page(
            session, directory=directory, level=level, states=[AlertState.OPEN], limit=limit, cursor=cursor
        )


def test_pages_show_each_alert_once_newest_first(desk: Desk, store: Store, directory: Directory) -> None:
    """Also when new ones are raised between two pages; resolved ones are left out."""
    raised = [desk.take(assessments.finding(f"r{n}", system=f"model-{n}")).alert_id for n in range(5)]
    for institute in directory.institute_names:
        desk.answer(raised[0] or "", institute, Answer.RESOLVE)
    first = _page(store, directory)
    desk.take(assessments.finding("late", system="model-late"))
    second = _page(store, directory, cursor=first.next)
    seen = [item.id for page in (first, second) for item in page.items]

    assert seen == [raised[4], raised[3], raised[2], raised[1]]
    assert second.next is None
    assert all((len(item.reports), len(item.changes)) == (0, 0) for item in first.items)
    assert all(len(item.responses) == 10 and item.title for item in first.items)


def test_a_page_leaves_out_what_the_reader_may_not_know(desk: Desk, store: Store, directory: Directory) -> None:
    """And goes on after it."""
    for number, tlp in enumerate((Tlp.GREEN, Tlp.RED, Tlp.AMBER)):
        desk.take(assessments.finding(f"r{number}", system=f"model-{number}", tlp=tlp))
    page = _page(store, directory, level=_by_label)
    rest = _page(store, directory, level=_by_label, cursor=page.next)

    assert [item.tlp for item in (*page.items, *rest.items)] == [Tlp.AMBER, Tlp.GREEN]


@pytest.mark.parametrize("cursor", ["", "nonsense", "WyJ4IiwgMV0", "bnVsbA", "W10", "é"])
def test_a_cursor_that_was_never_given_out_is_refused(store: Store, directory: Directory, cursor: str) -> None:
    """With words that say what to do."""
    with pytest.raises(ValueError, match="leave it out"):
        _page(store, directory, cursor=cursor)


def test_deliveries_say_who_was_told_what_and_hold_nothing_reported(
    desk: Desk, store: Store, directory: Directory
) -> None:
    """Who, where, why, how much and with what outcome; those who were not told are there with the reason."""
    alert_id = desk.take(assessments.finding(tlp=Tlp.AMBER)).alert_id or ""
    (event,) = desk.events()
    with store.transaction() as session:
        facts = alert_facts(session, event)
        assert facts is not None
        planned = plan_notification(event, replace(facts, tlp=Tlp.RED), directory).deliveries
        plan(session, event, Channel.EMAIL, planned, policy=directory.version, now=desk.clock())
    with store.read() as session:
        shown = deliveries_of(session, alert_id)

    assert {one.address for one in shown} == {f"duty@{institute}.example" for institute in directory.institute_names}
    assert {(one.outcome, one.outcome_reason, one.disclosure) for one in shown} == {
        ("withheld", "not_cleared", "nothing")
    }
    assert {one.reason for one in shown} == {"raised"}
    assert "found" not in repr(shown)
