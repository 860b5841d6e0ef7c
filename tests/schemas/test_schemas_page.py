"""docs/schemas.md says what the code does: its snippets are good reports, and its tables are those of the contract."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.reports import envelope_of
from tocsin_schemas import (
    ALERT_TYPES,
    ASSESSMENT_TYPE,
    DEAD_LETTER_TYPE,
    REPORT_TYPES,
    TOPICS,
    AlertEvent,
    Assessment,
    DeadLetter,
    Finding,
    Incident,
    InvalidEvent,
    ProblemCode,
    Retraction,
    body_model,
    from_json,
    limits,
    read_report,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "schemas.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def rows(heading: str) -> list[list[str]]:
    """The table under the header row that begins with these cells."""
    after = TEXT.split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in after.splitlines()[2:]]


def words(cell: str) -> str:
    """A cell without its code marks."""
    return cell.strip("`")


def test_every_json_snippet_is_a_report_that_is_accepted() -> None:
    """What people copy from the page works."""
    snippets = blocks("json")
    assert len(snippets) == 2

    for snippet in snippets:
        read_report(from_json(snippet.encode()))


def test_the_incident_is_the_least_there_can_be() -> None:
    """Each of its fields is required."""
    event = json.loads(blocks("json")[0])

    assert event["data"].keys() == {name for name, field in Incident.model_fields.items() if field.is_required()}


def test_the_data_for_curl_is_accepted() -> None:
    """The body between the quotes is a finding."""
    (command,) = (block for block in blocks("sh") if "curl" in block)
    body = re.search(r"-d '(.*)'", command, re.DOTALL)
    assert body is not None

    assert isinstance(read_report(envelope_of(json.loads(body[1]))).body, Finding)


def test_the_finding_in_python_is_accepted() -> None:
    """It lacks the institute, which the environment gives, and nothing else."""
    tree = ast.parse(next(block for block in blocks("python") if "Reporter" in block))
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    data: dict[str, Any] = ast.literal_eval(call.args[0])

    assert "institute" not in data
    assert isinstance(read_report(envelope_of(data | {"institute": "gb"})).body, Finding)


def test_the_refusal_it_shows_is_the_real_one() -> None:
    """To the letter."""
    event = json.loads(blocks("json")[0])
    del event["data"]["tlp"]
    with pytest.raises(InvalidEvent) as caught:
        read_report(from_json(json.dumps(event).encode()))

    assert str(caught.value) in "".join(blocks("text"))


def test_the_types_are_those_of_the_contract() -> None:
    """Each with the model of its data."""
    models = {name: body_model(known.kind, known.action).__name__ for name, known in REPORT_TYPES.items()}
    models[ASSESSMENT_TYPE] = Assessment.__name__
    models[DEAD_LETTER_TYPE] = DeadLetter.__name__
    models |= dict.fromkeys(ALERT_TYPES.values(), AlertEvent.__name__)

    assert {words(row[0]): row[1] for row in rows("type | data | says")} == models


def test_the_required_fields_are_those_of_the_models() -> None:
    """One table for what all must say, one for each kind of report."""
    tables = re.findall(r"\n\| field \| meaning \|\n\|[-|]+\|\n(.*?)\n\n", TEXT, re.DOTALL)
    common, finding, incident, retraction = (
        {words(line.strip("|").split("|")[0].strip()) for line in table.splitlines()} for table in tables
    )

    for named, model in ((finding, Finding), (incident, Incident), (retraction, Retraction)):
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert named | common == required
        assert not named & common


def test_the_limits_are_those_that_are_enforced() -> None:
    """In the order of the table."""
    told = [int(re.sub(r"\D", "", row[1])) for row in rows("limit |")]

    assert told == [
        limits.EVENT_BYTES,
        limits.TITLE_CHARACTERS,
        limits.TEXT_CHARACTERS,
        limits.LINE_CHARACTERS,
        limits.ITEMS,
        200,
        limits.DEPTH,
        limits.PROBLEMS,
    ]


def test_the_codes_are_all_there_are() -> None:
    """In the order of their declaration."""
    assert [words(row[0]) for row in rows("code | when")] == [code.value for code in ProblemCode]


def test_the_topics_are_as_declared() -> None:
    """Every cell of the table."""
    assert rows("topic | says | key | partitions | kept | largest | written by | read by") == [
        [
            f"`{topic.name('tocsin.')}`",
            topic.says,
            topic.key,
            str(topic.partitions),
            f"{topic.retention.days} days",
            f"{topic.max_bytes:,}",
            ", ".join(topic.writers),
            ", ".join(topic.readers),
        ]
        for topic in TOPICS
    ]


def test_its_links_lead_somewhere() -> None:
    """Every file that the page points to is there."""
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", TEXT) if not target.startswith("https://")]
    assert targets

    assert [target for target in targets if not (PAGE.parent / target).exists()] == []
