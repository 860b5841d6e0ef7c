"""What the check finds in broken rubrics, and that what it calls impossible is impossible."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.streams.reports import incident, rules_of
from tests.streams.test_rubric_properties import incident_fields
from tests.streams.trying.broken import ANY, HAZARD, RESULT, SMALL, WHOLE, checked, network, notes, rule
from tocsin_schemas import ReportKind, Severity
from tocsin_streams.rubric import load_rubric
from tocsin_streams.rubric.trying.check import check
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.reach import unreachable
from tocsin_streams.rubric.trying.space import Space
from tocsin_streams.rubric.trying.survey import survey


def only(found: list[Note]) -> Note:
    """The one note."""
    (note,) = found
    return note


def test_a_sound_rubric_has_no_fault_and_no_warning_but_missing_tests_and_translations(tmp_path: Path) -> None:
    """Nothing is made up."""
    said = checked(tmp_path, *WHOLE)

    assert {note.code for note in said.notes} == {NoteCode.NO_TEST, NoteCode.TRANSLATION}
    assert said.count(Level.FAULT) == 0


@pytest.mark.parametrize(
    ("when", "proof"),
    [
        (
            'has(finding.reached) && finding.reached == "minor" && finding.reached == "severe"',
            "its condition is false for all",
        ),
        ("has(incident.deaths) && incident.deaths > 10 && incident.deaths < 5", "its condition is false for all"),
        ('incident.occurred && incident.materialisation == "potential"', "no report has such facts (all"),
        ("incident.linked && incident.occurred && !incident.graded", "no report has such facts (all"),
    ],
)
def test_a_rule_that_can_never_hold_is_a_fault_with_its_proof(tmp_path: Path, when: str, proof: str) -> None:
    """Said as certain only where everything that the rule can tell apart was tried."""
    note = only(notes(checked(tmp_path, *WHOLE, rule("x.never", when)), NoteCode.NEVER_HOLDS))

    assert (note.level, note.subject) == (Level.FAULT, "x.never")
    assert proof in note.message
    assert note.fix == "Correct 'when', or remove the rule."


def test_a_rule_that_was_not_found_to_hold_is_a_warning_that_proves_nothing(tmp_path: Path) -> None:
    """A combination of numbers that the search does not try may exist."""
    when = "finding.measured && has(finding.value) && has(finding.low) && finding.value - finding.low > 1000.0"
    note = only(notes(checked(tmp_path, *WHOLE, rule("x.rare", when)), NoteCode.NEVER_HOLDS))

    assert note.level is Level.WARNING
    assert "That is no proof" in note.message


def test_a_misspelt_word_is_named_with_the_right_one(tmp_path: Path) -> None:
    """CEL compares any two words; that one of them never comes is found here."""
    said = checked(
        tmp_path,
        *WHOLE,
        rule("x.word", 'incident.occurred && incident.extent == "nationel"', severity="moderate"),
        rule("x.list", 'incident.occurred && incident.extent in ["national", "globel"]', severity="severe"),
        rule("x.harm", '"fysical" in incident.harm_types && incident.occurred', severity="severe"),
    )
    found = {note.subject: note for note in notes(said, NoteCode.UNKNOWN_WORD)}

    assert found["x.word"].fix == 'Did you mean "national"?'
    assert found["x.list"].fix == 'Did you mean "global"?'
    assert found["x.harm"].fix == 'Did you mean "physical"?'
    assert "x.word" in {note.subject for note in notes(said, NoteCode.NEVER_HOLDS) if note.level is Level.FAULT}


def test_a_rule_that_others_always_outdo_changes_nothing(tmp_path: Path) -> None:
    """Named with the rules that hold whenever it does."""
    mild = rule("x.mild", 'incident.occurred && incident.linked && incident.seriousness == "serious"')
    note = only(notes(checked(tmp_path, *WHOLE, mild), NoteCode.CHANGES_NOTHING))

    assert (note.level, note.subject) == (Level.WARNING, "x.mild")
    assert "Whenever it held, so did incident.any." in note.message
    assert "no proof" in note.message


def test_a_rule_that_matters_for_another_harm_alone_does_change_something(tmp_path: Path) -> None:
    """Harm types that the rule does not ask about are tried as well."""
    hurt = rule("x.hurt", "incident.occurred && has(incident.injuries) && incident.injuries > 0", harm="physical")
    body = rule("x.body", 'incident.occurred && "physical" in incident.harm_types', severity="minor", harm="physical")

    assert notes(checked(tmp_path, *WHOLE, body, hurt), NoteCode.CHANGES_NOTHING) != []
    assert "x.hurt" not in {
        note.subject for note in notes(checked(tmp_path, *WHOLE, body, hurt), NoteCode.CHANGES_NOTHING)
    }


def test_a_mere_remark_need_not_change_anything(tmp_path: Path) -> None:
    """A rule without severity, certainty and urgency is there to be read."""
    remark = rule("x.remark", "incident.occurred && incident.linked", severity=None)

    assert notes(checked(tmp_path, *WHOLE, remark), NoteCode.CHANGES_NOTHING) == []


def test_a_clock_behind_a_shorter_one_is_never_shown(tmp_path: Path) -> None:
    """Of one regime the shortest is shown."""

    def clock(clock_id: str, when: str, days: int) -> dict[str, Any]:
        common = {"kind": "incident", "regime": "eu", "trigger": "t", "applies_from": "2026-01-01", "source": "s"}
        return {"id": clock_id, "when": when, "days": days, **common}

    clocks = [
        clock("clock.all", "incident.occurred", 5),
        clock("clock.some", 'incident.occurred && incident.ongoing == "yes"', 9),
    ]

    assert only(notes(checked(tmp_path, *WHOLE, clocks=clocks), NoteCode.NEVER_SHOWN)).subject == "clock.some"


def test_a_gap_is_told_by_the_smallest_report_that_no_rule_grades(tmp_path: Path) -> None:
    """The example is a report: graded by the rubric, it is unclassified."""
    when = 'incident.occurred && incident.linked && incident.extent != "unknown"'
    said = checked(tmp_path, rule("incident.any", when), HAZARD, RESULT)
    note = only(notes(said, NoteCode.GAP))
    graded = load_rubric(tmp_path / "network").grade(incident(**dict(note.example or {})))

    assert (note.level, note.subject) == (Level.WARNING, "incidents")
    assert "no rule grades a plain report" in note.message
    assert graded.severity is Severity.UNCLASSIFIED


def test_a_gap_among_results_is_found(tmp_path: Path) -> None:
    """A threshold that a result reaches and no rule asks about."""
    mild = rule("finding.some", 'has(finding.reached) && finding.reached != "minor"')
    note = only(notes(checked(tmp_path, ANY, HAZARD, mild), NoteCode.GAP))

    assert note.subject == "findings"
    assert "no rule grades reached: minor" in note.message


def test_a_rule_that_fails_on_a_report_is_a_fault_with_the_report(tmp_path: Path) -> None:
    """Found before an institute sends it."""
    when = "has(incident.deaths) && has(incident.injuries) && incident.deaths / incident.injuries >= 1"
    note = only(notes(checked(tmp_path, *WHOLE, rule("x.ratio", when, severity="severe")), NoteCode.NOT_EVALUATED))

    assert note.level is Level.FAULT
    assert (note.example or {})["harm_quantification"]["injuries"] == 0


def test_rules_that_say_the_same_together_are_told_for_information(tmp_path: Path) -> None:
    """They may: the highest argument wins."""
    first = rule("x.first", 'incident.occurred && incident.linked && incident.ongoing == "yes"', severity="severe")
    second = rule("x.second", 'incident.occurred && incident.linked && incident.extent == "local"', severity="severe")
    note = only(notes(checked(tmp_path, *WHOLE, first, second), NoteCode.OVERLAP))

    assert (note.level, note.subject) == (Level.INFO, "x.first")
    assert "and x.second hold together" in note.message


def test_a_list_that_no_rule_uses_is_told(tmp_path: Path) -> None:
    """Left over, or misspelt somewhere."""
    assert (
        only(notes(checked(tmp_path, *WHOLE, lists={"left": ["over"]}), NoteCode.LIST_UNUSED)).subject == "lists.left"
    )


def test_the_rubrics_own_tests_are_run(tmp_path: Path) -> None:
    """A rule that does not fire, one that must not, another grade, no such rule, and a report that is none."""
    tests: list[dict[str, Any]] = [
        {"rule": "incident.any", "kind": "incident", "severity": "minor"},
        {"rule": "incident.any", "kind": "incident", "report": {"materialisation": "potential"}},
        {"rule": "incident.any", "kind": "incident", "fires": False},
        {"rule": "incident.any", "kind": "incident", "severity": "severe"},
        {"rule": "incident.gone", "kind": "incident"},
        {"rule": "hazard.any", "kind": "incident", "report": {"materialisation": "maybe"}},
    ]
    said = checked(tmp_path, *WHOLE, tests=tests)
    failing = {note.subject.split(": ")[1]: note for note in notes(said, NoteCode.TEST_FAILS)}

    assert list(failing) == [
        "test 2 (incident.any)",
        "test 3 (incident.any)",
        "test 4 (incident.any)",
        "test 6 (hazard.any)",
    ]
    assert "did not fire; fired: hazard.any" in failing["test 2 (incident.any)"].message
    assert "was graded minor, not severe" in failing["test 4 (incident.any)"].message
    assert "materialisation" in failing["test 6 (hazard.any)"].message
    assert only(notes(said, NoteCode.TEST_OF_NOTHING)).level is Level.WARNING
    assert {note.subject for note in notes(said, NoteCode.NO_TEST)} == {"finding.any"}


def test_a_file_of_tests_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    """With the test, the field and the fix."""
    said = checked(tmp_path, *WHOLE, tests=[{"rule": "incident.any", "kind": "accident"}])
    note = only(notes(said, NoteCode.NOT_LOADED))

    assert note.level is Level.FAULT
    assert note.subject == "rubric_tests.yaml: tests.0.kind"


def test_a_stale_translation_is_told(tmp_path: Path) -> None:
    """The English was reworded since."""
    made = network(tmp_path, *WHOLE)
    (made / "sentences").mkdir()
    (made / "sentences" / "fr.yaml").write_text(
        "language: fr\nstatus: machine\nglossary: {harm: préjudice}\n"
        "sentences: {incident.any: {english: An old sentence., says: Une vieille phrase.}}\n",
        encoding="utf-8",
    )
    said = check(load_rubric(made), sentences_dir=made, tests_dir=made, budget=SMALL)
    stale = [note for note in notes(said, NoteCode.TRANSLATION) if "incident.any" in note.subject]

    assert only(stale).subject == "sentences/fr.yaml: incident.any"
    assert "reworded" in only(stale).fix


ATOMS = [
    "incident.occurred",
    "!incident.occurred",
    "incident.linked",
    "!incident.graded",
    'incident.materialisation == "near_miss"',
    'incident.causal_link != "likely"',
    'incident.extent == "national"',
    "incident.extent in lists.wide",
    '"physical" in incident.harm_types',
    '!("physical" in incident.harm_types)',
    "has(incident.deaths) && incident.deaths >= 3",
    "!has(incident.deaths)",
    "has(incident.deaths) && incident.deaths < 3",
    'incident.seriousness != "serious"',
    'incident.seriousness == "serious"',
]


@settings(max_examples=max(settings().max_examples // 5, 10))
@given(st.lists(st.sampled_from(ATOMS), min_size=2, max_size=4, unique=True), st.lists(incident_fields(), min_size=20))
def test_what_is_called_impossible_never_happens(atoms: list[str], reports: list[dict[str, Any]]) -> None:
    """A rule that some report makes fire is never said to be one that can never hold."""
    with TemporaryDirectory() as folder:
        wide = {"wide": ["national", "regional", "global"]}
        rubric = load_rubric(network(Path(folder), *WHOLE, rule("x.drawn", " && ".join(atoms)), lists=wide))
    found = unreachable(survey(Space(rubric, ReportKind.INCIDENT), SMALL))
    impossible = [note for note in found if note.level is Level.FAULT]
    fired = any("x.drawn" in rules_of(rubric.grade(incident(**fields))) for fields in reports)

    assert not (impossible and fired)


def test_the_same_rubric_is_always_said_the_same_of(tmp_path: Path) -> None:
    """Nothing is left to chance."""
    first = checked(tmp_path, *WHOLE, rule("x.mild", "incident.occurred && incident.linked"))

    assert first == checked(tmp_path, *WHOLE, rule("x.mild", "incident.occurred && incident.linked"))
