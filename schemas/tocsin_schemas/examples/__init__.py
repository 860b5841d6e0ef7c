"""Golden examples: one whole CloudEvent of every type, in structured mode, that together tell one exercise.

On 24 November `gb` reports what an evaluation of a fictional system showed, corrects it and takes it back; `fr` reports
an incident at a fictional hospital; the alert of the finding is raised, escalated, answered, updated, resolved and
retracted. Everything in them is an exercise: whoever publishes one by mistake alarms nobody.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin_schemas.event_types import PREFIX

__all__ = ["example", "names"]

_SUFFIX = ".json"


@cache
def names() -> tuple[str, ...]:
    """The names of all examples: event types without `org.tocsin.`, such as `finding.reported.v1`."""
    folder = files(__name__)
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)))


def example(name: str) -> dict[str, Any]:
    """A fresh copy of an example, by its name or its whole event type; callers may change it as they like.

    Raises:
        KeyError: there is no such example.
    """
    short = name.removeprefix(f"{PREFIX}.")
    if short not in names():
        raise KeyError(f"no example '{name}'; there are: {', '.join(names())}")
    event: dict[str, Any] = json.loads(files(__name__).joinpath(f"{short}{_SUFFIX}").read_text(encoding="utf-8"))
    return event
