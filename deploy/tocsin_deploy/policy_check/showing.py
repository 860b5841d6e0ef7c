"""A check of a network's policy for people and for programs."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin_deploy.policy_check.checking import NOT_LOADED, Checked
from tocsin_deploy.policy_check.notes import Level

_STYLES = {Level.FAULT: "bold red", Level.WARNING: "yellow"}


def as_json(checked: Checked) -> dict[str, Any]:
    """A check as JSON says it."""
    return {
        "policy": checked.policy,
        "counts": {level.value: checked.count(level) for level in Level},
        "tests": checked.tests,
        "notes": [
            {
                "level": note.level.value,
                "code": note.code.value,
                "file": note.file,
                "field": note.field,
                "what": note.what,
                "fix": note.fix,
            }
            for note in checked.notes
        ],
    }


def show(checked: Checked, console: Console) -> None:
    """Print a check."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("Where", overflow="fold", ratio=2, max_width=48)
    table.add_column("What is wrong, and what to do", overflow="fold", ratio=5)
    for note in checked.notes:
        # Text, not markup: names are what their authors wrote.
        table.add_row(
            Text(note.level.value, style=_STYLES[note.level]),
            Text(note.file).append(f"\n{note.field}" if note.field else "", style="dim"),
            Text(f"{note.what[:1].upper()}{note.what[1:]}. ").append(f"{note.fix[:1].upper()}{note.fix[1:]}", "italic"),
        )
    if table.row_count:
        console.print(table)
    faults = _count(checked.count(Level.FAULT), "fault")
    if checked.policy == NOT_LOADED:
        rest = "The rest is looked at, and the policy's tests are run, when this is mended."
        console.print(Text(f"Services refuse these files: {faults}. {rest}"))
        return
    warnings = _count(checked.count(Level.WARNING), "warning")
    console.print(Text(f"{checked.policy}: {faults}, {warnings}; {checked.tests} policy tests run."))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
