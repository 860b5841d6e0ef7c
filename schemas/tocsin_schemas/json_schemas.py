"""JSON Schemas (draft 2020-12) of what events carry, for those who read and write them in other languages.

`python -m tocsin_schemas.json_schemas` writes them beside this module; with `--check` it names the files that have
drifted from the models instead, and fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.dead_letters import DeadLetter
from tocsin_schemas.event_types import VERSION
from tocsin_schemas.finding import Finding
from tocsin_schemas.incident import Incident
from tocsin_schemas.retraction import Retraction

FOLDER = Path(__file__).parent / "json"
MODELS: dict[str, type[BaseModel]] = {
    "finding": Finding,
    "incident": Incident,
    "retraction": Retraction,
    "assessment": Assessment,
    "alert-event": AlertEvent,
    "dead-letter": DeadLetter,
}
"""What is exported, by the name in its file and its `$id`."""


class _Draft202012(GenerateJsonSchema):
    """As pydantic has it, save that a field's title is its name, which says no more, and is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the signature is pydantic's
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default that is an empty record says no more than that the field may be left out."""
        json_schema = super().default_schema(schema)
        if json_schema.get("default") in ({}, None):
            json_schema.pop("default", None)
        return json_schema


def identifier(name: str) -> str:
    """The `$id` of a schema, which an event may carry as its `dataschema`, such as `urn:tocsin:schema:finding:v1`."""
    return f"urn:tocsin:schema:{name}:v{VERSION}"


def json_schema(name: str) -> dict[str, Any]:
    """The schema of one model, by its name in `MODELS`."""
    generated = MODELS[name].model_json_schema(schema_generator=_Draft202012, ref_template="#/$defs/{model}")
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": identifier(name),
        **generated,
    }


def text(name: str) -> str:
    """The schema as its file holds it: keys in order, the same on every machine."""
    return json.dumps(json_schema(name), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def path(name: str, folder: Path = FOLDER) -> Path:
    """The file of a schema."""
    return folder / f"{name}.schema.json"


def drifted(folder: Path = FOLDER) -> list[Path]:
    """The files that say something else than the models, are missing, or belong to none."""
    expected = {path(name, folder): text(name) for name in MODELS}
    present = set(folder.glob("*.schema.json"))
    stale = {file for file in present & expected.keys() if file.read_text(encoding="utf-8") != expected[file]}
    return sorted(stale | (expected.keys() ^ present))


def export(folder: Path = FOLDER) -> None:
    """Write every schema, and remove those of no model."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in drifted(folder):
        file.unlink(missing_ok=True)
    for name in MODELS:
        path(name, folder).write_text(text(name), encoding="utf-8")


def main(arguments: Sequence[str] | None = None, *, folder: Path = FOLDER) -> int:
    """Write the schemas, or check them; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tocsin_schemas.json_schemas", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail naming the files that have drifted")
    if not parser.parse_args(arguments).check:
        export(folder)
        return 0
    stale = drifted(folder)
    for file in stale:
        print(f"{file.name} differs from the models: run python -m tocsin_schemas.json_schemas", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
