"""The sentences of reasons in the languages of the network.

English is the original and stands in the rubric (`sentence`; of a clock its `trigger`) and in the remarks. A
translation repeats the English that it translates: once the original is reworded it is stale, and readers get the
original instead of a sentence that says something else. Translations are no part of the rubric's version, as no grade
depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from tocsin_schemas import Reason
from tocsin_schemas.scalars import LanguageTag, Line, Record, Text
from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.remarks import Remark, sentence_of
from tocsin_streams.rubric.rules import RuleId
from tocsin_streams.rubric.yaml_files import read_mapping

ORIGINAL = "en"
"""The language of the rubric itself, and what readers get where there is no translation."""
CATALOGUE_LANGUAGES = ("en", "fr", "ja", "ko", "sw", "de", "es")
"""The languages that every sentence is said in."""
SENTENCES_FOLDER = "sentences"
"""Folder of the network directory with one file for each language, such as `sentences/fr.yaml`."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


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

    def of(self, reason: Reason, language: str) -> Said:
        """The sentence of a reason in a language, or in the nearest that there is, or the original.

        Works for reasons of any rubric version: one whose wording is no longer the translated one is given as it was.

        Args:
            reason: as an assessment carries it.
            language: a BCP 47 tag; of `fr-CA` a file `fr` will do.
        """
        for tag in _from_narrow_to_wide(language):
            if tag == ORIGINAL:
                break
            file = self.files.get(tag)
            translation = file.sentences.get(reason.rule) if file is not None else None
            if (
                file is not None
                and translation is not None
                and _filled(translation.english, reason.inputs) == reason.sentence
            ):
                return Said(_filled(translation.says, reason.inputs), tag, file.status)
        return Said(reason.sentence, ORIGINAL, "original")


class Problem(StrEnum):
    """What is wrong with a translation."""

    NO_FILE = "no_file"
    MISSING = "missing"
    STALE = "stale"
    NOTHING_TO_TRANSLATE = "nothing_to_translate"
    PLACEHOLDERS = "placeholders"


_FIX = {
    Problem.NO_FILE: "There is no file for this language: add it.",
    Problem.MISSING: "The sentence is not translated: add it.",
    Problem.STALE: "The English was reworded since: translate it anew and repeat the new English.",
    Problem.NOTHING_TO_TRANSLATE: "No rule, clock or remark has this id: remove it or correct the id.",
    Problem.PLACEHOLDERS: "It does not have the placeholders of the English, such as {rule_id}: put the same ones in.",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence that readers of a language do not get in it."""

    language: str
    rule: str | None
    """Id of the rule, clock or remark; None where the whole file is missing."""
    problem: Problem

    def __str__(self) -> str:
        """Where it is, what is wrong, and what to do."""
        where = ": ".join(part for part in (f"{SENTENCES_FOLDER}/{self.language}.yaml", self.rule) if part)
        return f"{where}: {_FIX[self.problem]}"


def originals(rubric: Rubric) -> dict[str, str]:
    """Every sentence that readers may get, in English, by the id of its rule, clock or remark."""
    return {
        **{rule.id: rule.sentence for rule in rubric.rules},
        **{clock.id: clock.trigger for clock in rubric.clock_rules},
        **{which.value: sentence_of(which) for which in Remark},
    }


def missing_translations(
    rubric: Rubric, sentences: Sentences, languages: Iterable[str] = CATALOGUE_LANGUAGES
) -> tuple[Gap, ...]:
    """What readers do not get in their language, by language and id; empty when all is translated.

    For `tocsinctl rubric check`: `missing_translations(load_rubric(folder), load_sentences(folder))`; `str(gap)` names
    the file, the id and the fix. None of these changes a grade: until it is mended, readers get the English.
    """
    english = originals(rubric)
    wanted = sorted({*languages, *sentences.files} - {ORIGINAL})
    return tuple(gap for language in wanted for gap in _gaps(language, english, sentences.files.get(language)))


def _gaps(language: str, english: Mapping[str, str], file: SentencesFile | None) -> Iterable[Gap]:
    if file is None:
        yield Gap(language, None, Problem.NO_FILE)
        return
    for rule in sorted({*english, *file.sentences}):
        problem = _problem(english.get(rule), file.sentences.get(rule))
        if problem is not None:
            yield Gap(language, rule, problem)


def _problem(english: str | None, translation: Translation | None) -> Problem | None:
    if english is None:
        return Problem.NOTHING_TO_TRANSLATE
    if translation is None:
        return Problem.MISSING
    if translation.english != english:
        return Problem.STALE
    if sorted(_PLACEHOLDER.findall(translation.says)) != sorted(_PLACEHOLDER.findall(english)):
        return Problem.PLACEHOLDERS
    return None


def load_sentences(network_dir: Path) -> Sentences:
    """Read the translations of a network directory; a folder without any is fine and leaves everything in English.

    Raises:
        RubricError: a file is not valid; names the file, the id, the field and the fix.
    """
    return Sentences(_sentences_file(path) for path in sorted((network_dir / SENTENCES_FOLDER).glob("*.yaml")))


def _sentences_file(path: Path) -> SentencesFile:
    content = read_mapping(path)
    try:
        file = SentencesFile.model_validate(content)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in detail["loc"])
        raise RubricError(path, f"{detail['msg'].rstrip('.')}.", "Correct it there.", field=field) from error
    if file.language != path.stem:
        raise RubricError(path, "is not called as its language.", f"Call it {file.language}.yaml.", field="language")
    if file.language == ORIGINAL:
        raise RubricError(path, "English is the original.", "Change the sentence in the rubric.", field="language")
    return file


def _from_narrow_to_wide(tag: str) -> Iterable[str]:
    parts = tag.split("-")
    return ("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _filled(sentence: str, inputs: Mapping[str, Any]) -> str:
    """Placeholders replaced by the inputs of the reason; an unknown one stays as it is written."""
    return _PLACEHOLDER.sub(lambda found: str(inputs.get(found.group(1), found.group(0))), sentence)
