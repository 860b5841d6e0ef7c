"""What the conditions compare facts with: the values at which a rule begins or ceases to hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_LITERAL = re.compile(rf"(?<![\w.]){_NUMBER}(?![\w.])")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_COMPARED = r"(?:>=|<=|==|!=|>|<)"


@dataclass(frozen=True, slots=True)
class Constants:
    """What one condition, or several, say about facts."""

    numbers: Mapping[str, tuple[float, ...]]
    """By fact, ascending: the numbers that it is compared with."""
    words: frozenset[str]
    """Every word in quotation marks, and every member of a list that is used."""
    simple: frozenset[str]
    """Facts that are, as numbers, compared with constants alone: their boundary values stand for all others."""


def constants_of(
    conditions: Iterable[str], facts: Iterable[str], lists: Mapping[str, tuple[str, ...]] | None = None
) -> Constants:
    """What conditions compare facts with.

    Args:
        conditions: CEL texts.
        facts: names of the facts to look for.
        lists: the rubric's lists.
    """
    texts = list(conditions)
    numbers: dict[str, tuple[float, ...]] = {}
    simple = set()
    for fact in facts:
        found: set[float] = set()
        is_simple = True
        for text in texts:
            direct, rest = _direct(text, fact)
            found |= direct
            if re.search(rf"\.{fact}\b", rest):
                # Used in some other way, such as size() or a sum: any number near it may matter.
                is_simple = False
                found |= {float(one) for one in _LITERAL.findall(_STRING.sub("", text))}
        numbers[fact] = tuple(sorted(found))
        if is_simple:
            simple.add(fact)
    words = {first or second for text in texts for first, second in _STRING.findall(text)}
    for name, members in (lists or {}).items():
        if any(re.search(rf"\blists\.{name}\b", text) for text in texts):
            words |= set(members)
    return Constants(numbers, frozenset(words), frozenset(simple))


def _direct(text: str, fact: str) -> tuple[set[float], str]:
    """The numbers a fact is compared with, and the text without these comparisons and without has()."""
    name = rf"\b(?:finding|incident)\.{fact}\b"
    left = re.compile(rf"{name}\s*{_COMPARED}\s*{_NUMBER}")
    right = re.compile(rf"{_NUMBER}\s*{_COMPARED}\s*{name}")
    found = {float(one) for pattern in (left, right) for one in pattern.findall(text)}
    rest = re.sub(rf"has\(\s*{name}\s*\)", "", right.sub("", left.sub("", text)))
    return found, rest
