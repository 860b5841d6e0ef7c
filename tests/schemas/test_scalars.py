"""Texts and lines: which characters they may hold."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from tocsin_schemas.scalars import Line, Text

LINE, TEXT = TypeAdapter(Line), TypeAdapter(Text)


def takes(adapter: TypeAdapter[str], character: str) -> bool:
    """Whether a text with the character in its midst is taken."""
    try:
        adapter.validate_python(f"a{character}b")
    except ValidationError:
        return False
    return True


def test_every_control_character_is_refused_and_nothing_else() -> None:
    """By Unicode's own list of them: a text may have line breaks and tabs, a line may not be broken in any way."""
    characters = [chr(number) for number in range(sys.maxunicode + 1) if not 0xD800 <= number <= 0xDFFF]
    control = {character for character in characters if unicodedata.category(character) == "Cc"}
    near = [character for character in characters if ord(character) < 0x3000] + ["\U0001f600", chr(sys.maxunicode)]

    assert {one for one in near if not takes(TEXT, one)} == control - set("\n\t\r")
    assert {one for one in near if not takes(LINE, one)} == control | {"\u2028", "\u2029"}
    assert all(ord(character) < 0x3000 for character in control)


@pytest.mark.parametrize("adapter", [LINE, TEXT])
def test_what_is_only_blank_is_refused(adapter: TypeAdapter[str]) -> None:
    """A name of blanks is no name."""
    with pytest.raises(ValidationError):
        adapter.validate_python("   ")
