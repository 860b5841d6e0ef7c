"""The sentences of reasons in the readers' languages: what is translated, what is stale, and what is said instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.reports import NETWORK, edited, finding, loaded
from tests.streams.test_rubric_properties import findings
from tocsin_schemas import Reason, Report, Severity
from tocsin_schemas.sentences import ORIGINAL, Said, Sentences
from tocsin_streams.rubric import (
    CATALOGUE_LANGUAGES,
    Gap,
    Problem,
    Remark,
    RubricError,
    load_rubric,
    load_sentences,
    missing_translations,
    originals,
)
from tocsin_streams.rubric.remarks import remark

RUBRIC = loaded()
CHANCE = "finding.chance"
ENGLISH = originals(RUBRIC)


def folder_with(tmp_path: Path, language: str = "fr", **changes: Any) -> Path:
    """A network directory with one file of translations: one sentence, or what `changes` say."""
    folder = edited(tmp_path)
    (folder / "sentences").mkdir(exist_ok=True)
    content = {
        "language": language,
        "status": "human",
        "glossary": {"severe": "grave"},
        "sentences": {CHANCE: {"english": ENGLISH[CHANCE], "says": "Au hasard."}},
        **changes,
    }
    text = yaml.safe_dump(content, allow_unicode=True)
    (folder / "sentences" / f"{language}.yaml").write_text(text, encoding="utf-8")
    return folder


def chance_reason() -> Reason:
    """The reason that a result at chance level gets."""
    (reason,) = [each for each in RUBRIC.grade(finding("wmdp_bio", 0.2)).reasons if each.rule == CHANCE]
    return reason


@pytest.mark.parametrize("asked", ["fr", "fr-CA"])
def test_a_reader_gets_the_sentence_in_the_language_asked_for(tmp_path: Path, asked: str) -> None:
    """A region without words of its own gets those of its language."""
    sentences = load_sentences(folder_with(tmp_path))

    assert sentences.of(chance_reason(), asked) == Said("Au hasard.", "fr", "human")


@pytest.mark.parametrize("asked", ["en", "en-GB", "ta"])
def test_a_language_without_translation_gets_the_original_and_is_told_so(tmp_path: Path, asked: str) -> None:
    """English stands in where there is nothing else, and says that it is the original."""
    said = load_sentences(folder_with(tmp_path)).of(chance_reason(), asked)

    assert said == Said(ENGLISH[CHANCE], "en", "original")
    assert said.is_original


def test_a_translation_of_other_words_is_not_shown(tmp_path: Path) -> None:
    """A reason of another rubric, worded otherwise, is given as it was: a translation must not say something else."""
    reworded = chance_reason().model_copy(update={"sentence": "The result is guesswork."})

    assert load_sentences(folder_with(tmp_path)).of(reworded, "fr") == Said(
        "The result is guesswork.", "en", "original"
    )


def test_what_a_remark_is_about_is_in_its_translation_too(tmp_path: Path) -> None:
    """The id of the rule that failed stands in every language."""
    which = Remark.NOT_EVALUATED
    translated = {which.value: {"english": ENGLISH[which.value], "says": "{rule_id} : échec."}}
    reason = remark(which, rule_id="incident.death", error="KeyError")

    said = load_sentences(folder_with(tmp_path, sentences=translated)).of(reason, "fr")

    assert said.text == "incident.death : échec."


@pytest.mark.parametrize(
    ("translated", "problem", "rule"),
    [
        ({CHANCE: {"english": "Other words.", "says": "Au hasard."}}, Problem.STALE, CHANCE),
        ({"finding.gone": {"english": "Gone.", "says": "Parti."}}, Problem.NOTHING_TO_TRANSLATE, "finding.gone"),
        ({}, Problem.MISSING, CHANCE),
        (
            {Remark.MIGHT_MATTER.value: {"english": ENGLISH[Remark.MIGHT_MATTER.value], "says": "Une règle."}},
            Problem.PLACEHOLDERS,
            Remark.MIGHT_MATTER.value,
        ),
    ],
)
def test_what_is_missing_or_stale_is_found(
    tmp_path: Path, translated: dict[str, Any], problem: Problem, rule: str
) -> None:
    """Each fault of a translation is named with its file, its id and the fix."""
    gaps = missing_translations(RUBRIC, load_sentences(folder_with(tmp_path, sentences=translated)), ["fr"])

    assert Gap("fr", rule, problem) in gaps
    assert all("sentences/fr.yaml: " in str(gap) for gap in gaps)


def test_a_language_without_file_is_one_gap() -> None:
    """A whole language that is missing is not said a hundred times."""
    assert missing_translations(RUBRIC, Sentences([]), ["fr", "en"]) == (Gap("fr", None, Problem.NO_FILE),)


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"status": "dictionary"}, ["status"]),
        ({"glossary": {}}, ["glossary"]),
        ({"sentences": {CHANCE: {"english": "E.", "says": ""}}}, [f"sentences.{CHANCE}.says"]),
        ({"sentences": {CHANCE: {"english": "E.", "syas": "S."}}}, [CHANCE]),
    ],
)
def test_a_wrong_file_is_refused_by_its_field(tmp_path: Path, changes: dict[str, Any], parts: list[str]) -> None:
    """The error names the file, the sentence and the field."""
    folder = folder_with(tmp_path, **changes)
    with pytest.raises(RubricError) as caught:
        load_sentences(folder)

    assert all(part in str(caught.value) for part in ["fr.yaml", *parts])


def test_a_file_is_called_as_its_language(tmp_path: Path) -> None:
    """Two files for one language would hide each other."""
    folder = folder_with(tmp_path)
    (folder / "sentences" / "fr.yaml").rename(folder / "sentences" / "de.yaml")

    with pytest.raises(RubricError, match=r"de\.yaml: language: is not called as its language"):
        load_sentences(folder)


def test_the_original_is_no_translation(tmp_path: Path) -> None:
    """English is changed in the rubric and nowhere else."""
    with pytest.raises(RubricError, match="the original"):
        load_sentences(folder_with(tmp_path, language="en"))


def test_a_translation_is_no_part_of_the_version(tmp_path: Path) -> None:
    """The same grades have the same version, whatever they are called in French."""
    assert load_rubric(folder_with(tmp_path)).version == load_rubric(NETWORK).version


SHIPPED = load_sentences(NETWORK)
SCRIPTS = {"ja": r"[぀-ヿ]", "ko": r"[가-힣]"}


def test_the_shipped_languages_are_those_of_the_catalogue() -> None:
    """Every language that the network reads has its file, and each says who translated it."""
    assert {ORIGINAL, *SHIPPED.files} == set(CATALOGUE_LANGUAGES)


def test_every_sentence_is_said_in_every_language() -> None:
    """Rules, clocks and remarks as they are worded now: whoever rewords one translates it in the same commit."""
    assert [str(gap) for gap in missing_translations(RUBRIC, SHIPPED)] == []


@pytest.mark.parametrize("language", sorted(SHIPPED.files))
def test_a_translation_keeps_what_must_not_be_lost(language: str) -> None:
    """Numbers and placeholders of the English stand in the translation, which is in its own language and script."""
    for rule, translation in SHIPPED.files[language].sentences.items():
        english, says = translation.english, translation.says
        kept = re.findall(r"\{\w+\}|\b(?:95|100)\b", english)
        assert all(each in says for each in kept), rule
        assert says != english, rule
        assert re.search(SCRIPTS.get(language, r"\w"), says), rule
        assert english.endswith(".") == says.endswith((".", "。")), rule


def test_the_glossaries_are_of_the_same_words() -> None:
    """Severity, class and the network's own words are settled once in each language."""
    words = [set(file.glossary) for file in SHIPPED.files.values()]
    severities = {severity.value for severity in Severity}

    assert all(each == words[0] for each in words)
    assert severities <= words[0]


@pytest.mark.parametrize("language", sorted(SHIPPED.files))
def test_the_words_of_the_glossary_are_used(language: str) -> None:
    """A sentence about the ceiling names the severity and the class by the words that pages use."""
    file = SHIPPED.files[language]
    says = file.sentences[Remark.FINDING_CEILING.value].says.lower()

    assert file.glossary["severe"].lower() in says
    assert stem(file.glossary["serious hazard"]) in says


def stem(words: str) -> str:
    """A word or two as they stand in a sentence, whatever their endings."""
    return words.lower()[: max(2, len(words) - 4)]


@given(st.sampled_from([*CATALOGUE_LANGUAGES, "fr-CA", "sw-KE", "zh-Hans-SG", "fa"]), findings())
def test_every_reason_can_be_said_to_every_reader(language: str, report: Report) -> None:
    """A sentence in the reader's language or the original; never nothing, never a placeholder."""
    for reason in RUBRIC.grade(report).reasons:
        said = SHIPPED.of(reason, language)

        assert said.text
        assert "{" not in said.text
        assert said.is_original == (said.text == reason.sentence)
