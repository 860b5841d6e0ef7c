"""What administrators are told of their rotas, before it happens and once a week while it lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from tocsin_alerting.policy.oncall.faults import RotaFault, RotaFaultKind

AHEAD = timedelta(days=7)
"""How long before a fault its administrators are told of it."""


@dataclass(frozen=True, slots=True)
class RotaWarning:
    """Faults of one kind, of one rota and about the same: a hole in each night of the week is one warning."""

    institute: str
    team: str
    kind: RotaFaultKind
    what: str
    spans: tuple[tuple[datetime, datetime], ...]

    @property
    def key(self) -> str:
        """The same through the week in which it begins; what lasts longer is told again in the next."""
        year, week, _ = self.spans[0][0].isocalendar()
        what = sha256(self.what.encode()).hexdigest()[:16]
        return f"on_call:{self.institute}:{self.team}:{self.kind}:{what}:{year}-{week}"


def week_of(now: datetime) -> datetime:
    """The Monday from which faults are looked for: so a fault that lasts begins in the present week."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def rota_warnings(faults: Iterable[RotaFault], *, now: datetime) -> tuple[RotaWarning, ...]:
    """What is to be told at an instant of the faults of a week and the days ahead; shifts that overlap may be meant to.

    Args:
        faults: from `week_of(now)` on, in the order of their beginning.
        now: the present instant.
    """
    found: dict[tuple[str, str, RotaFaultKind, str], list[tuple[datetime, datetime]]] = {}
    for fault in faults:
        lasts = fault.end > now or fault.kind is RotaFaultKind.FEED_AWAY
        if fault.grave and lasts and fault.begin < now + AHEAD:
            group = (fault.institute, fault.team, fault.kind, fault.what)
            # A feed that went away long ago is told of again each week too.
            found.setdefault(group, []).append((max(fault.begin, week_of(now)), fault.end))
    return tuple(RotaWarning(*group, tuple(spans)) for group, spans in found.items())
