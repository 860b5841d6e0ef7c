"""What grading itself has to say, beside the rules of the file: why there is no grade, and which ceiling was applied.

These hold whatever an operator writes into the rubric, so their words are here and not there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tocsin_schemas import Reason, Severity

_DESIGN = "Rules of meaning of the network, after OECD AI Papers No. 16 (2024)"
_CHECK = "The rubric's own check on itself"
_REGISTRY = "Evaluations registry of the network: direction and thresholds are known or there is no grade"


class Remark(StrEnum):
    """Reasons that come from grading itself."""

    EVALUATION_UNKNOWN = "evaluation.unknown"
    PACKAGE_UNKNOWN = "evaluation.package_unknown"
    NOT_SAFETY = "evaluation.not_safety"
    NO_THRESHOLDS = "evaluation.no_thresholds"
    RUN_NOT_COMPLETED = "run.not_completed"
    NO_MEASUREMENT = "measurement.none"
    METRIC_UNKNOWN = "measurement.metric_unknown"
    NO_SAMPLES = "measurement.no_samples"
    OUT_OF_SCALE = "measurement.out_of_scale"
    SCALE_UNCLEAR = "measurement.scale_unclear"
    AMBIGUOUS = "measurement.ambiguous"
    TOO_UNCERTAIN = "measurement.too_uncertain"
    LINK_MISSING = "incident.link_missing"
    MATERIALISATION_UNKNOWN = "incident.materialisation_unknown"
    NO_RULE = "rubric.no_rule"
    NOT_EVALUATED = "rubric.rule_not_evaluated"
    MIGHT_MATTER = "rubric.grade_withheld"
    FINDING_CEILING = "ceiling.finding"
    HAZARD_CEILING = "ceiling.not_occurred"
    INCIDENT_CLASS = "class.harm_occurred"
    SUBMITTER_DIFFERS = "submitter.class_differs"
    CLOCK_START_UNKNOWN = "clock.start_unknown"


_WORDS: dict[Remark, tuple[str, str]] = {
    Remark.EVALUATION_UNKNOWN: (
        "The registry does not know this evaluation, so nobody can say what its score means: people must look.",
        _REGISTRY,
    ),
    Remark.PACKAGE_UNKNOWN: (
        "The registry knows an evaluation of this name, but not from this package: people must look.",
        _REGISTRY,
    ),
    Remark.NOT_SAFETY: (
        "The registry lists this evaluation as one that measures no hazard, so its score is not graded.",
        _REGISTRY,
    ),
    Remark.NO_THRESHOLDS: (
        "The registry knows this evaluation, but no defensible threshold for its result: people must look.",
        _REGISTRY,
    ),
    Remark.RUN_NOT_COMPLETED: (
        "The run did not complete, so it did not measure what it set out to measure.",
        "Consensus of the Network on quality assurance of evaluations (2026), as summarised publicly",
    ),
    Remark.NO_MEASUREMENT: ("The report carries no measurement.", _REGISTRY),
    Remark.METRIC_UNKNOWN: (
        "None of the measurements is one that the registry grades for this evaluation (metric and scorer).",
        _REGISTRY,
    ),
    Remark.OUT_OF_SCALE: (
        "A measurement lies outside the scale of its metric: it is another quantity under the same name.",
        _REGISTRY,
    ),
    Remark.SCALE_UNCLEAR: (
        "The metric runs to 100, and the value is so small that it may be a share of 1 instead: nobody guesses which.",
        _REGISTRY,
    ),
    Remark.NO_SAMPLES: ("The measurement rests on no sample.", _REGISTRY),
    Remark.AMBIGUOUS: (
        "Several measurements carry the name of one graded metric, and the registry does not say which of them counts.",
        _REGISTRY,
    ),
    Remark.TOO_UNCERTAIN: (
        "The result is beyond several thresholds, but its 95 % interval reaches to below the first: people must look.",
        "Consensus of the Network on validity and uncertainty of evaluations (2026), as summarised publicly",
    ),
    Remark.LINK_MISSING: (
        "No causal link to an AI system is established or likely; without one harm grades nothing: people must look.",
        _DESIGN,
    ),
    Remark.MATERIALISATION_UNKNOWN: (
        "The report does not say whether harm happened, nearly happened or could happen: people must look.",
        _DESIGN,
    ),
    Remark.NO_RULE: ("No rule of the rubric argues for a severity: people must look.", _DESIGN),
    Remark.NOT_EVALUATED: ("Rule {rule_id} could not be evaluated on this report.", _CHECK),
    Remark.MIGHT_MATTER: (
        "Rule {rule_id} could not be evaluated and might have argued for more than the others: people must look.",
        _CHECK,
    ),
    Remark.FINDING_CEILING: (
        "A finding is about what could happen: it is never above severe and a serious hazard.",
        _DESIGN,
    ),
    Remark.HAZARD_CEILING: (
        "Near misses and potential harm are hazards: never above severe and a serious hazard.",
        _DESIGN,
    ),
    Remark.INCIDENT_CLASS: ("Harm that occurred through an AI system is an incident, not a hazard.", _DESIGN),
    Remark.SUBMITTER_DIFFERS: (
        "The submitter's own class differs from the shared one; it is recorded, and the shared one decides.",
        "OECD AI Papers No. 34 (2025), criterion 10",
    ),
    Remark.CLOCK_START_UNKNOWN: (
        "A legal clock may run, but the report does not say when its submitter became aware.",
        "Rules of the clock as listed in the rubric",
    ),
}


def sentence_of(which: Remark) -> str:
    """What a remark says in English; `{rule_id}` stands for the rule that it is about."""
    return _WORDS[which][0]


def remark(which: Remark, *, severity: Severity | None = None, **inputs: Any) -> Reason:
    """The reason for a remark, with what it looked at."""
    sentence, source = _WORDS[which]
    if "{rule_id}" in sentence:
        sentence = sentence.format(rule_id=inputs["rule_id"])
    given = {name: value for name, value in inputs.items() if value is not None}
    return Reason(rule=which.value, sentence=sentence, source=source, inputs=given, severity=severity)
