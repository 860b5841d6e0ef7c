"""The fields of a report and the values that each can take, as the contract declares them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

Path = tuple[str, ...]
"""Where a field lies in a report's data, such as `("harm_quantification", "deaths")`."""


class Shape(StrEnum):
    """What kind of value a field holds."""

    WORD = "word"
    WORDS = "words"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    YES_NO = "yes_no"
    TEXTS = "texts"
    ITEMS = "items"
    """Parts of their own, such as the statuses of frameworks."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field of a report."""

    path: Path
    shape: Shape
    words: tuple[str, ...] = ()
    """The closed set, for `WORD` and `WORDS`."""
    optional: bool = False
    may_be_empty: bool = True
    model: type[BaseModel] | None = None
    """Of the items, for `ITEMS`."""

    @property
    def name(self) -> str:
        """As people write it: `harm_quantification.deaths`."""
        return ".".join(self.path)


def leaves(model: type[BaseModel], path: Path = ()) -> Iterator[Leaf]:
    """Every field of a model that holds a value, those of its parts included, in the order of the contract."""
    for name, field in model.model_fields.items():
        annotation, optional = _without_none(field.annotation)
        may_be_empty = not any(getattr(one, "min_length", 0) for one in field.metadata)
        yield from _leaf((*path, name), annotation, optional=optional, may_be_empty=may_be_empty)


def _leaf(path: Path, annotation: Any, *, optional: bool, may_be_empty: bool) -> Iterator[Leaf]:
    words = _words(annotation)
    if words:
        yield Leaf(path, Shape.WORD, words, optional)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from leaves(annotation, path)
    elif get_origin(annotation) is tuple:
        member, _ = _without_none(get_args(annotation)[0])
        if members := _words(member):
            yield Leaf(path, Shape.WORDS, members, optional, may_be_empty)
        elif isinstance(member, type) and issubclass(member, BaseModel):
            yield Leaf(path, Shape.ITEMS, (), optional, may_be_empty, member)
        else:
            yield Leaf(path, Shape.TEXTS, (), optional, may_be_empty)
    elif annotation is bool:
        yield Leaf(path, Shape.YES_NO, (), optional)
    elif annotation in (int, float):
        yield Leaf(path, Shape.WHOLE_NUMBER if annotation is int else Shape.NUMBER, (), optional)
    else:
        yield Leaf(path, Shape.TEXT, (), optional)


def _words(annotation: Any) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    if get_origin(annotation) is Literal:
        return tuple(str(word) for word in get_args(annotation))
    return ()


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation without `| None` and without what `Annotated` adds, and whether it may be None."""
    optional = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        if get_origin(annotation) in (Union, types.UnionType):
            kept = [one for one in get_args(annotation) if one is not type(None)]
            if len(kept) == 1:
                optional, annotation = True, kept[0]
                continue
        return annotation, optional


ABSENT = object()
"""In a patch: the field is left out."""
Patch = Mapping[Path, Any]
"""New values of fields."""


def patched(data: Mapping[str, Any], patch: Patch) -> dict[str, Any]:
    """The data of a report with other values in some fields; parts that are not there yet are made."""
    changed = dict(data)
    for path, value in patch.items():
        part = changed
        for name in path[:-1]:
            inner = part.get(name)
            part[name] = dict(inner) if isinstance(inner, Mapping) else {}
            part = part[name]
        if value is ABSENT:
            part.pop(path[-1], None)
        else:
            part[path[-1]] = value
    return changed


def value_at(data: Mapping[str, Any], path: Path) -> Any:
    """The value of a field; ABSENT where there is none."""
    part: Any = data
    for name in path:
        if not isinstance(part, Mapping) or part.get(name) is None:
            return ABSENT
        part = part[name]
    return part
