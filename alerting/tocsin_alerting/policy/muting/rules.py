"""What `policy.yaml` says on keeping messages back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.muting.flapping import FlappingRule
from tocsin_alerting.policy.muting.inhibition import InhibitionRule
from tocsin_alerting.policy.muting.silences import LONGEST
from tocsin_alerting.policy.muting.windows import Window
from tocsin_schemas.scalars import Record


class MutingPolicy(Record):
    """The policy's `muting`."""

    longest_silence: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=31))] = LONGEST
    """How far ahead a silence may end."""
    maintenance: tuple[Window, ...] = ()
    inhibition: InhibitionRule = InhibitionRule()
    flapping: FlappingRule = FlappingRule()

    def faults(self, institutes: Collection[str]) -> Iterator[str]:
        """What is wrong with it, each fault with its entry and its fix."""
        for twice, count in sorted(Counter(window.id for window in self.maintenance).items()):
            if count > 1:
                yield f"muting.maintenance ({twice}).id: stands twice. Give each window an id of its own."
        for window in self.maintenance:
            if window.institute is not None and window.institute not in institutes:
                yield (
                    f"muting.maintenance ({window.id}).institute: '{window.institute}' is no member. "
                    f"Use one of: {', '.join(sorted(institutes))}."
                )
            yield from (f"muting.{fault}" for fault in window.faults())
