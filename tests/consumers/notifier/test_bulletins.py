"""Bulletins go through the queue of deliveries, and say of each alert only what may be said at the address."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store.bulletins import bulletin_id, post_bulletin, revise_bulletin
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.channels.preview import PreviewChannel
from tocsin_schemas import Action, Severity, Tlp

DUTY, LEAD = ("gb.duty", "C0GBDUTY"), ("gb.lead", "U0GBLEAD")
MAIL = ("gb.duty", "duty@gb.example")


def _content(notifier: Notifier) -> dict[str, Any]:
    return {
        "messages": 20,
        "window_seconds": 600,
        "began": notifier.clock().isoformat(),
        "status": "actual",
        "urgent": False,
    }


def _post(notifier: Notifier, to: tuple[str, str], *, key: str = "storm") -> str:
    contact, address = to
    with notifier.store.transaction() as session:
        return post_bulletin(
            session,
            BulletinKind.STORM_SUMMARY,
            key=f"{key}:{address}",
            institute="gb",
            contact=contact,
            channel=notifier.name,
            address=address,
            content=_content(notifier),
            policy="p-1",
            now=notifier.clock(),
        )


def _fold_all(notifier: Notifier, summary: str, address: str) -> None:
    """As the budget does it."""
    with notifier.store.transaction() as session:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.address == address, DeliveryRow.alert_id.is_not(None))
            .values(outcome="folded", summary_id=summary, folded_at=notifier.clock(), next_attempt_at=None)
        )


def _said(outgoing: Any) -> str:
    return json.dumps(outgoing.message.as_dict(), ensure_ascii=False)


def _with_two_alerts(notifier: Notifier, to: tuple[str, str], **second: Any) -> str:
    notifier.desk.take(assessments.finding("r1", severity=Severity.MODERATE, tlp=Tlp.GREEN))
    notifier.desk.take(assessments.finding("r2", system="another-model", severity=Severity.SEVERE, **second))
    notifier.hear()
    summary = _post(notifier, to)
    _fold_all(notifier, summary, to[1])
    notifier.send()
    return summary


def test_a_bulletin_is_sent_once_for_its_key(slack: Notifier) -> None:
    """Posting again for the same key changes nothing: whoever posts it may die and begin anew."""
    slack.desk.take(assessments.finding())
    slack.hear()
    first = _post(slack, DUTY)
    _fold_all(slack, first, DUTY[1])
    second = _post(slack, DUTY)
    slack.send()
    third = _post(slack, DUTY)
    slack.send()

    assert first == second == third == bulletin_id("storm:C0GBDUTY")
    assert len(slack.channel.to(DUTY[1])) == 1
    assert slack.rows(bulletin_id=first)[0].outcome == "sent"
    assert slack.desk.violations() == []


def test_a_revised_bulletin_is_edited_in_place(slack: Notifier) -> None:
    """Slack's message is changed, not repeated; an edition that still waits is not doubled."""
    summary = _with_two_alerts(slack, DUTY)
    slack.clock.advance(5)
    for _ in range(2):
        with slack.store.transaction() as session:
            revise_bulletin(session, summary, content=_content(slack), policy="p-1", now=slack.clock())
    slack.send()
    posted, edited = slack.channel.to(DUTY[1])

    assert (posted.kind, edited.kind) == ("message", "edit")
    assert edited.anchor.provider_id is not None
    assert len(slack.rows(bulletin_id=summary)) == 2


def test_by_mail_a_revision_is_a_further_mail_of_the_thread(email: Notifier) -> None:
    """A mail cannot be changed: the next one hangs on the same root."""
    summary = _with_two_alerts(email, MAIL)
    email.clock.advance(5)
    with email.store.transaction() as session:
        content = _content(email) | {"since": email.clock().isoformat()}
        revise_bulletin(session, summary, content=content, policy="p-1", now=email.clock())
    email.send()
    first, second = (outgoing.message for outgoing in email.channel.to(MAIL[1]))

    assert first.headers["References"] == second.headers["References"]
    assert first.subject.startswith("TLP:AMBER 2 alerts in one summary: severe 1, moderate 1")
    assert "/summaries/" + summary in first.text
    assert "/summaries/" + summary in first.html


def test_a_summary_is_labelled_as_its_strictest_alert(slack: Notifier) -> None:
    """One AMBER alert among GREEN ones makes the whole message AMBER, first in heading and fallback."""
    _with_two_alerts(slack, DUTY, tlp=Tlp.AMBER)
    (sent,) = slack.channel.to(DUTY[1])

    assert sent.message.text.startswith("TLP:AMBER")
    assert sent.message.blocks[0]["text"]["text"].startswith("TLP:AMBER: 2 alerts in one summary")
    assert "What was found" in _said(sent)


def test_red_is_only_announced_in_a_summary(slack: Notifier) -> None:
    """The named person learns that a RED alert awaits them and where; no text, system or institute of it is said."""
    slack.desk.take(assessments.finding("r1", severity=Severity.SEVERE, tlp=Tlp.RED, system="secret-system"))
    slack.hear()
    summary = _post(slack, LEAD)
    _fold_all(slack, summary, LEAD[1])
    slack.send()
    (sent,) = slack.channel.to(LEAD[1])

    assert "A TLP:RED alert awaits you." in _said(sent)
    assert sent.message.text.startswith("TLP:RED")
    for protected in ("What was found", "secret-system", "wmdp", "chemical", "UK AI Security Institute"):
        assert protected not in _said(sent)


def test_what_became_stricter_is_left_out(slack: Notifier) -> None:
    """An alert whose label has become RED since is neither named nor counted on a shared channel."""
    slack.desk.take(assessments.finding("r1", severity=Severity.MODERATE, tlp=Tlp.GREEN))
    slack.desk.take(assessments.finding("r2", system="another-model", severity=Severity.SEVERE))
    slack.hear()
    summary = _post(slack, DUTY)
    _fold_all(slack, summary, DUTY[1])
    update_: dict[str, Any] = {"series": "r2", "action": Action.UPDATE, "system": "another-model", "tlp": Tlp.RED}
    slack.desk.take(assessments.finding("r3", severity=Severity.SEVERE, **update_))
    slack.send()
    (sent,) = [one for one in slack.channel.to(DUTY[1]) if "summary" in _said(one)]

    assert sent.message.blocks[0]["text"]["text"].startswith("TLP:GREEN: 1 alert in one summary: moderate 1")
    assert "another-model" not in _said(sent)


def test_nothing_is_said_to_somebody_who_has_left(slack: Notifier) -> None:
    """A bulletin for an address that no contact lists any more is withheld, with the reason."""
    slack.desk.take(assessments.finding())
    slack.hear()
    summary = _post(slack, ("gb.duty", "C0LEFT"))
    slack.send()
    (row,) = slack.rows(bulletin_id=summary)

    assert (row.outcome, row.outcome_reason) == ("withheld", "no_longer_listed")
    assert slack.channel.to("C0LEFT") == []


def test_a_bulletin_is_tried_again_like_any_delivery(slack: Notifier) -> None:
    """Retry-After holds it, and the next attempt carries the same id."""
    slack.channel.fail_next(DeliveryError("rate_limited", retry_after=3), address=DUTY[1])
    summary = _with_two_alerts(slack, DUTY)
    waiting = slack.rows(bulletin_id=summary)[0]
    slack.clock.advance(3)
    slack.send()

    assert (waiting.outcome, waiting.outcome_reason) == ("pending", "rate_limited")
    assert len({one.delivery_id for one in slack.channel.attempts if one.address == DUTY[1]}) == 1
    assert slack.rows(bulletin_id=summary)[0].outcome == "sent"


@pytest.mark.parametrize("name", [Channel.SLACK, Channel.EMAIL])
def test_a_preview_keeps_its_label(slack: Notifier, email: Notifier, name: Channel) -> None:
    """What is kept of a bulletin says how it is labelled, so that the outbox page shows it to whom it may."""
    notifier, to = (slack, DUTY) if name is Channel.SLACK else (email, MAIL)
    previewing = Notifier(
        store=notifier.store,
        directory=notifier.desk.directory,
        clock=notifier.clock,
        name=name,
        channel=PreviewChannel(),
        previews=True,
    )
    summary = _with_two_alerts(previewing, to)
    (row,) = previewing.rows(bulletin_id=summary)

    assert row.outcome == "previewed"
    assert row.rendered is not None
    assert row.rendered["tlp"] == "TLP:AMBER"
