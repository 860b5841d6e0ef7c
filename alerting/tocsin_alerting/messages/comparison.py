"""A joint exercise's results by language, in words: cells and lines that read well without the table around them."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_alerting.messages.guidance import p_value, value
from tocsin_alerting.messages.language import Language
from tocsin_alerting.policy.comparison import SEVERAL, Cell, ComparisonTable, Row

MARK = "\u2020"
"""A dagger, for asterisks make text bold in Slack."""


def row_name(row: Row) -> str:
    """What a row is about."""
    metric = f"{row.metric} ({row.scorer})" if row.scorer else row.metric
    return f"{row.system}, {row.evaluation}, {metric}"


def language_name(language: Language, tag: str) -> str:
    """A column's heading: the language's tag."""
    return language.gettext("several languages") if tag == SEVERAL else tag


def cell_text(language: Language, cell: Cell, names: Mapping[str, str]) -> str:
    """A value with its uncertainty and whose it is."""
    return f"{value(language, cell.value, cell.stderr, cell.samples)}, {names.get(cell.institute, cell.institute)}"


def flag(language: Language, cell: Cell, names: Mapping[str, str]) -> str:
    """That a value differs from the English one, in words; empty where it does not."""
    if not cell.differs or cell.difference is None or cell.p_corrected is None:
        return ""
    difference, p = language.figure(f"{cell.difference:+.3g}"), p_value(language, cell.p_corrected)
    if cell.against == cell.institute:
        return language.gettext("differs from its own English by {difference} ({p})", difference=difference, p=p)
    return language.gettext(
        "differs from English of {institute} by {difference} ({p})",
        institute=names.get(cell.against or "", cell.against or ""),
        difference=difference,
        p=p,
    )


def lines(language: Language, row: Row, names: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each value of a row."""
    found = []
    for cell in row.cells:
        said = flag(language, cell, names)
        line = f"{language_name(language, cell.language)}: {cell_text(language, cell, names)}"
        found.append(f"{line}; {said}" if said else line)
    return tuple(found)


def compact(language: Language, row: Row) -> str:
    """A row on one line: languages and values, those that differ from English with `MARK`."""
    return "; ".join(
        f"{language_name(language, cell.language)} {language.figure(f'{cell.value:.3g}')}{MARK if cell.differs else ''}"
        for cell in row.cells
    )


def mark_explained(language: Language) -> str:
    """What the mark of `compact` means."""
    return language.gettext("{mark} differs from English.", mark=MARK)


def explained(language: Language, table: ComparisonTable) -> str:
    """How the flags came about."""
    if not table.comparisons:
        return language.gettext("Nothing here can be compared with English.")
    return language.ngettext(
        "Compared with English: {count} comparison, p <= {threshold} after Holm's correction.",
        "Compared with English: {count} comparisons, p <= {threshold} after Holm's correction.",
        table.comparisons,
        threshold=language.figure(f"{table.threshold:g}"),
    )
