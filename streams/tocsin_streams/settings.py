"""Settings of the grading worker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from tocsin_schemas import TocsinSettings


class GradeSettings(TocsinSettings):
    """What the grading worker knows."""

    grade_instance: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")] = "grade-1"
    """Name of this replica in its consumer group; stable over restarts, so that a restart costs no rebalance."""
    grade_wait_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0
    """How long to wait for the broker at start, and for it to take an event, before giving up loudly."""

    @property
    def bootstrap_servers(self) -> list[str]:
        """The broker's addresses."""
        return [server.strip() for server in self.kafka_bootstrap_servers.split(",") if server.strip()]

    @property
    def group(self) -> str:
        """The consumer group of all grading workers of one deployment."""
        return f"{self.topic_prefix}grade"

    @property
    def data_dir(self) -> Path:
        """A folder of its own for each replica; Faust wants one even for a stateless worker."""
        return self.state_dir / "grade" / self.grade_instance
