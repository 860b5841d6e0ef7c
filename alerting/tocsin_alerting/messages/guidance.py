"""Guidance on results that differ, in words: by how much, by which test, and what differs in the set-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.policy.divergence import ComparisonReason, Method
from tocsin_alerting.policy.guidance import Difference, Divergence, SetupLine
from tocsin_alerting.policy.results import SetupField
from tocsin_alerting.policy.telling import TellingReason

SETUP = {
    SetupField.ELICITATION: phrase("Elicitation"),
    SetupField.SCAFFOLD: phrase("Scaffold"),
    SetupField.JUDGE: phrase("Judge"),
    SetupField.SAFEGUARDS: phrase("Safeguards"),
    SetupField.LANGUAGES: phrase("Languages"),
    SetupField.EPOCHS: phrase("Epochs"),
    SetupField.SAMPLES: phrase("Samples"),
    SetupField.TASK_VERSION: phrase("Task version"),
    SetupField.SYSTEM_VERSION: phrase("Version of the system"),
    SetupField.PACKAGE: phrase("Package of the task"),
    SetupField.FRAMEWORK: phrase("Software"),
    SetupField.REVISION: phrase("Revision of the code"),
    SetupField.DATE: phrase("Date"),
}
METHOD = {
    Method.EXACT_SHARES: phrase("test of two shares (exact where samples are few)"),
    Method.SHRUNK_SHARES_AND_WELCH: phrase("test of two shares with dependent samples shrunk, and Welch's t"),
    Method.WELCH: phrase("Welch's t with both standard errors"),
}
NOT_TESTED = {
    ComparisonReason.SAMPLES_MISSING: phrase("not tested: a report does not give its number of samples"),
    ComparisonReason.TOO_FEW_SAMPLES: phrase("not tested: too few samples"),
    ComparisonReason.STANDARD_ERROR_MISSING: phrase("not tested: a report gives no usable standard error"),
    ComparisonReason.SCALES_DIFFER: phrase("not tested: the values are on different scales"),
}
NOT_STATED = phrase("not stated")
HEADLINE = phrase("on results that differ; it grades nothing of its own. The most severe report compared is {severity}")
ASSESSED = phrase("by the alerts of the reports themselves")
BEFORE = phrase("Before the last correction or retraction it was said:")
NOTICE = phrase("What it says does not travel in messages. It is guidance on results that differ.")
WANTED = phrase("Please look at what differs in the set-ups, with the other institutes.")
BECAUSE = {
    TellingReason.RAISED: phrase("Results of different institutes differ by more than their uncertainties allow."),
    TellingReason.DIVERGENCE_CHANGED: phrase("What differs has changed: a further result came, or one was corrected."),
    TellingReason.RETRACTED: phrase(
        "The results no longer differ by more than their uncertainties allow. Nothing more is asked of you."
    ),
}
"""Why somebody is told of guidance, where that is not said as of any other alert."""
CHANGES = {
    "divergence": phrase("The alert was raised: results differ by more than their uncertainties allow."),
    "divergence_changed": phrase("What differs has changed: a further result came, or one was corrected."),
    "divergence_gone": phrase("The results no longer differ by more than their uncertainties allow."),
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
    figures: str = ""
    """Of the test alone: p, threshold, correction and method; empty where there is none."""


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
    names: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False


def divergence_view(
    language: Language, found: Divergence, names: Mapping[str, str], *, gone: bool = False
) -> DivergenceView:
    """A divergence in words.

    Args:
        language: the reader's.
        found: what diverges.
        names: of the institutes, by id; one that is not there goes by its id.
        gone: whether nothing differs any more: then it is said as what was.
    """
    parties = _party_names(found, names)
    differences = tuple(_difference(language, each, parties, found.comparisons) for each in found.differences)
    title = (
        phrase("Results no longer differ: {evaluation} on {system}")
        if gone
        else phrase("Results differ: {evaluation} on {system}")
    )
    return DivergenceView(
        title=language.say(
            title,
            evaluation=f"{found.evaluation} {found.version}" if found.version else found.evaluation,
            system=f"{found.system} {found.system_version}" if found.system_version else found.system,
        ),
        summary="\n".join(
            [language.say(BEFORE)] * gone + [_differing(language, each) for each in differences if each.diverges]
        ),
        differences=differences,
        differing=tuple(_setup(language, line, parties) for line in found.setups if not line.same and not line.unknown),
        equal=tuple(_setup(language, line, parties) for line in found.setups if line.same),
        unknown=tuple(language.say(SETUP[line.field]) for line in found.setups if line.unknown),
        content=found,
        names=names,
        gone=gone,
    )


def said_in(language: Language, view: DivergenceView) -> DivergenceView:
    """The same divergence in another language."""
    return divergence_view(language, view.content, view.names, gone=view.gone)


def _differing(language: Language, each: DifferenceView) -> str:
    return language.gettext(
        "{metric}: {one_name} reports {one}, {other_name} {other}. "
        "They differ by {difference}, which is more than their uncertainties allow.",
        metric=each.metric,
        one_name=each.one_name,
        one=each.one,
        other_name=each.other_name,
        other=each.other,
        difference=each.difference,
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


def _difference(language: Language, each: Difference, parties: Mapping[str, str], comparisons: int) -> DifferenceView:
    gap = language.figure(f"{abs(each.difference):.3g}")
    if each.standard_error is not None:
        error = language.figure(f"{each.standard_error:.2g}")
        gap = language.gettext("{difference} (standard error {error})", difference=gap, error=error)
    figures = _figures(language, each, comparisons)
    return DifferenceView(
        metric=f"{each.metric} ({each.scorer})" if each.scorer else each.metric,
        one_name=parties[each.one.report],
        one=value(language, each.one.value, each.one.stderr, each.one.samples),
        other_name=parties[each.other.report],
        other=value(language, each.other.value, each.other.stderr, each.other.samples),
        difference=gap,
        test=_test(language, each, figures),
        diverges=each.diverges,
        figures=figures,
    )


def _test(language: Language, each: Difference, figures: str) -> str:
    if not figures:
        return language.say(NOT_TESTED[each.reason])
    if each.diverges:
        return language.gettext("more than their uncertainties allow: {figures}", figures=figures)
    return language.gettext("within their uncertainties: {figures}", figures=figures)


def _figures(language: Language, each: Difference, comparisons: int) -> str:
    if each.p is None or each.p_corrected is None or each.method is None:
        return ""
    alone = language.gettext(
        "{p}; threshold {threshold}; {method}",
        p=p_value(language, each.p),
        threshold=language.figure(f"{each.threshold:g}"),
        method=language.say(METHOD[each.method]),
    )
    if comparisons <= 1:
        return alone
    return language.ngettext(
        "{p} after Holm's correction for {count} comparison, alone {alone}",
        "{p} after Holm's correction for {count} comparisons, alone {alone}",
        comparisons,
        p=p_value(language, each.p_corrected),
        alone=alone,
    )


def p_value(language: Language, p: float) -> str:
    """A p-value for people."""
    return language.figure("p < 0.0001" if p < 0.0001 else f"p = {p:.2g}")


def value(language: Language, number: float, stderr: float | None, samples: int | None) -> str:
    """A value with what is known of its uncertainty."""
    said = f"{number:.4g}"
    if stderr is not None:
        said += f" ± {stderr:.2g}"
    said = language.figure(said)
    return said if samples is None else f"{said} (n = {samples})"


def _setup(language: Language, line: SetupLine, parties: Mapping[str, str]) -> SetupView:
    label, unstated = language.say(SETUP[line.field]), language.say(NOT_STATED)
    if line.same:
        everybody = language.pgettext("all parties", "all")
        return SetupView(label, ((everybody, next(iter(line.values.values())) or unstated),))
    return SetupView(label, tuple((parties[report], said or unstated) for report, said in line.values.items()))


__all__ = ["DifferenceView", "DivergenceView", "SetupView", "divergence_view", "p_value", "said_in", "value"]
