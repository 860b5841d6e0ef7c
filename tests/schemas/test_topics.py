"""The topics, as declared."""

from tocsin_schemas import ALERTS, ASSESSMENTS, DEAD_LETTERS, FINDINGS, INCIDENTS, REPORT_TOPICS, TOPICS, ReportKind
from tocsin_schemas.limits import DEAD_LETTER_BYTES, EVENT_BYTES, RAW_BYTES


def test_a_series_keeps_its_partition_through_grading() -> None:
    """The same key on the same number of partitions: the order within a series holds to the desk."""
    assert FINDINGS.partitions == INCIDENTS.partitions == ASSESSMENTS.partitions
    assert FINDINGS.key == INCIDENTS.key == ASSESSMENTS.key


def test_every_kind_of_report_has_its_topic() -> None:
    """Findings and incidents, and nothing else."""
    assert REPORT_TOPICS == {ReportKind.FINDING: FINDINGS, ReportKind.INCIDENT: INCIDENTS}


def test_names_carry_the_deployments_prefix() -> None:
    """Two deployments can share a broker."""
    assert [topic.name("tocsin.") for topic in TOPICS] == [
        "tocsin.findings",
        "tocsin.incidents",
        "tocsin.assessments",
        "tocsin.alerts",
        "tocsin.dead-letters",
    ]


def test_the_brokers_settings_are_texts() -> None:
    """A year in milliseconds, sizes in bytes, nothing compacted away."""
    assert ALERTS.config() == {
        "cleanup.policy": "delete",
        "retention.ms": "31536000000",
        "max.message.bytes": "65536",
    }


def test_what_is_too_large_can_still_be_dead_lettered() -> None:
    """Topics take more than a report may have, and a dead letter holds the largest of it in base64."""
    for topic in (FINDINGS, INCIDENTS):
        assert topic.max_bytes > RAW_BYTES > EVENT_BYTES
        assert topic.max_bytes * 4 / 3 < DEAD_LETTERS.max_bytes == DEAD_LETTER_BYTES


def test_every_topic_says_who_writes_and_who_reads() -> None:
    """A topic without reader or writer is a mistake."""
    for topic in TOPICS:
        assert topic.writers, topic
        assert topic.readers, topic
        assert topic.says.endswith("."), topic
