"""The format's files of single samples: prompts and answers, which no report carries. They are refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.no_report import NoReport, no_report

_OF_A_SAMPLE = frozenset({"schema_version", "evaluation_id", "sample_id"})


def is_sample(item: Mapping[str, Any]) -> bool:
    """Whether an object is a single sample."""
    return item.keys() >= _OF_A_SAMPLE and "evaluation_results" not in item


def refuse_samples(field: str) -> NoReport:
    """The refusal, with what to publish instead."""
    return no_report(
        field,
        "holds single samples of an evaluation: prompts and answers, which no report carries.",
        "Publish the record beside it, the .json that has 'evaluation_results'.",
    )


class EveryEvalEverSamples:
    """Knows a file of single samples by its first one."""

    name = "every_eval_ever samples"

    def accepts(self, path: Path, head: bytes) -> bool:  # noqa: ARG002 - the protocol's; a name says little
        """Whether its beginning has what every sample has, and no record does."""
        first = head.partition(b"\n")[0]
        has_all = all(b'"%s"' % name.encode() in first for name in _OF_A_SAMPLE)
        return has_all and b'"evaluation_results"' not in first

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:  # noqa: ARG002 - the protocol's
        """Refuse it as a whole.

        Raises:
            NoReport: always.
        """
        raise refuse_samples("(file)")


EVERY_EVAL_EVER_SAMPLES = EveryEvalEverSamples()
"""The adapter as the registry knows it."""
