"""Slack's limits in every language, at the longest and the most hostile text, and lines that run the other way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alerting.messages.test_compared import _guidance, _said
from tests.alerting.messages.test_slack import HOSTILE, _longest
from tests.alerting.messages.views import RAISED_AT, response, telling, view
from tests.standins.slack_checks import faults_in, units
from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.messages.fitting import MAIL_BYTES
from tocsin_alerting.messages.foreign import clean, isolated
from tocsin_alerting.messages.guidance import said_in
from tocsin_alerting.messages.language import language_for
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import Status

LONGEST_ZONE = "America/Argentina/ComodRivadavia"
ARABIC = "تسرب في النموذج"


def _takes(message: SlackMessage, specs: Path) -> None:
    blocks = json.loads(json.dumps(message.blocks))

    assert faults_in(blocks, specs) == []
    assert units(json.dumps(blocks, ensure_ascii=False)) < 10_000
    assert 0 < units(message.text) <= 3_000


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(DeliveryKind.MESSAGE, TellingReason.SILENCE_ENDED), (DeliveryKind.REPLY, TellingReason.SUPERSEDED)],
)
@pytest.mark.parametrize("tag", languages())
def test_slack_takes_every_message_in_every_language(
    tag: str, kind: DeliveryKind, reason: TellingReason, specs: Path
) -> None:
    """The longest hostile texts in a language that nobody here reads, with a remark on each."""
    told = telling(kind=kind, reason=reason, slack_user="T0TOCSIN:U0GBLEAD", subject_name=HOSTILE)
    language = language_for(tag, LONGEST_ZONE)
    longest = replace(_longest(view(status=Status.EXERCISE)), language="zz")
    message = render_slack(longest, told, language)

    _takes(message, specs)
    assert "<!channel>" not in json.dumps(message.as_dict())


@pytest.mark.parametrize("tag", languages())
def test_slack_takes_guidance_in_every_language(tag: str, specs: Path) -> None:
    """With as many institutes as there may be."""
    language = language_for(tag, LONGEST_ZONE)
    said = said_in(language, _said(institutes=10))

    _takes(render_slack(_guidance(said), telling(), language), specs)


@pytest.mark.parametrize("tag", languages())
def test_a_mail_stays_small_in_every_language(tag: str) -> None:
    """Japanese and Korean take three bytes a letter."""
    mail = render_mail(_longest(view()), telling(), language_for(tag, LONGEST_ZONE), domain="t.example")

    assert len(mail.text.encode()) + len(mail.html.encode()) <= MAIL_BYTES
    assert mail.subject.startswith("TLP:AMBER")
    assert len(mail.subject) <= 200


@settings(max_examples=25, deadline=None)
@given(
    tag=st.sampled_from(languages()),
    name=st.text(max_size=30),
    title=st.text(max_size=60),
    reason=st.sampled_from(TellingReason),
    kind=st.sampled_from(DeliveryKind),
    minutes=st.integers(0, 600_000),
)
def test_whatever_is_reported_a_message_in_any_language_begins_with_its_label(
    tag: str, name: str, title: str, reason: TellingReason, kind: DeliveryKind, minutes: int
) -> None:
    """Braces and marks in what others wrote fill places and begin none."""
    asked = response(name=name, next_step_at=RAISED_AT + timedelta(minutes=minutes))
    alert = view(title=title, responses=(asked,), language="zz")
    told = replace(telling(reason=reason, kind=kind, subject_name=name), institute_name=name)
    language = language_for(tag, "Europe/Paris")
    mail = render_mail(alert, told, language, domain="t.example")
    slack = render_slack(alert, told, language)

    assert mail.subject.startswith("TLP:AMBER")
    assert mail.text.startswith("TLP:AMBER")
    assert slack.text.startswith("TLP:AMBER")
    assert "\n" not in mail.subject


def test_text_that_runs_the_other_way_turns_nothing_round() -> None:
    """An Arabic title or name stands within an isolate in plain text and in Slack; other text is left as it is."""
    alert = view(title=ARABIC, language="ar", responses=(response(name=ARABIC),))
    told = replace(telling(), institute_name=ARABIC)
    text = render_mail(alert, told, domain="t.example").text
    slack = render_slack(alert, told)

    assert f"\u2068{ARABIC}\u2069" in text
    assert f"A new alert concerns \u2068{ARABIC}\u2069." in text
    assert f"\u2068{ARABIC}\u2069" in slack.blocks[0]["text"]["text"]
    assert f"\u2068{ARABIC}\u2069 (in Arabic)" in slack.text
    assert "\u2068" not in render_mail(view(), telling(), domain="t.example").text


def test_an_isolate_of_others_ends_with_their_text() -> None:
    """Nobody closes ours early, or leaves one open."""
    assert isolated(f"\u2069{ARABIC}\u2067") == f"\u2068{ARABIC}\u2069"
    assert isolated(isolated(ARABIC)) == isolated(ARABIC)
    assert clean(f"a\u2068{ARABIC}") == f"a{ARABIC}"
