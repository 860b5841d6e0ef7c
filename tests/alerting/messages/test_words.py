"""What the time line says of a ladder."""

import pytest

from tests.alerting.messages.views import change
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.words import change_sentence
from tocsin_alerting.policy.ladders import LadderReason
from tocsin_schemas import AlertChange


@pytest.mark.parametrize(
    ("reason", "step", "sentence"),
    [
        (LadderReason.NO_ANSWER, 2, "Nobody at Japan AISI answered; step 2 of its ladder was told."),
        (LadderReason.NEWLY_CONCERNED, 1, "Japan AISI came to owe an answer; step 1 of its ladder was told."),
        (
            LadderReason.STEP_CANNOT_BE_TOLD,
            2,
            "Nobody of the step before may be told; at Japan AISI step 2 of its ladder was told.",
        ),
        (LadderReason.LADDER_EXHAUSTED, None, "Japan AISI is SILENT: its ladder is exhausted and nobody answered."),
    ],
)
def test_silence_is_only_spoken_of_where_there_was_any(reason: LadderReason, step: int | None, sentence: str) -> None:
    """An institute that has only just been asked is not said to have been silent."""
    line = change(3, AlertChange.ESCALATED, reason.value, institute="jp", institute_name="Japan AISI", step=step)

    assert change_sentence(ENGLISH, line) == sentence
