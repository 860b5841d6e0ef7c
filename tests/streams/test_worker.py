"""The settings under which nothing is lost, and what the worker says when it cannot start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.streams.reports import TIME, edited
from tocsin_schemas import limits
from tocsin_streams.settings import GradeSettings
from tocsin_streams.worker import build_app, message_of


def test_the_app_has_the_settings_under_which_nothing_was_lost(tmp_path: Path) -> None:
    """Each of these was measured; a change must be a decision and not a slip."""
    conf = build_app(GradeSettings(state_dir=tmp_path, grade_instance="grade-7", topic_prefix="t.")).conf

    assert conf.id == "t.grade"
    assert str(conf.processing_guarantee.value) == "at_least_once"
    assert conf.consumer_group_instance_id == "grade-7"
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval) == (10, 2)
    assert conf.broker_commit_interval <= 0.5
    assert conf.stream_wait_empty is False
    assert conf.topic_disable_leader is True
    assert conf.topic_allow_declare is False
    assert conf.web_enabled is False
    assert conf.producer_linger == 0
    assert conf.producer_acks == -1
    assert conf.producer_max_request_size >= limits.DEAD_LETTER_BYTES
    assert Path(conf.datadir) == tmp_path / "grade" / "grade-7"


@pytest.mark.parametrize("headers", [None, (), []])
def test_a_message_without_headers_is_read(headers: object) -> None:
    """No headers at all are no headers."""
    record = SimpleNamespace(topic="t", partition=1, offset=2, timestamp=None, key=None, value=None, headers=headers)

    assert message_of(record).headers == ()


def test_a_message_keeps_its_headers_in_order_and_repeated() -> None:
    """A dead letter shows them as they were."""
    record = SimpleNamespace(
        topic="t",
        partition=1,
        offset=2,
        timestamp=TIME.timestamp(),
        key=b"k",
        value=b"v",
        headers=(("a", b"1"), ("b", None), ("a", b"2")),
    )
    read = message_of(record)

    assert read.headers == (("a", b"1"), ("b", None), ("a", b"2"))
    assert read.timestamp == TIME


def start(folder: Path, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "tocsin_streams"],
        env={
            "TOCSIN_NETWORK_DIR": str(folder),
            "TOCSIN_STATE_DIR": str(tmp_path / "state"),
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "TOCSIN_GRADE_WAIT_SECONDS": "0.1",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wrong_rubric_ends_the_start_with_its_reason(tmp_path: Path) -> None:
    """Exit status 78: starting again would change nothing."""
    done = start(edited(tmp_path, rubric="name: x\nrules: []\n"), tmp_path)

    assert done.returncode == 78
    assert "rubric.yaml: rules:" in done.stderr


def test_a_wrong_setting_ends_the_start_with_its_name(tmp_path: Path) -> None:
    """The setting that is wrong is named."""
    done = start(edited(tmp_path), tmp_path, TOCSIN_GRADE_INSTANCE="a b")

    assert done.returncode == 1
    assert "grade_instance" in done.stderr


def test_a_broker_that_is_not_there_ends_the_start_with_words(tmp_path: Path) -> None:
    """Exit status 69 after a bounded wait, with the setting to look at."""
    done = start(edited(tmp_path), tmp_path)

    assert done.returncode == 69
    assert "no broker answered at 127.0.0.1:1" in done.stderr
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in done.stderr


def test_the_rubric_brings_in_no_vendor_of_the_edges() -> None:
    """Trying a rubric needs neither Kafka nor Faust."""
    code = "import sys, tocsin_streams.rubric; print(sorted({'faust', 'kafka', 'aiokafka'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "[]"
