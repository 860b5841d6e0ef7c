"""Sentences and words as they stand in the code: in English, to be said in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence or a word in English, with `{named}` places for what differs."""

    message: str
    context: str | None = None
    """What it means, where one English word has several meanings; translators see it."""


def phrase(message: str) -> Phrase:
    """Marks a sentence for the catalogues; `Language.say` says it."""
    return Phrase(message)


def phrase_in(context: str, message: str) -> Phrase:
    """The same for a word that means different things in different places."""
    return Phrase(message, context)
