"""The schema's life: brought up to date by one command, and checked by every service before it works."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from tocsin_alerting.store.engine import Store, open_store

_ADVISORY_LOCK = 8_405_163_271
"""Any number, the same for every process that migrates: PostgreSQL's name for "I am migrating Tocsin"."""


def upgrade(url: str) -> None:
    """Bring the database at a SQLAlchemy URL to the newest schema. Harmless when it is; safe when several try at once.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
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
    script = ScriptDirectory.from_config(_config())
    wanted = script.get_current_head()
    with store.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == wanted:
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if found is None or found in known:
        raise RuntimeError(
            f"the store has schema {found or 'none'}, this software needs {wanted}: run `tocsinctl db upgrade`"
        )
    raise RuntimeError(
        f"the store has schema {found}, which is newer than this software ({wanted}): install the newer release"
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
