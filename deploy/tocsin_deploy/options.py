"""What several words of `tocsinctl` share: the option for programs, and how their JSON is printed."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def print_json(content: Any) -> None:
    """Print an answer for programs: indented, its letters as they are."""
    print(json.dumps(content, ensure_ascii=False, indent=2))
