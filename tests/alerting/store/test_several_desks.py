"""Several desks work on one store: one alert for one thing, no report lost, none counted twice."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR, opened
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.tables import AlertRow, Base, ReportRow
from tocsin_schemas import Action, InvalidEvent, Severity, load_institutes

INSTITUTES = ("au", "ca", "eu", "fr", "jp", "ke", "kr", "sg", "gb", "us")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _work(url: str, worker: int, *, rounds: int) -> list[str]:
    """One desk in a process of its own: every desk gets every report, in an order of its own."""
    store = open_store(url)
    directory = load_directory(NETWORK_DIR, load_institutes(NETWORK_DIR))
    reasons = []
    for turn in range(rounds):
        for position in range(len(INSTITUTES)):
            institute = INSTITUTES[(position + worker * 5) % len(INSTITUTES)]
            report = finding(f"{institute}-{turn}", institute=institute, system=f"model-{turn}")
            reasons.append(take(store, report, directory=directory, now=NOW).reason.value)
    store.close()
    return reasons


def test_desks_in_two_processes_gather_into_one_alert(desk: Desk, store_url: str) -> None:
    """Both are given the same reports at the same time: per system one alert, ten reports, each taken by one desk."""
    rounds = 4
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        outcomes = list(pool.map(partial(_work, store_url, rounds=rounds), range(2)))
    reasons = [reason for outcome in outcomes for reason in outcome]
    with desk.store.read() as session:
        alerts = session.execute(
            select(func.count(func.distinct(ReportRow.id)), AlertRow.revision)
            .join(AlertRow, ReportRow.alert_id == AlertRow.id)
            .group_by(AlertRow.id, AlertRow.revision)
        ).all()

    assert [tuple(alert) for alert in alerts] == [(10, 10)] * rounds
    assert reasons.count(LifecycleReason.FIRST_REPORT) == rounds
    assert reasons.count(LifecycleReason.CORROBORATED) == rounds * 9
    assert reasons.count(LifecycleReason.DUPLICATE) == rounds * 10
    assert desk.violations() == []


def test_reports_that_arrive_in_one_instant_raise_one_alert(desk: Desk) -> None:
    """Ten threads, ten institutes, one system."""

    def report(institute: str) -> str:
        assessment = finding(f"{institute}-1", institute=institute)
        return take(desk.store, assessment, directory=desk.directory, now=NOW).alert_id

    with ThreadPoolExecutor(10) as pool:
        alerts = set(pool.map(report, INSTITUTES))
    (alert_id,) = alerts

    assert desk.alert(alert_id).revision == 10
    assert [event.revision for event in desk.events()] == list(range(1, 11))
    assert desk.violations() == []


def test_reports_that_replace_across_each_other_never_wait_for_each_other(desk: Desk) -> None:
    """Two desks, each with a report that replaces one in the other's alert: held in one order, there is no deadlock."""

    def move(number: int, here: str, there: str) -> str:
        """Gb's and jp's reports change places, in opposite directions."""
        institute = "gb" if here == "a" else "jp"
        report = finding(
            f"{institute}-{number}", institute=institute, system=there, supersedes=(f"{institute}-{number - 1}",)
        )
        return take(desk.store, report, directory=desk.directory, now=NOW).reason.value

    for institute, system in (("gb", "a"), ("jp", "b"), ("fr", "a"), ("kr", "b")):
        desk.take(finding(f"{institute}-0", institute=institute, system=system))
    with ThreadPoolExecutor(2) as pool:
        for number in range(1, 13):
            places = [("a", "b"), ("b", "a")] if number % 2 else [("a", "a"), ("b", "b")]
            list(pool.map(lambda place, number=number: move(number, *place), places))
    with desk.store.read() as session:
        current = session.scalars(select(ReportRow.event_id).where(ReportRow.current)).all()

    assert sorted(current) == ["fr-0", "gb-12", "jp-12", "kr-0"]
    assert desk.violations() == []


def test_what_replaces_and_what_is_replaced_may_come_in_one_instant(desk: Desk) -> None:
    """At two desks, each before it could see the other: whichever is first, only the successor counts."""
    for number in range(8):
        old = finding(f"old-{number}", system=f"model-{number}")
        new = finding(f"new-{number}", system=f"other-{number}", supersedes=(f"old-{number}",))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: take(desk.store, each, directory=desk.directory, now=NOW), (old, new)))
    with desk.store.read() as session:
        current = session.scalars(select(ReportRow.event_id).where(ReportRow.current)).all()

    assert sorted(current) == [f"new-{number}" for number in range(8)]
    assert desk.violations() == []


_steps = st.lists(
    st.tuples(
        st.sampled_from(["report", "report", "report", "retract", "answer", "wait", "again"]),
        st.sampled_from(["gb", "jp", "fr"]),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from([each for each in Severity if each is not Severity.CRITICAL]),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One SQLite store for every case; each begins by emptying it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'tocsin.db'}"
    upgrade(url)
    with opened(url) as store:
        yield store


@settings(max_examples=40)
@given(_steps)
def test_whatever_happens_the_invariants_hold(
    one_store: Store, directory: Directory, steps: list[tuple[str, str, str, Severity]]
) -> None:
    """Reports, retractions, answers, silence and repeats in any order: nothing that owes an answer is forgotten."""
    desk = Desk(one_store, directory, HandClock(NOW))
    with desk.store.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    taken: list[str] = []
    for number, (what, institute, series, severity) in enumerate(steps):
        if what == "wait":
            desk.clock.advance(timedelta(minutes=20))
            desk.escalate()
        elif what == "answer" and taken:
            desk.answer(taken[-1], institute)
        elif what == "retract":
            try:
                desk.take(retraction(f"r{number}", series, institute=institute))
            except InvalidEvent:
                continue
        elif what in {"report", "again"}:
            report = finding(f"r{number}", institute=institute, series=series, action=Action.UPDATE, severity=severity)
            taken.append(desk.take(report).alert_id)
            revision = desk.alert(taken[-1]).revision
            if what == "again":
                assert desk.take(report).reason is LifecycleReason.DUPLICATE
                assert desk.alert(taken[-1]).revision == revision

        assert desk.violations() == []
