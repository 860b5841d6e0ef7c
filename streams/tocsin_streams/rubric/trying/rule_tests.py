"""The rubric's own tests: reports beside the rules, each with what it must and must not make fire.

They are a file of the network directory, so that whoever changes a rule can say what it is for without writing code.
They are no part of the rubric's version, as no grade depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, JsonValue, ValidationError

from tocsin_schemas import Action, Envelope, Finding, Incident, Report, ReportKind, Severity
from tocsin_schemas.errors import problems_of
from tocsin_schemas.event_types import ReportType
from tocsin_schemas.report import body_model
from tocsin_schemas.scalars import Line, Record
from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.trying.notes import Level, Note, NoteCode
from tocsin_streams.rubric.trying.space import PLAIN
from tocsin_streams.rubric.yaml_files import read_mapping

TESTS_FILE = "rubric_tests.yaml"


class RuleTest(Record):
    """One report, and what the rubric must make of it."""

    rule: Line
    """Id of the rule that the test is about."""
    kind: ReportKind
    report: dict[str, JsonValue] = Field(default={})
    """How the report differs from a plain one of its kind; parts are merged."""
    fires: bool = True
    """Whether the rule must fire; false: it must not."""
    severity: Severity | None = None
    """What the report must be graded, where that matters."""


class TestsFile(Record):
    """`rubric_tests.yaml` as it is written."""

    __test__ = False  # pytest would take it for its own

    tests: Annotated[tuple[RuleTest, ...], Field(min_length=1)]


def load_tests(network_dir: Path) -> tuple[RuleTest, ...]:
    """Read the tests of a network directory; none where there is no such file.

    Raises:
        RubricError: the file is not valid; names the test, the field and the fix.
    """
    path = network_dir / TESTS_FILE
    if not path.is_file():
        return ()
    content = read_mapping(path)
    try:
        return TestsFile.model_validate(content).tests
    except ValidationError as error:
        problem = problems_of(error, TestsFile)[0]
        raise RubricError(path, problem.message, problem.fix, field=problem.field) from error


def failing_tests(rubric: Rubric, tests: tuple[RuleTest, ...]) -> Iterator[Note]:
    """Tests that the rubric does not pass."""
    known = {rule.id for rule in rubric.rules}
    clocks = {rule.id: rule for rule in rubric.clock_rules}
    for number, test in enumerate(tests, start=1):
        where = f"{TESTS_FILE}: test {number} ({test.rule})"
        if test.rule not in known and test.rule not in clocks:
            yield Note(
                Level.WARNING,
                NoteCode.TEST_OF_NOTHING,
                where,
                "there is no such rule or clock.",
                "Correct its id, or remove the test.",
            )
            continue
        said = _fault(rubric, test)
        if said is not None:
            yield Note(Level.FAULT, NoteCode.TEST_FAILS, where, said, "Correct the rule, or the test.", merged(test))


def untested(rubric: Rubric, tests: tuple[RuleTest, ...]) -> Iterator[Note]:
    """Rules and clocks that no test says must fire."""
    tested = {test.rule for test in tests if test.fires}
    for name in (*(rule.id for rule in rubric.rules), *(rule.id for rule in rubric.clock_rules)):
        if name not in tested:
            yield Note(
                Level.WARNING,
                NoteCode.NO_TEST,
                name,
                "has no test.",
                f"Add a report that makes it fire to {TESTS_FILE}.",
            )


def merged(test: RuleTest) -> dict[str, Any]:
    """The data of a test's report."""
    return _merge(PLAIN[test.kind], test.report)


def _merge(plain: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(plain)
    for name, value in change.items():
        before = both.get(name)
        both[name] = _merge(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return both


def _fault(rubric: Rubric, test: RuleTest) -> str | None:
    model = body_model(test.kind, Action.REPORT)
    try:
        body = model.model_validate(merged(test))
    except ValidationError as error:
        problem = problems_of(error, model)[0]
        return f"its report is none: {problem.field}: {problem.message}"
    assert isinstance(body, Finding | Incident)
    envelope = Envelope(
        id="test",
        source="urn:tocsin:institute:gb",
        type=ReportType(test.kind, Action.REPORT).name,
        subject="test",
        data=None,
        time=None,
    )
    grade = rubric.grade(Report(test.kind, Action.REPORT, body, envelope))
    clocks = {rule.id: rule for rule in rubric.clock_rules}
    if test.rule in clocks:
        rule = clocks[test.rule]
        fired = any((clock.regime, clock.days) == (rule.regime, rule.days) for clock in grade.clocks)
    else:
        fired = any(reason.rule == test.rule for reason in grade.reasons)
    if fired is not test.fires:
        others = ", ".join(dict.fromkeys(reason.rule for reason in grade.reasons))
        return f"{'did not fire' if test.fires else 'fired'}; fired: {others}."
    if test.severity is not None and test.severity is not grade.severity:
        return f"was graded {grade.severity}, not {test.severity}."
    return None
