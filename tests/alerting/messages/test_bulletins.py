"""Bulletins as messages: within Slack's limits, with everything in the fallback and in the text part."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.standins.slack_checks import faults_in, units
from tocsin_alerting.messages.bulletins.mail import render_bulletin_mail
from tocsin_alerting.messages.bulletins.slack import render_bulletin_slack
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.bulletins.writers import WRITERS, write
from tocsin_alerting.messages.mail import Mail
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_schemas import Status, Tlp

HOSTILE = "<!channel> <@U0GBLEAD> <https://evil.example|your bank> & \u202eevil\u202c | > <script>alert(1)</script>"
TEXT = BulletinText(
    tlp=Tlp.AMBER,
    heading="3 alerts in one summary",
    lead="More came than fits.",
    facts=(("By severity", "1 critical, 2 severe"),),
    items_heading="The gravest",
    items=(BulletinItem("Critical:", HOSTILE, "sw", tlp=Tlp.AMBER, link="https://tocsin.example/alerts/a"),),
    notes=("One of them is closed.",),
    link=("See all", "https://tocsin.example/summaries/s"),
)
LONGEST = replace(
    TEXT,
    heading=HOSTILE * 40,
    lead=HOSTILE * 40,
    facts=tuple((HOSTILE, HOSTILE * 40) for _ in range(30)),
    items=tuple(replace(TEXT.items[0], foreign="😀" * 5_000) for _ in range(60)),
    notes=(HOSTILE * 40,) * 3,
    status=Status.EXERCISE,
)


def _mail(text: BulletinText) -> Mail:
    return render_bulletin_mail(
        text, reference="s", contact_name="Duty desk", institute_name="An institute", domain="tocsin.example"
    )


@pytest.mark.parametrize("text", [TEXT, LONGEST], ids=["short", "longest"])
def test_slack_takes_it(text: BulletinText, specs: Path) -> None:
    """Structure and lengths are Slack's own, also with the longest and most hostile text."""
    message = render_bulletin_slack(text, reference="s")

    assert faults_in(list(message.blocks), specs) == []
    assert sum(units(str(block)) for block in message.blocks) < 13_000
    assert units(message.text) <= 3_000


def test_foreign_text_calls_nobody_in_slack() -> None:
    """What a report says is escaped: it mentions nobody and hides no link."""
    message = render_bulletin_slack(TEXT, reference="s")

    assert "<!channel>" not in str(message.as_dict())
    assert "&lt;!channel&gt;" in str(message.blocks)
    assert "<https://evil" not in str(message.as_dict())


def test_only_what_presses_mentions_people() -> None:
    """A summary calls nobody; an urgent one calls the channel or the person, once, and never in an exercise."""
    pressing = replace(TEXT, pressing=True)

    assert "<!here>" not in str(render_bulletin_slack(TEXT, reference="s"))
    assert "<!here>" in str(render_bulletin_slack(pressing, reference="s"))
    assert "<@U0GBLEAD>" in str(render_bulletin_slack(pressing, reference="s", slack_user="T0:U0GBLEAD", shared=False))
    assert "<!here>" not in str(render_bulletin_slack(pressing, reference="s", edited=True))
    assert "<!here>" not in str(render_bulletin_slack(replace(pressing, status=Status.EXERCISE), reference="s"))


def test_the_label_is_first_everywhere() -> None:
    """Label first in heading, fallback, subject, text and HTML; an exercise is marked at both ends."""
    exercise = replace(TEXT, status=Status.EXERCISE)
    message, mail = render_bulletin_slack(exercise, reference="s"), _mail(exercise)

    assert message.text.startswith("TLP:AMBER EXERCISE EXERCISE EXERCISE")
    assert message.text.endswith("EXERCISE EXERCISE EXERCISE")
    assert message.blocks[0]["text"]["text"].startswith("TLP:AMBER · EXERCISE: 3 alerts")
    assert mail.subject == "TLP:AMBER EXERCISE EXERCISE EXERCISE 3 alerts in one summary [EXERCISE]"
    assert mail.text.startswith("TLP:AMBER\n\nEXERCISE EXERCISE EXERCISE")
    assert mail.text.rstrip().endswith("EXERCISE EXERCISE EXERCISE")


def test_the_text_part_has_everything() -> None:
    """What the HTML shows is in the text part: facts, items with links, notes, the page."""
    mail = _mail(TEXT)
    for said in ("1 critical, 2 severe", "The gravest", "https://tocsin.example/alerts/a", "One of them is closed."):
        assert said in mail.text
        assert said in mail.html

    assert "https://tocsin.example/summaries/s" in mail.text
    assert "<script>" not in mail.html
    assert 'lang="sw"' in mail.html
    longest = _mail(LONGEST)
    assert len(longest.html.encode()) + len(longest.text.encode()) < 60_000
    assert "and 35 more" in longest.text


def test_a_bulletin_is_never_labelled_below_its_lines() -> None:
    """A RED line in an AMBER bulletin is a fault of its words, and is refused."""
    with pytest.raises(ValueError, match="stricter label"):
        replace(TEXT, items=(replace(TEXT.items[0], tlp=Tlp.RED),))


@pytest.mark.parametrize(
    ("cause", "what", "until"),
    [
        ("silence:s1", "A silence", "until the silence ends"),
        ("maintenance:nightly@2026-11-28T22:00Z", "A maintenance window", "until the window closes"),
    ],
)
def test_a_window_is_not_called_a_silence(cause: str, what: str, until: str) -> None:
    """Nobody who reads of it can end it."""
    content = {"what": "hides", "why": "severe", "severity": "severe", "cause": cause, "alert": "a", "by": "policy"}
    at = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
    view = BulletinView(
        id="b",
        kind=BulletinKind.SILENCE,
        edition=1,
        content=content | {"reason": "", "ends_at": at.isoformat(), "for_all": False},
        alerts=(),
        institute_name="An institute",
        contact_name="Duty desk",
        public_url="https://tocsin.example",
        created_at=at,
        updated_at=at,
    )
    text = write(view)

    assert text.heading == f"{what} keeps back an alert: severe"
    assert until in text.lead
    assert ("end the silence" in text.lead) == cause.startswith("silence")


def test_every_kind_has_its_words() -> None:
    """No bulletin can be posted that nobody can write."""
    assert set(WRITERS) == set(BulletinKind)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed where it is opened."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in {"meta", "br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_hostile_text_breaks_no_tag() -> None:
    """Every tag of the mail is closed where it should be."""
    tags = _Tags()
    tags.feed(_mail(LONGEST).html)

    assert tags.open == []
