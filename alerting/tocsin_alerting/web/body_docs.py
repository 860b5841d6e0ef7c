"""How what a program sends is described: as a schema that stands by itself wherever it is put."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_DEFINED = "#/$defs/"


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """The description of a JSON body, for an operation of the API.

    Definitions are put in their places: a reference to them would be looked for at the root of the whole description.
    """
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    content = {"application/json": {"schema": _in_place(schema, definitions)}}
    return {"requestBody": {"required": True, "content": content}}


def _in_place(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_in_place(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFINED):
        beside = {name: value for name, value in part.items() if name != "$ref"}
        return _in_place({**definitions[reference.removeprefix(_DEFINED)], **beside}, definitions)
    return {name: _in_place(value, definitions) for name, value in part.items()}
