"""What operators see of the dead letters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from kafka import KafkaProducer

from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.dead_letters import read_dead_letters
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import DEAD_LETTER_TYPE, DEAD_LETTERS, Envelope, InvalidEvent, Problem, dead_letter

pytestmark = pytest.mark.kafka


def _letter(offset: int) -> bytes:
    letter = dead_letter(
        InvalidEvent([Problem("tlp", "is required.", "Label it.")]),
        stage="grade",
        topic="tocsin.findings",
        partition=0,
        offset=offset,
        timestamp=None,
        key=None,
        value=b"{}",
        headers=[],
    )
    return Envelope(
        id=str(offset),
        source="urn:tocsin:service:grade",
        type=DEAD_LETTER_TYPE,
        subject=None,
        data=letter.model_dump(mode="json"),
        time=datetime(2026, 11, 24, tzinfo=UTC),
    ).to_json()


def test_what_is_no_dead_letter_hides_none(broker: LocalBroker, topic_prefix: str) -> None:
    """Garbage in the topic is shown as such, and what lies behind it is read."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap_servers)
    topic = DEAD_LETTERS.name(topic_prefix)
    for value in (
        _letter(7),
        b"\xff",
        b"[]",
        None,
        b'{"specversion":"1.0","id":"1","source":"x","type":"y"}',
        _letter(8),
    ):
        producer.send(topic, key=b"k", value=value).get(timeout=20)
    producer.close()

    kept = list(read_dead_letters(broker.bootstrap_servers, topic_prefix))

    assert [None if one.letter is None else one.letter.offset for one in kept] == [7, None, None, None, None, 8]
    assert [one.fault is None for one in kept] == [True, False, False, False, False, True]
