"""The local stack, before anything of it runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.fixtures.ports import free_ports
from tocsin_deploy.ports import PortInUseError
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.stack import LocalStack

NETWORK = Path(__file__).parents[2] / "deploy" / "network"


@pytest.mark.parametrize("taken", ["web_port", "door_port", "kafka_port"])
def test_a_port_in_use_is_named_with_its_setting_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    """Where somebody listens already, `tocsinctl up` says where, and how to choose another."""
    monkeypatch.delenv("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", raising=False)
    web, door, kafka = free_ports(3)
    settings = DeploySettings(
        state_dir=tmp_path / "var", network_dir=NETWORK, web_port=web, door_port=door, kafka_port=kafka
    )
    stack = LocalStack(settings)
    said: list[str] = []
    with (
        socket.create_server(("127.0.0.1", getattr(settings, taken))),
        pytest.raises(PortInUseError, match=f"TOCSIN_{taken.upper()}") as refused,
    ):
        stack.up(said.append, detach=False)

    assert refused.value.port == getattr(settings, taken)
    assert said == []
    assert not stack.is_up()
