"""An incident of the framework as a JSON object, its criteria called by number or by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tocsin_producers.adapters.oecd.headings import NATIVE, column_of, read_headings, unpublished
from tocsin_producers.adapters.oecd.incident import incident_of
from tocsin_producers.adapters.protocol import Draft, Labels, Unread
from tocsin_schemas import InvalidEvent, limits

_ENOUGH = 2


class OecdForm:
    """Reads an incident out of an object whose fields are the framework's criteria."""

    def recognises(self, item: Mapping[str, Any]) -> bool:
        """Whether it calls criteria by names that a report of ours does not have, and by more of them than of ours."""
        foreign = {name for name in item if name not in NATIVE and (found := column_of(name)) and found.number}
        own = {name for name in item if name in NATIVE and name not in _SHARED}
        return len(foreign) >= _ENOUGH and len(foreign) > len(own)

    def read(self, item: Mapping[str, Any], labels: Labels, *, digest: str) -> Iterator[Draft | Unread]:  # noqa: ARG002
        """The incident. The file's digest is no evidence of it: all incidents of a file would share it.

        Raises:
            InvalidEvent: with every fault, each naming the criterion by number and name, and the fix.
        """
        names = list(item)
        headings = read_headings(names)
        if headings.problems:
            raise InvalidEvent(headings.problems[: limits.PROBLEMS])
        row = {key: item[name] for key, name in zip(headings.keys, names, strict=True) if key is not None}
        yield replace(incident_of(row, labels), note=unpublished(headings, item.values()))


_SHARED = frozenset({"title", "description", "severity", "institute", "tlp", "status", "language"})
"""Names that stand in both: they tell nothing."""

OECD = OecdForm()
"""The form as the registry knows it."""
