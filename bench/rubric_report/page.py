"""The page that people read: figures, matrices, every disagreement with its rules, and what was learnt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.rubric_report.baselines import (
    FIVE_LINES_HARM_LEVEL,
    FIVE_LINES_SEVERITY,
    harm_level_by_five_lines,
    severity_by_five_lines,
)
from bench.rubric_report.cases import SEVERITIES, Case, Cases
from bench.rubric_report.measures import Agreement, Figure, agreement, best_constant, matrix

_TEXTS = Path(__file__).parent
_HIGH = ("severe", "critical")
_MODERATE = SEVERITIES.index("moderate")


def page(severity: Cases, seen_by_others: Cases, harm_level: Cases) -> str:
    """The whole page, in Markdown.

    Args:
        severity: the comparison with CSETv0's severity.
        seen_by_others: the same without the other fields of CSETv0's annotators.
        harm_level: the comparison with CSETv1's harm level.
    """
    parts = [
        (_TEXTS / "intro.md").read_text(encoding="utf-8").strip(),
        "## CSETv0 severity",
        "\n".join(_aims(severity)),
        _comparison(severity, severity_by_five_lines, FIVE_LINES_SEVERITY),
        _high(severity),
        "### Without the other fields of the label's own annotators",
        _by_others(seen_by_others),
        "## CSETv1 harm level",
        (_TEXTS / "harm_level.md").read_text(encoding="utf-8").strip(),
        _comparison(harm_level, harm_level_by_five_lines, FIVE_LINES_HARM_LEVEL),
        (_TEXTS / "learnt.md").read_text(encoding="utf-8").strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _comparison(cases: Cases, rule: Callable[[Mapping[str, str]], str], lines: Sequence[str]) -> str:
    scale, every = cases.scale, cases.cases
    graded = [case for case in every if case.answer is not None]
    counted = (
        f"{len(every)} incidents have a label on the scale; {len(cases.unclear)} more are unclear or empty. "
        f"The rubric grades {len(graded)} and leaves {len(every) - len(graded)} to people."
    )
    return "\n\n".join(
        [
            counted,
            "\n".join(_figures(cases, graded, rule)),
            f"The rule of five lines: {'; '.join(lines)}.",
            _influence(graded, scale),
            "Rows: humans. Columns: the rubric.",
            "\n".join(_matrix(every, scale)),
            "\n".join(_disagreements(every)),
        ]
    )


def _figures(cases: Cases, graded: Sequence[Case], rule: Callable[[Mapping[str, str]], str]) -> Iterator[str]:
    scale, every = cases.scale, cases.cases
    none_given = [case for case in every if case.answer is None]
    labels, answers = [case.label for case in every], [case.answer for case in every]
    floor = agreement(labels, answers, scale, ungraded=[scale[0]] * len(none_given))
    worst = agreement(labels, answers, scale, ungraded=[_farthest(case.label, scale) for case in none_given])
    yield "| | n | exact | within one level | kappa |"
    yield "|---|---|---|---|---|"
    yield _line("**rubric, graded incidents**", _agreed(graded, scale, lambda case: case.answer))
    yield _line("rubric, all: no grade is a miss, for kappa on the floor", floor)
    yield _line("rubric, all: no grade is a miss, for kappa as far off as can be", worst)
    yield _line("rule of five lines, graded incidents", _agreed(graded, scale, lambda case: rule(case.fields)))
    yield _line("rule of five lines, all", _agreed(every, scale, lambda case: rule(case.fields)))
    for name, among in (("graded incidents", graded), ("all", every)):
        said = [case.label for case in among]
        exact, near = best_constant(said, scale, "exact"), best_constant(said, scale, "within")
        yield (
            f"| best constant, {name} | {len(said)} | {exact[1]:.0%} (always {exact[0]}) "
            f"| {near[1]:.0%} (always {near[0]}) | 0 |"
        )


def _aims(cases: Cases) -> Iterator[str]:
    """What was to be reached, and whether it was, over the graded incidents and strictly over all."""
    every, scale = cases.cases, cases.scale
    graded = _agreed([case for case in every if case.answer is not None], scale, lambda case: case.answer)
    strict = agreement(
        [case.label for case in every],
        [case.answer for case in every],
        scale,
        ungraded=[scale[0]] * (len(every) - graded.count),
        resamples=0,
    )
    yield "| aim | graded incidents | all; no grade is a miss, for kappa on the floor |"
    yield "|---|---|---|"
    for name, least, one, other in (
        ("kappa at least 0.65", 0.65, graded.kappa.value, strict.kappa.value),
        ("within one level at least 0.95", 0.95, graded.within_one.value, strict.within_one.value),
        ("exact at least 0.60", 0.60, graded.exact.value, strict.exact.value),
    ):
        yield f"| {name} | {_met(one, least)} | {_met(other, least)} |"
    yield f"| severe and critical: at least moderate, or a reason stated | {_reasons(cases)} | {_reasons(cases)} |"


def _met(value: float, least: float) -> str:
    return f"{value:.2f}: {'met' if value >= least else '**not met**'}"


def _reasons(cases: Cases) -> str:
    high = [case for case in cases.cases if case.label in _HIGH]
    below = [case for case in high if case.answer is None or cases.scale.index(case.answer) < _MODERATE]
    return (
        f"{len(high) - len(below)} of {len(high)} are, {sum(bool(case.grade.reasons) for case in below)} have a reason"
    )


def _by_others(cases: Cases) -> str:
    graded = [case for case in cases.cases if case.answer is not None]
    return "\n".join(
        [
            "CSETv0's near miss, harm type and lives lost are no labels, but whoever gave the label gave them. Without",
            f"them the rubric grades {len(graded)} of {len(cases.cases)}:",
            "",
            "| | n | exact | within one level | kappa |",
            "|---|---|---|---|---|",
            _line("rubric, CSETv1 and MIT only", _agreed(graded, cases.scale, lambda case: case.answer)),
        ]
    )


def _agreed(cases: Sequence[Case], scale: Sequence[str], answer: Callable[[Case], str | None]) -> Agreement:
    return agreement([case.label for case in cases], [answer(case) for case in cases], scale)


def _line(name: str, found: Agreement) -> str:
    return (
        f"| {name} | {found.count} | {_share(found.exact)} | {_share(found.within_one)} "
        f"| {_number(found.kappa.value)} ({_number(found.kappa.low)} to {_number(found.kappa.high)}) |"
    )


def _share(figure: Figure) -> str:
    return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"


def _number(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.2f}"


def _farthest(label: str, scale: Sequence[str]) -> str:
    place = scale.index(label)
    return scale[0] if place > (len(scale) - 1) / 2 else scale[-1]


def _influence(graded: Sequence[Case], scale: Sequence[str]) -> str:
    """How much of kappa hangs on a single incident."""
    kappas = {
        case.incident_id: agreement(
            [each.label for each in graded if each is not case],
            [each.answer for each in graded if each is not case],
            scale,
            resamples=0,
        ).kappa.value
        for case in graded
    }
    low, high = min(kappas, key=lambda each: kappas[each]), max(kappas, key=lambda each: kappas[each])
    return (
        f"Leaving out one incident at a time, kappa over the graded ones runs from {kappas[low]:.2f} (without "
        f"{_cite(low)}) to {kappas[high]:.2f} (without {_cite(high)})."
    )


def _matrix(cases: Sequence[Case], scale: Sequence[str]) -> Iterator[str]:
    table = matrix([case.label for case in cases], [case.answer for case in cases], scale)
    yield f"| | {' | '.join(scale)} | *no grade* |"
    yield "|---|" + "---|" * (len(scale) + 1)
    for word, counts in zip(scale, table, strict=True):
        yield f"| **{word}** | {' | '.join(str(count) for count in counts)} |"


def _disagreements(cases: Sequence[Case]) -> Iterator[str]:
    differing = [case for case in cases if case.answer != case.label]
    yield f"Every disagreement ({len(differing)}), with the rules that decided, and after `+` what else fired:"
    yield ""
    yield "| incident | humans | rubric | rules |"
    yield "|---|---|---|---|"
    for case in differing:
        yield f"| {_cite(case.incident_id)} | {case.label} | {case.answer or '*no grade*'} | {_rules(case)} |"


def _rules(case: Case) -> str:
    top = case.grade.severity
    said = [reason for reason in case.grade.reasons if reason.rule != "submitter.class_differs"]
    if case.answer is None:
        return ", ".join(f"`{reason.rule}`" for reason in said)
    deciding = [f"`{reason.rule}`" for reason in said if reason.severity is top]
    rest = [f"`{reason.rule}`" for reason in said if reason.severity is not top]
    return ", ".join(deciding) + (f" + {', '.join(rest)}" if rest else "")


def _high(cases: Cases) -> str:
    """The labels that matter most, each below moderate with the reason that is given to people."""
    below = [
        case
        for case in cases.cases
        if case.label in _HIGH
        and (case.answer is None or cases.scale.index(case.answer) < cases.scale.index("moderate"))
    ]
    lines = ["### Severe or critical by humans, and not at least moderate by the rubric", ""]
    for case in below:
        reason = next(
            (each for each in case.grade.reasons if each.rule == "incident.link_missing"), case.grade.reasons[0]
        )
        given = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in reason.inputs.items())
        lines.append(
            f"- {_cite(case.incident_id)}: {case.label}; rubric: {case.answer or 'no grade'}. "
            f"“{reason.sentence}” ({given})"
        )
    return "\n".join(lines if below else [*lines, "None."])


def _cite(incident_id: str) -> str:
    return f"[{incident_id}](https://incidentdatabase.ai/cite/{incident_id})"
