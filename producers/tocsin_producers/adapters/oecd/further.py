"""Fields of an incident beside the framework's criteria, which grading asks for: each has a column of its own name."""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

from tocsin_producers.adapters.oecd import cells
from tocsin_producers.adapters.oecd.criteria import BESIDE, LABELLED
from tocsin_producers.adapters.oecd.harm import number
from tocsin_producers.adapters.oecd.words import plain
from tocsin_schemas import Incident

_NAMES = tuple(column.key for column in BESIDE if column.key in Incident.model_fields and column.key not in LABELLED)


def further_fields(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a column: words as the report writes them, numbers, lists; the report checks them all."""
    found = {name: _READERS[name](said[name]) for name in _NAMES if name in said}
    return {name: value for name, value in found.items() if value is not None}


def _word(value: Any) -> Any:
    return plain(value).replace(" ", "_") if isinstance(value, str) else value


def _list(value: Any) -> Any:
    return cells.parts(value)


def _line(value: Any) -> Any:
    return cells.on_one_line(value) if isinstance(value, str) else value


def _reader(annotation: Any) -> Any:
    """How a cell of such a field is read: by what the field may hold."""
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return _list
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        return _word
    if origin in {Union, types.UnionType} or hasattr(annotation, "__metadata__"):
        return next((reader for option in options if (reader := _reader(option)) is not _line), _line)
    return number if annotation is int else _line


_READERS = {name: _reader(Incident.model_fields[name].annotation) for name in _NAMES}
