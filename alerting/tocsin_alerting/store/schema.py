"""The schema's life: brought up to date by one command, and checked by every service before it works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from tocsin_alerting.store.engine import Store, open_store

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")
_ADVISORY_LOCK = 8_405_163_271
"""Any number, the same for every process that migrates: PostgreSQL's name for "I am migrating Tocsin"."""


def upgrade(url: str) -> None:
    """Bring the database at a SQLAlchemy URL to the newest schema. Harmless when it is; safe when several try at once.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    # Late: every service checks the schema when it starts, and none of them changes it.
    from alembic import command

    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    store = open_store(url)
    try:
        # One transaction for all steps, on SQLite with its write lock from the beginning: whoever comes second waits.
        with store.engine.execution_options(tocsin_writes=True).begin() as connection:
            if store.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _ADVISORY_LOCK})
            command.upgrade(_config(connection), "head")
    finally:
        store.close()


def check_revision(store: Store) -> None:
    """Make sure that the database has the schema this software was written for.

    Raises:
        RuntimeError: it has an older or a newer one; the message says what to do.
    """
    known = revisions()
    wanted = max(known)
    with store.engine.connect() as connection:
        found = _revision(connection)
    if found == wanted:
        return
    if found is None or found in known:
        raise RuntimeError(
            f"the store has schema {found or 'none'}, this software needs {wanted}: run `tocsinctl db upgrade`"
        )
    raise RuntimeError(
        f"the store has schema {found}, which is newer than this software ({wanted}): install the newer release"
    )


def revisions() -> set[str]:
    """The revisions that this software knows, by the numbers that their files' names begin with; the highest is newest.

    To ask Alembic would be to import it and every migration, at each start of each service.
    """
    return {path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")}


def _revision(connection: Connection) -> str | None:
    """The revision that a database says it has; None: it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
