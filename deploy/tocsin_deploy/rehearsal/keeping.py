"""Maintenance windows in a rehearsal: what they keep back, from whom, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.muting.keeping_back import Cause, Circumstances, Effect, keep_back
from tocsin_alerting.policy.muting.silences import parts_of
from tocsin_alerting.policy.muting.windows import occurrences
from tocsin_alerting.policy.notification_plan import PlannedDelivery, Untold
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_deploy.rehearsal.alert import RehearsedAlert

HORIZON = timedelta(days=14)
"""How long after the alert it is still looked at when a window closes: they may follow upon each other for ever."""
Place = tuple[Channel, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that a window keeps back."""

    untold: Untold
    step: int | None
    """The step of the ladder that called them."""
    window: str
    """Its id in the policy."""


class Keeping:
    """What windows keep from whom, while the hours of one alert pass."""

    def __init__(self, alert: RehearsedAlert, directory: Directory, at: datetime) -> None:
        self._alert = alert
        self._directory = directory
        self._subject = alert.matched(directory)
        self._latest = at + HORIZON
        self._kept: dict[str, dict[Place, Kept]] = defaultdict(dict)
        self._ends: dict[tuple[str, str], datetime] = {}
        self._held: set[str] = set()

    @property
    def kept(self) -> dict[Place, Kept]:
        """What has not been told so far."""
        return {place: one for kept in self._kept.values() for place, one in kept.items()}

    def let_through(
        self, planned: Iterable[PlannedDelivery], now: datetime, *, step: int | None
    ) -> list[PlannedDelivery]:
        """What no window keeps back at an instant; the rest is remembered."""
        wanted = tuple(planned)
        kept = {one.delivery: one.cause for one in keep_back(wanted, self._circumstances(now)) if _keeps(one.cause)}
        through = []
        for each in wanted:
            place, of_institute = (each.channel, each.address), self._kept[each.institute]
            cause = kept.get(each)
            if cause is None:
                through.append(each)
                if each.kind is not DeliveryKind.EDIT and not each.withheld and each.after is None:
                    # It tells them of the alert as it stands.
                    of_institute.pop(place, None)
            elif each.after is None:
                before = of_institute.get(place)
                asked = each.reason.pages or (before is not None and before.untold.asked)
                untold = Untold(each.institute, each.contact, each.channel, each.address, asked)
                of_institute[place] = Kept(untold, step if before is None else before.step, parts_of(cause.name)[1])
                self._remember(each.institute, cause)
        return through

    def holds(self, institute: str, now: datetime) -> bool:
        """Whether an institute's ladder waits at an instant, for it is left in peace."""
        cause = self._circumstances(now).cause_for(institute)
        if cause is None or not _keeps(cause):
            return False
        self._held.add(institute)
        self._remember(institute, cause)
        return True

    def next_end(self) -> datetime | None:
        """When the next window closes that keeps something back."""
        return min((end for end in self._ends.values() if end <= self._latest), default=None)

    def close(self, now: datetime) -> dict[str, bool]:
        """The institutes for which a window closes, each with whether their ladder waited for that."""
        over = [key for key, end in self._ends.items() if end <= now]
        for key in over:
            del self._ends[key]
        found = {institute: institute in self._held for institute, _ in sorted(over)}
        self._held -= set(found)
        return found

    def of(self, institute: str) -> dict[Place, Kept]:
        """What an institute's people have not been told."""
        return dict(self._kept[institute])

    def _remember(self, institute: str, cause: Cause) -> None:
        if cause.until is not None:
            self._ends[institute, cause.name] = cause.until

    def _circumstances(self, now: datetime) -> Circumstances:
        return Circumstances(
            subject=self._subject,
            tlp=self._alert.tlp,
            silences=occurrences(self._directory.muting.maintenance, now),
            sources=(),
            rule=self._directory.muting.inhibition,
            systems=self._directory.systems,
        )


def _keeps(cause: Cause) -> bool:
    return cause.effect is Effect.KEEPS_BACK
