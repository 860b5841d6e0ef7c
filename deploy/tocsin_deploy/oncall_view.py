"""Who is on duty and what is wrong ahead, laid out for a screen or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.duty import Duty, Rota
from tocsin_alerting.policy.oncall.faults import RotaFault
from tocsin_alerting.policy.oncall.timeline import Span, timeline
from tocsin_schemas import Institutes


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: which members' rotas, from when to when."""

    directory: Directory
    at: datetime
    end: datetime
    members: Sequence[str]

    @property
    def rotas(self) -> list[tuple[str, str, Rota]]:
        """Institute, team and rota."""
        return [
            (institute, team, rota)
            for (institute, team), rota in sorted(self.directory.rotas.items())
            if institute in self.members
        ]


def duty_json(shown: Shown, faults: Sequence[RotaFault]) -> dict[str, Any]:
    """All of it for programs; instants are in UTC."""
    return {
        "policy": shown.directory.version,
        "at": shown.at.isoformat(),
        "until": shown.end.isoformat(),
        "rotas": [
            {
                "institute": institute,
                "team": team,
                "told_now": [contact.id for contact in shown.directory.team(institute, team, shown.at)],
                "duty": [_span_json(span) for span in timeline(rota, shown.at, shown.end)],
            }
            for institute, team, rota in shown.rotas
        ],
        "faults": [
            {
                "institute": fault.institute,
                "team": fault.team,
                "kind": fault.kind.value,
                "begin": fault.begin.isoformat(),
                "end": fault.end.isoformat(),
                "what": fault.what,
                "grave": fault.grave,
            }
            for fault in faults
        ],
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "begin": span.begin.isoformat(),
        "end": span.end.isoformat(),
        "holders": list(span.duty.holders),
        "reason": span.duty.reason.value,
        "detail": span.duty.detail,
    }


def show_duty(console: Console, shown: Shown, institutes: Institutes, faults: Sequence[RotaFault]) -> None:
    """All of it for people; each rota by the wall clock of its institute."""
    directory = shown.directory
    for institute, team, rota in shown.rotas:
        member = institutes.get(institute)
        zone = ZoneInfo(member.time_zone if member is not None else "UTC")
        table = Table("from", "to", "on duty", "why", title=f"{institute} {team} ({zone.key})", title_justify="left")
        for span in timeline(rota, shown.at, shown.end):
            begin = "now" if span.begin == shown.at else _wall(span.begin, zone)
            until = "…" if span.end == shown.end else _wall(span.end, zone)
            table.add_row(begin, until, escape(_who(directory, span.duty)), escape(_why(span.duty)))
        console.print(table)
    whole = _told_as_a_whole(shown)
    if whole:
        console.print(f"Told as a whole, without a rota here: {', '.join(whole)}", highlight=False)
    for fault in faults:
        colour = "red" if fault.grave else "yellow"
        console.print(f"[{colour}]{escape(str(fault))}[/]", highlight=False, soft_wrap=True)
    if not faults:
        console.print(f"Nothing is wrong until {shown.end:%Y-%m-%d %H:%MZ}.", highlight=False)


def _told_as_a_whole(shown: Shown) -> list[str]:
    directory = shown.directory
    teams = {step.team for ladder in directory.ladders.values() for step in ladder.steps}
    return [
        f"{institute} {team}"
        for institute in sorted(shown.members)
        for team in sorted(teams)
        if (institute, team) not in directory.rotas
    ]


def _who(directory: Directory, duty: Duty) -> str:
    if not duty.holders:
        return "nobody: the whole team"
    return ", ".join(f"{holder} ({directory.contacts[holder].name})" for holder in duty.holders)


def _why(duty: Duty) -> str:
    reason = duty.reason.value.replace("_", " ")
    return f"{reason}: {duty.detail}" if duty.detail else reason


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M %Z")
