"""What people see of a replay while it runs, and afterwards."""

from __future__ import annotations

import io

from rich.console import Console

from tests.streams.reports import TIME, incident, loaded
from tocsin_deploy.replay import Against, Outcome, Replayed
from tocsin_deploy.replay.as_json import as_json
from tocsin_deploy.replay.outcome import Place, Unreadable
from tocsin_deploy.replay.paging import Paging
from tocsin_deploy.replay.regrading import Identity
from tocsin_deploy.replay.screen import progress_bar, show
from tocsin_schemas import Action, Problem, ProblemCode, ReportKind, Severity, Status, Tlp
from tocsin_streams.rubric.comparison import compare

GRADE = loaded().grade(incident(harm={"deaths": 1}))
MILDER = GRADE.model_copy(update={"severity": Severity.SEVERE, "reasons": GRADE.reasons[1:]})


def replayed(report: str, *, changed: bool, against: Against = Against.ASSESSMENT) -> Replayed:
    """A report that would be graded severe instead of critical, or as it is."""
    after = MILDER if changed else GRADE
    return Replayed(
        report=Identity("urn:x", report, report, ReportKind.INCIDENT, Action.REPORT, "jp", Status.ACTUAL, Tlp.GREEN),
        place=Place("tocsin.incidents", 1, 7),
        written_at=TIME,
        before=GRADE,
        against=against,
        after=after,
        comparison=compare(GRADE, after),
        paging=Paging(newly_asked=("us",)) if changed else Paging(),
    )


def outcome() -> Outcome:
    """One that would change, one that would not, and what could not be read."""
    found = Outcome(rubric="new", live_rubric="old", policy="p", since=None, until=None, read={})
    found.reports = [
        replayed("[bold]r-1", changed=True, against=Against.LIVE_RUBRIC),
        replayed("r-2", changed=False),
    ]
    problem = Problem("(event)", "is no JSON.", "Send JSON.", ProblemCode.NOT_JSON)
    found.unreadable = [Unreadable(Place("tocsin.findings", 0, 3), (problem,))]
    return found


def test_a_terminal_shows_how_far_it_has_come() -> None:
    """The stage, how many of how many are done, and the time."""
    shown = io.StringIO()
    with progress_bar(Console(file=shown, force_terminal=True, width=120)) as bar:
        bar.begin("Grading reports", 10_000)
        bar.advance(2_500)

    assert "Grading reports" in shown.getvalue()
    assert "2500/10000" in shown.getvalue()


def test_a_log_file_gets_no_bar() -> None:
    """Where there is no terminal nothing is drawn."""
    shown = io.StringIO()
    with progress_bar(Console(file=shown)) as bar:
        bar.begin("Grading reports", 10_000)
        bar.advance(2_500)

    assert shown.getvalue() == ""


def test_people_see_what_would_change_and_what_it_rests_on() -> None:
    """Both grades, the rules, who would be asked, the mark of what has no assessment; ids are no markup."""
    shown = io.StringIO()
    show(outcome(), Console(file=shown, width=200))
    said = shown.getvalue()

    for word in ("[bold]r-1", "critical *", "severe", "- incident.death", "us", "tocsin.findings[0]@3", "not_json"):
        assert word in said
    assert "2 reports, 1 with another grade" in said
    assert "Would newly page: 1 reports, 1 requests" in said
    assert "r-2" not in said


def test_programs_get_every_report_or_only_those_that_change() -> None:
    """With the counts of both ways."""
    everything, changed = as_json(outcome(), changed_only=False), as_json(outcome(), changed_only=True)

    assert [one["report"] for one in everything["reports"]] == ["[bold]r-1", "r-2"]
    assert [one["report"] for one in changed["reports"]] == ["[bold]r-1"]
    assert everything["counts"] == changed["counts"]
    assert changed["counts"]["severities"] == {"critical": {"severe": 1}}
    assert changed["reports"][0]["rules_lost"] == ["incident.death"]
