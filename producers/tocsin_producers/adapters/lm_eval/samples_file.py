"""The harness's files of single samples: prompts and answers, which no report carries. They are refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.no_report import no_report

_HEAD = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"doc_id"\s*:\s*\d+\s*,\s*"(doc|target|arguments|resps)"\s*:')
_NAME = re.compile(r"samples_.+?(?:_(?P<time>\d{4}-\d{2}-\d{2}T[\d.-]+))?\.jsonl")


class LmEvalSamples:
    """Knows the harness's `samples_<task>_<time>.jsonl`, and says which file to publish instead."""

    name = "lm_eval samples"

    def accepts(self, path: Path, head: bytes) -> bool:
        """Whether it begins like a sample, or is called like a file of them."""
        return _HEAD.match(head) is not None or _NAME.fullmatch(path.name) is not None

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:  # noqa: ARG002 - the protocol's
        """Refuse it as a whole.

        Raises:
            NoReport: always.
        """
        named = _NAME.fullmatch(path.name)
        time = named["time"] if named is not None else None
        beside = f"results_{time}.json beside it" if time else "the results_<time>.json of the same run"
        raise no_report(
            "(file)",
            "holds single samples of an lm_eval run: prompts and answers, which no report carries.",
            f"Publish {beside}.",
        )


LM_EVAL_SAMPLES = LmEvalSamples()
"""The adapter as the registry knows it."""
