"""Guidance on results that differ, in words: by how much, by which test, and what differs in the set-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin_alerting.policy.divergence import ComparisonReason, Method
from tocsin_alerting.policy.guidance import Difference, Divergence, SetupLine
from tocsin_alerting.policy.notification import TellingReason
from tocsin_alerting.policy.results import SetupField

SETUP = {
    SetupField.ELICITATION: "Elicitation",
    SetupField.SCAFFOLD: "Scaffold",
    SetupField.JUDGE: "Judge",
    SetupField.SAFEGUARDS: "Safeguards",
    SetupField.LANGUAGES: "Languages",
    SetupField.EPOCHS: "Epochs",
    SetupField.SAMPLES: "Samples",
    SetupField.TASK_VERSION: "Task version",
    SetupField.SYSTEM_VERSION: "Version of the system",
    SetupField.PACKAGE: "Package of the task",
    SetupField.FRAMEWORK: "Software",
    SetupField.REVISION: "Revision of the code",
    SetupField.DATE: "Date",
}
METHOD = {
    Method.EXACT_SHARES: "test of two shares (exact where samples are few)",
    Method.SHRUNK_SHARES_AND_WELCH: "test of two shares with dependent samples shrunk, and Welch's t",
    Method.WELCH: "Welch's t with both standard errors",
}
NOT_TESTED = {
    ComparisonReason.SAMPLES_MISSING: "not tested: a report does not give its number of samples",
    ComparisonReason.TOO_FEW_SAMPLES: "not tested: too few samples",
    ComparisonReason.STANDARD_ERROR_MISSING: "not tested: a report gives no usable standard error",
    ComparisonReason.SCALES_DIFFER: "not tested: the values are on different scales",
}
NOT_STATED = "not stated"
HEADLINE = "on results that differ; it grades nothing of its own. The most severe report compared is {severity}"
ASSESSED = "by the alerts of the reports themselves"
BEFORE = "Before the last correction or retraction it was said:"
NOTICE = "What it says does not travel in messages. It is guidance on results that differ."
WANTED = "Please look at what differs in the set-ups, with the other institutes. "
BECAUSE = {
    TellingReason.RAISED: "Results of different institutes differ by more than their uncertainties allow.",
    TellingReason.DIVERGENCE_CHANGED: "What differs has changed: a further result came, or one was corrected.",
    TellingReason.RETRACTED: (
        "The results no longer differ by more than their uncertainties allow. Nothing more is asked of you."
    ),
}
"""Why somebody is told of guidance, where that is not said as of any other alert."""
CHANGES = {
    "divergence": "The alert was raised: results differ by more than their uncertainties allow.",
    "divergence_changed": "What differs has changed: a further result came, or one was corrected.",
    "divergence_gone": "The results no longer differ by more than their uncertainties allow.",
}
"""Lines of the time line, by reason."""


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """Two results of one metric, in words."""

    metric: str
    one_name: str
    one: str
    """Value, standard error and n, such as `0.57 ± 0.02 (n = 400)`."""
    other_name: str
    other: str
    difference: str
    test: str
    """What the test says: p, threshold, correction and method, or why there is none."""
    diverges: bool


@dataclass(frozen=True, slots=True)
class SetupView:
    """One thing about the set-ups, and what each party says of it."""

    label: str
    said: tuple[tuple[str, str], ...]
    """By name of the party."""

    @property
    def text(self) -> str:
        """On one line."""
        return "; ".join(f"{name}: {value}" for name, value in self.said)


@dataclass(frozen=True, slots=True)
class DivergenceView:
    """What a guidance alert says to somebody who may read all of it."""

    title: str
    summary: str
    differences: tuple[DifferenceView, ...]
    """Those that diverge first."""
    differing: tuple[SetupView, ...]
    equal: tuple[SetupView, ...]
    unknown: tuple[str, ...]
    """What nobody states."""
    content: Divergence
    """The figures, for programs."""


def divergence_view(found: Divergence, names: Mapping[str, str], *, gone: bool = False) -> DivergenceView:
    """A divergence in words.

    Args:
        found: what diverges.
        names: of the institutes, by id; one that is not there goes by its id.
        gone: whether nothing differs any more: then it is said as what was.
    """
    parties = _party_names(found, names)
    differences = tuple(_difference(each, parties, found.comparisons) for each in found.differences)
    evaluation = f"{found.evaluation} {found.version}" if found.version else found.evaluation
    system = f"{found.system} {found.system_version}" if found.system_version else found.system
    return DivergenceView(
        title=f"Results {'no longer differ' if gone else 'differ'}: {evaluation} on {system}",
        summary="\n".join(
            [BEFORE] * gone
            + [
                f"{each.metric}: {each.one_name} reports {each.one}, {each.other_name} {each.other}. "
                f"They differ by {each.difference}, which is more than their uncertainties allow."
                for each in differences
                if each.diverges
            ]
        ),
        differences=differences,
        differing=tuple(_setup(line, parties) for line in found.setups if not line.same and not line.unknown),
        equal=tuple(_setup(line, parties) for line in found.setups if line.same),
        unknown=tuple(SETUP[line.field] for line in found.setups if line.unknown),
        content=found,
    )


def _party_names(found: Divergence, names: Mapping[str, str]) -> dict[str, str]:
    """By report; where an institute has several, they are numbered."""
    by_institute: dict[str, list[str]] = {}
    for party in found.parties:
        by_institute.setdefault(party.institute, []).append(party.report)
    return {
        report: names.get(institute, institute) + (f" ({number})" if len(reports) > 1 else "")
        for institute, reports in by_institute.items()
        for number, report in enumerate(reports, start=1)
    }


def _difference(each: Difference, parties: Mapping[str, str], comparisons: int) -> DifferenceView:
    gap = f"{abs(each.difference):.3g}"
    if each.standard_error is not None:
        gap += f" (standard error {each.standard_error:.2g})"
    return DifferenceView(
        metric=f"{each.metric} ({each.scorer})" if each.scorer else each.metric,
        one_name=parties[each.one.report],
        one=value(each.one.value, each.one.stderr, each.one.samples),
        other_name=parties[each.other.report],
        other=value(each.other.value, each.other.stderr, each.other.samples),
        difference=gap,
        test=_test(each, comparisons),
        diverges=each.diverges,
    )


def _test(each: Difference, comparisons: int) -> str:
    if each.p is None or each.p_corrected is None or each.method is None:
        return NOT_TESTED[each.reason]
    said = f"{p_value(each.p)}; threshold {each.threshold:g}; {METHOD[each.method]}"
    if comparisons > 1:
        said = f"{p_value(each.p_corrected)} after Holm's correction for {comparisons} comparisons, alone {said}"
    verdict = "more than their uncertainties allow" if each.diverges else "within their uncertainties"
    return f"{verdict}: {said}"


def p_value(p: float) -> str:
    """A p-value for people."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def value(number: float, stderr: float | None, samples: int | None) -> str:
    """A value with what is known of its uncertainty."""
    said = f"{number:.4g}"
    if stderr is not None:
        said += f" ± {stderr:.2g}"
    return said if samples is None else f"{said} (n = {samples})"


def _setup(line: SetupLine, parties: Mapping[str, str]) -> SetupView:
    if line.same:
        return SetupView(SETUP[line.field], (("all", next(iter(line.values.values())) or NOT_STATED),))
    return SetupView(
        SETUP[line.field], tuple((parties[report], said or NOT_STATED) for report, said in line.values.items())
    )


__all__ = ["DifferenceView", "DivergenceView", "SetupView", "divergence_view", "p_value", "value"]
