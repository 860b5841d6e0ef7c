"""Reading the YAML files of the network directory, with errors that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tocsin_streams.rubric.errors import RubricError

_MERGE = "tag:yaml.org,2002:merge"


# libyaml parses ten times as fast; what it makes of a file is the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeys(_Loader):  # type: ignore[misc]  # which of the two it is depends on the machine
    """YAML that refuses a key given twice: the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:  # `<<: *shared`: what it brings may be given again, which is what it is for
                continue
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is given twice (line {line})", None)
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_mapping(path: Path) -> dict[Any, Any]:
    """What a YAML file says, as the mapping that it must be.

    Raises:
        RubricError: it is missing, cannot be read, is not YAML, gives a key twice or is no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RubricError(path, "no such file.", f"Set TOCSIN_NETWORK_DIR to the folder with {path.name}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(
            path, f"cannot be read ({type(error).__name__}).", "Make it a readable UTF-8 file."
        ) from error
    try:
        content = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise RubricError(path, f"is not YAML: {' '.join(str(error).split())}.", "Correct it there.") from error
    if not isinstance(content, dict):
        raise RubricError(path, "is no mapping.", "Begin with the keys that the documentation names.")
    return content
