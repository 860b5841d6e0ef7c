"""The finding that one result of a record makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from tocsin_producers.adapters import wording
from tocsin_producers.adapters.every_eval_ever.conditions import conditions_of
from tocsin_producers.adapters.every_eval_ever.identity import event_id_of, series_of
from tocsin_producers.adapters.every_eval_ever.moments import moment
from tocsin_producers.adapters.every_eval_ever.record import FIX, Record
from tocsin_producers.adapters.every_eval_ever.result import Names, Score, names_of, score_of
from tocsin_producers.adapters.lm_eval.finding import PACKAGE
from tocsin_producers.adapters.lm_eval.identity import series_of as series_of_results
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import (
    Evaluation,
    Finding,
    InvalidEvent,
    Measurement,
    Problem,
    ProblemCode,
    ReportKind,
    Run,
    RunOutcome,
    limits,
)
from tocsin_schemas.errors import problems_of

_SUMMARY_CHARACTERS = 4000


def finding_from_result(record: Record, result: Mapping[str, Any], labels: Labels) -> Draft:
    """The finding. Its texts are English, whatever the labels say of other files.

    Raises:
        InvalidEvent: the result says too little, or with these labels it is no valid finding.
    """
    names, score = names_of(result, record.library), score_of(result)
    run_at = _run_at(record, result)
    observed_at = run_at or record.made_at
    if observed_at is None:
        raise InvalidEvent([_UNDATED])
    measured = () if score.value is None else (_measurement(names, score),)
    fields = {
        **labels.fields(),
        "language": labels.english,
        "title": _title(record, names, measured),
        "summary": _summary(record, names, score, measured, dated=run_at is not None),
        "system": record.system,
        "evaluation": Evaluation(name=names.evaluation, package=names.package),
        "observed_at": observed_at,
        "measurements": measured,
        "run": Run(outcome=RunOutcome.SUCCESS, framework=record.framework, samples_completed=score.samples),
        "conditions": conditions_of(result),
        "evidence": record.evidence,
        "derived_from": _origins(record, names, run_at, labels),
    }
    try:
        body = Finding.model_validate(fields)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, Finding)) from error
    series = series_of(record, names, result, run_at, labels)
    return Draft(
        body=body,
        kind=ReportKind.FINDING,
        event_id=event_id_of(record, series, score, labels),
        series=series,
        time=observed_at,
        note="" if measured else "the record holds no number for it",
    )


_UNDATED = Problem(
    "observed_at",
    "the record says neither when the evaluation was run nor when it was made itself.",
    "Say it as a date or with the time and its zone, such as 2026-11-24 or 2026-11-24T09:00:00Z.",
    ProblemCode.MISSING,
)


def _origins(record: Record, names: Names, run_at: datetime | None, labels: Labels) -> tuple[str, ...]:
    """What the result repeats: its record, and the series that the same run makes of the harness' own results file."""
    origins = [] if record.record_id is None else [f"every_eval_ever:{record.record_id}"]
    if names.package == PACKAGE and run_at is not None:
        name = record.system.name
        origins.append(series_of_results(system=name, began=run_at, task=names.evaluation, status=labels.status))
    return tuple(origins)


def _run_at(record: Record, result: Mapping[str, Any]) -> datetime | None:
    said = moment(result.get("evaluation_timestamp"), "evaluation_timestamp", fix=FIX)
    if isinstance(said, Problem):
        raise InvalidEvent([said])
    return said or record.observed_at


def _measurement(names: Names, score: Score) -> Measurement:
    if score.value is None:
        raise ValueError("only a result with a value is a measurement")
    return Measurement(
        metric=names.metric, value=score.value, stderr=score.stderr, samples=score.samples, scorer=names.scorer
    )


def _title(record: Record, names: Names, measured: tuple[Measurement, ...]) -> str:
    what = f"{one_line(names.evaluation, 80)} on {one_line(record.system.name, 80)}"
    said = "gave no number" if not measured else f"{wording.value(measured[0])}{wording.count(measured[0].samples)}"
    joint = ": " if measured else " "
    return one_line(f"{what}{joint}{said}", limits.TITLE_CHARACTERS)


def _summary(record: Record, names: Names, score: Score, measured: tuple[Measurement, ...], *, dated: bool) -> str:
    where = f" on {record.platform}" if record.platform else ""
    sentences = [f"{record.system.name}{where} was evaluated with {names.evaluation}, {record.evaluator}."]
    if record.source:
        how = "Taken from what was published by" if record.republishes else "Recorded by"
        sentences.append(f"{how} {record.source}.")
    sentences += [f"Measured: {wording.value_and_origin(one)}." for one in measured]
    if not measured:
        sentences.append("The record holds no number for it.")
    sentences += _about(score)
    if not dated:
        sentences.append(
            "The record does not say when the evaluation was run; the time given is when it was made itself."
        )
    return one_line(" ".join(sentences), _SUMMARY_CHARACTERS)


def _about(score: Score) -> list[str]:
    sentences = []
    if score.level is not None:
        sentences.append(f"The level is called '{score.level}'.")
    if score.low is not None and score.high is not None:
        unit = f", in {score.unit}" if score.unit else ""
        sentences.append(f"The scale goes from {wording.number(score.low)} to {wording.number(score.high)}{unit}.")
        if score.value is not None and not score.low <= score.value <= score.high:
            sentences.append("The value lies outside of it.")
    if score.lower_is_better is not None:
        which = "lower" if score.lower_is_better else "higher"
        sentences.append(f"A {which} value shows more ability, which says nothing of safety.")
    if score.stderr_from:
        sentences.append(f"The standard error was reckoned from {score.stderr_from}.")
    if score.samples is None:
        sentences.append("The record does not say how many samples were scored.")
    return sentences
