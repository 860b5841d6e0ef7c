"""What one task of a results file says: its metrics, how many samples they rest on, and how they were obtained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin_producers.adapters.fields import count, finite, kind_of, reads_as_number, section, text
from tocsin_producers.adapters.fitting import that_fit
from tocsin_producers.adapters.lm_eval.model import FIX
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import InvalidEvent, Measurement, Problem, invalid
from tocsin_schemas.errors import field_path

_NO_METRICS = frozenset({"alias", "name", "samples", "sample_len", "sample_count", " ", ""})
"""Names beside the metrics of a task. In layout 0.4 metrics are known by the comma before their filter."""

_NO_FILTER = "none"
_ERROR = "_stderr"
_NAME_CHARACTERS = 120
_MOST_REPEATS = 10_000


@dataclass(frozen=True, slots=True)
class Task:
    """One task, or a group of tasks that has numbers of its own."""

    name: str
    version: str | None
    measurements: tuple[Measurement, ...]
    not_numbers: tuple[str, ...]
    """Metrics whose value is no finite number."""
    left_out: int
    """How many measurements there were beyond the limit."""
    samples: int | None
    """Samples that were scored, each as often as it was run."""
    documents: int | None
    """Samples that were scored, each once."""
    samples_there: int | None
    """Samples that the task has."""
    shots: int | None
    repeats: int | None
    members: tuple[str, ...]
    """Tasks of the group; empty for a task."""
    output_type: str | None


def task_names(item: Mapping[str, Any]) -> list[str]:
    """The tasks and groups that have something beside a name, in the order of the file."""
    return [name for name, content in item["results"].items() if not _is_heading(content)]


def read_task(item: Mapping[str, Any], name: str, *, shots: object) -> Task:
    """One task of a results file.

    Args:
        item: the results file.
        name: the task's name in it.
        shots: few-shot examples that the run says for all tasks.

    Raises:
        InvalidEvent: with every fault of the task, each naming its field.
    """
    content = item["results"][name]
    if not isinstance(content, dict):
        raise invalid(field_path(["results", name]), f"is {kind_of(content)}, not an object.", FIX)
    config = section(item, "configs", name, fix=FIX)
    documents, there = _samples(item, name)
    repeats = _first_whole(config.get("repeats")) or None
    samples = None if documents is None else documents * (repeats or 1)
    measurements, not_numbers = _measured(name, content, samples)
    kept = that_fit(measurements)
    return Task(
        name=name,
        version=_version(section(item, "versions", fix=FIX).get(name)),
        measurements=kept,
        not_numbers=tuple(not_numbers),
        left_out=len(measurements) - len(kept),
        samples=samples,
        documents=documents,
        samples_there=there,
        shots=_first_whole(section(item, "n-shot", fix=FIX).get(name), config.get("num_fewshot"), shots),
        repeats=repeats,
        members=_members(item, name),
        output_type=text(config.get("output_type")),
    )


def _is_heading(content: object) -> bool:
    """Whether it is a mere heading: a group without numbers of its own stands in the results by its alias only."""
    return isinstance(content, dict) and not content.keys() - _NO_METRICS


def _measured(task: str, content: Mapping[str, Any], samples: int | None) -> tuple[list[Measurement], list[str]]:
    """The finite metrics in an order of their own, that of the file being nobody's intention; and the others' names."""
    measurements: list[Measurement] = []
    not_numbers: list[str] = []
    problems: list[Problem] = []
    for key, metric, scorer in sorted(_metrics(content)):
        value = finite(content[key])
        error_key = f"{metric}{_ERROR},{scorer}" if "," in key else f"{metric}{_ERROR}"
        error = content.get(error_key)
        stderr = finite(error)
        found = [_number_fault(task, key, content[key]), _number_fault(task, error_key, error)]
        if stderr is not None and stderr < 0:
            found.append(Problem(field_path(["results", task, error_key]), "is below 0; no standard error is.", FIX))
        problems += [fault for fault in found if fault is not None]
        filtered_by = None if scorer == _NO_FILTER else one_line(scorer, _NAME_CHARACTERS) or None
        name = one_line(metric, _NAME_CHARACTERS) or "(unnamed)"
        if value is None:
            not_numbers.append(f"{name} by {filtered_by}" if filtered_by else name)
        elif not problems:
            measurements.append(
                Measurement(metric=name, value=value, stderr=stderr, samples=samples, scorer=filtered_by)
            )
    if problems:
        raise InvalidEvent(problems)
    return measurements, not_numbers


def _metrics(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Key, metric and filter of every metric; older layouts have no filters, and so no commas."""
    filtered = any("," in key for key in content)
    for key in content:
        metric, _, scorer = key.partition(",")
        if key in _NO_METRICS or ("," in key) is not filtered or _ERROR in metric:
            continue
        yield key, metric.strip(), scorer.strip() or _NO_FILTER


def _number_fault(task: str, key: str, value: object) -> Problem | None:
    if isinstance(value, bool) or reads_as_number(value):
        what = "is true or false" if isinstance(value, bool) else "is a number in quotes"
        return Problem(field_path(["results", task, key]), f"{what}.", f"Write it as a number. {FIX}")
    return None


def _samples(item: Mapping[str, Any], name: str) -> tuple[int | None, int | None]:
    """How many samples the task's numbers rest on, and how many it has; a group's are those of its tasks together."""
    own = section(item, "n-samples", fix=FIX).get(name)
    if isinstance(own, dict):
        paths = [("n-samples", name, word) for word in ("effective", "original")]
        scored, there = (count(own.get(path[-1]), *path, fix=FIX) for path in paths)
        return scored, there
    if own is not None:
        return count(own, "n-samples", name, fix=FIX), None
    content = item["results"].get(name)
    for word in ("samples", "sample_len"):
        if isinstance(content, dict) and content.get(word) is not None:
            return count(content[word], "results", name, word, fix=FIX), None
    parts = [_samples(item, member) for member in _members(item, name)]
    return _sum(scored for scored, _ in parts), _sum(there for _, there in parts)


def _sum(counts: Iterator[int | None]) -> int | None:
    known = list(counts)
    return sum(one or 0 for one in known) if known and None not in known else None


def _members(item: Mapping[str, Any], group: str) -> tuple[str, ...]:
    """The tasks of a group, those of its groups included; each once, whatever circles the file describes."""
    groups = section(item, "group_subtasks", fix=FIX)
    found: dict[str, None] = {}
    seen, ahead = {group}, [group]
    while ahead:
        named = groups.get(ahead.pop(0))
        for member in named if isinstance(named, list) else []:
            if not isinstance(member, str) or member in seen:
                continue
            seen.add(member)
            if groups.get(member):
                ahead.append(member)
            else:
                found[member] = None
    return tuple(found)


def _version(said: object) -> str | None:
    if isinstance(said, bool) or said is None:
        return None
    shown = one_line(str(said), _NAME_CHARACTERS) if isinstance(said, str | int | float) else ""
    return None if shown in {"", "N/A", "None"} else shown


def _first_whole(*said: object) -> int | None:
    """The first of them that is a whole number; elsewhere the harness writes names, blanks and null."""
    numbers = (finite(one) for one in said)
    return next(
        (int(one) for one in numbers if one is not None and one == int(one) and 0 <= one <= _MOST_REPEATS), None
    )
