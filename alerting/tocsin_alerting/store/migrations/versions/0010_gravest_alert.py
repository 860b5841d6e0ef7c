"""Of a silence: which alert was the gravest that it has kept back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was kept back before is not looked up."""
    op.add_column("silences", sa.Column("gravest_alert", sa.String(length=36), nullable=True))


def downgrade() -> None:
    """Back to the severity alone."""
    op.drop_column("silences", "gravest_alert")
