"""What has been decided and sent: tables, migrations, and the transactions that change them."""

from __future__ import annotations

# Tables of one database: who knows some must know all, for they refer to each other.
from tocsin_alerting.store import (
    tables_answering,
    tables_bulletins,
    tables_deliveries,
    tables_guidance,
    tables_judgements,
    tables_muting,
    tables_rota_feeds,
)
from tocsin_alerting.store.engine import Store, open_store

__all__ = [
    "Store",
    "open_store",
    "tables_answering",
    "tables_bulletins",
    "tables_deliveries",
    "tables_guidance",
    "tables_judgements",
    "tables_muting",
    "tables_rota_feeds",
]
