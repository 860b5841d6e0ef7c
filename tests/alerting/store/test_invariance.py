"""The same reports come to the same, in whatever order and however often they arrive.

Order matters where it should, and is left out here: corrections of one series (the newest counts), and time (what comes
long after is told anew).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.alerting.assessments import evidence, finding, incident
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tests.fixtures.store import opened
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.tables import AlertRow, Base, ReportRow
from tocsin_alerting.store.weighings import read_weighing
from tocsin_schemas import Assessment, Certainty, Severity, Tlp, Urgency

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_institutes = st.sampled_from(["gb", "jp", "fr"])


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One SQLite store for every case; each begins by emptying it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'tocsin.db'}"
    upgrade(url)
    with opened(url) as store:
        yield store


def _empty(store: Store, directory: Directory) -> Desk:
    with store.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    return Desk(store, directory, HandClock(NOW))


def _outcome(desk: Desk) -> set[tuple[object, ...]]:
    """Every alert that stands: what counts in it, by origin, and what that comes to."""
    found: set[tuple[object, ...]] = set()
    with desk.store.read() as session:
        events = {row.id: row.event_id for row in session.scalars(select(ReportRow))}
        for alert in session.scalars(select(AlertRow).where(AlertRow.state != "retracted")):
            rows = session.scalars(select(ReportRow).where(ReportRow.alert_id == alert.id, ReportRow.current))
            weighing = read_weighing(alert.weighing)
            assert weighing is not None
            origins: dict[str, set[str]] = {}
            for each in weighing.verdicts:
                origins.setdefault(each.origin, set()).add(events[each.report])
            found.add(
                (
                    frozenset(row.event_id for row in rows),
                    frozenset(frozenset(group) for group in origins.values()),
                    alert.severity,
                    alert.certainty,
                    alert.urgency,
                    alert.oecd_class,
                    alert.tlp,
                )
            )
    return found


@st.composite
def _findings(draw: st.DrawFn) -> list[Assessment]:
    """Findings on two systems under two labels, some of which repeat or replace earlier ones."""
    reports: list[Assessment] = []
    for number in range(draw(st.integers(1, 6))):
        earlier = [f"r{one}" for one in range(number)]
        institute = draw(_institutes)
        mine = [each.report for each in reports if each.institute == institute]
        reports.append(
            finding(
                f"r{number}",
                institute=institute,
                system=draw(st.sampled_from(["model-a", "Model A", "model-b"])),
                tlp=draw(st.sampled_from([Tlp.AMBER, Tlp.AMBER, Tlp.GREEN])),
                severity=draw(st.sampled_from([each for each in Severity if each is not Severity.CRITICAL])),
                certainty=draw(st.sampled_from(Certainty)),
                urgency=draw(st.sampled_from(Urgency)),
                evaluation=draw(st.sampled_from(["wmdp_bio", "wmdp_chem"])),
                evidence=evidence(*draw(st.sets(st.sampled_from("xyz"), max_size=2))),
                derived_from=tuple(draw(st.sets(st.sampled_from(["elsewhere", *earlier]), max_size=1))),
                supersedes=tuple(draw(st.sets(st.sampled_from(mine), max_size=1))) if mine else (),
            )
        )
    return reports


def _play(desk: Desk, reports: list[Assessment], random: Random | None) -> set[tuple[object, ...]]:
    """Take the reports: as they are, or in any order with some of them again and again."""
    order = list(reports)
    if random is not None:
        order += random.choices(reports, k=len(reports))
        random.shuffle(order)
    for report in order:
        desk.take(report)

    assert desk.violations() == []
    return _outcome(desk)


@settings(max_examples=50)
@given(_findings(), st.integers(0, 2**32))
def test_findings_come_to_the_same_in_any_order(
    one_store: Store, directory: Directory, reports: list[Assessment], seed: int
) -> None:
    """Severity, certainty, urgency, what counts and its origins; repeats, repetitions and replacements included."""
    straight = _play(_empty(one_store, directory), reports, None)
    shuffled = _play(_empty(one_store, directory), reports, Random(seed))

    assert shuffled == straight


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(_institutes, st.sampled_from(["", "", "i0"]), st.sampled_from(["p", "q"]), st.sampled_from(Severity)),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 2**32),
)
def test_incidents_come_to_the_same_in_any_order(
    one_store: Store,
    directory: Directory,
    described: list[tuple[str, str, str, Severity]],
    seed: int,
) -> None:
    """Those that repeat one event are told as one, and the others each for itself."""
    reports = [
        incident(
            f"i{number}",
            institute=institute,
            severity=severity,
            supporting_materials=evidence(f"own {number}" if number and builds_on else f"{content} {number == 0}"),
            derived_from=(builds_on,) if builds_on and number else (),
        )
        for number, (institute, builds_on, content, severity) in enumerate(described)
    ]
    straight = _play(_empty(one_store, directory), reports, None)
    shuffled = _play(_empty(one_store, directory), reports, Random(seed))

    assert shuffled == straight
