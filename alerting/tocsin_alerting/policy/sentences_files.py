"""Reads `sentences/<language>.yaml`: the rubric's sentences as the network has translated them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_schemas.sentences import ORIGINAL, SENTENCES_FOLDER, Sentences, SentencesFile


def load_sentences(network_dir: Path, faults: list[str]) -> Sentences:
    """The translations of a network directory; a folder without any is fine and leaves everything in English.

    Args:
        network_dir: the directory.
        faults: what is wrong is added here, with file, field and fix.
    """
    return Sentences(_read(network_dir / SENTENCES_FOLDER, faults))


def _read(folder: Path, faults: list[str]) -> Iterator[SentencesFile]:
    for path in sorted(folder.glob("*.yaml")):
        file = read_yaml(path, SentencesFile, faults)
        if file is None:
            continue
        if file.language == ORIGINAL:
            faults.append(f"{path}: language: English is the original. Change the sentence in the rubric.")
        elif file.language != path.stem:
            faults.append(f"{path}: language: the file is not called as its language. Call it {file.language}.yaml.")
        else:
            yield file
