"""Who is on duty from when to when: a rota laid out over some days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from tocsin_alerting.policy.oncall.duty import Duty, Rota


@dataclass(frozen=True, slots=True)
class Span:
    """Some time during which nothing changes."""

    begin: datetime
    end: datetime
    duty: Duty


def timeline(rota: Rota, begin: datetime, end: datetime) -> tuple[Span, ...]:
    """A rota from one instant to another, without a hole: each span ends where the next begins."""
    spans: list[Span] = []
    edges = [begin, *rota.changes(begin, end), end]
    for first, last in pairwise(edges):
        duty = rota.duty(first)
        if spans and spans[-1].duty == duty:
            spans[-1] = replace(spans[-1], end=last)
        else:
            spans.append(Span(first, last, duty))
    return tuple(spans)
