"""What is said to whoever had an answer withdrawn, and which status that is."""

from __future__ import annotations

from tocsin_alerting.policy.asking_again import AskAgainOutcome
from tocsin_alerting.store.asking_again import AskedAgain


def status_and_words(asked: AskedAgain, institute_name: str) -> tuple[int, str]:
    """An HTTP status, 200 where it was done, and a sentence."""
    match asked.outcome:
        case AskAgainOutcome.ASKED_AGAIN:
            told = "its ladder is exhausted" if asked.step is None else f"step {asked.step} of its ladder is told now"
            return 200, f"Recorded: {institute_name} is asked again; {told}."
        case AskAgainOutcome.UNKNOWN_ALERT:
            return 404, "There is no such alert."
        case AskAgainOutcome.CLOSED:
            return 409, "The alert is closed: nobody is asked about it any more."
        case AskAgainOutcome.NOT_CONCERNED:
            return 409, f"{institute_name} was not asked for an answer."
        case AskAgainOutcome.BEING_ASKED:
            return 409, f"{institute_name} has not answered: there is nothing to withdraw, and it is being asked."
        case AskAgainOutcome.ANSWERED_SINCE:
            return 409, f"{institute_name} has given another answer since. Please look again."
