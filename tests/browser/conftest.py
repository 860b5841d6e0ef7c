"""The web service on a port of its own, for a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The small network, served on the loopback."""
    with serving(tmp_path) as made:
        yield made
