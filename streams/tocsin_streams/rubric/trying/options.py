"""The values of a field that rules can tell apart: closed sets whole, numbers around what rules compare them with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tocsin_streams.rubric.trying.constants import Constants
from tocsin_streams.rubric.trying.fields import ABSENT, Leaf, Patch, Path, Shape, leaves

_SUBSETS_OF = 5
"""Of up to so many words that rules mention, every combination is tried."""
_FOREIGN = ("US", "a word that no rule mentions")
"""Texts that no rule mentions; the first that the contract takes stands for all others."""
_KNOWN_TEXTS = ("none", "en", "fr")
"""Texts that facts are made of and no rule names: no elicitation, English and another language."""
_SMALL = 1e-3


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a field, or of several that go together."""

    label: str
    """For people, without words of any report: `extent: national`."""
    patch: Patch
    value: Any = None
    """The value itself, where the patch holds more than it."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A field, and the values of it that are tried."""

    name: str
    options: tuple[Option, ...]
    complete: bool
    """Whether any other value would be like one of these to the rules that it was made for."""
    now: Any = None
    """The value that the report at hand has, where the patch holds more than it."""
    part: str | None = None
    """Of a field with parts of their own: the word of each part that is tried."""


def dimension_of(
    leaf: Leaf, facts: Iterable[str], constants: Constants, lists: Mapping[str, tuple[str, ...]]
) -> Dimension | None:
    """The values of a field that can be told apart by facts; None where there are none to try.

    Args:
        leaf: the field.
        facts: those that depend on it.
        constants: what the rules in question compare these facts with.
        lists: the rubric's lists.
    """
    numbers = sorted({number for fact in facts for number in constants.numbers.get(fact, ())})
    complete = set(facts) <= constants.simple
    match leaf.shape:
        case Shape.WORD:
            values: list[Any] = list(leaf.words)
            complete = True
        case Shape.YES_NO:
            values, complete = [True, False], True
        case Shape.WORDS:
            values, complete = _subsets(leaf.words, constants.words)
            values = [value for value in values if value or leaf.may_be_empty]
        case Shape.NUMBER | Shape.WHOLE_NUMBER:
            values = list(around(numbers, whole=leaf.shape is Shape.WHOLE_NUMBER))
        case Shape.TEXTS:
            values = list(_texts(numbers, constants.words, lists))
        case Shape.ITEMS:
            return _items(leaf, constants)
        case Shape.TEXT:
            values = [_FOREIGN[1], *_KNOWN_TEXTS, *sorted(constants.words)]
    if leaf.optional:
        values.append(ABSENT)
    options = tuple(Option(f"{leaf.name}: {said(value)}", {leaf.path: value}) for value in values)
    return Dimension(leaf.name, options, complete)


def said(value: Any) -> str:
    """A value as people read it."""
    if value is ABSENT:
        return "not given"
    if isinstance(value, list):
        return ", ".join(said(one) for one in value) or "none"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:.6g}"


def around(numbers: Iterable[float], *, whole: bool) -> Iterator[Any]:
    """Nothing, a little, and each number with its neighbours: to comparisons with these, all that a number can be."""
    found: set[float] = {0, 1, 2}
    for number in numbers:
        step = 1 if whole else abs(number) * _SMALL or 1
        found |= {number - step, number, number + step}
    for number in sorted(found):
        if (number >= 0 and number == int(number)) if whole else True:
            yield int(number) if whole else float(number)


def _subsets(words: tuple[str, ...], mentioned: frozenset[str]) -> tuple[list[Any], bool]:
    """Every combination of the words that rules mention, with and without one that they do not."""
    known = [word for word in words if word in mentioned] or list(words[:1])
    others = [word for word in words if word not in mentioned][-1:]
    if len(known) <= _SUBSETS_OF:
        inner = [list(some) for size in range(len(known) + 1) for some in combinations(known, size)]
        return [[*some, *other] for some in inner for other in ([], others)] if others else list(inner), True
    pairs = [list(some) for size in (1, 2) for some in combinations(known, size)]
    return [*([[], others] if others else [[]]), *pairs, known, list(words)], False


def _texts(numbers: Iterable[float], words: frozenset[str], lists: Mapping[str, tuple[str, ...]]) -> Iterator[Any]:
    """None, as many as rules ask for, and one of each kind of word that rules tell apart."""
    for count in around(numbers, whole=True):
        if count <= 200:
            yield [_FOREIGN[1]] * count
    kinds: dict[frozenset[str], str] = {}
    for word in sorted(words):
        within = frozenset(name for name, members in lists.items() if word in members)
        kinds.setdefault(within or frozenset({word}), word)
    foreign = next(word for word in _FOREIGN if word not in words)
    for word in (foreign, *_KNOWN_TEXTS, *kinds.values()):
        yield [word]
        if word != foreign:
            yield [word, foreign]


def _items(leaf: Leaf, constants: Constants) -> Dimension | None:
    """Parts that hold a word of a closed set: one part for each word of every combination."""
    assert leaf.model is not None
    parts = list(leaves(leaf.model))
    words = [part for part in parts if part.shape is Shape.WORD]
    if len(words) != 1:
        return None
    (word,) = words
    fixed: dict[Path, Any] = {part.path: "any" for part in parts if part.shape is Shape.TEXT and not part.optional}
    subsets, complete = _subsets(word.words, constants.words)
    options = tuple(
        Option(
            f"{leaf.name}: {said(some)}",
            {leaf.path: [{path[-1]: value for path, value in {**fixed, word.path: one}.items()} for one in some]},
        )
        for some in subsets
        if some or leaf.may_be_empty
    )
    return Dimension(leaf.name, options, complete, part=word.path[-1])
