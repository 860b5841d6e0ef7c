"""Rehearsals for people: who is told, in the order of time, and why nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.routing import Concern, ConcernReason
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.policy.timing import TimingReason
from tocsin_deploy.rehearsal.not_told import NotTold
from tocsin_deploy.rehearsal.reading import Unreadable
from tocsin_deploy.rehearsal.rehearsal import Rehearsal, Told
from tocsin_schemas import Assessment

_SAYS = {Level.FULL: "everything", Level.NOTICE: "that it awaits them", Level.NOTHING: "nothing"}
_HELD = {TimingReason.QUIET_HOURS: "; after quiet hours", TimingReason.DIGEST: "; in the daily digest"}
AUDIENCE = {
    ConcernReason.REPORTER: "it reports",
    ConcernReason.COORDINATOR: "it coordinates",
    ConcernReason.MEMBER: "a member",
}


def show_unreadable(one: Unreadable, console: Console, *, file: str) -> None:
    """Print what is wrong with a part of a file."""
    for problem in one.problems:
        console.print(
            Text("refused  ", style="bold red")
            + Text(f"{file} {one.part}".strip() + f": {problem.field}: {problem.message} {problem.fix}")
        )


def show_retraction(assessment: Assessment, console: Console) -> None:
    """Print who hears of a retraction."""
    console.print(
        Text(f"{assessment.report} is a retraction: it is told to everybody who was told what it takes back.")
    )


def show(rehearsal: Rehearsal, directory: Directory, console: Console) -> None:
    """Print one rehearsal.

    Args:
        rehearsal: what would follow.
        directory: the policy that it was rehearsed by: names and clocks.
        console: where to.
    """
    alert = rehearsal.alert
    console.print(
        Text(f" {alert.severity.value.upper()} ", style="bold reverse")
        + Text(
            f"  {alert.purpose.value if alert.purpose.value != 'report' else alert.kind.value} of "
            f"{', '.join(alert.reporters)}, {alert.status.value}, {alert.tlp.value}, urgency {alert.urgency.value}"
        )
    )
    console.print(
        Text(f"Raised {_utc(rehearsal.at)}, answered by nobody; route '{rehearsal.plan.route}' of {rehearsal.policy}.")
    )
    console.print(_told_table(rehearsal, directory))
    for gap in rehearsal.gaps:
        console.print(
            Text("reaches nobody  ", style="bold red")
            + Text(f"{gap.institute}, team {gap.team}, {after(gap.at - rehearsal.at)}: {_words(gap.reason.value)}")
        )
    console.print(_not_told_table(rehearsal.not_told))


def _told_table(rehearsal: Rehearsal, directory: Directory) -> Table:
    """One row for what a contact is told at an instant, for the same reason and as much of it."""
    table = Table(title="Who would be told", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("When", "Their clock", "Contact", "Where", "Why", "Is told"):
        table.add_column(name, overflow="fold")
    concerns = {concern.institute: concern for concern in rehearsal.plan.concerns}
    before: timedelta | None = None
    for together in told_together(rehearsal.told):
        told = together[0]
        contact = directory.contacts[told.contact]
        local = told.at.astimezone(directory.zone(contact))
        table.add_row(
            Text(after(told.after)) if told.after != before else Text(""),
            Text(f"{local:%a %H:%M}"),
            Text(f"{told.contact} ").append(f"({contact.language})", style="dim"),
            where(together),
            Text(because(together, concerns.get(told.institute))),
            says(told),
        )
        before = told.after
    if not rehearsal.told:
        table.add_row(Text("nobody", style="bold red"), *[Text("")] * 5)
    return table


def told_together(several: Iterable[Told]) -> Iterable[list[Told]]:
    """What a contact is told at one instant, for the same reason and as much of it, stands together."""
    rows: dict[tuple[object, ...], list[Told]] = defaultdict(list)
    for told in several:
        rows[told.at, told.contact, told.reason, told.step, told.says, told.why, told.kept_by].append(told)
    return rows.values()


def where(together: list[Told]) -> Text:
    """The addresses, one a line."""
    places = dict.fromkeys(
        f"{one.channel.value} {one.address}" + (" (if that fails)" if one.stands_by else "") for one in together
    )
    return Text("\n".join(places))


def says(told: Told) -> Text:
    """How much is said, and why not all."""
    said = Text(_SAYS[told.says], style="green" if told.says is Level.FULL else "yellow")
    return said if told.says is Level.FULL else said.append(f" ({_words(told.why)})", style="dim")


def because(together: list[Told], concern: Concern | None = None) -> str:
    """Why a contact is told, and why then; with its institute's concern where a ladder calls it."""
    return _because(together, concern) + held(together[0])


def held(told: Told) -> str:
    """What keeps it until its hour, if anything does."""
    kept = "" if told.kept_by is None else f"; kept back by maintenance window '{told.kept_by}'"
    return kept + _HELD.get(told.timing, "")


def _because(together: list[Told], concern: Concern | None) -> str:
    told = together[0]
    match told.reason:
        case TellingReason.SILENCE_ENDED if told.step is None:
            return "told when that ended"
        case TellingReason.SUBSCRIBED:
            return "subscribed; owes no answer"
        case TellingReason.LADDER_EXHAUSTED:
            silent = dict.fromkeys(one.about for one in together if one.about is not None)
            return f"nobody answered on the whole ladder of {', '.join(silent)}"
        case reason if reason.tells_of_silence:
            return "the deadline: too few institutes have answered"
        case _ if concern is None:
            return _words(told.reason.value)
        case _:
            owes = "" if concern.answer_required else "; owes no answer"
            return f"step {told.step} of '{concern.ladder}', {AUDIENCE[concern.reason]}{owes}"


def _not_told_table(rest: tuple[NotTold, ...]) -> Table:
    """One row for each reason: who shares it stands together."""
    table = Table(title="Who would not, and why", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Why not", "Who, and where"):
        table.add_column(name, overflow="fold", ratio=1)
    grouped: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in rest:
        grouped[one.reason.value, one.detail][one.contact].append(one.channel.value)
    for (reason, detail), contacts in grouped.items():
        table.add_row(
            Text(_words(reason)).append(f"\n{detail}", style="dim"),
            Text(", ".join(f"{contact} ({', '.join(channels)})" for contact, channels in contacts.items())),
        )
    if not rest:
        table.add_row(Text("—"), Text("everybody is told"))
    return table


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC"


def after(span: timedelta) -> str:
    """How long after the alert."""
    if not span:
        return "at once"
    days, rest = divmod(int(span.total_seconds()), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")) if count
    ]
    return f"after {' '.join(parts[:2])}"


def _words(word: str) -> str:
    return word.replace("_", " ")
