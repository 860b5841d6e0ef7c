"""Noticing that the store may have changed, cheaply enough to ask hundreds of times a second."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.store.engine import Store


class StoreWatch:
    """Says whether somebody else may have committed since it was asked last.

    SQLite keeps a counter for this purpose (`PRAGMA data_version`), which costs microseconds where a query costs
    hundreds of them. PostgreSQL keeps none: there the answer is always yes, and the caller paces itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Any = None
        self._seen: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether a no is really a no, and asking costs next to nothing."""
        return self._store.dialect == "sqlite"

    def changed(self) -> bool:
        """Whether there may be something new."""
        if not self.is_exact:
            return True
        if self._connection is None:
            self._connection = self._store.engine.raw_connection()
        (version,) = self._connection.cursor().execute("PRAGMA data_version").fetchone()
        before, self._seen = self._seen, int(version)
        return before != self._seen

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
