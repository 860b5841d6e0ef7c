"""Long alerts in mails: small enough for every mail client, with what matters, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.alerting.messages.test_compared import NAMES, _guidance, _result, _said
from tests.alerting.messages.test_slack import _longest
from tests.alerting.messages.views import RAISED_AT, answered, response, telling, view
from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.messages.fitting import MAIL_BYTES, ROOMS, fitted
from tocsin_alerting.messages.language import language_for
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.view import AlertView, ClockView
from tocsin_alerting.policy.comparison import comparison_table
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas import limits

ONE_OF_EACH_KIND = (
    TellingReason.RAISED,
    TellingReason.ESCALATED,
    TellingReason.REPORT_ADDED,
    TellingReason.RESOLVED,
    TellingReason.RETRACTED,
)


def _mail(shown: AlertView, **told: Any) -> Mail:
    return render_mail(shown, telling(**told), domain="tocsin.example")


def _bytes(mail: Mail) -> int:
    return len(mail.text.encode()) + len(mail.html.encode())


def _widest(shown: AlertView) -> AlertView:
    """Everything at its longest, in letters of four bytes."""
    line = "😀" * limits.LINE_CHARACTERS
    longest = _longest(shown)
    return replace(
        longest,
        title="😀" * limits.TITLE_CHARACTERS,
        measurements=(line,) * limits.ITEMS,
        reporters=(line,) * 12,
        clocks=(ClockView(line, line, 15, RAISED_AT),) * 9,
        responses=tuple(replace(each, name=line) for each in longest.responses),
        changes=tuple(replace(each, note=line * 2, actor=line, reporters=(line,) * 12) for each in longest.changes),
        verdicts=tuple(
            replace(each, institute=line, report=line, other_institute=line, other_report=line)
            for each in longest.verdicts
        ),
        overrides=tuple(replace(each, why=line * 2, by=line, evidence=(line,) * 20) for each in longest.overrides),
        dissents=tuple(replace(each, name=line, why=line * 2, evidence=(line,) * 20) for each in longest.dissents),
    )


@pytest.mark.parametrize("reason", ONE_OF_EACH_KIND)
def test_no_mail_is_larger_than_mail_clients_show(reason: TellingReason) -> None:
    """Every kind, each text as long as a report may have it and in the widest letters: under 60 kB, both parts."""
    assert _bytes(_mail(_widest(view()), reason=reason)) <= MAIL_BYTES


@pytest.mark.parametrize("tag", languages())
def test_no_language_needs_more_room(tag: str) -> None:
    """The fullest kind of mail, in languages whose letters take three bytes as in others."""
    told = telling(reason=TellingReason.REPORT_ADDED)

    assert _bytes(render_mail(_widest(view()), told, language_for(tag), domain="tocsin.example")) <= MAIL_BYTES


def test_guidance_and_tables_are_no_larger_either() -> None:
    """Ten institutes' set-ups; a joint exercise of twenty systems in twenty languages."""
    results = [
        _result(
            f"{system}-{language}",
            (system + language) % 90 / 100,
            institute="sg",
            system=f"{system} {'😀' * 400}",
            languages=(f"a{chr(97 + language)}" if language else "en",),
            samples=300,
        )
        for system in range(20)
        for language in range(20)
    ]
    table = comparison_table(results, exercise="😀" * 400)
    compared = _mail(replace(view(), comparison=table, institute_names=NAMES))

    assert _bytes(compared) <= MAIL_BYTES
    assert "more on the alert's page" in compared.text
    assert "more on the alert&#39;s page" in compared.html
    assert _bytes(_mail(_guidance(_said(institutes=10)))) <= MAIL_BYTES


def test_a_usual_mail_is_whole() -> None:
    """Nothing is cut where there is room."""
    mail = _mail(view(summary="y" * 4_000))

    assert "y" * 4_000 in mail.text
    assert "y" * 4_000 in mail.html
    assert "Cut;" not in mail.text + mail.html
    assert "more on the alert's page" not in mail.text + mail.html


def test_what_is_missing_is_said_in_both_parts() -> None:
    """Nobody takes a part for the whole; the link to the whole stands beside it."""
    mail = _mail(_longest(view()))

    for part in (mail.text, mail.html):
        said = part.replace("&#39;", "'")
        assert "Cut; the whole text is on the alert's page." in said
        assert said.count("more on the alert's page") >= 5
        assert str(telling().alert_link) in part


def test_the_readers_own_institute_and_the_change_are_never_left_out() -> None:
    """What is asked of the reader, by when, and what the mail is about is there however long the rest is."""
    others = tuple(response(f"i{n}", name="x" * 500) for n in range(60))
    shown = _longest(view())
    changes = (shown.changes[0], *(replace(shown.changes[0], revision=n) for n in range(2, 30)))
    long = replace(shown, responses=(*others, response("gb"), answered("jp")), changes=changes)
    kept = fitted(long, ROOMS[-1], institute="gb", revision=1)
    mail = _mail(long, reason=TellingReason.ESCALATED, step=2)

    assert "gb" in {each.institute for each in kept.view.responses}
    assert kept.left_out["responses"] == 62 - ROOMS[-1].items
    assert [each.revision for each in kept.view.changes] == [1, *range(24, 30)]
    assert "Please acknowledge by 24 November 2026, 09:15 UTC" in mail.text
    assert str(telling().answer_link) in mail.text
