"""A results object of the harness: one file, and so one run; each of its tasks that measured something is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tocsin_producers.adapters.lm_eval.finding import finding_from_task
from tocsin_producers.adapters.lm_eval.run import shared_run
from tocsin_producers.adapters.lm_eval.task import read_task, task_names
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import InvalidEvent, ProblemCode, invalid

_BESIDE_RESULTS = frozenset(
    {"versions", "config", "configs", "n-shot", "n-samples", "lm_eval_version", "group_subtasks", "higher_is_better"}
)
_PART_CHARACTERS = 120


class LmEvalForm:
    """Reads findings out of the results of the Language Model Evaluation Harness."""

    def recognises(self, item: Mapping[str, Any]) -> bool:
        """Whether it has results by task, and something that the harness writes beside them."""
        return isinstance(item.get("results"), dict) and not _BESIDE_RESULTS.isdisjoint(item)

    def read(self, item: Mapping[str, Any], labels: Labels, *, digest: str) -> Iterator[Draft | Unread]:
        """A finding for each task, and for each group that has numbers of its own.

        Raises:
            InvalidEvent: neither the file nor the labels say what system it was, when, whose report it is or its label.
        """
        run = shared_run(item, labels)
        names = task_names(item)
        if not names:
            raise invalid(
                "results",
                "holds no task with a number.",
                "Publish the file of a run that came to an end.",
                ProblemCode.UNREADABLE_FILE,
            )
        for name in names:
            try:
                yield finding_from_task(run, read_task(item, name, shots=run.shots), labels, digest=digest)
            except InvalidEvent as error:
                yield Unread(problems=error.problems, part=one_line(name, _PART_CHARACTERS) or "(unnamed)")


LM_EVAL = LmEvalForm()
"""The form as the registry knows it."""
