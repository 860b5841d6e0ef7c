"""Which files an edition of the rubric is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.reports import NETWORK, loaded
from tocsin_deploy.editions import load_edition


def put(folder: Path, name: str, *, edited: bool) -> Path:
    """A copy of a live file, with another name in it where it is edited."""
    folder.mkdir(exist_ok=True)
    text = (NETWORK / name).read_text(encoding="utf-8")
    if edited:
        text = text.replace("name: network-1", "name: tried").replace("severe: 0.8125", "severe: 0.9", 1)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_without_one_that_is_tried_it_is_the_live_rubric() -> None:
    """The same version as grading says."""
    assert load_edition(NETWORK).version == loaded().version


def test_what_a_folder_does_not_have_is_the_live_one(tmp_path: Path) -> None:
    """Who tries another threshold copies one file and not two."""
    put(tmp_path / "a", "evaluations.yaml", edited=True)
    put(tmp_path / "b", "rubric.yaml", edited=True)
    first, second = load_edition(NETWORK, tmp_path / "a"), load_edition(NETWORK, tmp_path / "b")

    assert first.rules == loaded().rules
    assert first.registry.entries != loaded().registry.entries
    assert second.version.startswith("tried+")
    assert second.registry.entries == loaded().registry.entries


def test_a_file_is_an_edition_with_the_evaluations_beside_it(tmp_path: Path) -> None:
    """A file alone takes the live registry; one that has a registry beside it takes that."""
    file = put(tmp_path / "a", "rubric.yaml", edited=False)
    alone = load_edition(NETWORK, file)
    put(tmp_path / "a", "evaluations.yaml", edited=True)

    assert alone.version == loaded().version
    assert load_edition(NETWORK, file).registry.entries != loaded().registry.entries


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong path is no live rubric in disguise."""
    with pytest.raises(FileNotFoundError, match="Name a rubric file"):
        load_edition(NETWORK, tmp_path / "nowhere.yaml")
    with pytest.raises(FileNotFoundError, match=r"has neither rubric.yaml nor evaluations.yaml"):
        load_edition(NETWORK, tmp_path)
