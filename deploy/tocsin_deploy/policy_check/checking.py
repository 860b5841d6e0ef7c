"""`tocsinctl policy check`: everything that is wrong with a network's policy, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin_alerting.policy.oncall.loading import FeedCopies
from tocsin_deploy.policy_check.contacts import contact_notes
from tocsin_deploy.policy_check.deployment import IsConfigured, channel_notes, ladder_notes, rota_notes
from tocsin_deploy.policy_check.habits import habit_notes
from tocsin_deploy.policy_check.loading import load
from tocsin_deploy.policy_check.notes import Level, Note
from tocsin_deploy.policy_check.running import run_policy_tests
from tocsin_deploy.policy_check.windows import window_notes
from tocsin_deploy.policy_check.wishes import subscription_notes

NOT_LOADED = "not loaded"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    policy: str
    """The version; `NOT_LOADED` where services would refuse the files: nothing else is looked at then."""
    notes: tuple[Note, ...]
    """Faults first."""
    tests: int
    """How many policy tests were run."""

    def count(self, level: Level) -> int:
        """How many notes there are of a level."""
        return sum(note.level is level for note in self.notes)


def check_network(
    network_dir: Path, *, is_configured: IsConfigured, now: datetime, copies: FeedCopies | None = None
) -> Checked:
    """Look at the whole of a network's policy.

    Args:
        network_dir: the folder.
        is_configured: whether the deployment can deliver at an address.
        now: from when on rotas and windows are looked at.
        copies: of the calendars that rotas are fetched from.
    """
    directory, faults = load(network_dir, copies)
    if directory is None:
        return Checked(NOT_LOADED, faults, 0)
    ran = run_policy_tests(network_dir, directory)
    found = [
        *contact_notes(directory),
        *habit_notes(directory),
        *subscription_notes(directory),
        *ladder_notes(directory),
        *rota_notes(directory, now=now),
        *window_notes(directory, now=now),
        *channel_notes(directory, is_configured),
        *ran.notes,
    ]
    return Checked(directory.version, tuple(sorted(found, key=lambda note: note.level is not Level.FAULT)), ran.count)
