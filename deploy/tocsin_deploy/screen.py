"""What `tocsinctl` shows: the table of processes, the demonstration's reports, and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table

from tocsin_deploy.demo.publish import Published
from tocsin_deploy.services import BROKER, FURTHER, services
from tocsin_deploy.supervision import ProcessStatus
from tocsin_deploy.topics import AppliedTopic

_DOES = {BROKER: "keeps the topics", **{service.name: service.does for service in services(FURTHER)}}
_STYLES = {"RUNNING": "green", "STARTING": "yellow", "BACKOFF": "red", "FATAL": "red", "EXITED": "red"}


def status_table(statuses: Sequence[ProcessStatus], *, now: datetime) -> Table:
    """One row a process."""
    table = Table("process", "state", "pid", "for", "what it does")
    for status in statuses:
        table.add_row(
            status.name,
            f"[{_STYLES.get(status.state, 'dim')}]{status.state}[/]",
            str(status.pid or "—"),
            _duration(int(now.timestamp()) - status.since) if status.since else "—",
            _DOES.get(status.name, ""),
        )
    return table


def published_table(reports: Sequence[Published]) -> Table:
    """One row a report of the demonstration."""
    table = Table("institute", "label", "report", "way")
    for report in reports:
        table.add_row(report.institute, report.tlp.value, report.title, report.way)
    return table


def topics_table(topics: Sequence[AppliedTopic]) -> Table:
    """One row a topic."""
    table = Table("topic", "partitions", "what was done")
    for topic in topics:
        table.add_row(topic.name, str(topic.partitions), topic.action.value)
    return table


def _duration(seconds: int) -> str:
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
