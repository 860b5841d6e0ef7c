"""Statements that are written in the database's own dialect, and what a conditional one has changed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Insert, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tocsin_alerting.store.tables import Base


def insert_or_ignore(session: Session, table: type[Base]) -> Any:
    """An INSERT that leaves a row alone that is there already."""
    return dialect_insert(session, table).on_conflict_do_nothing()


def dialect_insert(session: Session, table: type[Base]) -> Any:
    """An INSERT of the session's own dialect: only those know of conflicts."""
    insert: Insert = (
        postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)
    )
    return insert


def changed_rows(session: Session, statement: Insert | Update | Delete, asked: dict[str, Any] | None = None) -> int:
    """Run a conditional statement; how many rows it has changed. Of several that take the same row one is told 1."""
    return cast("CursorResult[Any]", session.execute(statement, asked)).rowcount
