"""A YAML file that operators edit, read into a model; every fault names the file, the entry, the field and the fix."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tocsin_schemas.errors import problems_of

Model = TypeVar("Model", bound=BaseModel)


# libyaml parses ten times as fast; what it makes of a file is the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]  # which of the two it is depends on the machine
    """Refuses a key that stands twice in one mapping: plain YAML would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands twice; keep one", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(path: Path, model: type[Model], faults: list[str]) -> Model | None:
    """The content of a file as `model`; None where it cannot be, with what is wrong added to `faults`."""
    try:
        content = yaml.load(path.read_bytes(), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except FileNotFoundError:
        faults.append(f"{path}: no such file. Create it, or set TOCSIN_NETWORK_DIR to the folder that has it.")
        return None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"{path}: is not readable YAML: {error}. Correct it there.")
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults.extend(
            f"{path}: {_named(problem.field, content)}: {problem.message} {problem.fix}"
            for problem in problems_of(error, model)
        )
        return None


def _named(field: str, content: Any) -> str:
    """The path of a field with the id of the entry that it lies in: `contacts.3 (gb.duty).clearance`."""
    parts, current = [], content
    for part in field.split("."):
        current = (
            current[int(part)]
            if isinstance(current, list) and part.isdigit() and int(part) < len(current)
            else (current.get(part) if isinstance(current, dict) else None)
        )
        name = current.get("id") if isinstance(current, dict) else None
        parts.append(f"{part} ({name})" if isinstance(name, str) else part)
    return ".".join(parts)
