"""What a person says with an answer: a short text, protected like the alert's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.scalars import Text

NOTE_CHARACTERS = 1_000

Note = Annotated[Text, StringConstraints(max_length=NOTE_CHARACTERS)]
"""At most 1,000 characters, without control characters."""

_reads: TypeAdapter[str] = TypeAdapter(Note)


def note_from_form(text: str | None) -> str | None:
    """The note that was typed, if any was.

    Raises:
        Refused: too long, or with control characters.
    """
    # Browsers send line breaks as CR LF, which would count twice.
    typed = (text or "").replace("\r\n", "\n").strip()
    if not typed:
        return None
    try:
        return _reads.validate_python(typed)
    except ValidationError as error:
        raise Refused(
            422,
            phrase("The note cannot be taken"),
            phrase("Write at most {count} characters of plain text; your answer has not been recorded yet."),
            values={"count": NOTE_CHARACTERS},
        ) from error
