"""The finding that one task of a results file makes."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from tocsin_producers.adapters import wording
from tocsin_producers.adapters.lm_eval.identity import event_id_of, series_of
from tocsin_producers.adapters.lm_eval.run import SharedRun
from tocsin_producers.adapters.lm_eval.task import Task
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import (
    Conditions,
    Evaluation,
    Evidence,
    Finding,
    InvalidEvent,
    ReportKind,
    Run,
    RunOutcome,
    limits,
)
from tocsin_schemas.errors import problems_of

PACKAGE = "lm_eval"
_NAME_CHARACTERS = 200
_SUMMARY_CHARACTERS = 4000
_SCORED_BY_RULE = frozenset({"multiple_choice", "loglikelihood", "loglikelihood_rolling"})
"""Kinds of task in which the harness compares likelihoods; what a model wrote may have been judged by another."""


def finding_from_task(run: SharedRun, task: Task, labels: Labels, *, digest: str) -> Draft:
    """The finding. Its texts are English, whatever the labels say of other files.

    Args:
        run: what the file says of all its tasks.
        task: the task.
        labels: what the institute says of it.
        digest: what the results file hashes to.

    Raises:
        InvalidEvent: with these labels it is no valid finding.
    """
    evaluation = Evaluation(
        name=one_line(task.name, _NAME_CHARACTERS) or "(unnamed)", package=PACKAGE, version=task.version
    )
    fields = {
        **labels.fields(),
        "language": labels.english,
        "title": _title(evaluation, run, task),
        "summary": _summary(evaluation, run, task),
        "system": run.system,
        "evaluation": evaluation,
        "observed_at": run.observed_at,
        "measurements": task.measurements,
        "run": Run(
            outcome=RunOutcome.SUCCESS,
            framework=run.framework,
            started_at=run.observed_at if run.dated else None,
            samples_total=task.samples,
            samples_completed=task.samples,
            epochs=task.repeats,
            revision=run.revision,
        ),
        "conditions": Conditions(elicitation=_elicitation(run, task), judge=_judge(task)),
        "evidence": (Evidence(title="Results file of the Language Model Evaluation Harness", digest=digest),),
    }
    try:
        body = Finding.model_validate(fields)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, Finding)) from error
    return Draft(
        body=body,
        kind=ReportKind.FINDING,
        event_id=event_id_of(run, task, labels),
        series=series_of(system=run.system.name, began=run.observed_at, task=task.name, status=labels.status),
        time=run.observed_at,
        part=evaluation.name,
        note=_note(task),
    )


def _title(evaluation: Evaluation, run: SharedRun, task: Task) -> str:
    what = f"{one_line(evaluation.name, 80)} on {one_line(run.system.name, 80)}"
    if not task.measurements:
        return one_line(f"{what} gave no finite number", limits.TITLE_CHARACTERS)
    first = task.measurements[0]
    return one_line(f"{what}: {wording.value(first)}{wording.count(first.samples)}", limits.TITLE_CHARACTERS)


def _summary(evaluation: Evaluation, run: SharedRun, task: Task) -> str:
    sentences = [f"The task {evaluation.name} of the Language Model Evaluation Harness was run on {run.system.name}."]
    if task.measurements:
        measured = wording.listed([wording.value_and_origin(one) for one in task.measurements], between="; ")
        sentences.append(f"Measured: {measured}.")
    if task.members:
        sentences.append(f"It is a group of {len(task.members)} tasks: {wording.listed(task.members)}.")
    if task.samples is None:
        sentences.append("The results do not say how many samples were run.")
    elif task.documents is not None and task.samples_there is not None and task.documents < task.samples_there:
        sentences.append(f"{task.documents} of its {task.samples_there} samples were run.")
    if task.repeats is not None and task.repeats > 1:
        sentences.append(f"Each sample was run {task.repeats} times.")
    if task.shots is not None:
        sentences.append(f"Examples shown before each question: {task.shots}.")
    if task.not_numbers:
        sentences.append(f"Left out, because there is no finite number for it: {wording.listed(task.not_numbers)}.")
    if task.left_out:
        sentences.append(f"{task.left_out} further measurements are in the results file only.")
    return one_line(" ".join(sentences), _SUMMARY_CHARACTERS)


def _elicitation(run: SharedRun, task: Task) -> str | None:
    shots = () if task.shots is None else (f"{task.shots}-shot",)
    return ", ".join((*shots, *run.prompting)) or None


def _judge(task: Task) -> Literal["rule", "unknown"]:
    return "rule" if task.output_type in _SCORED_BY_RULE else "unknown"


def _note(task: Task) -> str:
    said = []
    if task.not_numbers:
        said.append(f"no finite number for {wording.listed(task.not_numbers)}")
    if task.left_out:
        said.append(f"{task.left_out} further measurements stay in the file")
    return one_line("; ".join(said), limits.LINE_CHARACTERS)
