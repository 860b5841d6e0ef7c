"""What is said to whoever had an answer withdrawn, and which status that is."""

from __future__ import annotations

from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.policy.asking_again import AskAgainOutcome
from tocsin_alerting.store.asking_again import AskedAgain
from tocsin_alerting.web import page_words


def status_and_words(asked: AskedAgain, institute_name: str, language: Language = ENGLISH) -> tuple[int, str]:
    """An HTTP status, 200 where it was done, and a sentence."""
    gettext = language.gettext
    match asked.outcome:
        case AskAgainOutcome.ASKED_AGAIN if asked.step is None:
            return 200, gettext(
                "Recorded: {institute} is asked again; its ladder is exhausted.", institute=institute_name
            )
        case AskAgainOutcome.ASKED_AGAIN:
            return 200, gettext(
                "Recorded: {institute} is asked again; step {step} of its ladder is told now.",
                institute=institute_name,
                step=asked.step,
            )
        case AskAgainOutcome.UNKNOWN_ALERT:
            return 404, gettext("There is no such alert.")
        case AskAgainOutcome.CLOSED:
            return 409, gettext("The alert is closed: nobody is asked about it any more.")
        case AskAgainOutcome.NOT_CONCERNED:
            return 409, gettext("{institute} was not asked for an answer.", institute=institute_name)
        case AskAgainOutcome.BEING_ASKED:
            return 409, gettext(
                "{institute} has not answered: there is nothing to withdraw, and it is being asked.",
                institute=institute_name,
            )
        case AskAgainOutcome.ANSWERED_SINCE:
            return 409, gettext(
                "{institute} has given another answer since. Please look again.", institute=institute_name
            )


def not_recorded(language: Language, why: str) -> str:
    """A refusal, and that nothing has been recorded."""
    return language.sentences([why, language.say(page_words.NOTHING_RECORDED)])
