"""Which adapter reads a file: told by what is in it, for a name says little."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tocsin_producers.adapters.aiid import AIID
from tocsin_producers.adapters.every_eval_ever import EVERY_EVAL_EVER_SAMPLES
from tocsin_producers.adapters.json_files import JsonFiles
from tocsin_producers.adapters.lm_eval import LM_EVAL_SAMPLES
from tocsin_producers.adapters.oecd import OECD_CSV
from tocsin_producers.adapters.protocol import HEAD_BYTES, Adapter, Draft, Labels, Unread
from tocsin_producers.adapters.sniff import looks_like_inspect_log
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_producers.no_report import no_report
from tocsin_schemas import ProblemCode, ReportKind, invalid


def adapter_for(path: Path, *, kind: ReportKind | None = None) -> Adapter:
    """The adapter that takes the file.

    Args:
        path: the file.
        kind: what bare JSON data is; None: told by its fields.

    Raises:
        NoReport: nothing here can make a report of it.
        InvalidEvent: the file cannot be read, or is empty.
    """
    head = _head(path)
    if looks_like_inspect_log(head) or path.suffix.lower() == ".eval":
        return _inspect()
    adapters: tuple[Adapter, ...] = (
        AIID,
        LM_EVAL_SAMPLES,
        EVERY_EVAL_EVER_SAMPLES,
        OECD_CSV,
        JsonFiles(kind),
    )
    found = next((adapter for adapter in adapters if adapter.accepts(path, head)), None)
    if found is None and not head:
        raise invalid("(file)", "is empty.", "Write it again.", ProblemCode.UNREADABLE_FILE)
    if found is None:
        raise no_report(
            "(file)",
            "is of no kind that is read here.",
            "Publish a report as JSON (`tocsin example finding` shows one), a log or results of an evaluation as its "
            "framework wrote them, or incidents as CSV; `tocsin publish --help` lists all kinds.",
        )
    return found


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error


def _inspect() -> Adapter:
    if find_spec("inspect_ai") is None:
        return _InspectMissing()
    # Late: the vendor takes seconds to import, and only who publishes its logs needs it.
    from tocsin_producers.adapters.inspect import INSPECT

    return INSPECT


class _InspectMissing:
    """Stands in where inspect-ai is not installed, to say so instead of calling a log unknown."""

    name = "inspect"

    def accepts(self, path: Path, head: bytes) -> bool:  # noqa: ARG002 - the protocol's
        """Whether it is an Inspect log."""
        return looks_like_inspect_log(head)

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:  # noqa: ARG002 - the protocol's
        """Refuse it with what to install."""
        raise invalid(
            "(file)",
            "is an Inspect log, and inspect-ai is not installed here.",
            "pip install 'tocsin-producers[inspect]'",
            ProblemCode.UNREADABLE_FILE,
        )
