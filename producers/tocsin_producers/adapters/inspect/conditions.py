"""Under what conditions a run was made, as far as its log says so; what it does not say stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from inspect_ai.log import EvalLog

from tocsin_producers.adapters.text import one_line
from tocsin_schemas import Conditions

_MODEL_JUDGE = "model_graded"
_RULES = frozenset({"match", "includes", "pattern", "answer", "exact", "f1", "choice", "math"})
"""Inspect's own scorers that compare text by rule; any other scorer may ask a model and counts as unknown."""

_LANGUAGE_ARGUMENTS = ("language", "languages", "lang")
_LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        "ar bn cs da de el en es et fa fi fr ga hi hr hu id it ja ko lt lv ms mt nl pl pt ro ru sk sl sv sw ta te th "
        "tr uk ur vi yo yue zh",
    )
)
"""Languages of the network and of its joint tests; a task's `language` may as well be `go` or `php`."""

_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?:[-_](?P<region>[a-z]{2}))?", re.IGNORECASE)


def conditions_of(log: EvalLog) -> Conditions:
    """Scaffold, judge and languages of a run."""
    return Conditions(
        scaffold=_scaffold(log), judge=_judge(_scorers(log)), languages_tested=_languages(log.eval.task_args)
    )


def _scaffold(log: EvalLog) -> str | None:
    named = [log.eval.solver] if log.eval.solver else [step.solver for step in log.plan.steps]
    return one_line(", ".join(name for name in named if name), 300) or None


def _scorers(log: EvalLog) -> set[str]:
    planned = {scorer.name for scorer in log.eval.scorers or ()}
    used = {score.scorer for score in log.results.scores} if log.results else set()
    return {name.removeprefix("inspect_ai/") for name in planned | used if name}


def _judge(scorers: Iterable[str]) -> Literal["model", "rule", "unknown"]:
    names = set(scorers)
    if any(name.rpartition("/")[2].startswith(_MODEL_JUDGE) for name in names):
        return "model"
    return "rule" if names and names <= _RULES else "unknown"


def _languages(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for name in _LANGUAGE_ARGUMENTS:
        content = arguments.get(name)
        for value in content if isinstance(content, list) else [content]:
            tag = _tag(value) if isinstance(value, str) else None
            if tag is not None and tag not in found:
                found.append(tag)
    return tuple(found[:20])


def _tag(value: str) -> str | None:
    match = _TAG.fullmatch(value.strip())
    if match is None or match["language"].lower() not in _LANGUAGES:
        return None
    language = match["language"].lower()
    return f"{language}-{match['region'].upper()}" if match["region"] else language
