"""Findings with results, for tests of what is compared."""

import math
from datetime import datetime
from typing import Any

from tests.alerting.assessments import OBSERVED_AT, finding
from tocsin_schemas import Assessment, Conditions, Evidence, Measurement, Run, RunOutcome


def measured(
    report: str,
    value: float,
    *,
    institute: str,
    samples: int | None = 400,
    stderr: float | None = None,
    metric: str = "accuracy",
    scorer: str | None = None,
    languages: tuple[str, ...] = ("en",),
    version: str | None = "2",
    exercise: str | None = None,
    derived_from: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    observed_at: datetime = OBSERVED_AT,
    elicitation: str | None = None,
    scaffold: str | None = None,
    epochs: int | None = None,
    outcome: RunOutcome = RunOutcome.SUCCESS,
    **kwargs: Any,
) -> Assessment:
    """A graded finding that measured one value; its standard error is that of independent samples unless given."""
    if stderr is None and samples is not None and 0 <= value <= 1:
        stderr = math.sqrt(value * (1 - value) / (samples - 1))
    base = finding(report, institute=institute, **kwargs)
    assert base.finding is not None
    body = base.finding.model_copy(
        update={
            "evaluation": base.finding.evaluation.model_copy(update={"version": version}),
            "measurements": (Measurement(metric=metric, value=value, stderr=stderr, samples=samples, scorer=scorer),),
            "conditions": Conditions(
                languages_tested=languages, elicitation=elicitation, scaffold=scaffold, judge="rule"
            ),
            "run": Run(outcome=outcome, framework="inspect_ai 0.3.285", epochs=epochs),
            "exercise": exercise,
            "derived_from": derived_from,
            "evidence": evidence,
            "observed_at": observed_at,
        }
    )
    return base.model_copy(update={"finding": body})
