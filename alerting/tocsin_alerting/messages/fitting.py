"""What is left of a long alert so that its mail stays small: mail clients cut what is larger, and with it the links.

Everything that is left out is counted, so that the mail says so; the alert's page has all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from tocsin_alerting.messages.foreign import ELLIPSIS, shorten
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.comparison import ComparisonTable
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_schemas.scalars import Record

MAIL_BYTES = 60_000
"""Text and HTML together, in UTF-8. Gmail cuts at 102 kB of HTML as it is sent, where a letter may take three bytes."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each thing is shown."""

    text: int
    """Of the summary, in UTF-16 units."""
    line: int
    """Of every other text."""
    items: int
    """Of every list."""


ROOMS = (
    Room(8_000, 1_000, 200),
    Room(6_000, 500, 60),
    Room(4_000, 300, 30),
    Room(2_000, 200, 15),
    Room(1_500, 150, 8),
    Room(1_000, 100, 5),
    Room(600, 60, 3),
)
"""Roomiest first; the last fits whatever a report holds."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """An alert as far as there is room, and how much of each of its parts there is not."""

    view: AlertView
    left_out: Mapping[str, int]
    """By name of the part, 0 where nothing is missing; of the summary the characters, of a list the entries."""


def is_hopeless(view: AlertView) -> bool:
    """Whether an alert is larger than a mail already before anything is rendered, where each text stands twice."""
    return _bytes(view) > MAIL_BYTES


def fitted(view: AlertView, room: Room, *, institute: str, revision: int) -> Fitted:
    """As much of an alert as there is room for.

    Args:
        view: the alert.
        room: how much is shown.
        institute: the reader's, whose standing is always shown.
        revision: the change that is told of, which is always shown.
    """
    left_out: Counter[str] = Counter()

    def first(name: str, items: tuple[Any, ...], needed: Callable[[Any], bool] = lambda _: False) -> tuple[Any, ...]:
        # What is needed stays, in its place; the rest goes from the end.
        places = sorted(range(len(items)), key=lambda place: not needed(items[place]))[: room.items]
        left_out[name] = len(items) - len(places)
        return tuple(items[place] for place in sorted(places))

    kept = replace(
        view,
        summary=None if view.summary is None else shorten(view.summary, room.text),
        responses=first("responses", view.responses, lambda each: each.institute == institute),
        # The newest say what is; the page has the others.
        changes=tuple(each for each in view.changes if each.revision == revision or each in view.changes[-6:]),
        overrides=tuple(each for each in view.overrides if each.stands),
        dissents=first("dissents", view.standing_dissents),
        verdicts=first("verdicts", tuple(each for each in view.verdicts if each.verdict is not Verdict.FIRST)),
        # The one that leads; the page has them all, with what they looked at.
        reasons=tuple(replace(each, inputs=()) for each in view.reasons[:1]),
        reports=(),
        reporters=first("reporters", view.reporters),
        measurements=first("measurements", view.measurements),
        clocks=first("clocks", view.clocks),
        relations=first("relations", view.relations),
        confirmed_by=first("confirmed_by", view.confirmed_by),
    )
    if kept.comparison is not None:
        table, cells = _table(kept.comparison, room)
        left_out["cells"] = cells
        kept = replace(kept, comparison=table)
    if kept.divergence is not None:
        said = kept.divergence
        said = replace(
            said,
            differences=first("differences", said.differences),
            differing=first("differing", said.differing),
            equal=first("equal", said.equal),
            unknown=first("unknown", said.unknown),
        )
        kept = replace(kept, divergence=said)
    if view.summary is not None and kept.summary != view.summary:
        left_out["summary"] = len(view.summary) - len(kept.summary or "")
    return Fitted(_cut(kept, room, frozenset({"summary"})), MappingProxyType(left_out))


def _table(table: ComparisonTable, room: Room) -> tuple[ComparisonTable, int]:
    """As many rows and cells as there is room for, those that are flagged first; and how many cells that leaves out."""
    rows = []
    for row in table.rows[: room.items]:
        flagged = sorted(enumerate(row.cells), key=lambda placed: not placed[1].differs)[: room.items]
        cells = tuple(cell for _, cell in sorted(flagged, key=lambda placed: placed[0]))
        rows.append(row.model_copy(update={"cells": cells}))
    shown = {cell.language for row in rows for cell in row.cells}
    languages = tuple(language for language in table.languages if language in shown)
    missing = sum(len(row.cells) for row in table.rows) - sum(len(row.cells) for row in rows)
    return table.model_copy(update={"rows": tuple(rows), "languages": languages}), missing


def _cut(value: Any, room: Room, whole: frozenset[str] = frozenset()) -> Any:
    """A value with every text in it shortened, and with every list of texts within it."""
    if type(value) is str:
        return shorten(value, room.line)
    if isinstance(value, tuple):
        shown = tuple(_cut(each, room) for each in value)
        if len(shown) <= room.items:
            return shown
        if isinstance(shown[0], tuple):
            return (*shown[: room.items], (ELLIPSIS,) * len(shown[0]))
        return (*shown[: room.items], ELLIPSIS) if type(shown[0]) is str else shown
    if isinstance(value, Record):
        return value.model_copy(
            update={name: _cut(getattr(value, name), room) for name in type(value).model_fields if name not in whole}
        )
    if is_dataclass(value) and not isinstance(value, type):
        names = (each.name for each in fields(value) if each.name not in whole)
        return replace(value, **{name: _cut(getattr(value, name), room) for name in names})
    return value


def _bytes(value: Any) -> int:
    if type(value) is str:
        return len(value.encode(errors="replace"))
    if isinstance(value, tuple):
        return sum(_bytes(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return sum(_bytes(getattr(value, each.name)) for each in fields(value))
    return 0
