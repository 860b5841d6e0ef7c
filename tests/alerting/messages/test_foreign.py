"""What becomes of text that others wrote."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.messages.foreign import clean, one_line, shorten, slack_mrkdwn, slack_plain, width


@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<!here|x>", "<@U0GBLEAD>", "<#C0GB>", "<https://evil.example|bank>"]
)
def test_no_control_sequence_of_slack_survives(hostile: str) -> None:
    """A title that mentions everybody mentions nobody, in markup and in plain text."""
    assert "<" not in slack_mrkdwn(f"before {hostile} after", 200)
    assert "<" not in slack_plain(f"before {hostile} after", 200)


def test_a_smaller_than_sign_is_read_as_one_in_plain_text() -> None:
    """Text about numbers stays as it was written."""
    assert slack_plain("p < 0.05 and n <100", 100) == "p < 0.05 and n <100"


@pytest.mark.parametrize(
    "character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\x00\x1b"
)
def test_what_is_invisible_or_turns_text_round_is_taken_out(character: str) -> None:
    """Nothing that a reader cannot see changes what the reader sees."""
    assert clean(f"a{character}b") == "ab"


@pytest.mark.parametrize("text", ["می\u200cخواهم", "👩\u200d🔬", "مرحبا", "日本語の見出し", "tabs\tand\nlines"])
def test_what_languages_need_stays(text: str) -> None:
    """Joiners, scripts and line breaks are part of what was written."""
    assert clean(text) == text


def test_a_subject_stays_on_one_line() -> None:
    """A line break in a title begins no header of a mail."""
    assert one_line("harmless\r\nBcc: everybody@evil.example\u2028x") == "harmless Bcc: everybody@evil.example x"


@given(st.text(), st.integers(2, 60))
def test_a_text_keeps_its_limit_as_slack_counts(text: str, limit: int) -> None:
    """No length is exceeded in UTF-16 units, whatever is escaped and wherever the cut falls."""
    assert width(slack_mrkdwn(text, limit)) <= limit
    assert width(slack_plain(text, limit)) <= limit


@given(st.text(alphabet="ab&<>😀 ", max_size=80), st.integers(2, 60))
def test_escaping_says_what_was_written(text: str, limit: int) -> None:
    """Unescaped again, the text is the beginning of what was written; no entity is cut in two."""
    shown = html.unescape(slack_mrkdwn(text, limit))

    assert clean(text).startswith(shown.removesuffix("…")) or shown == text


@given(st.text(max_size=50))
def test_what_fits_is_left_alone(text: str) -> None:
    """Nothing is shortened that need not be."""
    assert shorten(text, 100) == text
