"""The translations of a network's rubric, as alerting reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin_alerting.policy.sentences_files import load_sentences

WHOLE = """
language: fr
status: machine
glossary: {severe: sévère}
sentences:
  finding.top: {english: The result is high., says: Le résultat est élevé.}
"""


def _read(folder: Path, name: str, text: str) -> list[str]:
    (folder / "sentences").mkdir(exist_ok=True)
    (folder / "sentences" / name).write_text(text, encoding="utf-8")
    faults: list[str] = []
    load_sentences(folder, faults)
    return faults


def test_a_network_without_translations_is_fine(tmp_path: Path) -> None:
    """Everything is then said in English."""
    faults: list[str] = []
    said = load_sentences(tmp_path, faults).wording("The result is high.", "fr")

    assert (faults, said.text, said.language) == ([], "The result is high.", "en")


def test_a_sentence_is_found_by_its_english_and_its_nearest_language(tmp_path: Path) -> None:
    """For `fr-CA` the French will do; a wording that nobody translated stays English."""
    assert _read(tmp_path, "fr.yaml", WHOLE) == []
    sentences = load_sentences(tmp_path, [])

    assert sentences.wording("The result is high.", "fr-CA").text == "Le résultat est élevé."
    assert sentences.wording("The result was high.", "fr").language == "en"
    assert sentences.said("finding.top", "The result is high.", {}, "fr").text == "Le résultat est élevé."
    assert sentences.said("finding.top", "The result is low.", {}, "fr").is_original


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("de.yaml", WHOLE, "Call it fr.yaml"),
        ("en.yaml", WHOLE.replace("language: fr", "language: en"), "Change the sentence in the rubric"),
        ("fr.yaml", WHOLE.replace("status: machine", "status: guess"), "status"),
        ("fr.yaml", "language: [", "is not readable YAML"),
    ],
)
def test_a_faulty_file_is_named_with_what_to_do(tmp_path: Path, name: str, text: str, fault: str) -> None:
    """By its path, its field and the fix, as every other file of the network."""
    (only,) = _read(tmp_path, name, text)

    assert name in only
    assert fault in only


def test_the_shipped_network_has_every_language() -> None:
    """Reasons are said in all seven."""
    shipped = Path(__file__).parents[3] / "deploy" / "network"
    faults: list[str] = []

    assert set(load_sentences(shipped, faults).files) == {"fr", "ja", "ko", "sw", "de", "es"}
    assert faults == []
