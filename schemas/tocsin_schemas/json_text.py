"""JSON as it comes from outside: read whole or refused with the reason, never with an accident of the parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tocsin_schemas import limits
from tocsin_schemas.errors import InvalidEvent, ProblemCode, field_path, invalid, shown


class _RepeatedNameError(ValueError):
    """A name that an object holds twice. Of its two values, two readers may each believe another (RFC 8259, 4)."""


def parse_json(value: bytes) -> Any:
    """The value that UTF-8 JSON text stands for.

    NaN and infinity are let through, so that the refusal can name the measurement that has them.

    Raises:
        InvalidEvent: not UTF-8, not JSON, a name given twice, nested too deeply, or half a surrogate pair in a text.
    """
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(
            "(event)", f"is not UTF-8 (byte {error.start}).", "Encode the event as UTF-8.", ProblemCode.NOT_UTF8
        ) from error
    try:
        parsed = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise invalid(
            "(event)",
            f"is not JSON (line {error.lineno}, column {error.colno}: {error.msg}).",
            "Send CloudEvents JSON.",
            ProblemCode.NOT_JSON,
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except _RepeatedNameError as error:
        raise invalid(str(error), "is given twice in one object.", "Give it once.", ProblemCode.NOT_JSON) from error
    except ValueError as error:  # an integer of more than 4300 digits
        raise invalid(
            "(event)",
            "holds a number that is too long to be one.",
            "Send numbers of no more than 17 significant digits.",
            ProblemCode.NOT_JSON,
        ) from error
    _check_depth_and_text(parsed)
    return parsed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _RepeatedNameError(shown(name))
            seen.add(name)
    return content


def _check_depth_and_text(parsed: Any) -> None:
    stack: list[tuple[Any, tuple[str, ...]]] = [(parsed, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, str):
            _check_text(node, path)
        elif isinstance(node, dict | list):
            if len(path) >= limits.DEPTH:
                raise _too_deep()
            stack.extend(_children(node, path))


def _children(node: dict[str, Any] | list[Any], path: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    if isinstance(node, list):
        yield from ((item, (*path, str(index))) for index, item in enumerate(node))
        return
    for name, content in node.items():
        _check_text(name, (*path, name))
        yield content, (*path, name)


def _check_text(text: str, path: tuple[str, ...]) -> None:
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise invalid(
            field_path(path),
            f"holds half of a surrogate pair (character {error.start}), which is no text.",
            "Escape characters beyond U+FFFF as a pair, or send them as UTF-8.",
            ProblemCode.NOT_UTF8,
        ) from error


def _too_deep() -> InvalidEvent:
    return invalid("(event)", f"is nested more than {limits.DEPTH} deep.", "Flatten it.", ProblemCode.NOT_JSON)
