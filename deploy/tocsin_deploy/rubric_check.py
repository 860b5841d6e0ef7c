"""`tocsinctl rubric check`: what is wrong with a rubric, for people and for programs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin_deploy.editions import load_edition
from tocsin_schemas.sentences import SENTENCES_FOLDER
from tocsin_streams.rubric import RubricError
from tocsin_streams.rubric.trying.check import Checked, check, not_loaded
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.rule_tests import TESTS_FILE
from tocsin_streams.rubric.trying.survey import Budget

_STYLES = {Level.FAULT: "bold red", Level.WARNING: "yellow", Level.INFO: "dim"}
_OF_A_CODE = 15
"""So many notes of a code are shown; JSON has them all."""
_ALWAYS = "whenever"


def check_edition(network_dir: Path, tried: Path | None, budget: Budget | None = None) -> Checked:
    """Check the live rubric, or an edition that is tried; one that cannot be loaded has that as its one fault.

    Args:
        network_dir: the live network: what the edition does not have is its.
        tried: as for `load_edition`.
        budget: how much to look at.

    Raises:
        FileNotFoundError: there is no edition at the path.
    """
    try:
        rubric = load_edition(network_dir, tried)
    except RubricError as error:
        return Checked("not loaded", (not_loaded(error),), ())
    folder = network_dir if tried is None else tried if tried.is_dir() else tried.parent
    return check(
        rubric,
        sentences_dir=folder if (folder / SENTENCES_FOLDER).is_dir() else network_dir,
        tests_dir=folder if (folder / TESTS_FILE).is_file() else network_dir,
        budget=budget,
    )


def as_json(checked: Checked) -> dict[str, Any]:
    """A check for programs."""
    return {
        "rubric": checked.version,
        "counts": {level.value: checked.count(level) for level in Level},
        "notes": [
            {
                "level": note.level.value,
                "code": note.code.value,
                "subject": note.subject,
                "message": note.message,
                "fix": note.fix,
                "example": note.example,
            }
            for note in checked.notes
        ],
        "searched": [
            {
                "kind": one.kind.value,
                "reports": one.reports,
                "combinations": one.combinations,
                "rules": one.rules,
                "rules_searched_completely": one.complete,
            }
            for one in checked.searched
        ],
    }


def show(checked: Checked, console: Console) -> None:
    """A check for people."""
    shown: Counter[NoteCode] = Counter()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "About", "What, and what to do"):
        table.add_column(name, overflow="fold")
    for note in checked.notes:
        if _is_shown(note) and shown[note.code] < _OF_A_CODE:
            shown[note.code] += 1
            # Text, not markup: ids and words are what their authors wrote.
            table.add_row(
                Text(note.level.value, style=_STYLES[note.level]),
                Text(note.subject),
                Text(f"{note.message} ".lstrip()).append(note.fix, style="italic"),
            )
    if table.row_count:
        console.print(table)
    for code, count in Counter(note.code for note in checked.notes).items():
        if count > shown[code]:
            console.print(Text(f"… and {count - shown[code]} more of '{code}': --json lists them all.", style="dim"))
    for one in checked.searched:
        console.print(
            Text(
                f"Searched, for {one.kind}s: {one.reports:,} reports that differ in their facts, made of "
                f"{one.combinations:,} combinations for single rules and of mixtures. For {one.complete} of "
                f"{one.rules} rules and clocks these were all that they can tell apart; for the others 'not found' is "
                "no proof.",
                style="dim",
            )
        )
    counted = [(checked.count(level), level.value) for level in (Level.FAULT, Level.WARNING)]
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counted)
    console.print(f"{checked.version}: {said}, {checked.count(Level.INFO)} for information.")


def _is_shown(note: Note) -> bool:
    """Overlaps are ordinary: only those where one rule never holds without the other are worth a line."""
    return note.code is not NoteCode.OVERLAP or _ALWAYS in note.message
