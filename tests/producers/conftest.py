"""What the tests of the producers share."""

import os
from pathlib import Path

import pytest

from tests.fixtures.clock import HandClock
from tocsin_producers import Reporter, Spool
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Institute, Institutes


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test publishes as, or to, what the developer's own environment says."""
    for name in [name for name in os.environ if name.startswith("TOCSIN_") and name not in _KEPT]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))


_KEPT = {"TOCSIN_SAMPLE_DATA", "TOCSIN_SPECS", "TOCSIN_REQUIRE_ALL", "TOCSIN_HYPOTHESIS_PROFILE"}


@pytest.fixture
def transport() -> RecordingTransport:
    """Takes everything, until told otherwise."""
    return RecordingTransport()


@pytest.fixture
def spool(tmp_path: Path, clock: HandClock) -> Spool:
    """A spool of the test's own."""
    return Spool(tmp_path / "spool", clock=clock)


@pytest.fixture
def institutes() -> Institutes:
    """Two members."""
    return Institutes(
        [
            Institute(id="gb", name="UK AI Security Institute", country="GB", languages=("en-GB",), time_zone="UTC"),
            Institute(id="fr", name="INESIA", country="FR", languages=("fr-FR",), time_zone="UTC"),
        ]
    )


@pytest.fixture
def reporter(transport: RecordingTransport, spool: Spool, clock: HandClock, institutes: Institutes) -> Reporter:
    """Speaks for whoever the report says."""
    return Reporter(transport=transport, spool=spool, clock=clock, institutes=institutes)
