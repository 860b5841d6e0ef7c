"""Guidance when institutes' results differ: raised once, kept true, told to those concerned."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.alerting.assessments import OBSERVED_AT, retraction
from tests.alerting.measured import measured
from tests.alerting.store.desk import Desk
from tests.alerting.store.test_several_desks import NOW, one_store  # noqa: F401
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.guidance import Divergence
from tocsin_alerting.policy.results import SetupField
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.overrides import Wish, set_override
from tocsin_alerting.store.record import alert_record
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import AlertRow, Base
from tocsin_alerting.store.tables_guidance import GuidanceRow
from tocsin_alerting.store.view import alert_page
from tocsin_schemas import (
    Action,
    AlertChange,
    AlertEvent,
    AlertPurpose,
    AlertState,
    Answer,
    Assessment,
    Evidence,
    Severity,
    Status,
    Tlp,
)

SAME = Evidence(title="logs", digest="sha256:" + "a" * 64)


def guidance(desk: Desk) -> list[AlertRow]:
    """The guidance alerts, oldest first."""
    with desk.store.read() as session:
        return list(
            session.scalars(
                select(AlertRow).where(AlertRow.purpose == AlertPurpose.GUIDANCE.value).order_by(AlertRow.raised_at)
            )
        )


def said(desk: Desk, alert_id: str) -> Divergence:
    """What a guidance alert says."""
    with desk.store.read() as session:
        return Divergence.model_validate(session.get_one(GuidanceRow, alert_id).content)


def events(desk: Desk) -> list[AlertEvent]:
    """The events of guidance alerts."""
    return [event for event in desk.events() if event.purpose is AlertPurpose.GUIDANCE]


def test_diverging_results_raise_one_alert_to_both_institutes(desk: Desk) -> None:
    """57 % and 32 % of 400 samples: the alert names both institutes, the figures, and what differs in the set-ups."""
    desk.take(measured("gb-1", 0.57, institute="gb", elicitation="best of 8", scaffold="react"))
    desk.take(measured("jp-1", 0.32, institute="jp", scaffold="react", severity=Severity.MINOR))
    (alert,) = guidance(desk)
    found = said(desk, alert.id)
    setups = {line.field: line for line in found.setups}
    (event,) = events(desk)

    assert set(desk.responses(alert.id)) == {"gb", "jp"}
    assert all(row.answer_required and row.next_step_at for row in desk.responses(alert.id).values())
    assert found.institutes == {"gb", "jp"}
    (difference,) = found.diverging
    assert (difference.one.samples, difference.other.samples) == (400, 400)
    assert difference.one.stderr is not None
    assert difference.standard_error is not None
    assert difference.p is not None
    assert difference.p < 0.001
    assert not setups[SetupField.ELICITATION].same
    assert setups[SetupField.SCAFFOLD].same
    assert setups[SetupField.REVISION].unknown
    assert (event.change, event.reason, event.severity) == (AlertChange.RAISED, "divergence", Severity.SEVERE)
    assert len(event.reports) == 2
    assert desk.violations() == []


def test_results_within_their_uncertainties_raise_nothing(desk: Desk) -> None:
    """57 % and 52 % of 400 samples are what chance does."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.52, institute="jp"))

    assert guidance(desk) == []


@pytest.mark.parametrize(
    "other",
    [
        measured("x", 0.32, institute="gb"),
        measured("x", 0.32, institute="jp", derived_from=("gb-1",)),
        measured("x", 0.32, institute="jp", evidence=(SAME,)),
        measured("x", 0.32, institute="jp", version="3"),
        measured("x", 0.32, institute="jp", version=None),
        measured("x", 0.32, institute="jp", system="another-model"),
        measured("x", 0.32, institute="jp", status=Status.EXERCISE),
        measured("x", 0.32, institute="jp", samples=None),
        measured("x", 0.32, institute="jp", metric="f1"),
        measured("x", 0.32, institute="jp", scorer="another"),
    ],
    ids=["own", "derived", "evidence", "version", "no-version", "system", "status", "no-n", "metric", "scorer"],
)
def test_what_is_no_second_result_of_the_same_question_does_not_diverge(desk: Desk, other: Assessment) -> None:
    """An institute's own earlier result, a re-publication, another version, system, status, metric or scorer."""
    desk.take(measured("gb-1", 0.57, institute="gb", evidence=(SAME,)))
    desk.take(other)

    assert guidance(desk) == []


def test_a_third_institute_joins_the_same_alert(desk: Desk) -> None:
    """Its people are called, and the others learn that what differs has changed."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    desk.take(measured("sg-1", 0.31, institute="sg"))
    (alert,) = guidance(desk)
    found = said(desk, alert.id)

    assert set(desk.responses(alert.id)) == {"gb", "jp", "sg"}
    assert {tuple(sorted((each.one.institute, each.other.institute))) for each in found.diverging} == {
        ("gb", "jp"),
        ("gb", "sg"),
    }
    assert found.comparisons == 3
    assert [(event.change.value, event.reason) for event in events(desk)] == [
        ("raised", "divergence"),
        ("updated", "divergence_changed"),
        ("escalated", "newly_concerned"),
    ]
    assert desk.violations() == []


def test_a_correction_that_ends_the_divergence_takes_it_back(desk: Desk) -> None:
    """Those who were told learn that nothing differs any more, and nobody is chased."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    desk.take(measured("jp-2", 0.56, institute="jp", series="jp-1", action=Action.UPDATE))
    (alert,) = guidance(desk)

    assert alert.state == AlertState.RETRACTED
    assert events(desk)[-1].reason == "divergence_gone"
    assert all(row.next_step_at is None for row in desk.responses(alert.id).values())

    desk.take(measured("jp-3", 0.3, institute="jp", series="jp-1", action=Action.UPDATE))

    assert [each.state for each in guidance(desk)] == [AlertState.RETRACTED, AlertState.OPEN]
    assert desk.violations() == []


def test_a_retraction_ends_the_divergence(desk: Desk) -> None:
    """One result is left: there is nothing that it could differ from."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    desk.take(retraction("jp-2", "jp-1", institute="jp"))
    (alert,) = guidance(desk)

    assert alert.state == AlertState.RETRACTED


def test_a_superseding_report_ends_the_divergence(desk: Desk) -> None:
    """A report of another series takes the place of the one that differed, by whatever name it calls it."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    later = measured("jp-9", 0.56, institute="jp")
    assert later.finding is not None
    body = later.finding.model_copy(update={"supersedes": ("urn:tocsin:institute:jp jp-1",)})
    desk.take(later.model_copy(update={"finding": body}))
    (alert,) = guidance(desk)

    assert alert.state == AlertState.RETRACTED
    assert desk.violations() == []


def test_a_correction_to_another_version_leaves_the_question(desk: Desk) -> None:
    """The task version had been given wrongly: the results were never of one question."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    desk.take(measured("jp-2", 0.32, institute="jp", series="jp-1", action=Action.UPDATE, version="3"))
    (alert,) = guidance(desk)

    assert alert.state == AlertState.RETRACTED


def test_what_people_resolved_stays_resolved_until_somebody_else_differs(desk: Desk) -> None:
    """A correction of the same divergence is told; a further institute's raises a new alert."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    (alert,) = guidance(desk)
    for institute in ("gb", "jp"):
        desk.answer(alert.id, institute, Answer.RESOLVE)
    desk.take(measured("jp-2", 0.33, institute="jp", series="jp-1", action=Action.UPDATE))

    assert desk.alert(alert.id).state == AlertState.RESOLVED
    assert events(desk)[-1].reason == "divergence_changed"

    desk.take(measured("sg-1", 0.31, institute="sg"))

    assert [each.state for each in guidance(desk)] == [AlertState.RESOLVED, AlertState.OPEN]
    assert desk.violations() == []


def test_the_stricter_label_of_the_two_counts(desk: Desk) -> None:
    """A reader of the one result who may not read the other learns nothing of it."""
    desk.take(measured("gb-1", 0.57, institute="gb", tlp=Tlp.GREEN))
    desk.take(measured("jp-1", 0.32, institute="jp", tlp=Tlp.AMBER_STRICT))
    (alert,) = guidance(desk)
    with desk.store.read() as session:
        record = alert_record(session, alert.id, directory=desk.directory)
        page = alert_page(
            session,
            directory=desk.directory,
            level=lambda tlp: Level.FULL if Tlp.AMBER.allows(tlp) else Level.NOTICE,
            states=(AlertState.OPEN,),
            limit=10,
        )
    assert record is not None
    full, notice = record.at(Level.FULL), record.at(Level.NOTICE)
    (brief,) = [view for view in page.items if view.id == alert.id]

    assert record.label is Tlp.AMBER_STRICT
    assert full is not None
    assert full.divergence is not None
    assert full.title == "Results differ: wmdp-bio 2 on example-model-4"
    assert notice is not None
    assert notice.divergence is None
    assert notice.title is None
    assert notice.reports == ()
    assert brief.title is None
    assert brief.divergence is None


def test_an_exercise_has_guidance_of_its_own_status(desk: Desk) -> None:
    """What differs in an exercise is marked as an exercise."""
    for institute, value in (("gb", 0.57), ("jp", 0.32)):
        desk.take(measured(f"{institute}-1", value, institute=institute, status=Status.EXERCISE))
    (alert,) = guidance(desk)

    assert alert.status == Status.EXERCISE
    assert alert.route == "exercise-guidance"


def test_results_in_different_languages_of_one_exercise_are_not_called_divergent(desk: Desk) -> None:
    """A joint multilingual test expects them to differ: they stand in its table. Outside of one they diverge."""
    common: dict[str, Any] = {"status": Status.EXERCISE, "exercise": "Joint test 3"}
    desk.take(measured("gb-1", 0.57, institute="gb", **common))
    desk.take(measured("ke-1", 0.32, institute="ke", languages=("sw",), **common))

    assert guidance(desk) == []

    desk.take(measured("gb-2", 0.57, institute="gb", version="7"))
    desk.take(measured("ke-2", 0.32, institute="ke", version="7", languages=("sw",)))

    assert len(guidance(desk)) == 1


def test_taking_a_report_again_changes_nothing(desk: Desk) -> None:
    """The events are those of the first time."""
    reports = [measured("gb-1", 0.57, institute="gb"), measured("jp-1", 0.32, institute="jp")]
    for report in (*reports, *reports):
        desk.take(report)

    assert len(events(desk)) == 1


def test_guidance_is_given_no_severity_by_anybody(desk: Desk) -> None:
    """An override of what grades nothing is refused with the reason."""
    desk.take(measured("gb-1", 0.57, institute="gb"))
    desk.take(measured("jp-1", 0.32, institute="jp"))
    (alert,) = guidance(desk)
    wish = Wish(severity=Severity.MINOR, why="no", evidence=(SAME,), by="operator", via=Via.API)
    with desk.store.transaction() as session:
        given = set_override(session, alert_id=alert.id, wish=wish, directory=desk.directory, now=desk.clock())

    assert given.outcome.value == "invalid"
    assert "grades nothing" in str(given.problems[0])


def test_desks_that_take_both_results_at_once_raise_one_alert(desk: Desk) -> None:
    """Twenty pairs, the halves of each taken in one instant: twenty alerts, none missed, none doubled."""
    for number in range(0, 20, 2):
        # Every other question is known already, by a result that is compared with neither half.
        known = measured(
            f"fr-{number}", 0.5, institute="fr", metric="f1", version=str(number), system=f"model-{number}"
        )
        desk.take(known)
    together = Barrier(2)

    def work(institute: str, value: float, tlp: Tlp) -> None:
        for number in range(20):
            report = measured(
                f"{institute}-{number}",
                value,
                institute=institute,
                version=str(number),
                system=f"model-{number}",
                # Another label, so another alert: it is not by the report's alert that they wait for each other.
                tlp=tlp,
            )
            together.wait(timeout=60)
            take(desk.store, report, directory=desk.directory, now=NOW)

    with ThreadPoolExecutor(2) as pool:
        halves = [pool.submit(work, "gb", 0.57, Tlp.GREEN), pool.submit(work, "jp", 0.32, Tlp.AMBER)]
        for half in halves:
            half.result()

    assert len(guidance(desk)) == 20
    assert desk.violations() == []


_reports = st.lists(
    st.tuples(st.sampled_from(["gb", "jp", "sg"]), st.sampled_from([0.3, 0.33, 0.57])), min_size=2, max_size=5
)


@settings(max_examples=25)
@given(reports=_reports, data=st.data())
def test_the_order_of_reports_decides_nothing(
    one_store: Store,  # noqa: F811
    directory: Directory,
    reports: list[tuple[str, float]],
    data: st.DataObject,
) -> None:
    """Whatever order results come in, the guidance in the end is the same, and so is whether there is any."""
    made = [measured(f"{n}", value, institute=institute) for n, (institute, value) in enumerate(reports)]
    ends = []
    for order in (made, data.draw(st.permutations(made))):
        with one_store.transaction() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
        desk = Desk(one_store, directory, HandClock(OBSERVED_AT))
        for report in order:
            desk.take(report)
        live = [said(desk, alert.id) for alert in guidance(desk) if alert.state != AlertState.RETRACTED]
        ends.append(live)
        assert desk.violations() == []

    assert ends[0] == ends[1]
