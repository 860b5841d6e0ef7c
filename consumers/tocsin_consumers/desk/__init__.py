"""The desk: gathers graded reports into alerts, and moves ladders on that nobody answers."""

from __future__ import annotations

from tocsin_consumers.desk.desk import Desk, read_assessment

__all__ = ["Desk", "read_assessment"]
