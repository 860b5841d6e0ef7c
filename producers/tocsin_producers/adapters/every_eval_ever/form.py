"""A record of Every Eval Ever: results of one model; each of them is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tocsin_producers.adapters.every_eval_ever.finding import finding_from_result
from tocsin_producers.adapters.every_eval_ever.record import FIX, read_record
from tocsin_producers.adapters.every_eval_ever.samples_file import is_sample, refuse_samples
from tocsin_producers.adapters.fields import kind_of, text
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import InvalidEvent, Problem, ProblemCode, invalid

_NAME_CHARACTERS = 80


class EveryEvalEverForm:
    """Reads findings out of records of Every Eval Ever."""

    def recognises(self, item: Mapping[str, Any]) -> bool:
        """Whether it has results of evaluations, and says by which version or on which model; or is a single sample."""
        has_results = "evaluation_results" in item and not item.keys().isdisjoint({"schema_version", "model_info"})
        return has_results or is_sample(item)

    def read(self, item: Mapping[str, Any], labels: Labels, *, digest: str) -> Iterator[Draft | Unread]:
        """A finding for each result.

        Raises:
            InvalidEvent: neither the record nor the labels say what model it was, whose report it is or its label.
        """
        if is_sample(item):
            raise refuse_samples("(event)")
        results = item["evaluation_results"]
        record = read_record(item, labels, digest=digest)
        if not isinstance(results, list) or not results:
            what = f"is {kind_of(results)}, not a list" if not isinstance(results, list) else "is empty"
            raise invalid("evaluation_results", f"{what}.", FIX, ProblemCode.UNREADABLE_FILE)
        for number, result in enumerate(results, start=1):
            part = _part(number, result)
            try:
                if not isinstance(result, dict):
                    raise invalid("", f"is {kind_of(result)}, not an object.", FIX)
                yield replace(finding_from_result(record, result, labels), part=part)
            except InvalidEvent as error:
                yield Unread(problems=tuple(_placed(one, number - 1) for one in error.problems), part=part)


def _part(number: int, result: object) -> str:
    name = one_line(text(result.get("evaluation_name")) or "", _NAME_CHARACTERS) if isinstance(result, dict) else ""
    return f"result {number}: {name}" if name else f"result {number}"


def _placed(problem: Problem, index: int) -> Problem:
    """The problem with the whole path of its field, except where an option of the command would mend it."""
    if problem.code is ProblemCode.MISSING:
        return problem
    return replace(problem, field=f"evaluation_results.{index}.{problem.field}".rstrip("."))


EVERY_EVAL_EVER = EveryEvalEverForm()
"""The form as the registry knows it."""
