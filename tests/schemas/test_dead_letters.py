"""Dead letters: nothing that was refused is lost."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tocsin_schemas import DeadLetter, ProblemCode, dead_letter, invalid
from tocsin_schemas.limits import DEAD_LETTER_BYTES, RAW_BYTES

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def letter(
    value: bytes | None, key: bytes | None = None, headers: list[tuple[str, bytes | None]] | None = None
) -> DeadLetter:
    """The dead letter of a message that could not be graded."""
    return dead_letter(
        invalid("tlp", "is required.", "Label it.", ProblemCode.MISSING),
        stage="grade",
        topic="tocsin.findings",
        partition=1,
        offset=7,
        timestamp=AT,
        key=key,
        value=value,
        headers=headers or [],
    )


@given(
    value=st.none() | st.binary(max_size=50),
    key=st.none() | st.binary(max_size=10),
    headers=st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=5), st.none() | st.binary(max_size=9))),
)
def test_the_original_comes_out_as_it_went_in(
    value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    """Key and value to the byte, through JSON and back; headers in their order."""
    written = letter(value, key, headers).model_dump_json()
    read = DeadLetter.model_validate_json(written, strict=True)

    assert read.value == value
    assert read.key == key
    assert [name for name, _ in read.headers] == [name for name, _ in headers]


def test_it_says_where_it_lay_and_why_it_was_refused() -> None:
    """For programs by code, for people in one line."""
    read = json.loads(letter(b"x").model_dump_json())

    assert (read["topic"], read["partition"], read["offset"]) == ("tocsin.findings", 1, 7)
    assert read["reason"] == "tlp: is required. Label it."
    assert read["problems"] == [{"field": "tlp", "message": "is required.", "fix": "Label it.", "code": "missing"}]


def test_the_largest_message_of_a_topic_fits() -> None:
    """What the broker took from a writer can be dead-lettered."""
    largest = letter(b"\xff" * (RAW_BYTES + 64 * 1024), b"k" * 200)

    assert len(largest.model_dump_json()) < DEAD_LETTER_BYTES
