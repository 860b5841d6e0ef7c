"""The finding that a log makes: what was evaluated, with what, how it ended and what came out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from inspect_ai.log import EvalLog
from pydantic import ValidationError

from tocsin_producers.adapters.inspect.conditions import conditions_of
from tocsin_producers.adapters.inspect.identity import event_id_of, series_of
from tocsin_producers.adapters.inspect.measurements import measured, samples_completed, samples_total
from tocsin_producers.adapters.inspect.sentences import summary, title
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_producers.adapters.text import error_line, one_line
from tocsin_schemas import (
    Action,
    Evaluation,
    Evidence,
    Finding,
    InvalidEvent,
    ProblemCode,
    ReportKind,
    Run,
    RunOutcome,
    System,
    invalid,
)
from tocsin_schemas.errors import problems_of

_OUTCOMES = {
    "started": RunOutcome.UNFINISHED,
    "success": RunOutcome.SUCCESS,
    "cancelled": RunOutcome.CANCELLED,
    "error": RunOutcome.ERROR,
}
_NO_MODEL = {"", "none", "none/none"}
_NAME_CHARACTERS = 200
_MOST_EPOCHS = 10_000


def finding_from_log(
    log: EvalLog, labels: Labels, *, evidence_digest: str | None = None, secrets: Collection[str] = ()
) -> Draft:
    """The finding that a log's header makes. Samples, prompts, arguments and tracebacks stay out of it.

    The texts are English, whatever the labels say of other files.

    Args:
        log: a log, of which the header is enough.
        labels: what the institute says of it.
        evidence_digest: what the log's file hashes to, where there is a file.
        secrets: values that must not appear in an error's text.

    Raises:
        InvalidEvent: the log names no model, or with these labels it is no valid finding.
    """
    spec = log.eval
    system, evaluation, run = _system(log, labels), _evaluation(log), _run(log, secrets)
    results = measured(log)
    ended = run.completed_at or run.started_at or datetime.fromisoformat(spec.created)
    fields: dict[str, Any] = {
        **labels.fields(),
        "language": labels.english,
        "title": title(evaluation, system, run, results),
        "summary": summary(log, evaluation, system, run, results),
        "system": system,
        "evaluation": evaluation,
        "observed_at": ended,
        "measurements": results.measurements,
        "run": run,
        "conditions": conditions_of(log),
    }
    if evidence_digest is not None:
        fields["evidence"] = (Evidence(title="Log of the evaluation run, kept by Inspect", digest=evidence_digest),)
    try:
        body = Finding.model_validate(fields)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, Finding)) from error
    return Draft(
        body=body,
        kind=ReportKind.FINDING,
        action=Action.REPORT,
        event_id=event_id_of(log, labels),
        series=series_of(log, labels),
        time=ended,
    )


def _system(log: EvalLog, labels: Labels) -> System:
    """The model; of a log that names none, as that of an agent with a model of its own, what the labels say."""
    model = one_line(log.eval.model, _NAME_CHARACTERS)
    name = labels.system if model.lower() in _NO_MODEL else model
    if name is None:
        raise invalid(
            "system",
            "the log names no model that was evaluated.",
            "Name the system as its developer does, or run the evaluation with --model.",
            ProblemCode.MISSING,
        )
    return System(name=name)


def _evaluation(log: EvalLog) -> Evaluation:
    """The task by the name that registries know: `inspect_evals/wmdp_bio` is task `wmdp_bio` of `inspect_evals`."""
    package, separator, name = log.eval.task.partition("/")
    if not separator:
        package, name = (log.eval.task_registry_name or "").rpartition("/")[0], log.eval.task
    return Evaluation(
        name=one_line(name, _NAME_CHARACTERS) or "(unnamed)",
        package=one_line(package, _NAME_CHARACTERS) or None,
        version=one_line(str(log.eval.task_version), _NAME_CHARACTERS) or None,
    )


def _run(log: EvalLog, secrets: Collection[str]) -> Run:
    spec, epochs = log.eval, log.eval.config.epochs
    version = spec.packages.get("inspect_ai")
    return Run(
        outcome=_OUTCOMES[log.status],
        framework=one_line(f"inspect_ai {version or ''}", _NAME_CHARACTERS),
        run_id=one_line(spec.run_id, _NAME_CHARACTERS) or None,
        started_at=_instant(log.stats.started_at) or _instant(spec.created),
        completed_at=_instant(log.stats.completed_at),
        samples_total=samples_total(log.results),
        samples_completed=samples_completed(log.results),
        epochs=epochs if epochs is not None and 1 <= epochs <= _MOST_EPOCHS else None,
        error=(error_line(log.error.message, secrets=secrets) or None) if log.error else None,
        revision=_revision(log),
    )


def _revision(log: EvalLog) -> str | None:
    if log.eval.revision is None:
        return None
    commit = one_line(log.eval.revision.commit, _NAME_CHARACTERS)
    return (f"{commit}-dirty" if log.eval.revision.dirty else commit) or None


def _instant(text: str) -> datetime | None:
    """Inspect gives ISO 8601 in UTC, and an empty text where it does not know."""
    return datetime.fromisoformat(text) if text else None
