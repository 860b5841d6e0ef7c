"""What messages say of overrides and dissents: who, when and why, beside the shared grade, to entitled readers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.alerting.messages.test_slack import HOSTILE
from tests.alerting.messages.views import change, dissent, notice, override, telling, view
from tocsin_alerting.messages import judged
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.messages.words import change_sentence
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, OecdClass, Severity

SET = (
    "Set to minor by an operator of the network, 24 November 2026, 09:03 UTC, because: "
    "The judge was wrong in forty samples. (evidence: Review of the transcripts, https://records.example/7)"
)
SHARED = "Shared grade: severe. The result is above what experts reach."
HELD = "Japan AI Safety Institute holds moderate, 24 November 2026, 09:04 UTC, because: We reproduced a third of it."


def overridden() -> AlertView:
    """An alert lowered by an operator, from whose grade an institute dissents."""
    return view(
        severity=Severity.MINOR,
        oecd_class=OecdClass.HAZARD,
        shared=Severity.SEVERE,
        overrides=(override(),),
        dissents=(dissent(),),
        changes=(
            change(),
            change(
                3,
                AlertChange.UPDATED,
                "override_lowered",
                actor="an operator of the network",
                note="The judge was wrong in forty samples.",
                severity=Severity.MINOR,
            ),
        ),
    )


def test_the_shared_grade_stands_beside_the_override() -> None:
    """Who set it, when, why and on what evidence; then what the rubric says; then who dissents."""
    assert judged.grounds(ENGLISH, overridden()) == (SET, SHARED)
    assert judged.dissents(ENGLISH, overridden()) == (HELD,)


def test_without_an_override_the_rule_speaks() -> None:
    """As before; an override that was withdrawn or replaced speaks no more."""
    withdrawn = replace(overridden(), overrides=(override(stands=False),), dissents=(dissent(stands=False),))

    assert judged.grounds(ENGLISH, withdrawn) == ("The result is above what experts reach.",)
    assert judged.dissents(ENGLISH, withdrawn) == ()
    assert judged.grounds(ENGLISH, view(reasons=())) == ()


def test_a_graver_report_speaks_first() -> None:
    """An override down that new evidence has outweighed does not explain the severity; it says that it stands."""
    outweighed = replace(overridden(), severity=Severity.SEVERE)
    rule, person = judged.grounds(ENGLISH, outweighed)

    assert rule == "The result is above what experts reach."
    assert person == f"{SET} That stands for the reports before it; a later report is graver."


def test_an_override_without_harm_says_what_it_counts_as() -> None:
    """Critical needs harm that was done; when its report is corrected the message says why the alert is severe."""
    critical = override(severity=Severity.CRITICAL)
    capped = replace(overridden(), severity=Severity.SEVERE, overrides=(critical,))

    assert judged.grounds(ENGLISH, capped)[1].endswith(judged.CAPPED.message)
    assert judged.weight(ENGLISH, capped, critical) == judged.CAPPED.message
    assert judged.weight(ENGLISH, overridden(), override()) == judged.DECIDES.message
    assert judged.weight(ENGLISH, overridden(), override(stands=False)) == judged.NO_LONGER.message


@pytest.mark.parametrize("reason", [reason for reason in TellingReason if reason.value.startswith("override")])
def test_a_mail_says_it_in_plain_words(reason: TellingReason) -> None:
    """The subject shows the severity that counts; both parts say who, why, the shared grade and who dissents."""
    mail = render_mail(overridden(), telling(reason=reason, revision=3), domain="tocsin.example")

    assert mail.subject.startswith("TLP:AMBER ")
    assert " Minor: " in mail.subject
    for said in (SET, SHARED, f"Dissent: {HELD}"):
        assert said in mail.text
    for said in (SET, SHARED, HELD):
        assert said in mail.html


def test_slack_says_it_in_the_message_and_in_the_thread() -> None:
    """The message that is kept up to date has all of it; the line in the thread has the change and the reason."""
    lowered = telling(reason=TellingReason.OVERRIDE_LOWERED, revision=3)
    message = render_slack(overridden(), replace(lowered, kind=DeliveryKind.EDIT))
    reply = render_slack(overridden(), replace(lowered, kind=DeliveryKind.REPLY))
    shown = str(message.blocks)

    for said in ("Minor", SET.split(", https", maxsplit=1)[0], SHARED, HELD):
        assert said in shown
    assert "An override by an operator of the network lowered the severity to minor." in str(reply.blocks)
    assert "> The judge was wrong in forty samples." in str(reply.blocks)
    assert not reply.broadcast


def test_a_raise_pages_and_a_dissent_does_not() -> None:
    """The first asks for an answer with emphasis; the second is a line in the thread and a plain mail."""
    raised = replace(overridden(), severity=Severity.SEVERE, overrides=(override(severity=Severity.SEVERE),))
    paged = render_mail(raised, telling(reason=TellingReason.OVERRIDE_RAISED), domain="tocsin.example")
    dissenting = telling(reason=TellingReason.DISSENT_RECORDED, subject_name="Japan AI Safety Institute")
    told = render_mail(raised, dissenting, domain="tocsin.example")

    assert paged.subject.startswith("TLP:AMBER Severity raised: Severe: ")
    assert "What was answered before does not answer this." in paged.text
    assert (paged.headers["Importance"], told.headers["Importance"]) == ("high", "normal")
    assert told.subject.startswith("TLP:AMBER Dissent: Severe: ")
    assert "Japan AI Safety Institute dissents from the severity of this alert, which stays severe." in told.text


@pytest.mark.parametrize("kind", DeliveryKind)
def test_who_may_not_read_the_alert_is_told_nothing_of_it(kind: DeliveryKind) -> None:
    """A notice names label and severity; neither who set it nor why."""
    shown = notice(severity=Severity.MINOR)
    message = str(render_slack(shown, telling(kind=kind, reason=TellingReason.OVERRIDE_LOWERED)).as_dict())
    mail = render_mail(shown, telling(reason=TellingReason.OVERRIDE_LOWERED), domain="tocsin.example")

    for text in (message, mail.subject, mail.text, mail.html):
        assert "Minor" in text
        for hint in ("operator", "judge", "records.example", "override", "Japan"):
            assert hint not in text


def test_hostile_words_are_only_words() -> None:
    """No mention, link or markup of theirs comes to life, on either channel."""
    hostile = replace(
        overridden(),
        overrides=(override(why=f"{HOSTILE}<img src=x>", evidence=(HOSTILE,)),),
        dissents=(dissent(why=HOSTILE, name="A <b>"),),
    )
    message = render_slack(hostile, telling(reason=TellingReason.OVERRIDE_LOWERED))
    mail = render_mail(hostile, telling(reason=TellingReason.OVERRIDE_LOWERED), domain="tocsin.example")

    assert "<!channel>" not in str(message.as_dict())
    assert "<@U0GBLEAD>" not in str(message.as_dict())
    assert "&lt;!channel&gt;" in str(message.as_dict())
    assert "<img" not in mail.html
    assert "\u202e" not in mail.text + mail.html
    assert "\nBcc:" not in mail.text


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("override_raised", "An override by Ann raised the severity to severe; everybody is asked anew."),
        ("override_lowered", "An override by Ann lowered the severity to severe."),
        ("override_withdrawn", "An override was withdrawn by Ann; the severity is severe."),
        (
            "override_withdrawn_raised",
            "An override was withdrawn by Ann; the severity is severe again, and everybody is asked anew.",
        ),
        ("dissent_recorded", "Japan AISI dissents from the severity: it holds minor (Ann)."),
        ("dissent_withdrawn", "Japan AISI withdrew its dissent (Ann)."),
    ],
)
def test_the_time_line_says_who_did_what(reason: str, sentence: str) -> None:
    """One plain sentence each; without a name where the reader may not know it."""
    stated = Severity.MINOR if reason == "dissent_recorded" else None
    line = change(
        3, AlertChange.UPDATED, reason, actor="Ann", institute="jp", institute_name="Japan AISI", stated=stated
    )

    assert change_sentence(ENGLISH, line) == sentence
    if reason.startswith("dissent"):
        assert "(" not in change_sentence(ENGLISH, replace(line, actor="a system of Japan AISI"))
    assert "None" not in change_sentence(ENGLISH, replace(line, actor=None, stated=None))
