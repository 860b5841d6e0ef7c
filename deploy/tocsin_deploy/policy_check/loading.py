"""What keeps a network's files from being used, taken apart from the sentences in which loading says it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.policy.oncall.loading import FeedCopies
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode
from tocsin_schemas import load_institutes

_FAULT = re.compile(r"(?P<file>.*?\.(?:ya?ml|ics)): (?:(?P<field>[\w (),.'/+-]+?): )?(?P<said>.*)", re.DOTALL)
_WHAT_AND_FIX = re.compile(r"(?P<what>.+?)(?:\. |; )(?P<fix>[A-Za-z].*)", re.DOTALL)

_EMPTY = {
    "steps": ("the ladder has no step: nobody would be called", "Add a step, or remove the ladder and what names it."),
    "addresses": ("the contact has no channel: nothing could reach it", "Add an address, or remove the contact."),
}
"""What an empty list means, which the file's reader knows only as too short."""


def load(network_dir: Path, copies: FeedCopies | None = None) -> tuple[Directory | None, tuple[Note, ...]]:
    """The directory of a folder; None, and why, where services would refuse it."""
    try:
        return load_directory(network_dir, load_institutes(network_dir), copies=copies), ()
    except ValueError as error:
        return None, tuple(notes(str(error).splitlines()))


def notes(faults: Iterable[str]) -> Iterable[Note]:
    """Each fault with its file, its field, what is wrong and what to do."""
    for fault in faults:
        parts = _FAULT.fullmatch(fault)
        file, field, said = ("", "", fault) if parts is None else (parts["file"], parts["field"] or "", parts["said"])
        split = _WHAT_AND_FIX.fullmatch(said)
        what, fix = (said, "") if split is None else (split["what"], split["fix"])
        if "at least 1 item" in what:
            what, fix = _EMPTY.get(field.rpartition(".")[2], (what, fix))
        yield Note(Level.FAULT, NoteCode.NOT_LOADED, Path(file).name, field, what.rstrip("."), fix)
