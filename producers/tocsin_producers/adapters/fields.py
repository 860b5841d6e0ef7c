"""Reading fields of JSON that somebody else's program wrote: each is what it should be, or is named with its fix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tocsin_schemas import invalid
from tocsin_schemas.errors import field_path

_NAMES = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}
_MOST = 10**12


def kind_of(value: object) -> str:
    """What a JSON value is, for people."""
    return _NAMES.get(type(value), "no JSON")


def section(item: Mapping[str, Any], *path: str, fix: str) -> Mapping[str, Any]:
    """The object under a path of names; an empty one where it is absent or null.

    Raises:
        InvalidEvent: there is something else than an object.
    """
    found: Any = item
    for depth, name in enumerate(path, start=1):
        found = found.get(name)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise invalid(field_path(path[:depth]), f"is {kind_of(found)}, not an object.", fix)
    return found  # type: ignore[no-any-return] # an object, or the loop had left


def text(value: object) -> str | None:
    """The text of a field that may be absent; None where it is no text, or an empty one."""
    return value.strip() or None if isinstance(value, str) else None


def finite(value: object) -> float | None:
    """The number, where it is one and finite; truth is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        as_float = float(value)
    except OverflowError:
        return None
    return as_float if math.isfinite(as_float) else None


def reads_as_number(value: object) -> bool:
    """Whether a text is a number in quotes: whoever wrote it has touched the file."""
    if not isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def count(value: object, *path: str, fix: str) -> int | None:
    """A number of samples; None where it is absent.

    Raises:
        InvalidEvent: it is no whole number from 0 on.
    """
    if value is None:
        return None
    number = finite(value)
    if number is None or number < 0 or number > _MOST or number != int(number):
        raise invalid(field_path(path), "must be a whole number, 0 or more.", fix)
    return int(number)
