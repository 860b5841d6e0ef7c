"""CloudEvents' own conformance files: what the specification's authors hold to be an event is one here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from tocsin_schemas import Envelope, InvalidEvent, ProblemCode, from_json, from_kafka
from tocsin_schemas.examples import example, names


@pytest.fixture(scope="session")
def cloudevents(sample_data: Path) -> Path:
    """The files of the CloudEvents project."""
    return sample_data / "cloudevents"


@pytest.fixture(scope="session")
def schema(cloudevents: Path) -> Draft7Validator:
    """The JSON Schema of CloudEvents 1.0."""
    content = json.loads((cloudevents / "cloudevents.schema.json").read_text(encoding="utf-8"))
    return Draft7Validator(content, format_checker=FormatChecker())


def spec_example(cloudevents: Path, number: int) -> bytes:
    """One of the examples in the specification of the JSON format."""
    return (cloudevents / f"spec_json-format_example_0{number}.json").read_bytes()


@pytest.mark.parametrize(
    ("number", "data"),
    [
        (2, '<much wow="xml"/>'),
        (3, {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True}),
        (4, 1.5),
        (5, "I'm just a string"),
    ],
)
def test_the_examples_of_the_json_format_are_read(cloudevents: Path, number: int, data: object) -> None:
    """Extensions that are numbers, attributes that are null, data of any JSON type."""
    value = spec_example(cloudevents, number)
    written = json.loads(value)
    envelope = from_kafka([("content-type", b"application/cloudevents+json")], value)

    assert envelope.data == data
    assert (envelope.id, envelope.source, envelope.type) == (written["id"], written["source"], written["type"])
    assert envelope.subject is None
    assert envelope.extensions == {"comexampleextension1": "value", "comexampleothervalue": "5"}
    assert envelope.time is not None
    assert envelope.time.isoformat() == "2018-04-05T17:31:00+00:00"


@pytest.mark.parametrize(("number", "field"), [(1, "data_base64"), (6, "data_base64"), (7, "(event)")])
def test_the_examples_that_hold_no_report_are_refused(cloudevents: Path, number: int, field: str) -> None:
    """Binary data and batches are CloudEvents, but none that Tocsin takes: it says which part it cannot take."""
    with pytest.raises(InvalidEvent) as caught:
        from_json(spec_example(cloudevents, number))

    (problem,) = caught.value.problems
    assert problem.field == field
    assert problem.code is ProblemCode.NOT_CLOUDEVENT


def table(lines: list[str]) -> list[dict[str, str]]:
    """A table of the feature file."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.strip()[:1] == "|"]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def scenarios(feature: str) -> Iterator[tuple[str, list[tuple[str, bytes | None]], bytes, dict[str, str], Any]]:
    """The scenarios of the Kafka binding: name, headers, payload, attributes and data."""
    for block in re.split(r"Scenario(?: Outline)?:", feature)[1:]:
        name = block.splitlines()[0].strip()
        payload, data = re.findall(r'"""\n(.*?)"""', block, re.DOTALL)
        headers, attributes = (
            table(part.split("\n\n")[0].splitlines())
            for part in (
                block.split("And Kafka headers:")[1].split("When parsed")[0],
                block.split("the attributes are:")[1].split("And the data")[0],
            )
        )
        expected = {row["key"]: row["value"] for row in attributes}
        outline = block.split("Examples:")[1].splitlines() if "Examples:" in block else []
        for values in table(outline) or [{}]:
            filled: list[tuple[str, bytes | None]] = [
                (row["key"], values.get(row["value"].strip("<>"), row["value"]).encode()) for row in headers
            ]
            yield name, filled, payload.encode(), expected, json.loads(data)


def test_every_scenario_of_the_kafka_binding_holds(cloudevents: Path) -> None:
    """Binary and structured mode, with and without a charset, give the attributes and data that the feature says."""
    feature = (cloudevents / "kafka-protocol-binding.feature").read_text(encoding="utf-8")
    read = 0
    for name, headers, payload, expected, data in scenarios(feature):
        for spelling in (str.lower, str.title):
            envelope = from_kafka([(spelling(header), content) for header, content in headers], payload)
            read += 1

            assert envelope.data == data, name
            assert envelope.time is not None, name
            assert {
                "id": envelope.id,
                "specversion": "1.0",
                "type": envelope.type,
                "source": envelope.source,
                "time": envelope.time.isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
            } == expected, name
    assert read == 6


def test_the_conformance_events_are_read(cloudevents: Path) -> None:
    """Every event of the conformance files whose data is JSON is read in binary and in structured mode alike."""
    read = 0
    for file in ("conformance_v1.yaml", "conformance_v1_minimum.yaml"):
        for case in yaml.load_all((cloudevents / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            if case is None:
                continue
            attributes = dict(case["ContextAttributes"])
            extensions = {name: text.strip() for name, text in attributes.pop("Extensions", {}).items()}
            content_type = attributes.pop("datacontenttype", "application/json")
            if not content_type.startswith("application/json"):
                continue
            headers: list[tuple[str, bytes | None]] = [
                (f"ce_{name}", text.encode()) for name, text in (attributes | extensions).items()
            ]
            from_binary = from_kafka([*headers, ("content-type", content_type.encode())], case["Data"].encode())
            structured = attributes | extensions | {"data": json.loads(case["Data"])}
            read += 1

            assert from_json(json.dumps(structured).encode()) == from_binary
            assert from_binary.extensions == extensions
    assert read == 5


@pytest.mark.parametrize("name", names())
def test_our_events_are_cloudevents(schema: Draft7Validator, name: str) -> None:
    """What goes out, and every golden example, fits the JSON Schema of CloudEvents."""
    event = example(name)
    schema.validate(event)
    again = json.loads(from_json(json.dumps(event).encode()).to_json())
    schema.validate(again)

    assert again == event


def test_the_schema_can_refuse(schema: Draft7Validator) -> None:
    """The check above is one that an event can fail."""
    envelope = Envelope(id="1", source="a b", type="t", subject="", data=None)

    assert {error.json_path for error in schema.iter_errors(json.loads(envelope.to_json()))} == {
        "$.source",
        "$.subject",
    }
