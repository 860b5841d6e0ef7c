"""What goes to institutes' own systems and to chats and telephones: no more than may be said, and nothing that acts."""

import json
from dataclasses import replace

import pytest

from tests.alerting.messages.test_bulletins import HOSTILE, TEXT
from tests.alerting.messages.views import notice, telling, view
from tocsin_alerting.messages.note import inert, render_bulletin_note, render_note
from tocsin_alerting.messages.webhook import render_bulletin_webhook, render_webhook
from tocsin_alerting.policy.directory import Address, Channel, Contact
from tocsin_alerting.policy.disclosure import DisclosureReason, Level, disclose
from tocsin_schemas import Status, Tlp


def _contact(**address: object) -> Contact:
    return Contact.model_validate(
        {
            "id": "gb.soc",
            "institute": "gb",
            "name": "SOC",
            "team": "duty",
            "clearance": "TLP:RED",
            "named_person": True,
            "addresses": [{"shared": False, **address}],
        }
    )


def _level(tlp: Tlp, **address: object) -> tuple[Level, DisclosureReason]:
    contact = _contact(**address)
    found = disclose(tlp, contact, contact.addresses[0])
    return found.level, found.reason


def test_apprise_carries_notices_unless_its_address_may_carry_more() -> None:
    """A webhook carries what the contact may read; RED is never in a message."""
    chat = {"channel": "apprise", "address": "GB_CHAT"}
    hook = {"channel": "webhook", "address": "GB_SOC"}

    assert _level(Tlp.GREEN, **chat) == (Level.NOTICE, DisclosureReason.CHANNEL_CARRIES_NOTICES_ONLY)
    assert _level(Tlp.AMBER, **chat, full_text=True)[0] is Level.FULL
    assert _level(Tlp.AMBER_STRICT, **chat, full_text=True, internal=False)[0] is Level.NOTHING
    assert _level(Tlp.RED, **chat, full_text=True)[0] is Level.NOTICE
    assert _level(Tlp.AMBER, **hook)[0] is Level.FULL
    assert _level(Tlp.AMBER_STRICT, **hook, internal=False)[0] is Level.NOTHING
    assert _level(Tlp.RED, **hook)[0] is Level.NOTICE
    assert _level(Tlp.RED, **{**hook, "shared": True})[0] is Level.NOTHING


@pytest.mark.parametrize("channel", [Channel.WEBHOOK, Channel.APPRISE])
@pytest.mark.parametrize("address", ["https://soc.gb.example/s3cret", "mmosts://chat/s3cret", "gb_soc", "GB-SOC"])
def test_an_address_names_an_entry_and_never_the_place(channel: Channel, address: str) -> None:
    """Places are secrets; the refusal does not repeat one either."""
    with pytest.raises(ValueError, match="is not the name of an entry, such as KR_SOC") as refused:
        Address(channel=channel, address=address, shared=True)

    assert "s3cret" not in str(refused.value)


def test_only_apprise_is_told_that_it_may_carry_all() -> None:
    """Elsewhere the flag would promise something that it does not do."""
    with pytest.raises(ValueError, match="full_text: is for Apprise"):
        Address(channel=Channel.SLACK, address="C0GBDUTY", shared=True, full_text=True)


def test_a_notice_says_nothing_of_what_was_reported() -> None:
    """In neither form; the webhook has null where a text would be."""
    hook = render_webhook(notice(), telling()).body
    note = render_note(notice(), telling())
    said = json.dumps(hook) + note.title + note.text

    assert "nerve agent" not in said
    assert "scaffold" not in said
    assert hook["data"]["title"] is hook["data"]["summary"] is None
    assert hook["data"]["disclosure"] == "notice"
    assert telling().alert_link in note.text


def test_nothing_may_be_said_is_nothing_rendered() -> None:
    """Rather than an empty message."""
    for render in (render_webhook, render_note):
        with pytest.raises(ValueError, match="nothing may be said"):
            render(None, telling())


def test_an_exercise_is_marked() -> None:
    """In title, text and body."""
    exercise = replace(view(), status=Status.EXERCISE)
    note = render_note(exercise, telling())

    assert "EXERCISE" in note.title
    assert "exercise" in note.text.lower()
    assert render_webhook(exercise, telling()).body["data"]["status"] == "exercise"


@pytest.mark.parametrize(
    "text", [HOSTILE, "@all @channel", "[your bank](https://evil.example)", "**x** `y` # z", "a\nb"]
)
def test_what_others_wrote_acts_nowhere(text: str) -> None:
    """No mention, no link and no markup survives, and it stays readable on one line."""
    shown = inert(text)
    note = render_note(replace(view(), title=text, summary=text), telling())

    assert "\n" not in shown
    assert not any(f"@{word}" in shown for word in ("all", "channel", "U0GBLEAD"))
    assert "://" not in shown
    assert "](" not in shown
    assert note.text.count("://") == 1
    assert shown.replace("\u2060", "") == " ".join(text.replace("\u202e", "").replace("\u202c", "").split())


def test_bulletins_have_both_forms() -> None:
    """With the label first; reported text stays apart from ours."""
    note = render_bulletin_note(TEXT)
    body = render_bulletin_webhook(TEXT, reference="b", timestamp="2026-11-24T09:00:00+00:00").body

    assert note.title.startswith("TLP:AMBER")
    assert "@U0GBLEAD" not in note.text
    assert (body["type"], body["data"]["bulletin"]) == ("tocsin.bulletin.v1", "b")
    assert body["data"]["items"][0]["reported"] == HOSTILE
