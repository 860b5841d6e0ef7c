"""Runs the policy tests: each report is rehearsed, and what would happen is held against what must."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_deploy.policy_check.loading import notes
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode
from tocsin_deploy.policy_check.policy_tests import TESTS_FILE, NeverReaches, PolicyTest, PolicyTestsFile, Reaches
from tocsin_deploy.rehearsal import Rehearsal, RehearsedAlert, Told, rehearse
from tocsin_deploy.rehearsal.reading import Unreadable, read_graded
from tocsin_producers.adapters import Labels
from tocsin_streams.rubric import load_rubric


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of the policy tests."""

    count: int
    notes: tuple[Note, ...]


def run_policy_tests(network_dir: Path, directory: Directory) -> Ran:
    """Run the tests of a network's folder."""
    path = network_dir / TESTS_FILE
    if not path.exists():
        missing = Note(
            Level.WARNING,
            NoteCode.NO_TESTS,
            TESTS_FILE,
            "",
            "there are no policy tests: nobody would see that a change leaves somebody out",
            "Write down who must be told of what (docs/routing.md).",
        )
        return Ran(0, (missing,))
    faults: list[str] = []
    file = read_yaml(path, PolicyTestsFile, faults)
    if file is None:
        return Ran(0, tuple(notes(faults)))
    found = [note for number, test in enumerate(file.tests) for note in _run(number, test, network_dir, directory)]
    return Ran(len(file.tests), tuple(found))


def _run(number: int, test: PolicyTest, network_dir: Path, directory: Directory) -> Iterator[Note]:
    field = f"tests.{number} ({test.name})"
    try:
        alert = _alert(test, network_dir, directory)
    except (ValueError, OSError) as error:
        yield _failed(f"{field}.file", f"'{test.file}' cannot be used: {error}", "Correct the file, or name another.")
        return
    rehearsal = rehearse(alert, directory, at=test.at)
    for index, expected in enumerate(test.reaches):
        yield from _reaches(f"{field}.reaches.{index}", expected, rehearsal, directory)
    for index, forbidden in enumerate(test.not_reaches):
        yield from _not_reaches(f"{field}.not_reaches.{index}", forbidden, rehearsal, directory)


def _alert(test: PolicyTest, network_dir: Path, directory: Directory) -> RehearsedAlert:
    if test.report is not None:
        return test.report.alert()
    read = list(
        read_graded(
            network_dir / (test.file or ""),
            Labels(),
            kind=None,
            rubric=load_rubric(network_dir),
            institutes=directory.institutes,
            at=test.at,
        )
    )
    if len(read) != 1:
        raise ValueError(f"it holds {len(read)} reports, and a test is about one")
    (one,) = read
    if isinstance(one, Unreadable):
        raise ValueError("; ".join(f"{problem.field} {problem.message} {problem.fix}" for problem in one.problems))  # noqa: TRY004 - no wrong type: a wrong file
    return RehearsedAlert.of(one.assessment)


def _reaches(field: str, expected: Reaches, rehearsal: Rehearsal, directory: Directory) -> Iterator[Note]:
    if expected.contact is not None and expected.contact not in directory.contacts:
        yield _failed(f"{field}.contact", f"there is no contact '{expected.contact}'", "Name one of contacts.yaml.")
        return
    if expected.contact is not None:
        groups = {expected.contact: [told for told in rehearsal.told if told.contact == expected.contact]}
    else:
        groups = {
            f"team {expected.team} of {concern.institute}": [
                told
                for told in rehearsal.told
                if told.institute == concern.institute and directory.contacts[told.contact].team == expected.team
            ]
            for concern in rehearsal.plan.concerns
        }
        if not groups:
            yield _failed(field, f"route '{rehearsal.plan.route}' concerns no institute", "Correct the route.")
    for who, told in groups.items():
        if not any(_fits(one, expected) for one in told):
            yield _failed(
                field,
                f"{who} must be told{_how(expected)}, and {_what_happens(told, who, rehearsal)}",
                "Correct the policy; or the test, if this is meant now.",
            )


def _fits(told: Told, expected: Reaches) -> bool:
    return (
        not told.stands_by
        and told.after <= expected.within
        and expected.channel in {None, told.channel}
        and expected.says in {None, told.says}
        and expected.reason in {None, told.reason}
    )


def _not_reaches(field: str, forbidden: NeverReaches, rehearsal: Rehearsal, directory: Directory) -> Iterator[Note]:
    if forbidden.contact is not None and forbidden.contact not in directory.contacts:
        yield _failed(f"{field}.contact", f"there is no contact '{forbidden.contact}'", "Name one of contacts.yaml.")
        return
    for told in rehearsal.told:
        team = directory.contacts[told.contact].team
        if (
            forbidden.contact in {None, told.contact}
            and forbidden.institute in {None, told.institute}
            and forbidden.team in {None, team}
            and forbidden.channel in {None, told.channel}
            and forbidden.says in {None, told.says}
            and (forbidden.within is None or told.after <= forbidden.within)
        ):
            yield _failed(
                field,
                f"{told.contact} must not be told so, and would be: {_said(told)}",
                "Correct the policy; or the test, if this is meant now.",
            )
            return


def _how(expected: Reaches) -> str:
    parts = [
        "at once" if not expected.within else f"within {expected.within}",
        f"by {expected.channel.value}" if expected.channel is not None else "",
        f"as {expected.reason.value}" if expected.reason is not None else "",
        f"and be told {expected.says.value}" if expected.says is not None else "",
    ]
    return "".join(f" {part}" for part in parts if part)


def _what_happens(told: list[Told], who: str, rehearsal: Rehearsal) -> str:
    if told:
        return f"would be told only so: {'; '.join(dict.fromkeys(_said(one) for one in told))}"
    why = [f"{one.reason.value}: {one.detail}" for one in rehearsal.not_told if one.contact == who]
    return f"would not be told ({'; '.join(dict.fromkeys(why))})" if why else "would not be told"


def _said(told: Told) -> str:
    when = "at once" if told.after == timedelta(0) else f"after {told.after}"
    waits = ", if what is before it fails" if told.stands_by else ""
    return f"{when} by {told.channel.value} as {told.reason.value}, {told.says.value}{waits}"


def _failed(field: str, what: str, fix: str) -> Note:
    return Note(Level.FAULT, NoteCode.TEST_FAILED, TESTS_FILE, field, what, fix)
