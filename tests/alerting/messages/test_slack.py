"""What is said on Slack, held to Slack's own types and lengths."""

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from tests.alerting.messages.views import (
    ALERT_ID,
    RAISED_AT,
    answered,
    change,
    dissent,
    notice,
    override,
    response,
    telling,
    view,
)
from tests.standins.slack_checks import faults_in, units
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.messages.view import AlertView, ClockView, Deed, RelationView, VerdictView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, AlertState, Answer, Severity, Status, Tlp, limits

HOSTILE = "<!channel> <@U0GBLEAD> <https://evil.example|your bank> & \u202eevil\u202c *bold* \r\nBcc: x"
LONG = HOSTILE * 400


def _all_text(message: SlackMessage) -> str:
    return json.dumps(message.as_dict(), ensure_ascii=False)


def _buttons(message: SlackMessage) -> dict[str, dict[str, Any]]:
    return {
        element["action_id"]: element
        for block in message.blocks
        for element in block.get("elements", [])
        if element["type"] == "button"
    }


def _longest(shown: AlertView) -> AlertView:
    title, line = LONG[: limits.TITLE_CHARACTERS], LONG[: limits.LINE_CHARACTERS]
    return replace(
        shown,
        title=title,
        summary="😀" * limits.TEXT_CHARACTERS,
        system=line * 3,
        evaluation=line,
        measurements=(line,) * limits.ITEMS,
        reporters=(line,) * 12,
        reasons=tuple(replace(reason, sentence=LONG) for reason in shown.reasons),
        clocks=(ClockView(line, line, 15, RAISED_AT),) * 9,
        responses=tuple(replace(response(f"i{number}"), name=line) for number in range(60)),
        changes=(change(note=LONG, institute_name=line, actor=line, reporters=(line,) * 12, deed=Deed.CORRECTED),),
        confirmed_by=(line,) * 12,
        verdicts=tuple(VerdictView(line, line, Verdict.CONFIRMS, line, line) for _ in range(60)),
        relations=tuple(RelationView(Relation.SAME_EVENT, ALERT_ID) for _ in range(60)),
        shared=Severity.SEVERE,
        overrides=(override(why=LONG, by=line, evidence=(line,) * 20),),
        dissents=tuple(dissent(name=line, why=LONG, evidence=(line,) * 20) for _ in range(12)),
    )


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", DeliveryKind)
@pytest.mark.parametrize("reason", TellingReason)
def test_every_message_is_one_that_slack_takes(
    kind: DeliveryKind, reason: TellingReason, status: Status, specs: Path
) -> None:
    """Short or of the longest hostile texts, at every level and in every state, it fits types, lengths and totals."""
    told = telling(kind=kind, reason=reason, slack_user="T0TOCSIN:U0GBLEAD", subject_name=HOSTILE)
    views = (
        view(status=status),
        _longest(view(status=status)),
        notice(status=status),
        view(status=status, state=AlertState.RESOLVED),
        view(status=status, state=AlertState.RETRACTED, severity=Severity.UNCLASSIFIED, reasons=()),
        view(status=status, responses=(), title=None, summary=None, system=None, evaluation=None, measurements=()),
    )
    for shown, moved in itertools.product(views, (False, True)):
        message = render_slack(shown, replace(told, moved=moved))
        blocks = json.loads(json.dumps(message.blocks))

        assert faults_in(blocks, specs) == []
        assert len(blocks) <= 50
        assert units(json.dumps(blocks, ensure_ascii=False)) < 10_000
        assert 0 < units(message.text) <= 3_000
        for block in blocks:
            parsed = Block.parse(block)
            assert parsed is not None
            assert parsed.to_dict()["type"] == block["type"]


def test_the_label_comes_first() -> None:
    """Whoever reads no further has read the label, on the screen and in the notification."""
    message = render_slack(view(), telling())

    assert message.text.startswith("TLP:AMBER")
    assert message.blocks[0]["text"]["text"].startswith("TLP:AMBER · Severe: A model plans")


def test_the_message_says_what_a_duty_desk_needs() -> None:
    """Severity and its reason, who reported what of which system, what is wanted by when, and where each stands."""
    said = _all_text(render_slack(view(), telling()))

    for needed in (
        "Severe (serious hazard)",
        "The result is above what experts reach.",
        "UK AI Security Institute",
        "example-model-4 (Example Labs)",
        "wmdp_chem (inspect_evals)",
        "accuracy 0.81 ± 0.02 (n = 408)",
        "Please acknowledge by 24 November 2026, 09:15 UTC",
        "the next step of its ladder is told",
        "acknowledged by Duty desk (JP) in Slack, 24 November 2026, 09:03 UTC",
        f"https://tocsin.example/alerts/{ALERT_ID}",
    ):
        assert needed in said


def test_the_fallback_says_everything_important() -> None:
    """Who hears the notification read out knows the label, the severity, the title, what to do and where."""
    text = render_slack(view(), telling()).text

    for needed in ("TLP:AMBER", "Severe", "A model plans", "Please acknowledge by", "https://tocsin.example/alerts/"):
        assert needed in text


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
@pytest.mark.parametrize("level", [Level.FULL, Level.NOTICE])
@pytest.mark.parametrize("kind", DeliveryKind)
def test_what_is_not_meant_says_so_at_beginning_and_end(kind: DeliveryKind, level: Level, status: Status) -> None:
    """An exercise is marked from end to end."""
    shown = view(status=status) if level is Level.FULL else notice(status=status)
    message = render_slack(shown, telling(kind=kind))
    mark = " ".join([status.value.upper()] * 3)
    beginning, end = json.dumps(message.blocks[:2]), json.dumps(message.blocks[-1])

    assert mark in beginning
    assert mark in end
    assert mark in message.text
    assert message.text.rstrip().endswith(mark)


def test_an_exercise_calls_nobody_who_is_there() -> None:
    """Only what is meant and grave calls a whole channel."""
    said = {status: _all_text(render_slack(view(status=status), telling())) for status in Status}

    assert "<!here>" in said[Status.ACTUAL]
    assert "<!here>" not in said[Status.EXERCISE]
    assert "<!here>" not in said[Status.TEST]
    assert "<!here>" not in _all_text(render_slack(view(severity=Severity.MODERATE), telling()))


def test_a_named_person_is_mentioned_and_no_text_can_pretend_to() -> None:
    """The mention is of Slack's id in the contacts; an id that is none gives none."""
    named = _all_text(render_slack(view(), telling(slack_user="T0TOCSIN:U0GBLEAD", shared=False)))
    forged = _all_text(render_slack(view(), telling(slack_user="T:U1> <!channel", shared=False)))

    assert "<@U0GBLEAD>" in named
    assert "<@" not in forged
    assert "<!channel" not in forged


@pytest.mark.parametrize("kind", DeliveryKind)
def test_hostile_text_is_only_text(kind: DeliveryKind) -> None:
    """A report that mentions the channel, disguises a link or turns the line round does nothing of the kind."""
    shown = view(
        title=HOSTILE,
        summary=HOSTILE,
        system=HOSTILE,
        evaluation=HOSTILE,
        measurements=(HOSTILE,),
        reporters=(HOSTILE,),
        responses=(replace(answered("jp"), name=HOSTILE, answered_by=HOSTILE), response("gb")),
        changes=(change(kind=AlertChange.ACKNOWLEDGED, note=HOSTILE, institute_name=HOSTILE, actor=HOSTILE),),
    )
    for reason in (TellingReason.UPDATED, TellingReason.ANSWERED, TellingReason.ESCALATED):
        said = _all_text(render_slack(shown, telling(kind=kind, reason=reason, subject_name=HOSTILE)))

        assert "<!channel" not in said
        assert "<@" not in said
        assert "<https://evil" not in said
        assert "\u202e" not in said


def test_the_button_names_the_delivery_and_goes_once_the_institute_has_answered() -> None:
    """Who clicks answers this message; where the institute has answered, nothing is left to click."""
    asked = _buttons(render_slack(view(), telling()))
    elsewhere = _buttons(render_slack(view(), telling(institute="gb", kind=DeliveryKind.EDIT)))
    own = _buttons(render_slack(view(), telling(institute="jp", kind=DeliveryKind.EDIT)))

    assert asked["acknowledge"]["value"] == telling().delivery_id
    assert asked["acknowledge"]["accessibility_label"]
    assert "acknowledge" in elsewhere
    assert set(own) == {"open"}


@pytest.mark.parametrize("state", [AlertState.RESOLVED, AlertState.RETRACTED])
def test_a_closed_alert_asks_nothing(state: AlertState) -> None:
    """What is over has no button, and its heading says so."""
    message = render_slack(view(state=state), telling(kind=DeliveryKind.EDIT))

    assert "acknowledge" not in _buttons(message)
    assert {"resolved": "Resolved", "retracted": "RETRACTED"}[state] in message.blocks[0]["text"]["text"]


def test_an_escalation_is_shown_in_the_channel_and_an_answer_only_in_the_thread() -> None:
    """Threads keep the channel quiet; a step that fires must be seen."""
    escalated = telling(kind=DeliveryKind.REPLY, reason=TellingReason.ESCALATED, step=2)
    answer = telling(kind=DeliveryKind.REPLY, reason=TellingReason.ANSWERED)

    assert render_slack(view(), escalated).broadcast
    assert "acknowledge" in _buttons(render_slack(view(), escalated))
    assert not render_slack(view(), answer).broadcast


def test_a_reply_tells_the_change_and_what_was_noted() -> None:
    """The thread says who answered what."""
    shown = view(
        changes=(
            change(),
            change(
                2,
                AlertChange.ACKNOWLEDGED,
                Answer.NOT_APPLICABLE.value,
                institute="jp",
                institute_name="Japan AI Safety Institute",
                actor="Duty desk (JP)",
                note="Not deployed here.",
            ),
        )
    )
    said = _all_text(render_slack(shown, telling(kind=DeliveryKind.REPLY, reason=TellingReason.ANSWERED, revision=2)))

    assert "Japan AI Safety Institute answered that it does not apply (Duty desk (JP))." in said
    assert "> Not deployed here." in said


def test_where_the_text_may_not_travel_only_the_notice_does() -> None:
    """Label, severity, status and a link; no button, no institute, no word of the report."""
    message = render_slack(notice(), telling())
    said = _all_text(message)

    assert "A TLP:RED alert awaits you." in said
    assert "Severe" in said
    assert telling().alert_link in said
    assert "Institute" not in said
    assert _buttons(message) == {}


def test_an_edit_where_nothing_may_be_said_any_more_takes_the_text_away() -> None:
    """The label was raised above the channel: what stood there is replaced by words that say nothing of it."""
    said = _all_text(render_slack(None, telling(kind=DeliveryKind.EDIT)))

    assert "its text was removed" in said
    assert "Severe" not in said
    assert "TLP" not in said


@pytest.mark.parametrize("kind", [DeliveryKind.MESSAGE, DeliveryKind.REPLY])
def test_nothing_is_rendered_where_nothing_may_be_said(kind: DeliveryKind) -> None:
    """There is no message that says nothing."""
    with pytest.raises(ValueError, match="nothing may be said"):
        render_slack(None, telling(kind=kind))


def test_silence_is_shown() -> None:
    """An institute whose ladder is exhausted is not merely without an answer."""
    silent = replace(response("gb"), exhausted_at=view().raised_at, next_step_at=None)

    assert "SILENT" in _all_text(render_slack(view(responses=(silent,)), telling()))


@pytest.mark.parametrize("tlp", Tlp)
def test_labels_are_written_as_first_writes_them(tlp: Tlp) -> None:
    """Capitals, no space, never translated."""
    assert render_slack(view(tlp=tlp), telling()).text.splitlines()[0] == tlp.value
