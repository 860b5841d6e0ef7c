"""Which model the harness ran: by name and revision, from its arguments where they are said only there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.fields import section, text
from tocsin_producers.adapters.protocol import Labels
from tocsin_producers.adapters.text import names_a_folder, one_line
from tocsin_schemas import Problem, ProblemCode, System

FIX = "Publish the results file as the harness wrote it."
_NAMED_BY = ("peft", "delta", "pretrained", "model", "path", "engine")
"""Arguments that name the model, in the order in which the harness looks at them: an adapter goes before its base."""

_NAME_CHARACTERS = 200
_DEFAULT_REVISION = "main"


def system_of(item: Mapping[str, Any], labels: Labels) -> System | Problem:
    """The system that was evaluated, or the fault that the file names none and the labels do not either.

    A folder on the machine that ran it names nothing to anybody else, and may name its owner: it is not published.

    Raises:
        InvalidEvent: a part of the file that names it is of the wrong kind.
    """
    config = section(item, "config", fix=FIX)
    arguments = _arguments(config.get("model_args"))
    named = text(item.get("model_name")) or next((arguments[key] for key in _NAMED_BY if arguments.get(key)), None)
    is_local = named is not None and names_a_folder(named)
    name = one_line(named, _NAME_CHARACTERS) if named and not is_local else labels.system
    if name:
        return System(name=name, version=_version(config, arguments))
    said = (
        "names only a folder on the machine that ran it" if is_local else "does not name the system that was evaluated"
    )
    return Problem(
        "system",
        f"the file {said}.",
        "Name the system as its developer does, such as 'EleutherAI/pythia-12b'.",
        ProblemCode.MISSING,
    )


def _version(config: Mapping[str, Any], arguments: Mapping[str, str]) -> str | None:
    revision = text(config.get("model_revision")) or arguments.get("revision") or None
    commit = text(config.get("model_sha"))
    if revision is not None and revision != _DEFAULT_REVISION:
        said = f"{revision} (commit {commit})" if commit is not None and commit != revision else revision
    else:
        said = commit or revision or ""
    return one_line(said, _NAME_CHARACTERS) or None


def _arguments(said: object) -> dict[str, str]:
    """The arguments by name: the harness writes them as `name=value,name=value`, lately as an object as well."""
    if isinstance(said, dict):
        return {str(name): value.strip() for name, value in said.items() if isinstance(value, str)}
    if not isinstance(said, str):
        return {}
    pairs = (part.partition("=") for part in said.split(","))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
