"""The exported JSON Schemas: valid, complete, the same as the models, and not to be forgotten."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tests.schemas.reports import bodies, envelope_of, json_values, minimal_finding, minimal_incident
from tocsin_schemas import Action, Body, InvalidEvent, ReportKind, ReportType, read_report
from tocsin_schemas.examples import example, names
from tocsin_schemas.json_schemas import FOLDER, MODELS, drifted, export, main, path


def validator(name: str) -> Draft202012Validator:
    """The schema as it is delivered."""
    schema = json.loads(path(name).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


VALIDATORS = {name: validator(name) for name in MODELS}


def schema_of(event_type: str) -> str:
    """The schema for the data of events of a type."""
    noun, verb = event_type.removeprefix("org.tocsin.").split(".")[:2]
    if verb == "retracted" and noun != "alert":
        return "retraction"
    return {"alert": "alert-event", "deadletter": "dead-letter"}.get(noun, noun)


def test_the_schemas_are_those_of_the_models() -> None:
    """Whoever changes a model exports its schema: python -m tocsin_schemas.json_schemas."""
    assert [file.name for file in drifted()] == []


@pytest.mark.parametrize("name", MODELS)
def test_each_is_a_schema_of_draft_2020_12_with_a_name_of_its_own(name: str) -> None:
    """With a title, and with a description for every field that is no mere word of its own."""
    schema = json.loads(path(name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:tocsin:schema:{name}:v1"
    assert schema["title"] == MODELS[name].__name__
    assert schema["description"]
    assert schema["additionalProperties"] is False
    assert all("description" in definition for name, definition in schema["$defs"].items() if name != "JsonValue")


@pytest.mark.parametrize("name", names())
def test_every_example_fits(name: str) -> None:
    """The golden examples are good by the schemas too."""
    VALIDATORS[schema_of(name)].validate(example(name)["data"])


@given(report=bodies())
def test_whatever_a_model_allows_fits(report: tuple[ReportKind, Action, Body]) -> None:
    """Who checks by schema before reading never refuses what Tocsin would take."""
    kind, action, body = report
    schema = "retraction" if action is Action.RETRACT else kind.value

    VALIDATORS[schema].validate(body.model_dump(mode="json", exclude_unset=True))
    VALIDATORS[schema].validate(body.model_dump(mode="json"))


def accepted(data: Any, kind: ReportKind) -> bool:
    """Whether Tocsin takes the report."""
    try:
        read_report(envelope_of(data, type=ReportType(kind, Action.REPORT).name))
    except InvalidEvent:
        return False
    return True


@given(
    kind=st.sampled_from(ReportKind),
    field=st.integers(0, 100),
    value=json_values.filter(lambda value: not isinstance(value, float)),
)
def test_schema_and_reader_judge_alike(kind: ReportKind, field: int, value: object) -> None:
    """One wild value in a good report: what the schema refuses is refused, and what the reader takes fits."""
    model = MODELS[kind.value]
    name = sorted(model.model_fields)[field % len(model.model_fields)]
    data = (minimal_finding() if kind is ReportKind.FINDING else minimal_incident()) | {name: value}
    fits = VALIDATORS[kind.value].is_valid(data)

    # Texts are stripped and looked through for control characters, which a schema cannot say.
    assert accepted(data, kind) <= fits
    assert isinstance(value, str) or accepted(data, kind) == fits


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("finding", minimal_finding() | {"tlp": "TLP:WHITE"}),
        ("finding", minimal_finding() | {"unknown": 1}),
        ("finding", minimal_finding() | {"observed_at": "yesterday"}),
        ("finding", minimal_finding() | {"measurements": [{"metric": "m", "value": "0.5"}]}),
        ("incident", minimal_incident() | {"supporting_materials": [{"title": None}]}),
        ("incident", minimal_incident() | {"harm_quantification": {"deaths": True}}),
        ("incident", minimal_incident() | {"first_known_occurrence": "2026-02-30"}),
        ("retraction", {}),
        ("assessment", example("assessment.made.v1")["data"] | {"finding": None}),
        ("alert-event", example("alert.raised.v1")["data"] | {"revision": 0}),
    ],
)
def test_the_schemas_refuse_what_is_wrong(name: str, data: dict[str, Any]) -> None:
    """They are no mere decoration."""
    assert not VALIDATORS[name].is_valid(data)


def test_the_check_names_the_file_that_drifted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Changed, missing and left over: each is named, and the exit status is 1; an export mends all."""
    export(tmp_path)
    assert main(["--check"], folder=tmp_path) == 0
    assert capsys.readouterr().err == ""

    path("finding", tmp_path).write_text("{}", encoding="utf-8")
    path("incident", tmp_path).unlink()
    path("forgotten", tmp_path).write_text("{}", encoding="utf-8")
    assert main(["--check"], folder=tmp_path) == 1
    complaint = capsys.readouterr().err
    for name in ("finding", "incident", "forgotten"):
        assert f"{name}.schema.json differs" in complaint
    assert "retraction" not in complaint

    assert main([], folder=tmp_path) == 0
    assert main(["--check"], folder=tmp_path) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(path(name).name for name in MODELS)


def test_they_lie_in_the_package() -> None:
    """Whoever installs tocsin-schemas has them."""
    assert FOLDER.parent.name == "tocsin_schemas"
