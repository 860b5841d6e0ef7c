"""The sentences of reasons in the languages of the network: `sentences/<language>.yaml`.

English is the original and stands in the rubric (`sentence`; of a clock its `trigger`) and in the remarks. A
translation repeats the English that it translates: once the original is reworded it is stale, and readers get the
original instead of a sentence that says something else. Translations are no part of the rubric's version, as no grade
depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tocsin_schemas.assessment import Reason
from tocsin_schemas.scalars import LanguageTag, Line, Record, Text

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=80)]
"""Stable name of a rule, such as `incident.death`: kept when the rule is reworded, never given to another rule."""

ORIGINAL = "en"
"""The language of the rubric itself, and what readers get where there is no translation."""
SENTENCES_FOLDER = "sentences"
"""Folder of the network directory with one file for each language, such as `sentences/fr.yaml`."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Translation(Record):
    """One sentence in another language."""

    english: Text
    """The original that it translates, word for word."""
    says: Text
    """The translation, with the same placeholders."""


class SentencesFile(Record):
    """`sentences/<language>.yaml` as it is written."""

    language: LanguageTag
    """As the file is called."""
    status: Literal["human", "machine"]
    """Who translated: readers are told of a machine's translation."""
    glossary: dict[Line, Line] = Field(min_length=1)
    """The words that must be the same in every sentence and page, by their English."""
    sentences: dict[RuleId, Translation]
    """By the id of the rule, clock or remark."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a reader gets it."""

    text: str
    language: str
    status: Literal["original", "human", "machine"]
    """`original` is English: either asked for, or there is no translation of just this wording."""

    @property
    def is_original(self) -> bool:
        """Whether it is the wording that the rubric itself uses."""
        return self.status == "original"


class Sentences:
    """The translations that a network has."""

    def __init__(self, files: Iterable[SentencesFile]) -> None:
        self.files: Mapping[str, SentencesFile] = {file.language: file for file in files}
        self._by_english = {
            language: {each.english: each.says for each in file.sentences.values()}
            for language, file in self.files.items()
        }

    def of(self, reason: Reason, language: str) -> Said:
        """The sentence of a reason in a language, or in the nearest that there is, or the original.

        Works for reasons of any rubric version: one whose wording is no longer the translated one is given as it was.

        Args:
            reason: as an assessment carries it.
            language: a BCP 47 tag; of `fr-CA` a file `fr` will do.
        """
        return self.said(reason.rule, reason.sentence, reason.inputs, language)

    def said(self, rule: str, sentence: str, inputs: Mapping[str, Any], language: str) -> Said:
        """The same for a reason that is known by its parts."""
        for tag in _from_narrow_to_wide(language):
            if tag == ORIGINAL:
                break
            file = self.files.get(tag)
            translation = file.sentences.get(rule) if file is not None else None
            if file is not None and translation is not None and _filled(translation.english, inputs) == sentence:
                return Said(_filled(translation.says, inputs), tag, file.status)
        return Said(sentence, ORIGINAL, "original")

    def wording(self, english: str, language: str) -> Said:
        """A sentence without placeholders, by its English: of a clock no more than its `trigger` is recorded."""
        for tag in _from_narrow_to_wide(language):
            says = self._by_english.get(tag, {}).get(english)
            if says is not None:
                return Said(says, tag, self.files[tag].status)
        return Said(english, ORIGINAL, "original")


NO_SENTENCES = Sentences(())
"""Everything in English."""


def _from_narrow_to_wide(tag: str) -> Iterable[str]:
    parts = tag.split("-")
    return ("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _filled(sentence: str, inputs: Mapping[str, Any]) -> str:
    """Placeholders replaced by the inputs of the reason; an unknown one stays as it is written."""
    return PLACEHOLDER.sub(lambda found: str(inputs.get(found.group(1), found.group(0))), sentence)
