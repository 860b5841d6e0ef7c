"""The words for how institutes answer: states, quorums and deadlines, withdrawn answers, reminders."""

from __future__ import annotations

from tocsin_alerting.messages.answer_views import QuorumView, ResponseView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.view import AlertView, ChangeView
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas.vocabulary import InstituteState

SUBJECT_PREFIX = {
    TellingReason.ANSWER_WITHDRAWN: phrase_in("beginning of a subject", "Asked again"),
    TellingReason.QUORUM_MISSED: phrase_in("beginning of a subject", "Deadline missed"),
    TellingReason.SILENT_AT_DEADLINE: phrase_in("beginning of a subject", "Silence at the deadline"),
    TellingReason.REMINDED: phrase_in("beginning of a subject", "Reminder"),
}
_WITHDRAWN = phrase("The answer of {who} was withdrawn; it is asked again: step {step} of its ladder was told.")
_WITHDRAWN_BY = phrase(
    "The answer of {who} was withdrawn ({person}); it is asked again: step {step} of its ladder was told."
)
_CHANGES = {
    TellingReason.QUORUM_MET.value: phrase("The quorum was met: enough institutes have answered in time."),
    TellingReason.QUORUM_MISSED.value: phrase(
        "The quorum was MISSED: at the deadline too few institutes had answered."
    ),
    TellingReason.SILENT_AT_DEADLINE.value: phrase("The deadline has passed, and some institutes are SILENT."),
    TellingReason.REMINDED.value: phrase("{who} was reminded: it has the alert in hand and has said no last word."),
}
BECAUSE = {
    TellingReason.ANSWER_WITHDRAWN: phrase(
        "The answer of {institute} was withdrawn. You are asked again, as step {step} of its ladder."
    ),
    TellingReason.QUORUM_MET: _CHANGES[TellingReason.QUORUM_MET.value],
    TellingReason.QUORUM_MISSED: _CHANGES[TellingReason.QUORUM_MISSED.value],
    TellingReason.SILENT_AT_DEADLINE: _CHANGES[TellingReason.SILENT_AT_DEADLINE.value],
    TellingReason.REMINDED: phrase(
        "Reminder: {institute} has this alert in hand, and has not said yet what came of it."
    ),
}  # fmt: skip
UNDO = phrase("Undo / ask again")
UNDO_MEANS = phrase(
    "The answer of your institute is withdrawn, and everybody on the first step of its ladder is called now. "
    "The answer stays on record."
)
LEAVE = phrase("Leave it")
ACTING = phrase("We are acting")
NO_REMINDERS = phrase("No more reminders")
UNDONE_IN_SLACK = phrase("Undone with the button in Slack.")
"""The reason on record, in English, where the button has no room for another."""


def change_sentence(language: Language, change: ChangeView, who: str, person: str) -> str | None:
    """A line of the time line; None where the change is of another kind."""
    if change.reason == TellingReason.ANSWER_WITHDRAWN:
        said = _WITHDRAWN_BY if person else _WITHDRAWN
        return language.say(said, who=who, person=person, step=change.step)
    found = _CHANGES.get(change.reason)
    return None if found is None else language.say(found, who=who)


def known(language: Language, response: ResponseView, rest: str) -> str:
    """Whether an institute that has not answered was told and has looked, before the rest of what is said of it."""
    if response.state is InstituteState.SILENT:
        said = language.gettext("SILENT at the deadline")
    elif response.seen_at is not None:
        said = language.gettext("seen {at}", at=language.instant(response.seen_at))
    elif response.told_at is not None:
        said = language.pgettext("where an institute stands", "told")
    else:
        said = language.gettext("not told yet")
    return language.pgettext("where an institute stands, and the rest", "{known}; {rest}", known=said, rest=rest)


def wanted(language: Language, view: AlertView, reason: TellingReason) -> str | None:
    """What is asked of the coordinator at a deadline, or of who is reminded; None where it is something else."""
    if reason is TellingReason.REMINDED:
        return language.gettext(
            "Please say what came of it: resolved, declined, not applicable, or that you are acting. "
            "On the page you may also say that no reminder is wanted."
        )
    if not reason.tells_of_silence:
        return None
    tally = view.tally
    if not tally.silent:
        # Where all are asked anew, nobody is silent yet, and few have answered.
        return language.gettext("By now everybody has answered.") if tally.answered >= tally.owing else None
    silent = language.join(tally.silent)
    return language.gettext(
        "Please reach those who are silent by other means: {silent}. Ladders that still run go on.", silent=silent
    )


def counts(language: Language, view: AlertView) -> str:
    """How many institutes have answered, and how many are silent; nothing where nobody owes an answer."""
    tally = view.tally
    if not tally.owing:
        return ""
    known_to_all = {"answered": language.number(tally.answered), "owing": language.number(tally.owing)}
    if not tally.silent:
        return language.gettext("{answered} of {owing} answered", **known_to_all)
    silent = language.number(len(tally.silent))
    return language.gettext("{answered} of {owing} answered, {silent} silent", **known_to_all, silent=silent)


def quorum(language: Language, quorum: QuorumView) -> str:
    """The quorum in a sentence: how many are needed by when, and what has come of it."""
    said = phrase("Quorum: {needed} of {owing} by {at}; {answered} have answered.")
    if quorum.missed_at is not None:
        said = phrase("Quorum MISSED: {needed} of {owing} by {at}; {answered} have answered by now.")
    elif quorum.met_at is not None:
        said = phrase("Quorum met: {needed} of {owing} by {at}; {answered} have answered by now.")
    return language.say(
        said,
        needed=language.number(quorum.needed),
        owing=language.number(quorum.owing),
        answered=language.number(quorum.answered),
        at=language.instant(quorum.due_at),
    )
