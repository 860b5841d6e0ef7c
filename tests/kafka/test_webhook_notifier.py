"""Webhooks from a real notifier process on a real broker to an institute's own system, through failures and kill -9."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from tests.alerting import assessments
from tests.fixtures.store import NETWORK_DIR
from tests.kafka.notifying import Notifying, notifying
from tests.standins import RateLimited, ServerError, TakenWithoutAnswer
from tests.standins.webhook import WebhookStandIn
from tocsin_alerting.policy.files import load_directory
from tocsin_deploy.broker import LocalBroker
from tocsin_schemas import load_institutes

pytestmark = pytest.mark.kafka
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAMES = ("GB", "JP", "FR")


def _network(folder: Path) -> Path:
    """The shipped network, in which three duty desks have a system of their own."""
    shutil.copytree(NETWORK_DIR, folder)
    file = folder / "contacts.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for contact in content["contacts"]:
        name = contact["institute"].upper()
        if contact["team"] == "duty" and name in NAMES:
            contact["addresses"].append({"channel": "webhook", "address": f"{name}_SOC", "shared": True})
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def receiver() -> Iterator[WebhookStandIn]:
    """The institutes' system; each has a path."""
    with WebhookStandIn(secret=SECRET) as server:
        yield server


@pytest.fixture
def deployment(
    broker: LocalBroker,
    topic_prefix: str,
    tmp_path: Path,
    specs: Path,
    receiver: WebhookStandIn,
    sqlite_store_url: str,
) -> Iterator[Notifying]:
    """One notifier, of webhooks, with its secrets in a file."""
    network = _network(tmp_path / "network")
    secrets = tmp_path / "secrets"
    lines = [f"TOCSIN_WEBHOOK_{name}_SOC_URL={receiver.url}/{name}" for name in NAMES]
    lines += [f"TOCSIN_WEBHOOK_{name}_SOC_SECRETS={SECRET}" for name in NAMES]
    secrets.write_text("\n".join(lines), encoding="utf-8")
    secrets.chmod(0o600)
    with ExitStack() as stack:
        yield stack.enter_context(
            notifying(
                specs=specs,
                broker=broker,
                prefix=topic_prefix,
                folder=tmp_path,
                database_url=sqlite_store_url,
                directory=load_directory(network, load_institutes(network)),
                channels=("webhook",),
                TOCSIN_NETWORK_DIR=str(network),
                TOCSIN_SECRETS_FILE=str(secrets),
                TOCSIN_PRIVATE_DESTINATIONS="true",
            )
        )


@pytest.mark.crash
def test_whoever_fails_or_dies_everybody_is_told_under_one_id(deployment: Notifying, receiver: WebhookStandIn) -> None:
    """A limit, an outage, and kill -9 after the receiver's yes: the repeat bears the same id, and nothing is lost."""
    notifier = deployment.notifiers["webhook"]
    receiver.fail_next(RateLimited("1"), destination="/FR")
    receiver.fail_next(ServerError(503), destination="/JP")
    receiver.fail_next(TakenWithoutAnswer(30), destination="/GB")
    deployment.start()
    deployment.desk.take(assessments.finding())
    deployment.publish()
    receiver.wait_for(lambda: any(request.path == "/GB" for request in receiver.requests), within=60)
    notifier.kill()
    taken_before = len(receiver.taken)
    notifier.start()
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) == 3, "all three are told", within=90)
    rows = {row.address: row for row in deployment.rows()}
    ids = Counter(identifier for identifier, _ in receiver.taken)
    said = notifier.said()

    assert taken_before >= 1
    assert set(ids) == {row.id for row in rows.values()}
    assert ids[rows["GB_SOC"].id] == 2
    assert receiver.violations == []
    assert "What was found" not in said
    assert SECRET not in said
    assert receiver.url not in said
