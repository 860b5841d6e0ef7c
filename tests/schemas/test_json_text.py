"""JSON from outside is read whole, or refused with its reason."""

import pytest

from tocsin_schemas import InvalidEvent, ProblemCode
from tocsin_schemas.json_text import parse_json


def refusal(value: bytes) -> tuple[ProblemCode, str, str]:
    """Code, field and message of the one problem that these bytes have."""
    with pytest.raises(InvalidEvent) as caught:
        parse_json(value)
    (problem,) = caught.value.problems
    return problem.code, problem.field, problem.message


@pytest.mark.parametrize(
    ("value", "code", "field", "words"),
    [
        (b"", ProblemCode.NOT_JSON, "(event)", "line 1, column 1"),
        (b"title: x", ProblemCode.NOT_JSON, "(event)", "is not JSON"),
        (b'{"a": 1,}', ProblemCode.NOT_JSON, "(event)", "column 9"),
        (b'\xef\xbb\xbf{"a": 1}', ProblemCode.NOT_JSON, "(event)", "BOM"),
        (b'{"a": "\xff"}', ProblemCode.NOT_UTF8, "(event)", "byte 7"),
        ('{"a": "é"}'.encode("latin-1"), ProblemCode.NOT_UTF8, "(event)", "byte 7"),
        (b'{"a": {"b": ["x", "\\ud800"]}}', ProblemCode.NOT_UTF8, "a.b.1", "surrogate"),
        (b'{"a": {"\\udfff": 1}}', ProblemCode.NOT_UTF8, "a.?", "surrogate"),
        (b'{"data": {"tlp": "TLP:RED", "tlp": "TLP:CLEAR"}}', ProblemCode.NOT_JSON, "tlp", "twice"),
        (b"[" * 33 + b"]" * 33, ProblemCode.NOT_JSON, "(event)", "nested more than 32"),
        (b"[" * 200_000 + b"]" * 200_000, ProblemCode.NOT_JSON, "(event)", "nested more than 32"),
        (b'{"a":' * 100_000, ProblemCode.NOT_JSON, "(event)", "nested more than 32"),
        (b'{"a": ' + b"9" * 5000 + b"}", ProblemCode.NOT_JSON, "(event)", "too long"),
    ],
)
def test_what_is_no_json_text_is_refused_with_its_place(
    value: bytes, code: ProblemCode, field: str, words: str
) -> None:
    """Whatever the bytes, the sender learns what is wrong and where."""
    found_code, found_field, message = refusal(value)

    assert (found_code, found_field) == (code, field)
    assert words in message


def test_nesting_up_to_the_limit_is_read() -> None:
    """Thirty-two lists within one another are allowed, and given back as they are."""
    parsed = parse_json(b"[" * 32 + b"]" * 32)

    for _ in range(31):
        (parsed,) = parsed
    assert parsed == []


def test_a_surrogate_pair_is_a_character() -> None:
    """An escaped pair stands for one character beyond U+FFFF."""
    assert parse_json(b'"\\ud83d\\udd14"') == "\N{BELL}"


def test_a_long_name_is_cut_in_the_refusal() -> None:
    """A sender's own field names cannot flood a log or a dead letter."""
    long = "n" * 50_000
    _, field, _ = refusal(f'{{"{long}": 1, "{long}": 2}}'.encode())

    assert len(field) <= 61
