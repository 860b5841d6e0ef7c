"""The buttons beneath answers and reminders on Slack, held to Slack's own types and lengths in every language."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.alerting.messages.test_slack import HOSTILE, _longest
from tests.alerting.messages.views import RAISED_AT, answered, change, response, telling, view
from tests.standins.slack_checks import faults_in, units
from tocsin_alerting.messages.answer_views import ResponseView, Tally
from tocsin_alerting.messages.answering import UNDONE_IN_SLACK
from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.messages.language import language_for
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertState, Answer, Status
from tocsin_schemas.sentences import Sentences
from tocsin_schemas.vocabulary import AlertChange, InstituteState

ZONE = "America/Argentina/ComodRivadavia"
SILENT = ("Japan AI Safety Institute", "Kenya AI Safety Institute", HOSTILE)
BUTTONS_OF_A_BLOCK = 25
"""As many as Slack takes in a block of actions."""


def _own(answer: Answer | None) -> ResponseView:
    """Where the reader's own institute stands."""
    if answer is None:
        return response(state=InstituteState.SILENT, seen_at=RAISED_AT, told_at=RAISED_AT)
    return replace(answered("gb"), answer=answer, reminders_sent=1, answered_by=HOSTILE)


def _view(answer: Answer | None) -> AlertView:
    """An answer that was withdrawn once, and given again or not."""
    withdrawn = change(2, AlertChange.ESCALATED, "answer_withdrawn", note=UNDONE_IN_SLACK.message, institute="gb")
    return view(responses=(_own(answer), response("jp")), changes=(withdrawn,))


def _closed(shown: AlertView) -> AlertView:
    """The same, resolved."""
    return replace(shown, state=AlertState.RESOLVED)


@pytest.mark.parametrize("tag", languages())
def test_slack_takes_the_longest_list_of_who_is_silent(tag: str, specs: Path) -> None:
    """In an exercise, with every part at its longest: the reported text makes room for the rest."""
    longest = _longest(replace(_view(None), status=Status.EXERCISE))
    silent = Tally(owing=9, answered=1, silent=(HOSTILE[:60],) * 8)
    longest = replace(longest, responses=(_own(None), *longest.responses), language="zz", tally=silent)
    for reason in (TellingReason.QUORUM_MISSED, TellingReason.SILENT_AT_DEADLINE):
        told = telling(kind=DeliveryKind.MESSAGE, reason=reason, slack_user="T0TOCSIN:U0GBLEAD", subject_name=HOSTILE)
        blocks = json.loads(json.dumps(render_slack(longest, told, language_for(tag, ZONE)).blocks))

        assert faults_in(blocks, specs) == []
        assert units(json.dumps(blocks, ensure_ascii=False)) < 10_000


def _elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything that can be pressed."""
    return [each for block in blocks if block["type"] == "actions" for each in block["elements"]]


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("answer", [None, *Answer])
def test_slack_takes_the_buttons_of_every_answer_in_every_language(
    tag: str, answer: Answer | None, specs: Path
) -> None:
    """In each kind of message that may carry them; no two in a message share an action, and a block holds few."""
    language = language_for(tag, ZONE)
    longest = _longest(_view(answer))
    longest = replace(longest, responses=(_own(answer), *longest.responses))
    cases = (
        (DeliveryKind.REPLY, TellingReason.ANSWERED),
        (DeliveryKind.REPLY, TellingReason.REMINDED),
        (DeliveryKind.REPLY, TellingReason.ANSWER_WITHDRAWN),
        (DeliveryKind.MESSAGE, TellingReason.ANSWER_WITHDRAWN),
        (DeliveryKind.MESSAGE, TellingReason.QUORUM_MISSED),
    )
    for kind, reason in cases:
        told = telling(kind=kind, reason=reason, slack_user="T0TOCSIN:U0GBLEAD", subject_name=HOSTILE)
        blocks = json.loads(json.dumps(render_slack(longest, told, language).blocks))
        pressed = [each["action_id"] for each in _elements(blocks)]

        assert faults_in(blocks, specs) == []
        assert units(json.dumps(blocks, ensure_ascii=False)) < 10_000
        assert len(pressed) == len(set(pressed))
        assert all(len(block.get("elements", ())) <= BUTTONS_OF_A_BLOCK for block in blocks)


@pytest.mark.parametrize(
    ("answer", "reason", "offered"),
    [
        (Answer.ACKNOWLEDGE, TellingReason.ANSWERED, {"acting", "ask_again"}),
        (Answer.ACTING, TellingReason.ANSWERED, {"ask_again"}),
        (Answer.RESOLVE, TellingReason.ANSWERED, {"ask_again"}),
        (Answer.ACKNOWLEDGE, TellingReason.REMINDED, {"acting", "no_reminders"}),
        (Answer.ACTING, TellingReason.REMINDED, {"no_reminders"}),
        (Answer.DECLINE, TellingReason.REMINDED, set()),
        (None, TellingReason.ANSWERED, set()),
    ],
)
def test_a_reply_offers_what_may_be_done_about_the_answer(
    answer: Answer | None, reason: TellingReason, offered: set[str]
) -> None:
    """No more and no less; each carries the id of its delivery. On a closed alert nothing is offered."""
    told = telling(kind=DeliveryKind.REPLY, reason=reason)
    shown = _view(answer)
    open_, closed = (_elements(list(render_slack(each, told).blocks)) for each in (shown, _closed(shown)))

    assert {each["action_id"] for each in open_} == offered
    assert {each["value"] for each in open_} <= {told.delivery_id}
    assert closed == []


@pytest.mark.parametrize("tag", languages())
def test_the_undo_asks_first_within_slacks_lengths(tag: str) -> None:
    """It calls people, so Slack asks whether that is meant, in words of the reader's language."""
    told = telling(kind=DeliveryKind.REPLY, reason=TellingReason.ANSWERED)
    found = _elements(list(render_slack(_view(Answer.ACKNOWLEDGE), told, language_for(tag, ZONE)).blocks))
    (undo,) = [each for each in found if each["action_id"] == "ask_again"]
    asked = {part: said["text"] for part, said in undo["confirm"].items() if part != "style"}

    assert set(asked) == {"title", "text", "confirm", "deny"}
    assert all(0 < units(asked[part]) <= most for part, most in (("title", 100), ("text", 300)))
    assert all(0 < units(asked[part]) <= 30 for part in ("confirm", "deny"))
    assert (asked["deny"] == "Leave it") is (tag == "en")


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("reason", [TellingReason.QUORUM_MISSED, TellingReason.SILENT_AT_DEADLINE])
def test_at_the_deadline_the_coordinator_reads_who_is_silent(tag: str, reason: TellingReason) -> None:
    """By name, in the text and the page of the mail and on Slack, in every language."""
    shown = view(tally=Tally(owing=5, answered=3, silent=SILENT[:2]))
    told = telling(kind=DeliveryKind.REPLY, reason=reason)
    language = language_for(tag, ZONE)
    mail, slack = render_mail(shown, told, language, domain="t.example"), render_slack(shown, told, language)

    for said in (mail.text, mail.html, slack.text, json.dumps(slack.blocks, ensure_ascii=False)):
        assert [name for name in SILENT[:2] if name not in said] == []


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(owing=5, answered=5), "By now everybody has answered."),
        (Tally(owing=5, answered=0), "Please acknowledge by"),
        (Tally(), "By now everybody has answered."),
    ],
)
def test_everybody_has_answered_only_where_all_who_owe_it_have(tally: Tally, said: str) -> None:
    """Where all were asked anew before the message was written, nobody is silent yet, and nobody has answered."""
    told = telling(kind=DeliveryKind.REPLY, reason=TellingReason.QUORUM_MISSED)

    assert said in render_slack(view(tally=tally), told).text


def test_the_reason_that_stands_for_one_is_said_in_the_readers_language() -> None:
    """The button has room for no other; a person's own words are left as they are."""
    notes = {}
    for tag in languages():
        lines = (change(2, note=UNDONE_IN_SLACK.message), change(3, note="A scanner pressed it."))
        shown = translated(view(changes=lines), language_for(tag, ZONE), Sentences(()))
        notes[tag] = [each.note for each in shown.changes]

    assert len({each[0] for each in notes.values()}) == 7
    assert {each[1] for each in notes.values()} == {"A scanner pressed it."}
