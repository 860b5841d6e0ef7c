"""A joint exercise's results by language, in words: cells and lines that read well without the table around them."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_alerting.messages.guidance import p_value, value
from tocsin_alerting.policy.comparison import SEVERAL, Cell, ComparisonTable, Row

MARK = "\u2020"
"""A dagger, for asterisks make text bold in Slack."""


def row_name(row: Row) -> str:
    """What a row is about."""
    metric = f"{row.metric} ({row.scorer})" if row.scorer else row.metric
    return f"{row.system}, {row.evaluation}, {metric}"


def language_name(language: str) -> str:
    """A column's heading: the language's tag."""
    return "several languages" if language == SEVERAL else language


def cell_text(cell: Cell, names: Mapping[str, str]) -> str:
    """A value with its uncertainty and whose it is."""
    return f"{value(cell.value, cell.stderr, cell.samples)}, {names.get(cell.institute, cell.institute)}"


def flag(cell: Cell, names: Mapping[str, str]) -> str:
    """That a value differs from the English one, in words; empty where it does not."""
    if not cell.differs or cell.difference is None or cell.p_corrected is None:
        return ""
    against = names.get(cell.against or "", cell.against or "")
    whose = "its own English" if cell.against == cell.institute else f"English of {against}"
    return f"differs from {whose} by {cell.difference:+.3g} ({p_value(cell.p_corrected)})"


def lines(row: Row, names: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each value of a row."""
    found = []
    for cell in row.cells:
        said = flag(cell, names)
        found.append(f"{language_name(cell.language)}: {cell_text(cell, names)}" + (f"; {said}" if said else ""))
    return tuple(found)


def compact(row: Row) -> str:
    """A row on one line: languages and values, those that differ from English with `MARK`."""
    return "; ".join(
        f"{language_name(cell.language)} {cell.value:.3g}{MARK if cell.differs else ''}" for cell in row.cells
    )


def explained(table: ComparisonTable) -> str:
    """How the flags came about."""
    return (
        f"Compared with English: {table.comparisons} comparisons, p <= {table.threshold:g} after Holm's correction."
        if table.comparisons
        else "Nothing here can be compared with English."
    )
