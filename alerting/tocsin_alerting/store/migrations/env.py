"""How Alembic runs the steps: on the connection, and in the transaction, that `schema.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from tocsin_alerting.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter a column; Alembic then writes the table anew.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
