"""How results are shown: a table for people, lines for grep, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin_producers.cli.rows import Row, RowOutcome, printable, totals

_STYLES = {
    RowOutcome.PUBLISHED: "green",
    RowOutcome.VALID: "green",
    RowOutcome.SPOOLED: "yellow",
    RowOutcome.REFUSED: "bold red",
    RowOutcome.FAILED: "bold red",
    RowOutcome.NOT_TRIED: "dim",
    RowOutcome.PASSED_OVER: "dim",
}


def show_rows(rows: Sequence[Row], *, console: Console, hints: Sequence[str]) -> None:
    """One line a report: outcome, file, part, then the id or the field and the fix; tabs between them.

    Args:
        rows: what became of each report.
        console: standard output; on a terminal it is a table.
        hints: what to do about what waits.
    """
    if console.is_terminal:
        console.print(_table(rows))
    else:
        for row in rows:
            write_line(
                "\t".join([row.outcome.value, printable(row.file), printable(row.part) or "-", printable(row.detail)])
            )
    files = len({row.file for row in rows})
    counted = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in totals(rows).items())
    write_line(f"{files} {'file' if files == 1 else 'files'}: {counted}.")
    for hint in hints:
        write_line(hint)


def show_json(content: Any) -> None:
    """Content for programs, on standard output."""
    write_line(json.dumps(content, ensure_ascii=False, indent=2))


def write_line(text: str) -> None:
    """A line on standard output, whatever its encoding can say."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Outcome", no_wrap=True)
    table.add_column("File", overflow="fold")
    table.add_column("Id, or what to mend", overflow="fold", ratio=1)
    for row in rows:
        # Text, not markup: a file's name or a door's answer may hold brackets.
        where = printable(row.file) + (f" ({printable(row.part)})" if row.part else "")
        table.add_row(Text(row.outcome.value.replace("_", " "), style=_STYLES[row.outcome]), Text(where), _detail(row))
    return table


def _detail(row: Row) -> Text:
    text = Text()
    if row.event_id is not None and row.outcome.is_good:
        text.append(printable(row.event_id))
    if row.title is not None:
        text.append("\n" if text else "").append(printable(row.title))
    for problem in row.problems:
        text.append("\n" if text else "")
        text.append(printable(problem.field), style="bold").append(f": {printable(problem.message)} ")
        text.append(printable(problem.fix), style="italic")
    if row.note:
        text.append("\n" if text else "").append(printable(row.note), style="dim")
    return text
