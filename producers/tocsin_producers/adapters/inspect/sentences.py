"""What people read of a run: plain English sentences, each a fact of the log."""

from __future__ import annotations

from inspect_ai.log import EvalLog

from tocsin_producers.adapters import wording
from tocsin_producers.adapters.inspect.measurements import Measured
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import Evaluation, Run, RunOutcome, System

_TITLE_CHARACTERS = 200
_SUMMARY_CHARACTERS = 4000
_ENDED = {
    RunOutcome.SUCCESS: "completed",
    RunOutcome.ERROR: "ended with an error",
    RunOutcome.CANCELLED: "was cancelled",
    RunOutcome.UNFINISHED: "had not finished when its log was read",
}


def title(evaluation: Evaluation, system: System, run: Run, results: Measured) -> str:
    """One line: what was run on what, and its first number or how it ended."""
    what = f"{one_line(evaluation.name, 80)} on {one_line(system.name, 80)}"
    if run.outcome is not RunOutcome.SUCCESS:
        return one_line(f"{what} {_ENDED[run.outcome]}", _TITLE_CHARACTERS)
    if not results.measurements:
        lacking = "gave no finite number" if results.not_numbers else "completed without a score"
        return one_line(f"{what} {lacking}", _TITLE_CHARACTERS)
    first = results.measurements[0]
    return one_line(f"{what}: {wording.value(first)}{wording.count(first.samples)}", _TITLE_CHARACTERS)


def summary(log: EvalLog, evaluation: Evaluation, system: System, run: Run, results: Measured) -> str:
    """Every fact that a reader needs to judge the numbers, one sentence each."""
    origin = f" of {evaluation.package}" if evaluation.package else ""
    sentences = [f"The evaluation {evaluation.name}{origin} on {system.name} {_ENDED[run.outcome]}."]
    sentences += _scores(run, results)
    sentences += _samples(log, run)
    if results.not_numbers:
        listed = wording.listed(results.not_numbers)
        sentences.append(f"Left out, because the log holds no finite number for it: {listed}.")
    if results.left_out:
        sentences.append(f"{results.left_out} further measurements are in the log only.")
    if log.invalidated:
        sentences.append("The log marks samples of this run as invalid.")
    if run.error:
        # Last: what an exception says seldom ends with a full stop.
        sentences.append(f"Its error begins: {run.error}")
    text = " ".join(one_line(sentence, _SUMMARY_CHARACTERS) for sentence in sentences)
    return one_line(text, _SUMMARY_CHARACTERS)


def _scores(run: Run, results: Measured) -> list[str]:
    if not results.measurements:
        return ["The log holds no score."] if not results.not_numbers else []
    listed = wording.listed([wording.value_and_origin(one) for one in results.measurements], between="; ")
    partial = "" if run.outcome is RunOutcome.SUCCESS else " so far"
    return [f"Measured{partial}: {listed}."]


def _samples(log: EvalLog, run: Run) -> list[str]:
    sentences = []
    if run.samples_total is not None and run.samples_completed is not None:
        if run.samples_completed < run.samples_total:
            sentences.append(f"{run.samples_completed} of {run.samples_total} samples were run to the end.")
    elif run.outcome is RunOutcome.SUCCESS:
        sentences.append("The log does not say how many samples were run.")
    if run.epochs is not None and run.epochs > 1:
        sentences.append(f"Each sample was run {run.epochs} times.")
    if isinstance(log.eval.config.limit, int):
        sentences.append(f"The number of samples was limited to {log.eval.config.limit}.")
    return sentences
