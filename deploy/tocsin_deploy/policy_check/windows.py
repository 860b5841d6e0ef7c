"""Maintenance windows that never close: what they mean would be told to nobody, ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.windows import Window, occurrences
from tocsin_alerting.policy.policy_file import POLICY_FILE
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode

_WEEK = timedelta(days=7)


def window_notes(directory: Directory, *, now: datetime) -> Iterator[Note]:
    """Windows, each with those for the same people and alerts, that are open for more than a week without a break."""
    for window in directory.muting.maintenance:
        same = [each for each in directory.muting.maintenance if _same(each, window)]
        if same[0] is not window or _closes(same, now):
            continue
        whose = "everybody's people" if window.institute is None else f"the people of {window.institute}"
        together = ", ".join(each.id for each in same)
        yield Note(
            Level.FAULT,
            NoteCode.WINDOW_NEVER_CLOSES,
            POLICY_FILE,
            f"muting.maintenance ({together})",
            f"never closes: what it means is never told to {whose}",
            "Leave days or hours out, or take those people out of the route if they are never to be told.",
        )


def _same(one: Window, other: Window) -> bool:
    return (one.institute, one.match) == (other.institute, other.match)


def _closes(windows: list[Window], now: datetime) -> bool:
    until = now
    while until - now <= _WEEK:
        opened = occurrences(windows, until)
        if not opened:
            return True
        until = max(one.ends_at for one in opened)
    return False
