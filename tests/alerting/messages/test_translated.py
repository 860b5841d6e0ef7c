"""What a reader of another language gets: our words in it, what others wrote as it is, and marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.alerting.messages.views import RAISED_AT, answered, change, response, telling, view
from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.messages.language import ENGLISH, language_for
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.view import AlertView, ClockView, ReasonView
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, Status, Tlp
from tocsin_schemas.sentences import Sentences, SentencesFile

TRIGGER = "Serious incident reported to the provider."
RULE = ReasonView("finding.top", "The result is above what experts reach.", "rubric", ())
SENTENCES = Sentences(
    [
        SentencesFile.model_validate(
            {
                "language": "fr",
                "status": "machine",
                "glossary": {"severe": "sévère"},
                "sentences": {
                    "finding.top": {"english": RULE.sentence, "says": "Le résultat dépasse celui des experts."},
                    "clock.one": {"english": TRIGGER, "says": "Incident grave signalé au fournisseur."},
                },
            }
        )
    ]
)


def _alert(**changes: object) -> AlertView:
    clock = ClockView("eu-ai-act-73", TRIGGER, 15, RAISED_AT + timedelta(days=15))
    whole = view(
        reasons=(RULE,),
        clocks=(clock,),
        responses=(response(), answered()),
        changes=(change(), change(2, AlertChange.UPDATED, "severity_raised")),
        tlp=Tlp.RED,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_reasons_and_clocks_are_said_by_the_networks_translations() -> None:
    """In the reader's language where there is a translation of just this wording."""
    said = translated(_alert(), language_for("fr"), SENTENCES)

    assert said.reasons[0].sentence == "Le résultat dépasse celui des experts."
    assert said.clocks[0].trigger == "Incident grave signalé au fournisseur."
    text = render_mail(replace(said, language="fr"), telling(), language_for("fr"), domain="t.example").text
    assert "(en anglais)" not in text


def test_what_is_not_translated_stays_english_and_says_so() -> None:
    """A reason that an older rubric worded otherwise is shown as it was recorded."""
    older = replace(RULE, sentence="The result was high.")
    said = translated(_alert(reasons=(older,)), language_for("fr"), SENTENCES)
    mail = render_mail(said, telling(), language_for("fr"), domain="t.example")

    assert "The result was high. (en anglais)" in mail.text
    assert "(in English)" not in render_mail(said, telling(), ENGLISH, domain="t.example").text


@pytest.mark.parametrize("tag", languages())
def test_reported_text_is_marked_where_its_language_is_another(tag: str) -> None:
    """The title and the summary stay as they were written; who reads their language is told nothing of it."""
    language = language_for(tag)
    alert = _alert(language="ja", title="日本語の題", summary="本文。")
    text = render_mail(alert, telling(), language, domain="t.example").text
    slack = render_slack(alert, telling(), language)
    remark = {"en": "(in Japanese)", "fr": "(en japonais)", "de": "(auf Japanisch)", "ja": ""}.get(tag)

    assert "日本語の題" in text
    assert "日本語の題" in slack.text
    if remark:
        assert remark in text
        assert remark in slack.text
        assert remark in str(slack.blocks)
    if tag == "ja":
        assert "（日本語）" not in text


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
@pytest.mark.parametrize("tag", languages())
def test_the_label_is_first_and_the_mark_is_known_in_every_language(tag: str, status: Status) -> None:
    """Both are the same everywhere; what the mark means is said in the reader's language beside it."""
    language = language_for(tag)
    mail = render_mail(_alert(status=status), telling(), language, domain="t.example")
    slack = render_slack(_alert(status=status), telling(), language)
    mark = {Status.EXERCISE: "EXERCISE EXERCISE EXERCISE", Status.TEST: "TEST TEST TEST"}[status]

    for said in (mail.subject, mail.text, slack.text, slack.blocks[0]["text"]["text"]):
        assert said.startswith("TLP:RED")
    for said in (mail.subject, mail.text, mail.html, slack.text):
        assert mark in said
    english = "Nothing has happened"
    assert (english in mail.text) is (tag == "en")
    assert (english in str(slack.blocks)) is (tag == "en")


@pytest.mark.parametrize("tag", languages()[1:])
@pytest.mark.parametrize("reason", TellingReason)
def test_no_message_speaks_english_to_those_who_read_another_language(tag: str, reason: TellingReason) -> None:
    """Whatever it is about, none of our English sentences is left in the text part or in Slack's fallback."""
    alert = _alert(title="T", summary="", reasons=(), language=None)
    told = telling(reason=reason, revision=2, kind=DeliveryKind.MESSAGE, step=2)
    language = language_for(tag, "Asia/Tokyo")
    mail = render_mail(alert, told, language, domain="t.example")
    words = f" {mail.text} {render_slack(alert, told, language).text} "

    for english in (" the ", " The ", " was ", " is ", " and ", " of "):
        assert english not in words.replace(TRIGGER, "").replace("AI Security Institute", "")
    assert f'lang="{tag}"' in mail.html
    assert "UTC+9" in mail.text
