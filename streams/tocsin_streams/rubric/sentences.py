"""Whether the network's translations of the rubric's sentences are whole, and how they are read from their files.

What a translation is, and which one a reader gets, is said in `tocsin_schemas.sentences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from tocsin_schemas.sentences import (
    ORIGINAL,
    PLACEHOLDER,
    SENTENCES_FOLDER,
    Sentences,
    SentencesFile,
    Translation,
)
from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.remarks import Remark, sentence_of
from tocsin_streams.rubric.yaml_files import read_mapping

CATALOGUE_LANGUAGES = ("en", "fr", "ja", "ko", "sw", "de", "es")
"""The languages that every sentence is said in."""


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
    if sorted(PLACEHOLDER.findall(translation.says)) != sorted(PLACEHOLDER.findall(english)):
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
