"""Explanations for people: the grade, every rule that fired, what nearly fired, and who would be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.explain.explaining import Explained
from tocsin_deploy.explain.telling import Institute, Step, Telling
from tocsin_deploy.rehearsal.reading import Unreadable
from tocsin_deploy.rehearsal.rehearsal import Told
from tocsin_deploy.rehearsal.screen import (
    AUDIENCE,
    after,
    because,
    held,
    says,
    show_unreadable,
    told_together,
    where,
)
from tocsin_schemas import Assessment, Grade, Reason, Severity
from tocsin_streams.rubric.trying.near_misses import NearMiss

_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.SEVERE: "bold red",
    Severity.MODERATE: "yellow",
    Severity.UNCLASSIFIED: "magenta",
}
Sentence = Callable[[Reason], str]
"""A reason's sentence in the reader's language."""


def show(
    one: Explained | Unreadable, directory: Directory, console: Console, *, file: str, at: datetime, sentence: Sentence
) -> None:
    """Print one report's explanation.

    Args:
        one: the explanation.
        directory: the policy that it was made by.
        console: where to.
        file: what the report was read from.
        at: what legal deadlines are counted from.
        sentence: says a reason in the reader's language.
    """
    if isinstance(one, Unreadable):
        show_unreadable(one, console, file=file)
        return
    console.rule(Text(f"{file} {one.part}".strip()), align="left")
    assessment = one.assessment
    console.print(
        Text(
            f"{assessment.kind.value} of {assessment.institute}, {assessment.action.value}, "
            f"{assessment.status.value}, {assessment.tlp.value}"
        )
    )
    if assessment.grade is None or one.telling is None:
        console.print("A retraction has no grade: it is told to those who were told what it takes back.")
        return
    _show_grade(assessment.grade, console, at=at)
    console.print(_fired(assessment.grade, sentence))
    _show_near(one.near_misses, console)
    _show_telling(one.telling, assessment, directory, console)


def _show_grade(grade: Grade, console: Console, *, at: datetime) -> None:
    line = Text(f" {grade.severity.value.upper()} ", style=_STYLES.get(grade.severity, "bold"))
    line.append(
        f"  {_words(grade.oecd_class.value)}, certainty {grade.certainty.value}, urgency {grade.urgency.value}",
        style="",
    )
    console.print(line)
    if grade.harms:
        console.print(
            Text("Harms: " + ", ".join(f"{_words(harm)} {severity}" for harm, severity in grade.harms.items()))
        )
    for clock in grade.clocks:
        left = clock.deadline - at
        when = f"in {_duration(left)}" if left > timedelta(0) else f"{_duration(-left)} ago"
        console.print(
            Text(f"Legal clock: {clock.regime}, {clock.days} days, until {clock.deadline:%Y-%m-%d %H:%M %Z} ({when}): ")
            + Text(clock.trigger, style="italic")
        )
    console.print(Text(f"Graded by {grade.rubric}.", style="dim"))


def _fired(grade: Grade, sentence: Sentence) -> Table:
    table = Table(title="Rules that fired", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Rule", overflow="fold")
    table.add_column("Argues for", overflow="fold")
    table.add_column("Because", overflow="fold", ratio=2)
    table.add_column("It looked at", overflow="fold", ratio=1)
    for reason in grade.reasons:
        because = Text(sentence(reason)).append(f"\n{reason.source}", style="dim")
        inputs = "\n".join(f"{name} = {_value(value)}" for name, value in reason.inputs.items() if name != "basis")
        argues = Text("—") if reason.severity is None else Text(reason.severity.value, _STYLES.get(reason.severity, ""))
        table.add_row(Text(reason.rule), argues, because, Text(inputs or "—"))
    return table


def _show_near(misses: Sequence[NearMiss], console: Console) -> None:
    """One row for each change of the report, with all rules that it would make fire."""
    rows: dict[tuple[str, tuple[str, ...]], list[NearMiss]] = {}
    for miss in misses:
        if miss.changes_grade or miss.is_close:
            rows.setdefault((miss.field, miss.needed), []).append(miss)
    table = Table(title="Rules that nearly fired", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("If", overflow="fold", ratio=1)
    table.add_column("were", overflow="fold", ratio=1)
    table.add_column("it would be", overflow="fold", ratio=1)
    table.add_column("by", overflow="fold", ratio=2)
    for (field, needed), of_change in rows.items():
        first = of_change[0]
        were = Text(" or ".join(needed))
        if first.margin is not None:
            were.append(f" (missed by {first.margin:.1%})" if first.is_close else "", style="yellow")
        table.add_row(
            Text(f"{field} ").append(f"({first.now})", style="dim"),
            were,
            _grade_in_short(first),
            Text("\n".join(miss.rule for miss in of_change)),
        )
    if rows:
        console.print(table)
    rest = sum(1 for miss in misses if not (miss.changes_grade or miss.is_close))
    if rest:
        console.print(Text(f"{rest} more rules are one field away and would change nothing: --json lists them.", "dim"))


def _grade_in_short(miss: NearMiss) -> Text:
    said = Text(miss.grade.severity.value, style=_STYLES.get(miss.grade.severity, ""))
    if not miss.changes_grade:
        return said.append(" as it is", style="dim")
    return said.append(f"\n{_words(miss.grade.oecd_class)}, {miss.grade.certainty}, {miss.grade.urgency}", style="dim")


def _show_telling(said: Telling, assessment: Assessment, directory: Directory, console: Console) -> None:
    table = Table(title="Who would be told", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Institute", "When", "Contact", "Where", "Is told"):
        table.add_column(name, overflow="fold")
    for institute in said.institutes:
        first = True
        for step in institute.steps:
            for row in _step_rows(step, directory):
                table.add_row(_institute(institute) if first else Text(""), *row)
                first = False
    for together in told_together(said.others):
        told = together[0]
        table.add_row(
            Text(f"{told.institute} ").append(because(together), style="dim"),
            Text(after(told.after)),
            _contact(told, directory),
            where(together),
            says(told),
        )
    console.print(table)
    if said.not_concerned:
        console.print(
            Text(f"Not told, as route '{said.route}' leaves them out: {', '.join(said.not_concerned)}.", style="dim")
        )
    own = "" if assessment.action.value == "report" else " A correction tells those who were told before as well."
    console.print(
        Text(f"Route '{said.route}' of policy {said.policy}, were it to raise an alert of its own.{own}", style="dim")
    )


def _step_rows(step: Step, directory: Directory) -> list[tuple[Text, Text, Text, Text]]:
    when = "at once" if not step.after else f"after {_duration(step.after)} of silence"
    rows = [
        (
            Text(f"{when}, {step.team}"),
            _contact(together[0], directory),
            where(together),
            says(together[0]).append(held(together[0])),
        )
        for together in told_together(step.told)
    ]
    rows += [
        (Text(f"{when}, {step.team}"), Text("nobody", style="red"), Text("—"), Text(_words(why), style="red"))
        for why in step.unreachable
        if not step.told
    ]
    return rows


def _contact(told: Told, directory: Directory) -> Text:
    return Text(f"{told.contact} ({directory.contacts[told.contact].language})")


def _institute(one: Institute) -> Text:
    owes = "owes an answer" if one.answer_required else "for information"
    return Text(f"{one.institute} ").append(f"{AUDIENCE[one.why]}, {owes}", style="dim")


def _words(word: str) -> str:
    return str(word).replace("_", " ")


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or "0 min"
