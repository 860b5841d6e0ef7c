"""Loading the rubric: two files of the network directory, checked to the last rule before anything is graded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from tocsin_schemas import ReportKind
from tocsin_schemas.scalars import Line, Record
from tocsin_streams.rubric.arguments import Argument
from tocsin_streams.rubric.clocks import Clock
from tocsin_streams.rubric.conditions import Condition, ConditionError, compile_condition
from tocsin_streams.rubric.errors import RubricError
from tocsin_streams.rubric.grading import Rubric
from tocsin_streams.rubric.method import METHOD
from tocsin_streams.rubric.registry import Entry, NotSafety, Registry
from tocsin_streams.rubric.rules import ClockRule, RubricFile, Rule
from tocsin_streams.rubric.yaml_files import read_mapping

RUBRIC_FILE = "rubric.yaml"
EVALUATIONS_FILE = "evaluations.yaml"
_DIGEST_DIGITS = 12


class EvaluationsFile(Record):
    """`evaluations.yaml` as it is written."""

    packages: tuple[Line, ...] = ()
    """Packages whose tasks of these names are the ones meant."""
    bases: dict[str, str] = Field(default={}, exclude=True)
    """A place for YAML anchors: sentences that several evaluations share."""
    suites: dict[str, Any] = Field(default={}, exclude=True)
    """A place for YAML anchors: what the tasks of one suite share, merged into each with `<<`."""
    evaluations: tuple[Entry, ...] = Field(min_length=1)
    not_safety: tuple[NotSafety, ...] = ()
    """Evaluations that measure no hazard."""


def load_rubric(network_dir: Path, *, rubric_file: Path | None = None, evaluations_file: Path | None = None) -> Rubric:
    """Read `rubric.yaml` and `evaluations.yaml` of a network directory.

    Args:
        network_dir: the directory.
        rubric_file: read instead of the directory's own: an edition that is being tried.
        evaluations_file: likewise.

    Raises:
        RubricError: a file is missing or not valid; names the file, the rule or evaluation, the field and the fix.
    """
    rubric_path = rubric_file or network_dir / RUBRIC_FILE
    evaluations_path = evaluations_file or network_dir / EVALUATIONS_FILE
    rubric_content, evaluations_content = read_mapping(rubric_path), read_mapping(evaluations_path)
    rubric = _rubric_file(rubric_path, rubric_content)
    evaluations = _evaluations_file(evaluations_path, evaluations_content)
    return Rubric(
        version=f"{rubric.name}+sha256:{_digest(METHOD, rubric_content, evaluations_content)}",
        arguments={
            kind: tuple(
                Argument(rule, _condition(rubric_path, rule, rubric)) for rule in rubric.rules if rule.kind is kind
            )
            for kind in ReportKind
        },
        clocks={
            kind: tuple(
                Clock(rule, _condition(rubric_path, rule, rubric)) for rule in rubric.clocks if rule.kind is kind
            )
            for kind in ReportKind
        },
        lists=rubric.lists,
        registry=Registry(evaluations.evaluations, packages=evaluations.packages, not_safety=evaluations.not_safety),
    )


def _digest(*contents: Any) -> str:
    """A digest of the method and of what the files say; comments, order of keys and layout change nothing."""
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGEST_DIGITS]


def _rubric_file(path: Path, content: Any) -> RubricFile:
    try:
        file = RubricFile.model_validate(content)
    except ValidationError as error:
        raise _named(path, content, error, lists={"rules": "rule", "clocks": "clock"}, key="id") from error
    seen: set[str] = set()
    for rule_id in [rule.id for rule in file.rules] + [clock.id for clock in file.clocks]:
        if rule_id in seen:
            raise RubricError(path, "is given twice.", "Give each rule its own id.", entry=f"rule '{rule_id}'")
        seen.add(rule_id)
    return file


def _evaluations_file(path: Path, content: Any) -> EvaluationsFile:
    try:
        file = EvaluationsFile.model_validate(content)
    except ValidationError as error:
        raise _named(path, content, error, lists={"evaluations": "evaluation"}, key="name") from error
    seen: dict[str, str] = {}
    for owner, names in (
        *((f"evaluation '{entry.name}'", (entry.name, *entry.aliases)) for entry in file.evaluations),
        *((f"group '{group.group}'", group.tasks) for group in file.not_safety),
    ):
        for name in names:
            plain = name.lower().replace("-", "_")
            if plain in seen:
                raise RubricError(
                    path,
                    f"the name '{name}' is taken by {seen[plain]}.",
                    "A name or alias belongs to one evaluation or group.",
                    entry=owner,
                )
            seen[plain] = owner
    return file


def _condition(path: Path, rule: Rule | ClockRule, rubric: RubricFile) -> Condition:
    try:
        return compile_condition(rule.when, rule.kind, rubric.lists)
    except ConditionError as error:
        what = "clock" if isinstance(rule, ClockRule) else "rule"
        raise RubricError(path, error.message, error.fix, entry=f"{what} '{rule.id}'", field="when") from error


def _named(path: Path, content: Any, error: ValidationError, *, lists: dict[str, str], key: str) -> RubricError:
    """The first fault, told by the id of the rule or evaluation it is in and not by its position."""
    detail = error.errors(include_url=False, include_input=False)[0]
    where = [str(part) for part in detail["loc"]]
    entry = None
    if len(where) > 1 and where[0] in lists and where[1].isdigit():
        item = content[where[0]][int(where[1])]
        label = item.get(key) if isinstance(item, dict) else None
        entry = f"{lists[where[0]]} '{label}'" if label else f"{lists[where[0]]} number {int(where[1]) + 1}"
        where = where[2:]
    message = detail["msg"].removeprefix("Value error, ")
    field = ".".join(where) or None
    if field is None and ": " in message:
        # A check over several fields names the one to look at first.
        field, message = message.split(": ", 1)
    return RubricError(path, f"{message.rstrip('.')}.", _fix(detail["type"]), entry=entry, field=field)


def _fix(kind: str) -> str:
    if kind == "missing":
        return "Add it."
    if kind == "extra_forbidden":
        return "Remove it or correct its name."
    return "Correct the value."
