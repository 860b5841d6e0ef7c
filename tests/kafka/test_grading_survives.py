"""Grading may end at any instruction: every report is accounted for, and repeats carry the same id."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.kafka.grading import Grading, changed, good, grading
from tocsin_deploy.broker import LocalBroker
from tocsin_schemas import ReportKind

pytestmark = [pytest.mark.kafka, pytest.mark.crash]
BURST = 600


def burst(deployment: Grading, count: int) -> tuple[set[str], set[tuple[str, int, int]]]:
    """Put findings, incidents and bad messages in; the ids of the good ones and the places of the bad ones."""
    ids: set[str] = set()
    sent = []
    for number in range(count):
        kind = ReportKind.INCIDENT if number % 3 == 0 else ReportKind.FINDING
        event = good(kind)
        bad = number % 10 == 5
        value = changed(event, tlp=None) if bad else event.to_json()
        topic = f"{deployment.prefix}{kind}s"
        sent.append((bad, deployment.producer.send(topic, key=event.id.encode(), value=value)))
        if not bad:
            ids.add(event.id)
    lies = [(bad, future.get(30)) for bad, future in sent]
    return ids, {(place.topic, place.partition, place.offset) for bad, place in lies if bad}


def done(deployment: Grading) -> int:
    """How many different events came out."""
    return len({event.id for _, event, _ in deployment.seen})


def accounted(deployment: Grading, ids: set[str], places: set[tuple[str, int, int]]) -> bool:
    """Whether everything that was put in came out."""
    return {each.report for _, each in deployment.assessments()} >= ids and {
        (letter.topic, letter.partition, letter.offset) for _, letter in deployment.dead_letters()
    } >= places


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_ending_in_the_middle_of_a_burst_loses_nothing(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, end: str
) -> None:
    """Kill -9 and SIGTERM, three times each, while hundreds of reports flow."""
    with grading(broker, topic_prefix, tmp_path) as deployment:
        deployment.start()
        ids: set[str] = set()
        places: set[tuple[str, int, int]] = set()
        for _ in range(3):
            before = done(deployment)
            more_ids, more_places = burst(deployment, BURST)
            ids |= more_ids
            places |= more_places
            under_way = partial(lambda least: done(deployment) > least, before + 20)
            deployment.wait_for(under_way, "the burst is under way")
            if end == "kill":
                deployment.worker.kill()
            else:
                assert deployment.worker.terminate() == 0
            deployment.look()
            in_the_middle = done(deployment) < len(ids) + len(places)
            deployment.start()

            assert in_the_middle, "the worker had finished before it was ended: make the burst larger"
        deployment.wait_for(lambda: accounted(deployment, ids, places), "every report is accounted for", within=90)

        assert done(deployment) == len(ids) + len(places)


def test_sigterm_while_the_broker_does_not_take_it_loses_nothing(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """A dead letter is on its way and the worker is told to stop: the message is read again by the next worker."""
    with grading(broker, topic_prefix, tmp_path) as deployment:
        deployment.start()
        deployment.delete_topic("dead-letters")
        place = deployment.put(b"no report")
        deployment.wait_for(lambda: "delivery_failed" in deployment.worker.said(), "the delivery fails")
        status = deployment.worker.terminate()
        deployment.create_topics()
        deployment.start()

        assert status == 0
        assert deployment.wait_for(
            lambda: [one for _, one in deployment.dead_letters() if (one.topic, one.partition, one.offset) == place],
            "the dead letter",
        )


def test_what_cannot_be_delivered_ends_the_worker_and_stays_in_its_topic(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """Exit status 70 after a bounded time; once the topic is back, the next worker delivers."""
    with grading(broker, topic_prefix, tmp_path, wait_seconds=3) as deployment:
        deployment.start()
        deployment.delete_topic("dead-letters")
        place = deployment.put(b"no report")
        deployment.wait_for(lambda: not deployment.worker.is_running, "the worker gives up", within=90)
        status = deployment.worker.exit_status
        deployment.create_topics()
        deployment.start()

        assert status == 70
        assert deployment.wait_for(
            lambda: [one for _, one in deployment.dead_letters() if (one.topic, one.partition, one.offset) == place],
            "the dead letter",
        )
