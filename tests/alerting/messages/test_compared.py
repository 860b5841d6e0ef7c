"""What alerts compare, in messages: within Slack's limits, escaped, and only for readers who may read it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.alerting.measured import measured
from tests.alerting.messages.views import telling, view
from tests.alerting.policy.test_comparison import AGENTIC
from tocsin_alerting.messages.guidance import DivergenceView, divergence_view
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.comparison import comparison_table
from tocsin_alerting.policy.guidance import divergence_of
from tocsin_alerting.policy.results import Result, result_of
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas import AlertPurpose, AlertState

HOSTILE = "<!channel> <b>bold</b> " + "x" * 400
NAMES = {"gb": "UK AI Security Institute", "jp": "Japan AI Safety Institute", "sg": "Singapore AI Safety Institute"}


def _result(report: str, value: float, **facts: Any) -> Result:
    found = result_of(measured(report, value, **facts), report, Systems())
    assert found is not None
    return found


def _said(*, gone: bool = False, institutes: int = 2) -> DivergenceView:
    results = [
        _result(f"r{n}", 0.1 if n % 2 else 0.9, institute=f"i{n}", elicitation=f"{n} {HOSTILE}", scaffold=HOSTILE)
        for n in range(institutes)
    ]
    found = divergence_of(results)
    assert found is not None
    return divergence_view(ENGLISH, found, NAMES, gone=gone)


def _guidance(said: DivergenceView, **changes: Any) -> AlertView:
    return replace(
        view(), purpose=AlertPurpose.GUIDANCE, divergence=said, title=said.title, summary=said.summary, **changes
    )


@pytest.mark.parametrize("institutes", [2, 10])
def test_guidance_in_slack_stays_within_its_limits_and_addresses_nobody(institutes: int) -> None:
    """However long the set-ups and however many the institutes, no block is too long, nor all of them together."""
    message = render_slack(_guidance(_said(institutes=institutes)), telling())
    texts = [
        part["text"]
        for block in message.blocks
        for part in (block.get("text"), *block.get("fields", ()))
        if part is not None
    ]

    assert max(len(text) for text in texts) <= 3_000
    assert sum(len(text) for text in texts) < 10_000
    assert not any("<!channel>" in text for text in texts)
    assert "Guidance" in message.blocks[0]["text"]["text"]


def test_guidance_in_a_mail_is_escaped_and_claims_no_severity() -> None:
    """What institutes wrote of their set-ups is text, and the mail is not pressing."""
    mail = render_mail(_guidance(_said()), telling(), domain="tocsin.example")

    assert "&lt;b&gt;bold" in mail.html
    assert "<b>bold" not in mail.html
    assert mail.headers["Importance"] == "normal"
    assert "Severity:" not in mail.text
    assert mail.subject.startswith("TLP:AMBER Guidance: Results differ")


def test_what_no_longer_differs_is_said_as_past() -> None:
    """Whoever reads the last mail is not told that results differ which do not."""
    mail = render_mail(_guidance(_said(gone=True), state=AlertState.RETRACTED), telling(), domain="tocsin.example")

    assert "Results no longer differ" in mail.subject
    assert "Before the last correction or retraction it was said" in mail.text


def test_an_exercises_table_reads_in_text_html_and_slack() -> None:
    """A line for each value in text and in HTML, below a heading for each system; a line for each system in Slack."""
    results = [
        _result(f"{system}-{language}", rate / 100, institute="sg", system=system, languages=(language,), samples=300)
        for system, rates in AGENTIC.items()
        for language, rate in rates.items()
    ]
    table = comparison_table(results, exercise="Third joint test")
    shown = replace(view(), comparison=table, institute_names=NAMES)
    mail = render_mail(shown, telling(), domain="tocsin.example")
    slack = render_slack(shown, telling())
    (section,) = [block for block in slack.blocks if "Results by language" in str(block)]

    assert (
        "- sw: 0.32 ± 0.027 (n = 300), Singapore AI Safety Institute; differs from its own English by -0.25"
        in mail.text
    )
    # Nine languages beside each other would be columns of two letters.
    assert "<table style" not in mail.html[mail.html.index("Results by language") :]
    assert mail.html.count("<h3") == 2
    assert "<li>sw: <bdi>0.32 ± 0.027 (n = 300), Singapore AI Safety Institute</bdi>; <strong>differs" in mail.html
    assert "sw 0.32†" in section["text"]["text"]
    assert "fr 0.51;" in section["text"]["text"]
