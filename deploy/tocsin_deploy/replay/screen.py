"""A replay's outcome for people: what would change, the counts, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from tocsin_deploy.replay.outcome import Against, Outcome, Replayed
from tocsin_schemas import Grade, Severity
from tocsin_streams.rubric.comparison import Change

_WORDS = {
    Change.RAISED: "raised",
    Change.LOWERED: "lowered",
    Change.BECAME_UNCLASSIFIED: "became unclassified",
    Change.CEASED_TO_BE_UNCLASSIFIED: "ceased to be unclassified",
    Change.OECD_CLASS: "OECD class only",
    Change.HARMS: "harms below the headline only",
    Change.CERTAINTY: "certainty only",
    Change.URGENCY: "urgency only",
    Change.CLOCKS: "clocks only",
    Change.SEVERAL: "several, severity stays",
    Change.REASONS: "same grade, other reasons",
    Change.SAME: "the same",
}
_STYLES = {
    Change.RAISED: "bold red",
    Change.LOWERED: "green",
    Change.BECAME_UNCLASSIFIED: "magenta",
    Change.CEASED_TO_BE_UNCLASSIFIED: "cyan",
}
_ROWS = 200
"""Changed reports that are shown one by one; JSON has them all."""
_NAMED = 20
"""What could not be read is named so often; JSON names it all."""


class ProgressBar:
    """Shows how far a replay has come, on the terminal's error channel; silent where there is no terminal."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        """A stage begins."""
        self._task = self._bar.add_task(what, total=total)

    def advance(self, offsets: int) -> None:
        """So many more are done."""
        assert self._task is not None, "begin() comes first"
        self._bar.advance(self._task, offsets)


@contextmanager
def progress_bar(console: Console) -> Iterator[ProgressBar]:
    """A bar that is gone when the work is done.

    Args:
        console: the error channel; what is printed is for programs as well.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield ProgressBar(bar)


def show(outcome: Outcome, console: Console) -> None:
    """Print it."""
    changed = sorted(outcome.changed, key=_most_serious_first)
    if changed:
        console.print(_changes(changed[:_ROWS]))
    say: Callable[..., None] = console.print
    if len(changed) > _ROWS:
        say(f"… and {len(changed) - _ROWS} more: --json has them all.")
    say(f"{len(outcome.reports)} reports, {len(changed)} with another grade ({outcome.seconds:.1f} s):")
    for change, count in outcome.counts().items():
        if count:
            say(Text(f"  {count:>6}  {_WORDS[change]}", style=_STYLES.get(change, "")))
    for before, row in sorted(outcome.matrix().items(), key=lambda item: Severity(item[0]).rank):
        say(f"          {before} → " + ", ".join(f"{after} {count}" for after, count in sorted(row.items())))
    reports, institutes = outcome.newly_paging()
    say(f"Would newly page: {reports} reports, {institutes} requests for an answer in all (policy {outcome.policy}).")
    _show_what_it_rests_on(outcome, say)


def _show_what_it_rests_on(outcome: Outcome, say: Callable[..., None]) -> None:
    against = outcome.against()
    say(f"Tried: {outcome.rubric}. Live: {outcome.live_rubric}.")
    graded_by = ", ".join(f"{count} by {version}" for version, count in outcome.graded_by().items()) or "nothing"
    say(f"Compared with {against[Against.ASSESSMENT]} grades from the assessments topic: {graded_by}.")
    if against[Against.LIVE_RUBRIC]:
        say(
            f"{against[Against.LIVE_RUBRIC]} reports have no assessment there (retention, or not graded yet): compared "
            "with what the live rubric makes of them now, marked * above."
        )
    if outcome.retractions or outcome.repeated:
        say(f"Beside these: {outcome.retractions} retractions, {outcome.repeated} repeats of a report counted once.")
    if outcome.unreadable:
        say(Text(f"{len(outcome.unreadable)} messages are no report that may be taken:", style="yellow"))
        for each in outcome.unreadable[:_NAMED]:
            problem = each.problems[0]
            say(Text(f"  {each.place}  {problem.code.value}  {problem.field}: {problem.message}"), soft_wrap=True)
        if len(outcome.unreadable) > _NAMED:
            say(f"  … and {len(outcome.unreadable) - _NAMED} more: --json names them all.")
    if outcome.unreadable_assessments:
        named = ", ".join(outcome.unreadable_assessments[:_NAMED])
        say(Text(f"{len(outcome.unreadable_assessments)} assessments cannot be read: {named}", style="yellow"))
    say("Nothing was committed, sent or written.", style="dim")


def _changes(changed: list[Replayed]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Change", "Report", "Institute", "Before", "After", "Rules gained / lost", "Newly asked"):
        table.add_column(name, overflow="fold")
    for each in changed:
        comparison = each.comparison
        mark = "" if each.against is Against.ASSESSMENT else " *"
        rules = [f"+ {rule}" for rule in comparison.rules_gained] + [f"- {rule}" for rule in comparison.rules_lost]
        # Text, not markup: ids are what their senders chose.
        table.add_row(
            Text(_WORDS[comparison.change], style=_STYLES.get(comparison.change, "")),
            Text(f"{each.report.report}\n{each.place}"),
            Text(each.report.institute + ("" if each.report.status == "actual" else f"\n{each.report.status}")),
            Text(_said(each.before, each) + mark),
            Text(_said(each.after, each)),
            Text("\n".join(rules) or "—"),
            Text(", ".join(each.paging.newly_asked) or "—"),
        )
    return table


def _said(grade: Grade, each: Replayed) -> str:
    """The severity, and whatever else differs."""
    said = [grade.severity.value]
    differs = each.comparison.differs
    said += [getattr(grade, name).value for name in ("oecd_class", "certainty", "urgency") if name in differs]
    if "harms" in differs:
        said.append(", ".join(f"{harm} {severity}" for harm, severity in grade.harms.items()) or "no harms")
    if "clocks" in differs:
        said.append(", ".join(f"{clock.regime} {clock.days} d" for clock in grade.clocks) or "no clocks")
    return "\n".join(said)


def _most_serious_first(each: Replayed) -> tuple[int, int, str]:
    change = each.comparison.change
    order = list(Change).index(change)
    return order, -max(each.before.severity.rank, each.after.severity.rank), each.report.report
