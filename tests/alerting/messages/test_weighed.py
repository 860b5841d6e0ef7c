"""What is said of how reports bear on each other, who did what with theirs, and which alerts belong together."""

import pytest

from tests.alerting.messages.views import ALERT_ID, change, telling, view
from tocsin_alerting.messages import reported, weighed, words
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.view import AlertView, Deed, RelationView, VerdictView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, Certainty, Severity

OTHER = "52d18237-20ce-5e2c-bdc4-26cdc069e902"
JAPAN = "Japan AI Safety Institute"


def _verdict(verdict: Verdict = Verdict.CONFIRMS) -> VerdictView:
    return VerdictView(JAPAN, "jp-7", verdict, "UK AI Security Institute", "gb-1")


def _confirmed() -> AlertView:
    """An alert that Japan confirmed last."""
    return view(
        certainty=Certainty.OBSERVED,
        reported_certainty=Certainty.LIKELY,
        confirmed_by=(JAPAN,),
        verdicts=(VerdictView("UK AI Security Institute", "gb-1", Verdict.FIRST, None, None), _verdict()),
        relations=(RelationView(Relation.SAME_EVENT, OTHER),),
        changes=(
            change(),
            change(2, AlertChange.UPDATED, "corroborated", reporters=(JAPAN,), deed=Deed.REPORTED),
        ),
        revision=2,
    )


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.FIRST])
def test_every_verdict_says_who_and_of_which_report(verdict: Verdict) -> None:
    """Why it counts, or why it does not."""
    said = weighed.bearing(ENGLISH, _verdict(verdict))

    assert JAPAN in said
    assert "UK AI Security Institute" in said
    assert ("it counts" in said) is (verdict is Verdict.CONFIRMS)


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_leads_to_the_other_alert(relation: Relation) -> None:
    """By the link to its page, which shows each reader what they may read."""
    shown = view(relations=(RelationView(relation, OTHER),))

    ((said, page),) = weighed.related(ENGLISH, shown, f"https://tocsin.example/alerts/{ALERT_ID}")
    assert said
    assert page == f"https://tocsin.example/alerts/{OTHER}"


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("reason", [each.value for each in LifecycleReason])
def test_every_change_that_a_report_makes_is_said_with_and_without_a_name(reason: str, deed: Deed) -> None:
    """A reader who may not know who it was is told what it was."""
    kind = AlertChange.UPDATED
    named = words.change_sentence(ENGLISH, change(2, kind, reason, reporters=(JAPAN,), deed=deed))
    unnamed = words.change_sentence(ENGLISH, change(2, kind, reason))

    for said in (named, unnamed):
        assert said
        assert "{" not in said
    assert JAPAN not in unnamed
    if reported.done(ENGLISH, change(2, kind, reason), severity="minor") and reason != "superseded_before":
        assert JAPAN in named


def test_a_confirmation_is_told_with_who_confirms_and_why_it_counts() -> None:
    """In the mail's two parts, in the thread and in the message that is kept up to date."""
    shown = _confirmed()
    told = telling(reason=TellingReason.CORROBORATED, revision=2)
    mail = render_mail(shown, told, domain="tocsin.example")
    edit = str(render_slack(shown, telling(reason=TellingReason.CORROBORATED, revision=2, kind=DeliveryKind.EDIT)))
    reply = str(render_slack(shown, telling(reason=TellingReason.CORROBORATED, revision=2, kind=DeliveryKind.REPLY)))

    assert mail.subject.startswith("TLP:AMBER Confirmed: Severe: ")
    for said in (mail.text, mail.html, reply):
        assert f"{JAPAN} confirmed it independently." in said
    for said in (mail.text, mail.html, edit):
        assert f"observed (confirmed independently by {JAPAN}; likely without that)" in said
        assert f"{JAPAN} confirms report gb-1 of UK AI Security Institute" in said
        assert OTHER in said


def test_what_is_replaced_elsewhere_says_where_to_look() -> None:
    """A retraction that is a replacement is not to be disregarded: the mail and the thread lead to the newer alert."""
    shown = view(
        relations=(RelationView(Relation.SUPERSEDED_BY, OTHER),),
        changes=(
            change(),
            change(2, AlertChange.RETRACTED, "superseded", reporters=(JAPAN,), deed=Deed.REPLACED),
        ),
    )
    told = telling(reason=TellingReason.SUPERSEDED, revision=2)
    mail = render_mail(shown, told, domain="tocsin.example")
    reply = str(render_slack(shown, telling(reason=TellingReason.SUPERSEDED, revision=2, kind=DeliveryKind.REPLY)))

    assert "RETRACTED: please go by the newer alert." in mail.text
    for said in (mail.text, mail.html, reply):
        assert f"{JAPAN} replaced what it rested on by a newer report" in said
        assert f"/alerts/{OTHER}" in said


def test_a_lowered_severity_says_who_took_what_back_and_why() -> None:
    """With the reason that the institute gave."""
    shown = view(
        severity=Severity.MINOR,
        changes=(
            change(),
            change(
                2,
                AlertChange.UPDATED,
                "severity_lowered",
                severity=Severity.MINOR,
                reporters=(JAPAN,),
                deed=Deed.TOOK_BACK,
                note="The judge was wrong.",
            ),
        ),
    )
    mail = render_mail(shown, telling(reason=TellingReason.SEVERITY_LOWERED, revision=2), domain="tocsin.example")

    sentence = f"The severity was lowered to minor: {JAPAN} took its report back."
    assert f"Correction: {sentence}" in mail.text
    assert '"The judge was wrong."' in mail.text
