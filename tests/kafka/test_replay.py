"""Replay on a real broker: which grades another rubric would change, and that nobody could tell it was there."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.kafka import running_broker
from tests.kafka.replayed import (
    Filling,
    broker_state,
    commit_a_group,
    mixed,
    retraction,
    shipped,
    store_digest,
    stricter_edition,
)
from tests.streams.reports import NETWORK
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.reports import take
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import ReportKind, read_report, system_clock

pytestmark = pytest.mark.kafka

_COUNT = 600
"""More than are graded without a pool of processes."""
_UNGRADED = 40
_UNREADABLE = ["not_cloudevent", "not_json", "not_utf8"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """A broker without other deployments: groups of theirs that die away are written to its own topics at any time."""
    with running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def filled(broker: LocalBroker, topic_prefix: str) -> str:
    """Topics with reports of all sorts: graded, not graded, repeated, taken back, and no reports at all."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    filling = Filling(broker.bootstrap_servers, topic_prefix)
    filling.raw(
        ReportKind.FINDING, b"too early to count", timestamp_ms=int((system_clock().timestamp() - 3 * 86_400) * 1000)
    )
    puts = list(mixed(_COUNT))
    filling.reports(iter(puts[:-_UNGRADED]), graded_by=shipped())
    filling.reports(iter(puts[-_UNGRADED:]), graded_by=None)
    filling.reports(iter(puts[:3]), graded_by=None)
    filling.reports(iter([retraction("back-1")]), graded_by=shipped())
    filling.raw(ReportKind.INCIDENT, b"\xff no report")
    filling.raw(ReportKind.FINDING, None)
    filling.close()
    return topic_prefix


def tocsinctl(broker: LocalBroker, prefix: str, folder: Path, *words: str, **more: str) -> Any:
    """The command as operators run it, and what it prints as JSON."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tocsinctl")), *words],
        env={
            "PATH": os.environ["PATH"],
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "TOCSIN_TOPIC_PREFIX": prefix,
            "TOCSIN_NETWORK_DIR": str(NETWORK),
            "TOCSIN_STATE_DIR": str(folder / "state"),
            **more,
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_a_replay_leaves_groups_offsets_topics_and_store_as_they_were(
    broker: LocalBroker, filled: str, tmp_path: Path, store: Store, store_url: str, directory: Directory
) -> None:
    """It belongs to no group, commits nothing, sends nothing and writes nothing."""
    rubric = shipped()
    for put in list(mixed(6)):
        take(store, rubric.assess(read_report(put.event)), directory=directory, now=system_clock())
    commit_a_group(broker.bootstrap_servers, filled)
    tried = stricter_edition(tmp_path / "tried")
    before, rows = broker_state(broker.bootstrap_servers), store_digest(store)
    said = tocsinctl(
        broker, filled, tmp_path, "replay", "--rubric", str(tried), "--json", TOCSIN_DATABASE_URL=store_url
    )

    assert said["counts"]["reports"] == _COUNT
    assert said["counts"]["changed"] > 0
    assert f"{filled}grade" in before["groups"]
    assert broker_state(broker.bootstrap_servers) == before
    assert store_digest(store) == rows
    assert not (tmp_path / "state").exists()


def test_it_says_which_grades_would_change_and_which_way(broker: LocalBroker, filled: str, tmp_path: Path) -> None:
    """Each change is the one between the grade that was given and the tried rubric's, and everything read is told."""
    tried = stricter_edition(tmp_path / "tried")
    said = tocsinctl(broker, filled, tmp_path, "replay", "--rubric", str(tried), "--json")
    counts, reports = said["counts"], said["reports"]
    severities = [(each["before"]["severity"], each["after"]["severity"]) for each in reports]
    live = shipped()
    first = {put.event.id: live.grade(read_report(put.event)).severity.value for put in mixed(_COUNT)}

    assert said["rubric"].startswith("tried+sha256:")
    assert {each["report"]: each["before"]["severity"] for each in reports} == first
    assert counts["changes"]["lowered"] == severities.count(("critical", "severe")) > 0
    assert counts["changes"]["raised"] == severities.count(("moderate", "severe")) > 0
    assert counts["newly_paging_reports"] == counts["changes"]["raised"]
    assert counts["compared_with"] == {"assessment": _COUNT - _UNGRADED, "live_rubric": _UNGRADED}
    assert (counts["repeated"], counts["retractions"]) == (3, 1)
    assert sorted(each["problems"][0]["code"] for each in said["unreadable"]) == _UNREADABLE
    assert "What happened" not in json.dumps(said)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_reports_take_less_than_a_minute_and_leave_no_trace(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """All processes together are busy for less than a minute, which no other work on the machine makes longer."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    filling = Filling(broker.bootstrap_servers, topic_prefix)
    filling.reports(mixed(10_000), graded_by=shipped())
    filling.close()
    tried = stricter_edition(tmp_path / "tried")
    before, busy = broker_state(broker.bootstrap_servers), resource.getrusage(resource.RUSAGE_CHILDREN)
    said = tocsinctl(broker, topic_prefix, tmp_path, "replay", "--rubric", str(tried), "--json", "--changed-only")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert said["counts"]["reports"] == 10_000
    assert len(said["reports"]) == said["counts"]["changed"] > 100
    assert broker_state(broker.bootstrap_servers) == before
    assert (after.ru_utime + after.ru_stime) - (busy.ru_utime + busy.ru_stime) < 60


def test_the_table_shows_what_would_change(broker: LocalBroker, filled: str, tmp_path: Path) -> None:
    """People read the counts, what they rest on, and where what could not be read lies."""
    tried = stricter_edition(tmp_path / "tried")
    said = tocsinctl(broker, filled, tmp_path, "replay", "--rubric", str(tried), COLUMNS="200")

    assert f"{_COUNT} reports" in said
    assert "Would newly page" in said
    assert f"{_UNGRADED} reports have no assessment there" in said
    assert f"{filled}incidents[" in said
    assert "Nothing was committed, sent or written." in said


def test_the_live_rubric_changes_nothing_and_times_bound_what_is_read(
    broker: LocalBroker, filled: str, tmp_path: Path
) -> None:
    """Replaying what is live changes no grade; `--since` leaves out what was written before."""
    words = ("replay", "--rubric", str(NETWORK), "--json", "--changed-only")
    everything = tocsinctl(broker, filled, tmp_path, *words)
    recent = tocsinctl(broker, filled, tmp_path, *words, "--since", "1d")
    nothing = tocsinctl(broker, filled, tmp_path, *words, "--until", "2d")

    assert everything["counts"]["changes"]["same"] == _COUNT
    assert everything["reports"] == []
    assert (everything["counts"]["unreadable"], recent["counts"]["unreadable"]) == (3, 2)
    assert recent["counts"]["reports"] == _COUNT
    assert (nothing["counts"]["reports"], nothing["counts"]["unreadable"]) == (0, 1)


def test_topics_that_are_not_there_are_named_and_not_made(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """A misspelt prefix ends with one line that says what to do, and leaves the broker as it was."""
    before = broker_state(broker.bootstrap_servers)
    with pytest.raises(AssertionError, match=r"there is no topic .*findings: create it with `tocsinctl topics apply`"):
        tocsinctl(broker, topic_prefix, tmp_path, "replay", "--rubric", str(NETWORK))

    assert broker_state(broker.bootstrap_servers) == before
