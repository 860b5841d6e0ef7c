"""The words for what happened to an alert: a line of its time line."""

from __future__ import annotations

from tocsin_alerting.messages import answering, guidance, quiet, reported
from tocsin_alerting.messages.described import described
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import Phrase, phrase
from tocsin_alerting.messages.view import ChangeView
from tocsin_alerting.messages.words.grades import severity
from tocsin_alerting.policy.ladders import LadderReason
from tocsin_schemas.vocabulary import AlertChange, Answer

_SOMEBODY = phrase("somebody")
_A_PERSON = phrase("a person")
_ESCALATED = {
    LadderReason.NEWLY_CONCERNED.value: phrase("{who} came to owe an answer; step {step} of its ladder was told."),
    LadderReason.STEP_NOT_REACHED.value: phrase(
        "Nobody at {who} could be reached; step {step} of its ladder was told."
    ),
    LadderReason.STEP_CANNOT_BE_TOLD.value: phrase(
        "Nobody of the step before may be told; at {who} step {step} of its ladder was told."
    ),
}
_NO_ANSWER = phrase("Nobody at {who} answered; step {step} of its ladder was told.")
_ANSWERED = {
    Answer.ACKNOWLEDGE.value: phrase("{who} acknowledged."),
    Answer.ACTING.value: phrase("{who} is acting."),
    Answer.RESOLVE.value: phrase("{who} resolved."),
    Answer.DECLINE.value: phrase("{who} declined."),
    Answer.NOT_APPLICABLE.value: phrase("{who} answered that it does not apply."),
}
_ANSWERED_BY = {
    Answer.ACKNOWLEDGE.value: phrase("{who} acknowledged ({person})."),
    Answer.ACTING.value: phrase("{who} is acting ({person})."),
    Answer.RESOLVE.value: phrase("{who} resolved ({person})."),
    Answer.DECLINE.value: phrase("{who} declined ({person})."),
    Answer.NOT_APPLICABLE.value: phrase("{who} answered that it does not apply ({person})."),
}
_UPDATED = {
    "override_raised": phrase("An override by {person} raised the severity to {severity}; everybody is asked anew."),
    "override_lowered": phrase("An override by {person} lowered the severity to {severity}."),
    "override_withdrawn": phrase("An override was withdrawn by {person}; the severity is {severity}."),
    "override_withdrawn_raised": phrase(
        "An override was withdrawn by {person}; the severity is {severity} again, and everybody is asked anew."
    ),
    **quiet.CHANGES,
}
_DISSENTS = {
    (False, False): phrase("{who} dissents from the severity."),
    (True, False): phrase("{who} dissents from the severity: it holds {held}."),
    (False, True): phrase("{who} dissents from the severity ({person})."),
    (True, True): phrase("{who} dissents from the severity: it holds {held} ({person})."),
}
"""By whether it is said what the institute holds, and who spoke for it."""
_DISSENT_WITHDRAWN = phrase("{who} withdrew its dissent.")
_DISSENT_WITHDRAWN_BY = phrase("{who} withdrew its dissent ({person}).")


def change_sentence(language: Language, change: ChangeView) -> str:
    """One line of the time line, without what a person noted with it."""
    if change.reason in guidance.CHANGES:
        return language.say(guidance.CHANGES[change.reason])
    done = reported.done(language, change, severity=severity(language, change.severity))
    return done if done is not None else _not_of_reports(language, change)


def _not_of_reports(language: Language, change: ChangeView) -> str:
    who = change.institute_name or language.say(_SOMEBODY)
    person = described(language, change.actor) if change.actor else ""
    answered = answering.change_sentence(language, change, who, person)
    if answered is not None:
        return answered
    match change.change:
        case AlertChange.RAISED:
            return language.gettext("The alert was raised as {severity}.", severity=severity(language, change.severity))
        case AlertChange.ESCALATED if change.step is None:
            return language.gettext("{who} is SILENT: its ladder is exhausted and nobody answered.", who=who)
        case AlertChange.ESCALATED:
            return language.say(_ESCALATED.get(change.reason, _NO_ANSWER), who=who, step=change.step)
        case AlertChange.ACKNOWLEDGED:
            answers = _ANSWERED_BY if person else _ANSWERED
            said = answers.get(change.reason, answers[Answer.ACKNOWLEDGE.value])
            return language.say(said, who=who, person=person)
        case AlertChange.RESOLVED if change.institute_name is None:
            return language.gettext("The alert is resolved.")
        case AlertChange.RESOLVED:
            said = phrase("{who} resolved it ({person}).") if person else phrase("{who} resolved it.")
            return language.say(said, who=who, person=person)
        case AlertChange.RETRACTED:
            return language.gettext("The alert was retracted: what it rested on was taken back.")
        case AlertChange.UPDATED:
            return language.say(_updated(change, who), **_of_update(language, change, who, person))


def _updated(change: ChangeView, who: str) -> Phrase:
    # An institute's own system is the institute; who spoke on its behalf is named.
    named = bool(change.actor) and who not in (change.actor or "")
    if change.reason == "dissent_recorded":
        return _DISSENTS[change.stated is not None, named]
    if change.reason == "dissent_withdrawn":
        return _DISSENT_WITHDRAWN_BY if named else _DISSENT_WITHDRAWN
    return _UPDATED.get(change.reason, phrase("The alert was updated."))


def _of_update(language: Language, change: ChangeView, who: str, person: str) -> dict[str, str]:
    return {
        "who": who,
        "person": person or language.say(_A_PERSON),
        "severity": severity(language, change.severity),
        "held": "" if change.stated is None else severity(language, change.stated),
    }
