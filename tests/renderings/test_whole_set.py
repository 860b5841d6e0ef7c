"""What `make renderings` shows is everything: no kind of message, in no language, and no page is left out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader

from tests.alerting.web.network import Network
from tests.fixtures.clock import HandClock
from tests.renderings.happenings import bulletins
from tests.renderings.kinds import ZONES, kinds
from tests.renderings.mails import mails, notes, slack_messages, webhooks
from tests.renderings.readable import texts
from tests.renderings.scenes import documents, scenes
from tocsin_alerting.messages.catalogues import catalogue, languages
from tocsin_alerting.messages.mail import mail_templates
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.marked import MarkReason
from tocsin_alerting.policy.muting.hiding import Hiding
from tocsin_alerting.policy.oncall.faults import RotaFaultKind
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.store import Store
from tocsin_alerting.web import templating
from tocsin_schemas import Status, Tlp
from tocsin_schemas.clock import system_clock

TRANSLATED = [tag for tag in ZONES if tag != "en"]
_CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(?:silence|maintenance|institute|urn):\S+|\b(?:fr|gb|jp)\.(?:duty|lead)\b")
_CAUSE = re.compile(r"\b(?:silence|maintenance|inhibition):")
"""What programs call things. Names of people and systems have none of it in the small network."""


def test_every_language_is_shown() -> None:
    """Those that messages can be in."""
    assert set(ZONES) == set(languages())


def test_no_kind_of_message_is_missing() -> None:
    """Every bulletin, every fault of one, every reason to be told and every form, in every language."""
    every = bulletins()
    forms = {f"on_call_{fault}" for fault in RotaFaultKind} | {f"not_reached_{reason}" for reason in MarkReason}
    forms |= {f"silence_hides_{why}" for why in Hiding if why.is_told}
    forms |= {"storm_summary", "storm_summary_more", "storm_summary_over", "silence_begun", "silence_over"}

    assert set(every) == set(ZONES)
    for shown in every.values():
        assert {one.kind for one in shown.values()} == set(BulletinKind)
        assert forms <= shown.keys()
    told = kinds().values()
    assert {telling.reason for _, telling in told} == set(TellingReason)
    assert {telling.kind for _, telling in told} == set(DeliveryKind)
    assert {view.status for view, _ in told} == set(Status)


@pytest.mark.parametrize("tag", ZONES)
def test_all_of_it_is_shown_in_every_form(tag: str) -> None:
    """As mail, in Slack, as a note and for systems."""
    named = set(kinds()) | set(bulletins()[tag])

    assert {name for name, _ in mails(tag)} == named
    assert {name for name, _ in slack_messages(tag)} == named
    assert {name for name, _ in webhooks(tag)} == named
    assert {name for name, _ in notes(tag)} >= named


def test_no_template_of_mails_is_missing() -> None:
    """One that no kind shows would be looked at by nobody."""
    assert len(bulletins()) == len(ZONES)
    of_bulletins = {name for name in _loaded(mail_templates()) if "bulletin" in name}
    # What other tests have loaded does not count.
    mail_templates.cache_clear()
    shown = dict(mails("en"))

    assert len(shown) > len(kinds())
    assert _loaded(mail_templates()) | of_bulletins == set(
        PackageLoader("tocsin_alerting.messages", "templates").list_templates()
    )


def test_no_page_is_missing(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each template of the web is part of some page that is shown; and none says what only programs call so."""
    made: list[Environment] = []

    def kept(*args: Any) -> Environment:
        made.append(templating.environment(*args))
        return made[-1]

    monkeypatch.setattr("tocsin_alerting.web.app.environment", kept)
    network = Network(sqlite_store, HandClock(system_clock()))
    shown = documents(network, scenes(network), "en")

    assert [said for page in shown.values() for said in texts(page, values=True) if _CAUSE.search(said)] == []
    assert set().union(*map(_loaded, made)) == set(templating.environment().list_templates())


@pytest.mark.parametrize("tag", ZONES)
def test_the_label_comes_first(tag: str) -> None:
    """In the subject, in both parts of a mail, in Slack's heading and fallback, and in a note."""
    labels = tuple(Tlp)
    for name, shown in bulletins()[tag].items():
        own = max((each for each in labels if shown.mail.subject.startswith(each.value)), key=len)
        heading = shown.slack.blocks[0]["text"]["text"]

        assert shown.mail.text.startswith(f"{own.value}\n"), name
        assert next(text for text in texts(shown.mail.html, attributes=False) if text).startswith(own.value), name
        assert heading.startswith((f"{own.value}:", f"{own.value} ·")), name
        assert shown.slack.text.startswith(own.value), name
        assert shown.note.title.startswith(own.value), name
        assert shown.announced.title.startswith(tuple(each.value for each in labels)), name


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_of_ours_is_left_in_english(tag: str) -> None:
    """What a mail says as the English one does is a name, a label or a number, or marked as English."""
    said = catalogue(tag)
    english = dict(mails("en"))
    left = {
        (name, text)
        for name, mail in mails(tag)
        for text in set(texts(mail.html)) & set(texts(english[name].html))
        if said.gettext(text) != text
    }

    assert left == set()


@pytest.mark.parametrize("tag", ZONES)
def test_nobody_reads_what_was_made_for_programs(tag: str) -> None:
    """No value of a closed set, no id of a contact, no cause of a silence stands in a bulletin."""
    found = {
        (name, code)
        for name, shown in bulletins()[tag].items()
        for text in texts(shown.mail.html, attributes=False, values=True)
        for code in (*_CODE.findall(text), *(name for name in ("email", "webhook", "apprise") if text == name))
    }

    assert found == set()


def _loaded(made: Environment) -> set[str]:
    assert made.cache is not None
    return {name for _, name in made.cache.keys()}  # noqa: SIM118 - it is no dict
