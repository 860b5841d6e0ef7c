"""What the tests of the adapters share: reading a file, and results of the Evaluation Harness to spoil."""

import json
from pathlib import Path
from typing import Any

from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_schemas import Finding, Incident, Tlp

LABELS = Labels(institute="gb", tlp=Tlp.GREEN)


def written(path: Path, content: object) -> Path:
    """A file of JSON, or of bytes."""
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def read(path: Path, labels: Labels = LABELS) -> list[Draft | Unread]:
    """Everything in the file."""
    return list(adapter_for(path).read(path, labels))


def drafts(path: Path, labels: Labels = LABELS) -> list[Draft]:
    """The reports of a file in which nothing is wrong."""
    items = read(path, labels)
    assert all(isinstance(item, Draft) for item in items), items
    return [item for item in items if isinstance(item, Draft)]


def findings(path: Path, labels: Labels = LABELS) -> list[Finding]:
    """The findings of a file in which nothing is wrong."""
    bodies = [draft.body for draft in drafts(path, labels)]
    assert all(isinstance(body, Finding) for body in bodies)
    return [body for body in bodies if isinstance(body, Finding)]


def incidents(path: Path, labels: Labels = LABELS) -> list[Incident]:
    """The incidents of a file in which nothing is wrong."""
    bodies = [draft.body for draft in drafts(path, labels)]
    assert all(isinstance(body, Incident) for body in bodies)
    return [body for body in bodies if isinstance(body, Incident)]


def unread(path: Path, labels: Labels = LABELS) -> list[Unread]:
    """What is wrong in the file."""
    return [item for item in read(path, labels) if isinstance(item, Unread)]


def harness(results: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Results in the Evaluation Harness' present layout: WMDP-Bio on a model, unless others are given."""
    return {
        "results": {"wmdp_bio": {"alias": "wmdp_bio", "acc,none": 0.71, "acc_stderr,none": 0.0127}}
        if results is None
        else results,
        "group_subtasks": {"wmdp_bio": []},
        "configs": {"wmdp_bio": {"task": "wmdp_bio", "output_type": "multiple_choice", "repeats": 1}},
        "versions": {"wmdp_bio": 1.0},
        "n-shot": {"wmdp_bio": 0},
        "higher_is_better": {"wmdp_bio": {"acc": True}},
        "n-samples": {"wmdp_bio": {"original": 1273, "effective": 1273}},
        "config": {"model": "hf", "model_args": "pretrained=example/aurora-3", "limit": None},
        "git_hash": "1f84a09f",
        "date": 1768964383.8593218,
        "lm_eval_version": "0.4.9.2",
        "model_name": "example/aurora-3",
        **changes,
    }
