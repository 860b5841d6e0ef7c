"""Tries all contacts out once a week, so that dead addresses are found before they are needed."""

from __future__ import annotations

from tocsin_alerting.policy.directory import CurrentDirectory
from tocsin_alerting.policy.reach_test import due_slot
from tocsin_alerting.store import Store
from tocsin_alerting.store.reachability import post_trials
from tocsin_schemas.clock import Clock


class ReachTrials:
    """Posts the week's trial when it is due, once however many desks look."""

    def __init__(self, *, store: Store, directory: CurrentDirectory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def look(self) -> None:
        """Post the trial of this week, if it is due.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        directory, now = self._directory(), self._clock()
        slot = None if directory.reach.test is None else due_slot(directory.reach.test, now)
        if slot is None:
            return
        called = [contact for contact in directory.contacts.values() if directory.calls(contact)]
        with self._store.transaction() as session:
            post_trials(session, called, run=f"weekly-{slot:%Y-%m-%d}", policy=directory.version, now=now)
