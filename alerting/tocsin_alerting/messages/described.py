"""Text of ours among what others wrote, such as "an operator of the network": English, and said for readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.phrases import Phrase, phrase

OPERATOR = phrase("an operator of the network")
SYSTEM_OF = phrase("a system of {institute}")
MAINTENANCE = phrase("maintenance window {name}")
DEATHS = phrase("deaths: {number}")
SERIOUS_INJURIES = phrase("serious injuries: {number}")
INJURIES = phrase("injuries: {number}")
PEOPLE_AFFECTED = phrase("people affected: {number}")
FINANCIAL_LOSS = phrase("financial loss (USD): {number}")


class Described(str):
    """A string in English that knows how it is said in other languages; what others wrote is a plain string."""

    __slots__ = ("_phrase", "_values")

    _phrase: Phrase
    _values: dict[str, str | int]

    def __new__(cls, said: Phrase, **values: str | int) -> Self:
        """The phrase in English, with its places filled in; numbers are written as each language writes them."""
        made = super().__new__(cls, _say(ENGLISH, said, values))
        made._phrase = said
        made._values = values
        return made

    def said(self, language: Language) -> str:
        """The same in a language."""
        return _say(language, self._phrase, self._values)


def described(language: Language, text: str) -> str:
    """A text of others as it is, one of ours in the reader's language."""
    return text.said(language) if isinstance(text, Described) else text


def role(actor: str, institute_name: Callable[[str], str]) -> str:
    """In which role somebody acted who is recorded by it: as an operator, or as an institute's system; else as is."""
    if actor == "operator":
        return Described(OPERATOR)
    if actor.startswith("institute:"):
        return Described(SYSTEM_OF, institute=institute_name(actor.removeprefix("institute:")))
    return actor


def _say(language: Language, said: Phrase, values: dict[str, str | int]) -> str:
    shown = {name: language.number(value) if isinstance(value, int) else value for name, value in values.items()}
    return language.say(said, **shown)
