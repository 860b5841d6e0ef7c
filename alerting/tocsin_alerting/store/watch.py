"""Noticing that there may be new events to publish, cheaply enough to ask hundreds of times a second."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.store.engine import Store


class OutboxWatch:
    """Says whether the outbox may have grown since it was asked last.

    SQLite keeps a counter of commits (`PRAGMA data_version`), which costs microseconds where a query costs hundreds of
    them; when it has moved, the newest number in the outbox says whether the commit was of an event: most are not, and
    writers take turns, so that numbers are committed in their order. PostgreSQL keeps no such counter: there the answer
    is always yes, and the caller paces itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Any = None
        self._commits: int | None = None
        self._newest: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether a no is really a no, and asking costs next to nothing."""
        return self._store.dialect == "sqlite"

    def changed(self) -> bool:
        """Whether there may be a new event."""
        if not self.is_exact:
            return True
        if self._connection is None:
            self._connection = self._store.engine.raw_connection()
        commits = self._asked("PRAGMA data_version")
        if commits == self._commits:
            return False
        self._commits = commits
        newest = self._asked("SELECT MAX(number) FROM outbox")
        before, self._newest = self._newest, newest
        return before != newest

    def _asked(self, question: str) -> int | None:
        """The one number that answers."""
        row = self._connection.cursor().execute(question).fetchone()
        return None if row[0] is None else int(row[0])

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
