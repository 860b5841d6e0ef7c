"""A refusal names the field and the fix, and never repeats what the report says."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas.reports import envelope_of, minimal_finding, minimal_incident
from tocsin_schemas import (
    Envelope,
    InvalidEvent,
    Problem,
    ProblemCode,
    ReportKind,
    from_json,
    read_report,
)
from tocsin_schemas.errors import field_path, shown

Change = Callable[[dict[str, Any]], object]


def refusals(envelope: Envelope, expected: ReportKind | None = None) -> dict[str, Problem]:
    """The problems of a report, by field."""
    with pytest.raises(InvalidEvent) as caught:
        read_report(envelope, expected=expected)
    return {problem.field: problem for problem in caught.value.problems}


def finding_with(change: Change) -> Envelope:
    """The least finding, changed."""
    data = minimal_finding()
    change(data)
    return envelope_of(data)


def incident_with(change: Change) -> Envelope:
    """The least incident, changed."""
    data = minimal_incident()
    change(data)
    return envelope_of(data, type="org.tocsin.incident.reported.v1")


def test_the_least_reports_are_accepted() -> None:
    """What the refusals below change is good before the change."""
    assert read_report(finding_with(lambda _: None)).kind is ReportKind.FINDING
    assert read_report(incident_with(lambda _: None)).kind is ReportKind.INCIDENT


@pytest.mark.parametrize("field", ["institute", "tlp", "status", "language"])
def test_what_every_report_must_say_is_asked_for_by_name(field: str) -> None:
    """No default stands in for institute, label, status or language; the fix says what to write."""
    for envelope in (finding_with(lambda data: data.pop(field)), incident_with(lambda data: data.pop(field))):
        found = refusals(envelope)

        assert set(found) == {field}
        assert found[field].code is ProblemCode.MISSING
        assert found[field].fix


def test_a_missing_label_is_told_which_labels_there_are() -> None:
    """The commonest fault is mended from its message alone."""
    problem = refusals(finding_with(lambda data: data.pop("tlp")))["tlp"]

    assert str(problem) == (
        "tlp: is required. Label it with one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED; "
        "there is no default."
    )


@pytest.mark.parametrize("label", ["AMBER", "tlp:amber", "TLP: AMBER", "TLP:WHITE", "", None, 3, ["TLP:RED"]])
def test_labels_are_not_guessed(label: object) -> None:
    """What is not one of the five labels to the letter is refused, `TLP:WHITE` of TLP 1.0 too."""
    assert "TLP:AMBER+STRICT" in refusals(finding_with(lambda data: data.update(tlp=label)))["tlp"].fix


def test_a_finding_without_a_system_is_told_how_to_name_one() -> None:
    """A finding is about a system."""
    problem = refusals(finding_with(lambda data: data.pop("system")))["system"]

    assert problem.code is ProblemCode.MISSING
    assert '{"system": {"name": …}}' in problem.fix


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_score_that_is_no_number_is_named(value: str) -> None:
    """NaN is no measurement: the refusal names the one that has it, and what to do instead."""
    data = json.dumps(minimal_finding() | {"measurements": [{"metric": "accuracy", "value": 0}]})
    raw = json.dumps(
        {"specversion": "1.0", "id": "1", "source": "urn:x", "type": "org.tocsin.finding.reported.v1", "data": 0}
    )
    text = raw.replace('"data": 0', f'"data": {data}').replace('"value": 0', f'"value": {value}')
    problem = refusals(from_json(text.encode()))["measurements.0.value"]

    assert "NaN" in problem.message
    assert "outcome" in problem.fix


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda data: data.update(sumary="x"), "sumary", "Did you mean 'summary'?"),
        (lambda data: data["system"].update(nmae="x"), "system.nmae", "Did you mean 'name'?"),
        (
            lambda data: data.update(measurements=[{"metric": "m", "value": 1, "vlaue": 2}]),
            "measurements.0.vlaue",
            "Did you mean 'value'?",
        ),
        (lambda data: data.update(zzz="x"), "zzz", "the fields here are: conditions, derived_from"),
    ],
)
def test_a_misspelt_field_is_not_lost_but_named(change: Change, field: str, words: str) -> None:
    """An unknown field is refused at its own path, with the likely right one."""
    problem = refusals(finding_with(change))[field]

    assert problem.code is ProblemCode.UNKNOWN_FIELD
    assert words in problem.fix


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda data: data.update(severity="terrible"), "severity"),
        (lambda data: data.update(harm_types=[]), "harm_types"),
        (lambda data: data.update(harm_types=["physical", "nosuch"]), "harm_types.1"),
        (lambda data: data.update(supporting_materials=[]), "supporting_materials"),
        (lambda data: data.update(supporting_materials=[{}]), "supporting_materials.0"),
        (lambda data: data["relation_to_ai"].pop("causal_link"), "relation_to_ai.causal_link"),
        (lambda data: data.update(countries=["UKX"]), "countries.0"),
        (lambda data: data.update(first_known_occurrence="1700000000"), "first_known_occurrence"),
        (lambda data: data.update(first_known_occurrence="2026-02-30"), "first_known_occurrence"),
        (lambda data: data.update(aware_at="2026-11-24T09:00:00"), "aware_at"),
        (lambda data: data.update(aware_at="1700000000"), "aware_at"),
        (lambda data: data.update(harm_quantification={"deaths": True}), "harm_quantification.deaths"),
        (lambda data: data.update(harm_quantification={"deaths": "3"}), "harm_quantification.deaths"),
        (lambda data: data.update(harm_quantification={"deaths": -1}), "harm_quantification.deaths"),
        (lambda data: data.update(harm_quantification={"deaths": 1.5}), "harm_quantification.deaths"),
        (lambda data: data.update(title=""), "title"),
        (lambda data: data.update(title="   "), "title"),
        (lambda data: data.update(title="two\nlines"), "title"),
        (lambda data: data.update(title="x" * 201), "title"),
        (lambda data: data.update(description="x" * 8001), "description"),
        (lambda data: data.update(description="bell \x07"), "description"),
        (lambda data: data.update(language="English"), "language"),
        (lambda data: data.update(institute="GB"), "institute"),
        (lambda data: data.update(status="Actual"), "status"),
        (lambda data: data.update(systems=[{"name": "x"}] * 201), "systems"),
    ],
)
def test_a_wrong_value_is_named_with_its_fix(change: Change, field: str) -> None:
    """Wrong words, counts that are no counts, times without zone: each is refused at its path, with a fix."""
    problem = refusals(incident_with(change))[field]

    assert problem.message
    assert problem.fix


@pytest.mark.parametrize("data", [None, [], "text", 5, True])
def test_data_that_is_no_object_is_refused(data: object) -> None:
    """A report is an object under `data`."""
    assert refusals(envelope_of(data))["data"].fix == "Put the report into 'data'."


@pytest.mark.parametrize(
    ("event_type", "code", "words"),
    [
        ("org.tocsin.finding.reported.v2", ProblemCode.FUTURE_VERSION, "org.tocsin.finding.reported.v1"),
        ("org.tocsin.finding.reported.v10", ProblemCode.FUTURE_VERSION, "org.tocsin.finding.reported.v1"),
        ("org.tocsin.findings.reported.v1", ProblemCode.UNKNOWN_TYPE, "Did you mean 'org.tocsin.finding.reported.v1'"),
        ("org.tocsin.alert.raised.v1", ProblemCode.UNKNOWN_TYPE, "Use one of"),
        ("org.tocsin.finding.reported.v²", ProblemCode.UNKNOWN_TYPE, ""),
        ("x" * 100_000, ProblemCode.UNKNOWN_TYPE, "Use one of"),
    ],
)
def test_a_type_that_is_not_known_is_told_what_is(event_type: str, code: ProblemCode, words: str) -> None:
    """A later version is told apart from a type that never was."""
    problem = refusals(envelope_of(minimal_finding(), type=event_type))["type"]

    assert problem.code is code
    assert words in problem.fix
    assert len(str(problem)) < 1000


def test_a_report_in_the_wrong_place_is_sent_to_the_right_one() -> None:
    """A finding on the topic for incidents is told where it belongs."""
    problem = refusals(envelope_of(minimal_finding()), ReportKind.INCIDENT)["type"]

    assert problem.code is ProblemCode.WRONG_TOPIC
    assert problem.fix == "Send it to 'findings'."


def test_all_faults_are_told_at_once() -> None:
    """A sender mends a report in one go."""
    data = minimal_finding() | {"tlp": "red", "zzz": 1}
    del data["title"]
    found = refusals(envelope_of(data, id="with space"))

    assert set(found) == {"id", "tlp", "title", "zzz"}


def test_a_flood_of_faults_is_cut_and_counted() -> None:
    """A refusal stays small enough to travel in a dead letter."""
    data = minimal_finding() | {f"{'long' * 100}{number}": 1 for number in range(5000)}
    with pytest.raises(InvalidEvent) as caught:
        read_report(envelope_of(data))

    assert len(caught.value.problems) == 20
    assert caught.value.problems[-1].message == "has 4981 further problems."
    assert len(str(caught.value)) < 20_000


@given(name=st.text(max_size=200))
def test_a_name_from_outside_is_shown_safely(name: str) -> None:
    """Whatever a sender calls a field, a log line stays one printable line of bounded length."""
    assert len(shown(name)) <= 61
    assert shown(name).isprintable()
    shown(name).encode("utf-8")


def test_a_path_is_dotted_and_the_whole_event_has_a_name() -> None:
    """Paths read as the sender wrote the report."""
    assert field_path(["measurements", 0, "value"]) == "measurements.0.value"
    assert field_path([]) == "(event)"


SECRET = "QX7"


def _spoiled(value: Any, secret: Iterator[str]) -> Iterator[Any]:
    """Every way to put one protected text somewhere into JSON data, keeping all else."""
    if isinstance(value, dict):
        for name, inner in value.items():
            for spoiled in _spoiled(inner, secret):
                yield {**value, name: spoiled}
        yield {**value, "unknown_field": next(secret)}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for spoiled in _spoiled(inner, secret):
                yield [*value[:index], spoiled, *value[index + 1 :]]
        yield [*value, next(secret)]
    yield next(secret)


@given(
    filling=st.text(st.characters(codec="utf-8", exclude_characters=SECRET), max_size=60),
    where=st.sampled_from(["finding", "incident", "retraction"]),
)
def test_no_refusal_repeats_what_a_report_says(filling: str, where: str) -> None:
    """Wherever a text stands that does not belong there, the problems tell of it without quoting it."""
    data: dict[str, Any] = {
        "finding": minimal_finding()
        | {"measurements": [{"metric": "accuracy", "value": 1}], "run": {"outcome": "success", "epochs": 1}},
        "incident": minimal_incident() | {"harm_quantification": {"deaths": 1}, "first_known_occurrence": "2026-11-24"},
        "retraction": {"institute": "gb", "tlp": "TLP:RED", "status": "test", "language": "en", "reason": "x"},
    }[where]
    event_type = {
        "finding": "org.tocsin.finding.reported.v1",
        "incident": "org.tocsin.incident.reported.v1",
        "retraction": "org.tocsin.finding.retracted.v1",
    }[where]
    refused = 0
    # A control character makes even a place for free text refuse it.
    for spoiled in _spoiled(data, iter(lambda: f"{SECRET}\x07{filling}{SECRET}", None)):
        with pytest.raises(InvalidEvent) as caught:
            read_report(envelope_of(spoiled, type=event_type))
        refused += 1
        for problem in caught.value.problems:
            assert SECRET not in str(problem)
            assert SECRET not in repr(problem)
    assert refused >= 7
