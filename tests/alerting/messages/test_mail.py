"""What is said by mail: text with everything, HTML that reads well without eyes, headers that thread."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.alerting.messages.test_slack import HOSTILE, _longest
from tests.alerting.messages.views import ALERT_ID, answered, change, notice, response, telling, view
from tocsin_alerting.messages.mail import SUBJECT_CHARACTERS, Mail, render_mail
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas import AlertChange, AlertState, Severity, Status


def _mail(shown: AlertView | None = None, told: Telling | None = None) -> Mail:
    return render_mail(shown or view(), told or telling(), domain="tocsin.example")


_VOID = {"meta", "br", "hr"}


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("reason", TellingReason)
@pytest.mark.parametrize("status", Status)
def test_every_mail_is_whole(reason: TellingReason, status: Status) -> None:
    """Every reason and status, short and with the longest hostile texts: both parts, one heading, all tags closed."""
    told = telling(reason=reason, subject_name="Japan AI Safety Institute")
    # The longest take their time; what they are does not depend on the status.
    longest = (_longest(view()),) if status is Status.ACTUAL else ()
    for shown in (view(status=status), notice(status=status), *longest):
        mail = _mail(shown, told)
        page = _Page(mail.html)
        tags = [tag for tag, _ in page.tags]

        assert page.open == []
        assert tags.count("h1") == 1
        assert {"img", "script", "form", "iframe"}.isdisjoint(tags)
        assert mail.text.lstrip().startswith(shown.tlp.value)
        assert mail.subject.startswith(shown.tlp.value)
        assert len(mail.subject) <= SUBJECT_CHARACTERS
        assert "\n" not in mail.subject
        assert "None" not in mail.text
        assert "\n\n\n\n" not in mail.text


def test_the_text_part_holds_everything() -> None:
    """Who reads plain text misses nothing, and finds both links whole."""
    mail = _mail()

    for needed in (
        "TLP:AMBER",
        "Severe (serious hazard)",
        "The result is above what experts reach.",
        "A model plans the synthesis of a nerve agent",
        "With a simple scaffold the model planned every step.\n\nTwo runs of three agree.",
        "UK AI Security Institute",
        "example-model-4 (Example Labs)",
        "wmdp_chem (inspect_evals)",
        "accuracy 0.81 ± 0.02 (n = 408)",
        "Please acknowledge by 24 November 2026, 09:15 UTC",
        "Told to: Duty desk (GB), UK AI Security Institute",
        "Japan AI Safety Institute: acknowledged by Duty desk (JP) in Slack, 24 November 2026, 09:03 UTC",
        telling().answer_link,
        telling().alert_link,
    ):
        assert str(needed) in mail.text


def test_the_html_part_says_the_same() -> None:
    """No reader of HTML learns less."""
    said = " ".join("".join(_Page(_mail().html).text).split())

    for needed in (
        "TLP:AMBER",
        "Severe (serious hazard)",
        "The result is above what experts reach.",
        "Two runs of three agree.",
        "accuracy 0.81 ± 0.02 (n = 408)",
        "Please acknowledge by 24 November 2026, 09:15 UTC",
        "acknowledged by Duty desk (JP)",
    ):
        assert needed in said


def test_the_html_part_names_its_language_its_title_and_its_links() -> None:
    """Screen readers are told what it is, in which language, and where a link leads."""
    mail = _mail(view(language="fr", title="Un modèle planifie la synthèse"))
    page = _Page(mail.html)
    first = dict(reversed(page.tags))
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    article = next(attributes for tag, attributes in page.tags if "role" in attributes)

    assert first["html"]["lang"] == "en"
    assert first["html"]["dir"] == "ltr"
    assert "title" in first
    assert article["role"] == "article"
    assert article["aria-label"] == mail.subject
    assert (article["lang"], article["dir"]) == ("en", "ltr")
    assert first["bdi"]["lang"] == "fr"
    assert links == [telling().answer_link, telling().alert_link]
    assert "Acknowledge this alert on behalf of your institute" in page.text


def test_hostile_text_is_only_text() -> None:
    """What a report says is shown, never run and never linked; no title begins a header."""
    evil = f"<script>alert(1)</script><a href='https://evil.example'>x</a> {HOSTILE}"
    shown = view(
        title=evil,
        summary=evil,
        system=evil,
        evaluation=evil,
        measurements=(evil,),
        reporters=(evil,),
        reasons=(replace(view().reasons[0], sentence=evil),),
        responses=(replace(answered("jp"), name=evil, answered_by=evil), response("gb")),
        changes=(change(1, AlertChange.UPDATED, "report_added", note=evil),),
        language='"><script>',
    )
    mail = _mail(shown, telling(reason=TellingReason.REPORT_ADDED, subject_name=evil))
    tags = [tag for tag, _ in _Page(mail.html).tags]

    assert "script" not in tags
    assert tags.count("a") == 2
    assert "\u202e" not in mail.html + mail.text + mail.subject
    assert "\r" not in mail.subject + mail.text


def test_mails_about_an_alert_are_one_thread() -> None:
    """They refer to one root that no mail bears, and no machine is to answer them."""
    first = _mail().headers
    later = _mail(told=telling(reason=TellingReason.ESCALATED, delivery_id="another", step=2)).headers

    assert first["References"] == first["In-Reply-To"] == later["References"] == f"<alert-{ALERT_ID}@tocsin.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Auto-Response-Suppress"] == "All"
    assert all(isinstance(value, str) for value in first.values())


@pytest.mark.parametrize(
    ("severity", "status", "reason", "importance"),
    [
        (Severity.CRITICAL, Status.ACTUAL, TellingReason.RAISED, "high"),
        (Severity.SEVERE, Status.ACTUAL, TellingReason.ESCALATED, "high"),
        (Severity.MODERATE, Status.ACTUAL, TellingReason.RAISED, "normal"),
        (Severity.CRITICAL, Status.EXERCISE, TellingReason.RAISED, "normal"),
        (Severity.CRITICAL, Status.ACTUAL, TellingReason.RESOLVED, "normal"),
    ],
)
def test_only_what_is_grave_meant_and_asked_is_marked_important(
    severity: Severity, status: Status, reason: TellingReason, importance: str
) -> None:
    """Importance that is always high says nothing."""
    assert _mail(view(severity=severity, status=status), telling(reason=reason)).headers["Importance"] == importance


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
@pytest.mark.parametrize("level", [Level.FULL, Level.NOTICE])
def test_what_is_not_meant_says_so_from_end_to_end(level: Level, status: Status) -> None:
    """Subject, beginning and end carry the mark."""
    mail = _mail(view(status=status) if level is Level.FULL else notice(status=status))
    mark = " ".join([status.value.upper()] * 3)

    assert mark in mail.subject
    assert mail.subject.endswith(f"[{status.value.upper()}]")
    assert mark in mail.text[:60]
    assert mail.text.rstrip().endswith(mark)
    assert mail.html.count(mark) >= 3


def test_a_retraction_and_a_resolution_ask_nothing() -> None:
    """What is over has no answer link."""
    for state, reason in (
        (AlertState.RETRACTED, TellingReason.RETRACTED),
        (AlertState.RESOLVED, TellingReason.RESOLVED),
    ):
        mail = _mail(view(state=state), telling(reason=reason))

        assert str(telling().answer_link) not in mail.text + mail.html
        assert "/a/" not in mail.text + mail.html


def test_an_update_says_what_changed() -> None:
    """Who gets a correction need not compare two mails."""
    changes = (change(), change(2, AlertChange.UPDATED, "severity_lowered", severity=Severity.MINOR))
    mail = _mail(view(changes=changes), telling(reason=TellingReason.SEVERITY_LOWERED, revision=2))

    assert "The severity was lowered to minor." in mail.text
    assert "The severity was lowered to minor." in mail.html
    assert "Correction:" in mail.subject


def test_where_the_text_may_not_travel_only_the_notice_does() -> None:
    """Label, severity, status and the link; no institute and no word of the report."""
    mail = _mail(notice())

    assert "A TLP:RED alert awaits you." in mail.text
    assert str(telling().answer_link) in mail.text
    assert mail.subject == "TLP:RED Severe: A TLP:RED alert awaits you."
    assert "Institute" not in mail.text + mail.html


def test_nothing_is_rendered_where_nothing_may_be_said() -> None:
    """There is no mail that says nothing."""
    with pytest.raises(ValueError, match="nothing may be said"):
        render_mail(None, telling(), domain="tocsin.example")
