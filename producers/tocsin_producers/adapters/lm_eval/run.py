"""What all tasks of one results file share: the system, the time, the software, and how the model was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin_producers.adapters.fields import finite, section, text
from tocsin_producers.adapters.lm_eval.model import FIX, system_of
from tocsin_producers.adapters.protocol import Labels
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import InvalidEvent, Problem, ProblemCode, System

_NAME_CHARACTERS = 200
_EARLIEST = datetime(2018, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class SharedRun:
    """One run of the harness on one system."""

    system: System
    observed_at: datetime
    dated: bool
    """Whether the file itself says when."""
    framework: str
    revision: str | None
    shots: object
    """Few-shot examples as the run's configuration says it, for all tasks; not yet checked."""
    prompting: tuple[str, ...]
    """What else was done to the prompts."""


def shared_run(item: Mapping[str, Any], labels: Labels) -> SharedRun:
    """What the file says of its run, completed by the labels.

    Raises:
        InvalidEvent: with everything that neither of them says, each naming what would supply it.
    """
    problems = list(labels.missing())
    system, when = system_of(item, labels), _observed_at(item, labels)
    problems += [one for one in (system, when) if isinstance(one, Problem)]
    if problems or isinstance(system, Problem) or isinstance(when, Problem):
        raise InvalidEvent(problems)
    version = text(item.get("lm_eval_version"))
    return SharedRun(
        system=system,
        observed_at=when,
        dated=item.get("date") is not None,
        framework=one_line(f"lm_eval {version or ''}", _NAME_CHARACTERS),
        revision=one_line(text(item.get("git_hash")) or "", _NAME_CHARACTERS) or None,
        shots=section(item, "config", fix=FIX).get("num_fewshot"),
        prompting=_prompting(item),
    )


def _observed_at(item: Mapping[str, Any], labels: Labels) -> datetime | Problem:
    """The date is in seconds since 1970; `start_time` and `end_time` are of a clock that starts anywhere."""
    said = item.get("date")
    if said is None:
        return labels.observed_at or Problem(
            "observed_at",
            "the file does not say when the result was obtained.",
            "Say it as a date or with the time and its zone, such as 2026-11-24 or 2026-11-24T09:00:00Z.",
            ProblemCode.MISSING,
        )
    seconds = finite(said)
    if seconds is None or not _EARLIEST <= seconds < _LATEST:
        return Problem("date", "must be in seconds since 1970, after 2017.", FIX)
    return datetime.fromtimestamp(seconds, UTC)


def _prompting(item: Mapping[str, Any]) -> tuple[str, ...]:
    said = {
        "chat template": item.get("chat_template") or item.get("chat_template_sha"),
        "system prompt": item.get("system_instruction") or item.get("system_instruction_sha"),
        "examples as turns of a chat": item.get("fewshot_as_multiturn"),
    }
    return tuple(name for name, present in said.items() if present)
