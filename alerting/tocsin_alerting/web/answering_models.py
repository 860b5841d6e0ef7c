"""The shapes that the API takes and gives about answers, looks, withdrawals, and reminders that are not wanted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tocsin_alerting.store.answers import GivenAnswer
from tocsin_alerting.store.asking_again import AskedAgain
from tocsin_alerting.web.note import Note
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.scalars import InstituteId
from tocsin_schemas.vocabulary import Answer


class Quorum(Shown):
    """How many institutes must have answered by when, and what has come of it."""

    institutes: str
    """The policy's rule: a number, a share or `all`, of the institutes that owe an answer."""
    needed: int
    answered: int
    """How many of those that owe an answer have given one by now."""
    owing: int
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None
    passed_at: datetime | None
    """When the deadline was found to have passed."""


class Tally(Shown):
    """How many institutes owe an answer, how many have given one, and who is silent."""

    owing: int
    answered: int
    silent: tuple[str, ...]
    """Names of the institutes whose silence is certain."""


class AnswerRequest(BaseModel):
    """An institute's answer to an alert."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"institute": "gb", "answer": "acknowledge", "note": "The cyber team is looking into it."}]
        },
    )

    institute: InstituteId
    """On whose behalf. A key answers for its own institute only."""
    answer: Answer
    note: Annotated[Note | None, Field(default=None)]
    """What people should know with it; protected like the alert's text."""
    remind: bool = True
    """False: the institute wants no reminders of this alert, should it say no last word."""


class AnswerGiven(Shown):
    """What became of an answer; what follows `standing` describes the answer that stands now, whoever gave it."""

    outcome: str
    alert: str
    institute: str
    round: int
    standing: Answer | None
    by: str | None
    via: str | None
    at: datetime | None
    revision: int | None

    @staticmethod
    def of(given: GivenAnswer, by: str | None) -> AnswerGiven:
        """An outcome of the store, with the name of whoever gave the answer that stands."""
        return AnswerGiven(
            outcome=given.outcome.value,
            alert=given.alert_id,
            institute=given.institute,
            round=given.round,
            standing=given.standing,
            by=by,
            via=given.via,
            at=given.at,
            revision=given.revision,
        )


class _Request(BaseModel):
    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [{"institute": "gb"}]}
    )

    institute: InstituteId
    """Whose. A key speaks for its own institute only."""


class LookRequest(_Request):
    """Somebody of an institute has looked at an alert. That answers nothing and stops nothing."""


class NoReminders(_Request):
    """An institute wants no more reminders of an alert that it has in hand."""


class WithdrawalRequest(BaseModel):
    """The wish that an institute's answer be withdrawn, and the institute be asked again."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"institute": "gb", "why": "A mail scanner pressed the button."}]},
    )

    institute: InstituteId
    """Whose answer. A key withdraws its own institute's; the coordinator's key any."""
    why: Note
    """For those who are asked again, and for the time line; protected like the alert's text."""


class Withdrawal(Shown):
    """What became of it."""

    outcome: str
    alert: str
    institute: str
    withdrawn: Answer | None
    """The answer that was taken back; null where the institute was silent to the end of its ladder."""
    step: int | None
    """The step of its ladder that is called now; null where nobody of it may be, and the coordinator is."""
    revision: int | None
    """The change that tells of it."""

    @staticmethod
    def of(asked: AskedAgain) -> Withdrawal:
        """An outcome of the store."""
        return Withdrawal(
            outcome=asked.outcome.value,
            alert=asked.alert_id,
            institute=asked.institute,
            withdrawn=asked.withdrawn,
            step=asked.step,
            revision=asked.revision,
        )
