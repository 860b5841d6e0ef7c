"""The words for where each institute stands, and for what is asked of the reader's own."""

from __future__ import annotations

from tocsin_alerting.messages import answering, guidance, quiet
from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.described import described
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.messages.words.grades import is_guidance
from tocsin_alerting.messages.words.labels import LABELS
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas.vocabulary import AlertState, Answer

ANSWER = {
    Answer.ACKNOWLEDGE: phrase_in("an institute's answer", "acknowledged"),
    Answer.ACTING: phrase_in("an institute's answer", "is acting"),
    Answer.RESOLVE: phrase_in("an institute's answer", "resolved"),
    Answer.DECLINE: phrase_in("an institute's answer", "declined"),
    Answer.NOT_APPLICABLE: phrase_in("an institute's answer", "answered that it does not apply"),
}
_ANSWER_BY = {
    Answer.ACKNOWLEDGE: phrase("acknowledged by {person}"),
    Answer.ACTING: phrase("is acting, says {person}"),
    Answer.RESOLVE: phrase("resolved by {person}"),
    Answer.DECLINE: phrase("declined by {person}"),
    Answer.NOT_APPLICABLE: phrase("answered that it does not apply by {person}"),
}
_HAS_ANSWERED = {
    Answer.ACKNOWLEDGE: phrase("Nothing more: {institute} has acknowledged."),
    Answer.ACTING: phrase("Nothing more: {institute} is acting."),
    Answer.RESOLVE: phrase("Nothing more: {institute} has resolved."),
    Answer.DECLINE: phrase("Nothing more: {institute} has declined."),
    Answer.NOT_APPLICABLE: phrase("Nothing more: {institute} has answered that it does not apply."),
}
VIA = {
    "email_link": phrase_in("how it was answered", "from the mail"),
    "slack": phrase_in("how it was answered", "in Slack"),
    "api": phrase_in("how it was answered", "through the API"),
    "page": phrase_in("how it was answered", "on the page"),
    "command": phrase_in("how it was answered", "by command"),
}


def standing(language: Language, response: ResponseView) -> str:
    """Where one institute stands. Silence is said."""
    if response.answer is not None:
        return _answered(language, response, response.answer)
    if response.muted is not None and response.muted.effect is Effect.KEEPS_BACK:
        said = quiet.kept_back(language, response.muted, response.muted.until)
        if not response.answer_required:
            return said
        return language.gettext("no answer yet (step {step}); {said}", step=response.step, said=said)
    if not response.answer_required:
        return answering.known(language, response, language.gettext("no answer is asked for"))
    if response.exhausted_at is not None:
        return language.gettext(
            "SILENT: everybody on its ladder was told, nobody answered by {at}",
            at=language.instant(response.exhausted_at),
        )
    said = language.gettext("no answer yet (step {step})", step=response.step)
    if response.next_step_at is not None:
        said = language.gettext(
            "no answer yet (step {step}); the next step is at {at}",
            step=response.step,
            at=language.instant(response.next_step_at),
        )
    return answering.known(language, response, said)


def standing_heading(language: Language, view: AlertView) -> str:
    """What stands above where each institute stands, with how many have answered."""
    counts = answering.counts(language, view)
    heading = language.say(LABELS["standing"])
    return f"{heading} ({counts})" if counts else heading


def quorum(language: Language, view: AlertView) -> str:
    """How many must have answered by when, and what has come of it; nothing where that is not asked."""
    return "" if view.quorum is None else answering.quorum(language, view.quorum)


def _answered(language: Language, response: ResponseView, answer: Answer) -> str:
    if response.answered_by:
        said = language.say(_ANSWER_BY[answer], person=described(language, response.answered_by))
    else:
        said = language.say(ANSWER[answer])
    if response.answered_via in VIA:
        said = language.pgettext(
            "an answer and how it was given",
            "{answered} {via}",
            answered=said,
            via=language.say(VIA[response.answered_via]),
        )
    if response.answered_at is None:
        return said
    return language.pgettext(
        "an answer and when it was given", "{answered}, {at}", answered=said, at=language.instant(response.answered_at)
    )


def is_closed(view: AlertView) -> bool:
    """Whether the alert takes no more answers."""
    return view.state in {AlertState.RESOLVED, AlertState.RETRACTED}


def own_standing(view: AlertView, institute: str) -> ResponseView | None:
    """Where the reader's own institute stands, where it was asked."""
    return next((response for response in view.responses if response.institute == institute), None)


def answer_wanted(view: AlertView, institute: str) -> bool:
    """Whether the reader's institute may still be the one to answer."""
    response = own_standing(view, institute)
    return response is not None and response.answer is None and not is_closed(view)


def wanted(language: Language, view: AlertView, telling: Telling) -> str:
    """What is asked of the reader, by when, and what happens otherwise."""
    response = own_standing(view, telling.institute)
    if is_closed(view):
        return language.gettext("Nothing more is asked of you.")
    if telling.reason is TellingReason.LADDER_EXHAUSTED:
        return language.gettext(
            "Please reach {institute} by other means. Nobody else will be told by the network.",
            institute=telling.subject_name or telling.institute_name,
        )
    asked = answering.wanted(language, view, telling.reason)
    if asked is not None:
        return asked
    if not telling.asked:
        return language.gettext(
            "This is for your information, as you subscribe to alerts like it. Others at your institute answer."
        )
    if response is None:
        return language.gettext("This is for your information; no answer is asked of your institute.")
    if response.answer is not None:
        return language.say(_HAS_ANSWERED[response.answer], institute=response.name)
    if not response.answer_required:
        return language.gettext(
            "This is for your information. You may acknowledge it, so that others see that you have it."
        )
    if response.next_step_at is not None:
        please = language.gettext(
            "Please acknowledge by {at}. "
            "If nobody at {institute} answers by then, the next step of its ladder is told.",
            at=language.instant(response.next_step_at),
            institute=response.name,
        )
        return language.sentences([language.say(guidance.WANTED) if is_guidance(view) else "", please])
    return language.gettext(
        "Please acknowledge. The ladder of {institute} is exhausted: nobody else will be told.", institute=response.name
    )
