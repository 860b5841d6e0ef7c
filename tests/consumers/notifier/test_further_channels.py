"""Webhooks and Apprise are told by the same queue as everybody; without entries they only preview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Address, Channel, Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.web.previews import MailPreview, read_preview
from tocsin_consumers.channels.apprise import AppriseChannel
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.preview import PreviewChannel
from tocsin_consumers.channels.webhook import WebhookChannel
from tocsin_consumers.notifier.channels import channel_for, previews
from tocsin_consumers.notifier.settings import NotifierSettings
from tocsin_schemas import Tlp, load_institutes


def _directory(*addresses: Address) -> Directory:
    """The shipped network, in which Japan's duty desk has further addresses."""
    directory = load_directory(NETWORK_DIR, load_institutes(NETWORK_DIR))
    contacts = [
        contact.model_copy(update={"addresses": (*contact.addresses, *addresses)})
        if contact.id == "jp.duty"
        else contact
        for contact in directory.contacts.values()
    ]
    return Directory(
        contacts=contacts,
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version="tests-1",
        institutes=directory.institutes,
    )


@pytest.mark.parametrize("full", [False, True])
def test_an_alert_goes_out_by_both_and_says_what_it_may(store: Store, clock: HandClock, full: bool) -> None:
    """Previews are kept as they would have been sent, and can be read on the outbox page."""
    directory = _directory(
        Address(channel=Channel.WEBHOOK, address="JP_SOC", shared=True),
        Address(channel=Channel.APPRISE, address="JP_CHAT", shared=True, full_text=full),
    )
    said = {}
    for name in (Channel.WEBHOOK, Channel.APPRISE):
        notifier = Notifier(
            store=store, directory=directory, clock=clock, name=name, channel=PreviewChannel(), previews=True
        )
        if name is Channel.WEBHOOK:
            notifier.desk.take(assessments.finding(tlp=Tlp.AMBER))
        notifier.hear()
        notifier.send()
        (row,) = notifier.rows(channel=name.value)
        assert row.outcome == "previewed"
        assert row.rendered is not None
        said[name] = (row.disclosure, row.rendered)

    hook, note = said[Channel.WEBHOOK], said[Channel.APPRISE]
    assert (hook[0], note[0]) == ("full", "full" if full else "notice")
    assert "What was found" in json.dumps(hook[1])
    assert ("What was found" in json.dumps(note[1]).replace("\\u2060", "")) is full
    assert isinstance(read_preview(hook[1]), MailPreview)
    assert read_preview(note[1]).subject.startswith("TLP:AMBER")  # type: ignore[union-attr]


@pytest.mark.parametrize("full", [False, True])
def test_a_bulletin_is_recorded_as_having_said_what_it_said(store: Store, clock: HandClock, full: bool) -> None:
    """Where an address carries notices only it is announced, and the record does not claim that all was told."""
    at = Address(channel=Channel.APPRISE, address="JP_CHAT", shared=True, full_text=full)
    notifier = Notifier(
        store=store,
        directory=_directory(at),
        clock=clock,
        name=at.channel,
        channel=PreviewChannel(),
        previews=True,
    )
    with store.transaction() as session:
        post_bulletin(
            session,
            BulletinKind.POLICY_REFUSED,
            key="refused",
            institute="jp",
            contact="jp.duty",
            channel=at.channel,
            address=at.address,
            content={"faults": ["contacts.yaml: is no YAML."], "more": 0, "in_force": "tests-1"},
            policy="tests-1",
            now=clock(),
        )
    notifier.send()
    (row,) = notifier.rows()

    assert row.disclosure == ("full" if full else "notice")
    assert ("contacts.yaml" in json.dumps(row.rendered)) is full


@pytest.mark.parametrize(
    ("name", "variable", "kind"),
    [
        (Channel.WEBHOOK, "TOCSIN_WEBHOOK_JP_SOC_URL", WebhookChannel),
        (Channel.APPRISE, "TOCSIN_APPRISE_JP_CHAT", AppriseChannel),
    ],
)
def test_with_an_entry_a_channel_sends_and_without_any_it_previews(
    name: Channel, variable: str, kind: type, tmp_path: Path
) -> None:
    """Whichever place it is for."""
    settings = NotifierSettings(state_dir=tmp_path)
    some, none = Entries({variable: "https://example.org/"}), Entries({})

    assert isinstance(channel_for(settings, name, some), kind)
    assert isinstance(channel_for(settings, name, none), PreviewChannel)
    assert (previews(settings, name, some), previews(settings, name, none)) == (False, True)
