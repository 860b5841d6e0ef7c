"""Words in conditions that the fact they are compared with never is: misspelt, most likely."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.survey import Survey, subjects

_OPEN = frozenset({"evaluation", "metric", "basis", "countries"})
"""Facts that may be any of very many words; not all of them are looked at."""
_WORD = r"(?:\"([^\"]*)\"|'([^']*)')"
_FACT = r"\b(?:finding|incident)\.(\w+)\b"
_FACT_FIRST = re.compile(rf"{_FACT}\s*(?:==|!=)\s*{_WORD}")
_WORD_FIRST = re.compile(rf"{_WORD}\s*(?:==|!=|in)\s*{_FACT}")
_IN_SET = re.compile(rf"{_FACT}\s+in\s+\[([^\]]*)\]")
_IN_LIST = re.compile(rf"{_FACT}\s+in\s+lists\.(\w+)")
_QUOTED = re.compile(_WORD)


def unknown_words(found: Survey) -> Iterator[Note]:
    """Words that a condition compares a fact with, and that the fact was never seen to be."""
    values = found.values()
    for name, subject in subjects(found.space).items():
        for fact, word in sorted(set(_compared(subject.rule.when, found.space.rubric.lists))):
            seen = values.get(fact, set())
            if fact in _OPEN or not seen or word in seen or not all(isinstance(one, str) for one in seen):
                continue
            close = difflib.get_close_matches(word, [str(one) for one in seen], n=1)
            known = ", ".join(sorted(str(one) for one in seen))
            yield Note(
                Level.WARNING,
                NoteCode.UNKNOWN_WORD,
                name,
                f"compares '{fact}' with \"{word}\", which it never is.",
                f'Did you mean "{close[0]}"?' if close else f"It can be: {known}.",
            )


def _compared(text: str, lists: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for fact, first, second in _FACT_FIRST.findall(text):
        yield fact, first or second
    for first, second, fact in _WORD_FIRST.findall(text):
        yield fact, first or second
    for fact, members in _IN_SET.findall(text):
        for first, second in _QUOTED.findall(members):
            yield fact, first or second
    for fact, name in _IN_LIST.findall(text):
        for word in lists.get(name, ()):
            yield fact, word


def unused_lists(texts: list[str], lists: Mapping[str, Any]) -> Iterator[Note]:
    """Lists that no condition uses."""
    for name in lists:
        if not any(re.search(rf"\blists\.{name}\b", text) for text in texts):
            yield Note(
                Level.WARNING,
                NoteCode.LIST_UNUSED,
                f"lists.{name}",
                "is used by no condition.",
                "Remove it, or use it as lists.<name>.",
            )
