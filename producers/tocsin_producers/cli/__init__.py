"""`tocsin`, the institute's command: publish files, see what waits, take back, look up what a report is."""

from __future__ import annotations

from tocsin_producers.cli.app import create_app
from tocsin_producers.cli.wiring import Wiring

__all__ = ["Wiring", "create_app", "main"]


def main() -> None:
    """Run the command."""
    create_app(Wiring())()
