"""The adapter for Inspect's logs: one file is one run of one evaluation, and so one finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tocsin_producers.adapters.digests import digest_of_file
from tocsin_producers.adapters.inspect.finding import finding_from_log
from tocsin_producers.adapters.inspect.log import read_header
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_producers.adapters.sniff import looks_like_inspect_log


class InspectAdapter:
    """Reads a finding out of an Inspect log, by Inspect's own reader."""

    name = "inspect"

    def accepts(self, path: Path, head: bytes) -> bool:  # noqa: ARG002 - the protocol's; a log's name says little
        """Whether the file is an Inspect log, whole or cut short."""
        return looks_like_inspect_log(head)

    def read(self, path: Path, labels: Labels) -> Iterator[Draft | Unread]:
        """The one finding in the log.

        Raises:
            InvalidEvent: the log cannot be read, or what it says with these labels is no finding.
        """
        yield finding_from_log(read_header(path), labels, evidence_digest=digest_of_file(path))


INSPECT = InspectAdapter()
"""The adapter as the registry knows it."""
