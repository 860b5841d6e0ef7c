"""MJML becomes HTML before anything is filled in, and what MJML does not know is no mail."""

from __future__ import annotations

import re

import pytest
from jinja2 import DictLoader, Environment, PackageLoader

from tests.alerting.messages.views import notice, telling, view
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.mjml_templates import MjmlError, MjmlLoader, compiled
from tocsin_alerting.policy.telling import TellingReason

FRAME = (
    """<mjml><mj-body><mj-section><mj-column><mj-text>{{ title }}</mj-text></mj-column></mj-section></mj-body></mjml>"""
)


def test_text_that_looks_like_mjml_is_only_text() -> None:
    """The frame is compiled first: what is filled in later cannot break or extend it."""
    templates = Environment(loader=MjmlLoader(DictLoader({"frame.mjml.j2": FRAME})), autoescape=True)
    html = templates.get_template("frame.mjml.j2").render(title="</mj-text><mj-image src='x'/> <b")

    assert "&lt;/mj-text&gt;&lt;mj-image src=&#39;x&#39;/&gt; &lt;b" in html
    assert "<img" not in html


def test_a_tag_that_mjml_does_not_know_is_an_error() -> None:
    """The library hands it through in silence; a mail client would show nothing of it, or all of it."""
    with pytest.raises(MjmlError, match=r"frame\.mjml\.j2: MJML does not know <mj-txet>"):
        compiled(FRAME.replace("mj-text", "mj-txet"), "frame.mjml.j2")


def test_what_is_no_mjml_is_an_error_that_names_the_file() -> None:
    """A template that cannot be read is found when it is loaded."""
    with pytest.raises(MjmlError, match=r"frame\.mjml\.j2: "):
        compiled(FRAME.replace("</mj-column>", ""), "frame.mjml.j2")


@pytest.mark.parametrize("reason", TellingReason)
def test_no_mail_has_mjml_left_nor_anything_from_elsewhere(reason: TellingReason) -> None:
    """No tag of MJML's, no brace of Jinja's, no picture, font or sheet that opening the mail would fetch."""
    told = telling(reason=reason, subject_name="Japan AI Safety Institute")
    for shown in (view(), notice()):
        html = render_mail(shown, told, domain="tocsin.example").html
        fetched = [
            part for part in ("<mj", "</mj", "{%", "{{", "<img", "<link", "@import", "url(", "src=") if part in html
        ]

        assert fetched == []


def test_every_layout_table_says_that_it_is_none() -> None:
    """Screen readers would otherwise count rows and columns of what is only laid out."""
    html = render_mail(view(), telling(), domain="tocsin.example").html
    tables = re.findall(r"<table[^>]*>", html)

    assert len(tables) > 5
    assert [table for table in tables if 'role="presentation"' not in table] == []


def test_the_preview_begins_with_the_label_and_a_notice_says_nothing_more_there() -> None:
    """A mailbox shows the preview beside the subject, on locked screens as well."""
    full = render_mail(view(), telling(), domain="tocsin.example").html
    little = render_mail(notice(), telling(), domain="tocsin.example").html

    assert ">TLP:AMBER A new alert concerns UK AI Security Institute.</div>" in full
    assert ">TLP:RED What it says does not travel in messages. Severity: Severe.</div>" in little


def test_every_template_of_the_package_compiles() -> None:
    """The frames that are shipped are MJML."""
    files = PackageLoader("tocsin_alerting.messages", "templates")
    frames = [name for name in files.list_templates() if name.endswith(".mjml.j2")]
    environment = Environment(autoescape=True)

    assert frames == ["mail/frame.mjml.j2"]
    for name in frames:
        assert "<table" in MjmlLoader(files).get_source(environment, name)[0]
