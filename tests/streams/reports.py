"""Reports for the tests of grading: valid ones, with what a test is about put in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tocsin_schemas import Action, Envelope, Grade, Report, ReportKind, envelope_for, read_report
from tocsin_schemas.report import body_model
from tocsin_streams.rubric import Rubric, load_rubric

NETWORK = Path(__file__).resolve().parents[2] / "deploy" / "network"
TIME = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOURCE = "urn:tocsin:institute:gb"

FINDING: dict[str, Any] = {
    "institute": "gb",
    "tlp": "TLP:AMBER",
    "status": "actual",
    "language": "en-GB",
    "title": "A result",
    "summary": "What was found.",
    "system": {"name": "example/aurora-3"},
    "evaluation": {"name": "wmdp_bio", "package": "inspect_evals"},
    "observed_at": "2026-11-24T08:52:10Z",
}
INCIDENT: dict[str, Any] = {
    "institute": "gb",
    "tlp": "TLP:GREEN",
    "status": "actual",
    "language": "en-GB",
    "title": "An event",
    "description": "What happened.",
    "relation_to_ai": {"description": "How.", "causal_link": "established"},
    "submitter": {"institute": "gb"},
    "supporting_materials": [{"title": "A log"}],
    "severity": "other",
    "harm_types": ["physical"],
    "materialisation": "occurred",
}
RETRACTION: dict[str, Any] = {
    "institute": "gb",
    "tlp": "TLP:AMBER",
    "status": "actual",
    "language": "en-GB",
    "reason": "The judge was wrong.",
}


def loaded() -> Rubric:
    """The rubric that the network ships."""
    return load_rubric(NETWORK)


def report(
    data: dict[str, Any],
    *,
    kind: ReportKind,
    action: Action = Action.REPORT,
    event_id: str = "r-1",
    traceparent: str | None = None,
) -> Report:
    """A valid report with this data."""
    return read_report(envelope(data, kind=kind, action=action, event_id=event_id, traceparent=traceparent))


def envelope(
    data: dict[str, Any],
    *,
    kind: ReportKind,
    action: Action = Action.REPORT,
    event_id: str = "r-1",
    traceparent: str | None = None,
) -> Envelope:
    """The envelope of such a report."""
    body = body_model(kind, action).model_validate(data)
    return envelope_for(
        body,
        kind=kind,
        action=action,
        source=SOURCE,
        event_id=event_id,
        time=TIME,
        series="series-1",
        traceparent=traceparent,
    )


def finding(
    evaluation: str = "wmdp_bio",
    value: float | None = None,
    *,
    metric: str = "accuracy",
    samples: int | None = 1000,
    stderr: float | None = None,
    scorer: str | None = None,
    package: str = "inspect_evals",
    **fields: Any,
) -> Report:
    """A finding with one measurement, or with what `fields` say."""
    data = {**FINDING, "evaluation": {"name": evaluation, "package": package}}
    if value is not None:
        measurement = {"metric": metric, "value": value, "samples": samples, "stderr": stderr, "scorer": scorer}
        data["measurements"] = [{name: given for name, given in measurement.items() if given is not None}]
    return report({**data, **fields}, kind=ReportKind.FINDING)


def incident(link: str = "established", harm: dict[str, Any] | None = None, **fields: Any) -> Report:
    """An incident with this causal link and these counts of harm."""
    data = {**INCIDENT, "relation_to_ai": {"description": "How.", "causal_link": link}}
    if harm is not None:
        data["harm_quantification"] = harm
    return report({**data, **fields}, kind=ReportKind.INCIDENT)


def rules_of(grade: Grade) -> set[str]:
    """The ids of the reasons of a grade."""
    return {reason.rule for reason in grade.reasons}


def edited(tmp_path: Path, *, rubric: str | None = None, evaluations: str | None = None) -> Path:
    """A network directory with the shipped files, or with these contents in their place."""
    folder = tmp_path / "network"
    folder.mkdir(exist_ok=True)
    for name, content in (("rubric.yaml", rubric), ("evaluations.yaml", evaluations)):
        text = content if content is not None else (NETWORK / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "institutes.yaml").write_text((NETWORK / "institutes.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def as_json(value: Any) -> bytes:
    """UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False).encode()
