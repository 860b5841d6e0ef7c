"""What has been decided and sent: tables, migrations, and the transactions that change them."""

from __future__ import annotations

from tocsin_alerting.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
