"""What was evaluated, with what, how, and what came out: the parts of a finding."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from tocsin_schemas import limits
from tocsin_schemas.scalars import Count, Instant, InstituteId, LanguageTag, Line, Number, Record, Text
from tocsin_schemas.vocabulary import RunOutcome, ThresholdStatus


class System(Record):
    """An AI system or model, as its developer names it."""

    name: Line
    """Name, such as `openai/gpt-4o` or `Llama 3.1 405B`."""
    version: Line | None = None
    """Version, revision or checkpoint."""
    developer: Line | None = None
    """Who developed it; alleged, until confirmed."""
    deployer: Line | None = None
    """Who deployed it; alleged, until confirmed."""


class Evaluation(Record):
    """The test that was run, by the name its registry knows."""

    name: Line
    """Task name without package prefix, such as `wmdp_bio`."""
    package: Line | None = None
    """Where the task comes from, such as `inspect_evals`."""
    version: Line | None = None
    """Version of the task."""


class Measurement(Record):
    """One metric of one scorer, with its uncertainty. Evaluations are reported separately, never as one score."""

    metric: Line
    """Name of the metric, such as `accuracy`."""
    value: Number
    """Its value, finite, on the metric's own scale."""
    stderr: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Standard error of the value, when known."""
    samples: Count | None = None
    """Number of samples that were scored, epochs counted."""
    scorer: Line | None = None
    """Which scorer gave it, when there are several."""


class Run(Record):
    """The run that produced the measurements, as its framework recorded it."""

    outcome: RunOutcome
    """How it ended."""
    framework: Line | None = None
    """Software and version that ran it, such as `inspect_ai 0.3.285`."""
    run_id: Line | None = None
    """The framework's own id of the run."""
    started_at: Instant | None = None
    """When it began."""
    completed_at: Instant | None = None
    """When it ended."""
    samples_total: Count | None = None
    """Samples that were to be run, epochs counted."""
    samples_completed: Count | None = None
    """Samples that were run to the end, epochs counted."""
    epochs: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How often each sample was run."""
    error: Text | None = None
    """Why it failed, when it did."""
    revision: Line | None = None
    """Commit of the evaluation's code."""


class Conditions(Record):
    """What could make the same evaluation come out differently elsewhere."""

    elicitation: Line | None = None
    """How hard the capability was sought: prompting, scaffold, fine-tuning."""
    scaffold: Line | None = None
    """Solver or agent scaffold."""
    safeguards: Literal["on", "off", "unknown"] = "unknown"
    """Whether the system's safeguards were active."""
    judge: Literal["model", "human", "rule", "unknown"] = "unknown"
    """Who scored the answers."""
    languages_tested: Annotated[tuple[LanguageTag, ...], Field(max_length=limits.ITEMS)] = ()
    """Languages of the prompts."""


class FrameworkStatus(Record):
    """Where the system stands against a threshold of a safety framework. Names change within months: kept as data."""

    framework: Line
    version: Line
    category: Line
    threshold: Line
    status: ThresholdStatus


Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A content digest, `sha256:` and 64 hexadecimal digits."""


class Evidence(Record):
    """Where the material behind a report is kept, and what it hashes to; at least one of its fields is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"type": "string"}}} for name in ("title", "uri", "digest")
            ]
        }
    )

    title: Line | None = None
    uri: Line | None = None
    """Reference to the material; whoever may fetch it is for its owner to say."""
    digest: Digest | None = None
    """SHA-256 of the material: the same evidence under two reports is counted once."""

    @model_validator(mode="after")
    def _refers_to_something(self) -> Evidence:
        if self.uri is None and self.digest is None and self.title is None:
            raise ValueError("must have a uri, a digest or a title")
        return self


class Submitter(Record):
    """Who submits a report (OECD criterion 4): a role, not a person, wherever possible."""

    institute: InstituteId | None = None
    role: Line | None = None
    relation: Line | None = None
    """Relation to the AI system: developer, deployer, affected, third party."""
