"""A local stack runs a notifier for each channel that contacts use."""

import shutil
from pathlib import Path

import yaml

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.directory import Channel
from tocsin_deploy.channels_listed import channels_listed
from tocsin_deploy.services import services


def test_a_further_channel_has_a_notifier_where_a_contact_lists_it(tmp_path: Path) -> None:
    """And none where nobody does, or the contacts cannot be read."""
    file = tmp_path / "contacts.yaml"
    shutil.copy(NETWORK_DIR / "contacts.yaml", file)
    before = channels_listed(tmp_path)
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["contacts"][0]["addresses"].append({"channel": "apprise", "address": "AU_SMS", "shared": False})
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    after = channels_listed(tmp_path)
    more = {service.name for service in services(after)} - {service.name for service in services(before)}

    assert before == {Channel.SLACK, Channel.EMAIL}
    assert more == {"notify-apprise"}
    assert channels_listed(tmp_path / "nowhere") == frozenset()
