"""The store: one database, opened the same way by every service, on SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

_BUSY_MILLISECONDS = 15_000
_TURN_SECONDS = 0.001
"""How often a writer asks whether it is its turn; a transaction takes about as long."""


class Store:
    """Sessions on the database.

    `read()` gives a session for looking; `transaction()` one for deciding and writing, which commits at its end and
    rolls back on any exception. On SQLite a transaction takes the write lock at its beginning: one that began by
    reading and then wrote would fail with `database is locked` instead of waiting its turn.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose writes are committed together or not at all."""
        engine = self.engine.execution_options(tocsin_writes=True)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": _BUSY_MILLISECONDS / 1000})
        _tune_sqlite(engine)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)
    return Store(engine)


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # Python's driver would begin transactions by itself, and late; SQLAlchemy's documented recipe takes that over.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("tocsin_writes", False):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Make the file a WAL database, which it stays. While somebody else does, SQLite answers busy without waiting."""
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_TURN_SECONDS)
        else:
            return


def _begin_writing(connection: Connection) -> None:
    """Take the write lock, asking for it at short and equal intervals.

    SQLite's own waiting asks ever more seldom, up to every 100 ms: whoever has waited longest is served last, and a
    lock that is held for two milliseconds at a time costs hundreds.
    """
    driver: Any = connection.connection.dbapi_connection
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while _is_taken(driver) and time.monotonic() < deadline:
            time.sleep(_TURN_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    if not driver.in_transaction:
        # Once more, the usual way: whatever is wrong is raised as SQLAlchemy's error.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_taken(driver: Any) -> bool:
    """Begin; whether that failed because somebody else writes."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False
