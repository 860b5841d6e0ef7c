"""What holds for every finding: a worse result never grades lower, and nothing is made of doubt."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.streams.reports import finding, loaded, rules_of
from tocsin_schemas import Certainty, Grade, OecdClass, Severity, Urgency
from tocsin_streams.rubric import Direction, Entry, Metric

RUBRIC = loaded()
ATTENTION = [Severity.NEGLIGIBLE, Severity.UNCLASSIFIED, Severity.MINOR, Severity.MODERATE, Severity.SEVERE]
"""What people give it, least first: what cannot be told goes to people, and so is more than negligible."""
CERTAINTIES = [Certainty.UNKNOWN, Certainty.POSSIBLE, Certainty.LIKELY]
URGENCIES = [Urgency.UNKNOWN, Urgency.FUTURE, Urgency.EXPECTED, Urgency.IMMEDIATE]
GRADED = [
    (entry, metric) for entry in RUBRIC.registry.entries for metric in entry.metrics if metric.thresholds != "none"
]
CONDITIONS = st.fixed_dictionaries(
    {
        "safeguards": st.sampled_from(["on", "off", "unknown"]),
        "judge": st.sampled_from(["model", "human", "rule", "unknown"]),
        "languages_tested": st.lists(st.sampled_from(["en", "en-GB", "sw-KE", "fr"]), max_size=3, unique=True),
    },
    optional={"elicitation": st.sampled_from(["none", "Zero-shot", "fine-tuned, best of 10"])},
)


class Case(NamedTuple):
    """A metric with thresholds, two places on its scale and how sure each result is."""

    entry: Entry
    metric: Metric
    milder: float
    worse: float
    samples: int | None
    stderr: float | None
    conditions: dict[str, Any]


def is_unclear(metric: Metric, value: float) -> bool:
    """Whether a percentage may be a share."""
    return metric.scale[1] == 100 and 0 < value <= 1


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any graded metric; values are often at a threshold or an end of the scale."""
    entry, metric = draw(st.sampled_from(GRADED))
    low, high = metric.scale
    places = st.floats(low, high) | st.sampled_from([low, high, *(value for _, value in metric.steps)])
    values = sorted((draw(places), draw(places)))
    if metric.higher_is is Direction.BETTER:
        values.reverse()
    assume(not any(is_unclear(metric, value) for value in values))
    stderr = draw(st.none() | st.floats(0, (high - low) / 2))
    return Case(entry, metric, values[0], values[1], draw(st.none() | st.integers(1, 5000)), stderr, draw(CONDITIONS))


def grade(case: Case, value: float, **changes: Any) -> Grade:
    """The grade of one result."""
    given_ = {"samples": case.samples, "stderr": case.stderr, **changes}
    scorer = case.metric.scorers[0] if case.metric.scorers else None
    return RUBRIC.grade(
        finding(case.entry.name, value, metric=case.metric.name, scorer=scorer, conditions=case.conditions, **given_)
    )


@given(cases())
def test_a_worse_result_never_grades_lower(case: Case) -> None:
    """All else equal, on every test in its own direction; and what is graded never turns into what cannot be told."""
    milder, worse = grade(case, case.milder), grade(case, case.worse)

    assert ATTENTION.index(worse.severity) >= ATTENTION.index(milder.severity)


@given(cases(), st.integers(1, 5000), st.floats(0, 1))
def test_less_doubt_never_takes_anything_away(case: Case, more: int, smaller: float) -> None:
    """More samples and a smaller error leave a result's grade and certainty as they are, or raise them."""
    assume(case.samples is not None)
    doubtful = grade(case, case.worse)
    stderr = None if case.stderr is None else case.stderr * smaller
    surer = grade(case, case.worse, samples=(case.samples or 0) + more, stderr=stderr)

    assert ATTENTION.index(surer.severity) >= ATTENTION.index(doubtful.severity)
    assert CERTAINTIES.index(surer.certainty) >= CERTAINTIES.index(doubtful.certainty) or (
        # A worse thing that is possible instead of a milder one that is likely.
        ATTENTION.index(surer.severity) > ATTENTION.index(doubtful.severity)
    )


@given(cases())
def test_an_interval_over_a_threshold_is_at_most_possible(case: Case) -> None:
    """The grade is never above what the value reaches; where it is below, it says so and is no more than possible."""
    graded = grade(case, case.worse)
    reached = case.metric.level(case.worse)
    assume(graded.severity is not Severity.UNCLASSIFIED)

    assert graded.severity.rank <= reached.rank
    if graded.severity is not reached:
        assert graded.certainty is Certainty.POSSIBLE
        assert "finding.certainty.spans_threshold" in rules_of(graded)


@given(cases())
def test_a_finding_is_a_hazard_and_never_critical(case: Case) -> None:
    """Whatever a test measured, nothing has happened."""
    graded = grade(case, case.worse)

    assert graded.severity in ATTENTION
    assert graded.oecd_class in (OecdClass.HAZARD, OecdClass.SERIOUS_HAZARD, OecdClass.UNCLASSIFIED)


@given(cases())
def test_what_is_unknown_is_no_grade(case: Case) -> None:
    """No severity, no class, no certainty and no argument: all four, or none."""
    graded = grade(case, case.worse)
    absent = {
        graded.severity is Severity.UNCLASSIFIED,
        graded.oecd_class is OecdClass.UNCLASSIFIED,
        graded.certainty is Certainty.UNKNOWN,
        all(reason.severity is None for reason in graded.reasons),
    }

    assert len(absent) == 1


@given(cases(), st.integers(2, 4), st.randoms(use_true_random=False))
def test_duplicates_and_order_of_measurements_change_nothing(case: Case, times: int, shuffle: Any) -> None:
    """A number said twice is the same number, wherever it stands among others."""
    one = {"metric": case.metric.name, "value": case.worse, "samples": case.samples, "stderr": case.stderr}
    if case.metric.scorers:
        one["scorer"] = case.metric.scorers[0]
    one = {name: value for name, value in one.items() if value is not None}
    others = [{"metric": "f1_of_something", "value": 0.5}, {"metric": "tokens", "value": 1234.0}]
    many = [one] * times + others
    shuffle.shuffle(many)
    plain, mixed = (
        RUBRIC.grade(finding(case.entry.name, measurements=measurements, conditions=case.conditions))
        for measurements in ([one, *others], many)
    )

    assert mixed == plain


@given(st.permutations(["below", "approaching", "cannot_rule_out", "reached", "exceeded"]), st.integers(1, 5))
def test_order_of_statements_about_frameworks_changes_nothing(statuses: list[str], count: int) -> None:
    """Nor does saying one of them twice."""

    def stated(words: list[str]) -> list[dict[str, str]]:
        return [
            {"framework": "F", "version": "1", "category": "cyber", "threshold": "high", "status": word}
            for word in words
        ]

    said = statuses[:count]
    grades = [
        RUBRIC.grade(finding("wmdp_cyber", 0.5, framework_status=stated(words)))
        for words in (said, sorted(said), [*said, said[0]])
    ]

    assert grades[0] == grades[1] == grades[2]


@given(cases(), st.floats(0.001, 1e6), st.booleans())
def test_a_value_outside_the_scale_is_said_and_not_graded(case: Case, beyond: float, above: bool) -> None:
    """Accuracies of 8.0 and -1, as real logs have them, and percentages under the name of a share."""
    low, high = case.metric.scale
    graded = grade(case, high + beyond if above else low - beyond)

    assert graded.severity is Severity.UNCLASSIFIED
    assert rules_of(graded) == {"measurement.out_of_scale"}


@given(cases(), st.floats(0.501, 1e6))
def test_an_error_that_no_mean_on_the_scale_can_have_is_not_graded(case: Case, widths: float) -> None:
    """A standard error of more than half the scale belongs to another quantity, such as a percentage."""
    low, high = case.metric.scale
    graded = grade(case, case.worse, stderr=(high - low) * widths)

    assert rules_of(graded) == {"measurement.out_of_scale"}


@given(
    st.sampled_from([(entry, metric) for entry, metric in GRADED if metric.scale[1] == 100]),
    st.floats(0, 1, exclude_min=True),
)
def test_a_share_under_the_name_of_a_percentage_is_not_graded(which: tuple[Entry, Metric], share: float) -> None:
    """0.9 may be nine in ten or nine in a thousand: nobody guesses."""
    entry, metric = which
    graded = RUBRIC.grade(finding(entry.name, share, metric=metric.name))

    assert graded.severity is Severity.UNCLASSIFIED
    assert rules_of(graded) == {"measurement.scale_unclear"}


@given(cases(), st.sampled_from(["error", "cancelled", "unfinished"]))
def test_a_run_that_did_not_complete_is_never_graded_as_one_that_did(case: Case, outcome: str) -> None:
    """What it had measured by then decides nothing."""
    graded = grade(case, case.worse, run={"outcome": outcome})

    assert graded.severity is Severity.UNCLASSIFIED
    assert "run.not_completed" in rules_of(graded)


@given(cases(), st.integers(1, 100), st.integers(1, 100))
def test_missing_samples_are_named_and_lower_certainty(case: Case, completed: int, missing: int) -> None:
    """A run that ended well but left samples out is at most possible."""
    run = {"outcome": "success", "samples_completed": completed, "samples_total": completed + missing}
    graded = grade(case, case.worse, run=run)

    assert graded.certainty in (Certainty.POSSIBLE, Certainty.UNKNOWN)
    assert graded.severity is Severity.UNCLASSIFIED or "finding.certainty.incomplete_run" in rules_of(graded)


STATUSES = ["below", "approaching", "cannot_rule_out", "reached", "exceeded"]
SEVERAL = [
    entry
    for entry in RUBRIC.registry.entries
    if len([metric for metric in entry.metrics if metric.thresholds != "none"]) > 1
]


@given(cases(), st.lists(st.sampled_from(STATUSES), max_size=3), st.sampled_from(STATUSES))
def test_a_further_statement_about_a_framework_never_takes_anything_away(
    case: Case, said: list[str], further: str
) -> None:
    """Neither severity nor urgency; a threshold that is further exceeded is no milder."""
    before, after = (
        grade(
            case,
            case.worse,
            framework_status=[
                {"framework": "F", "version": "1", "category": "cyber", "threshold": "high", "status": word}
                for word in words
            ],
        )
        for words in (said, [*said, further])
    )

    assert ATTENTION.index(after.severity) >= ATTENTION.index(before.severity)
    assert URGENCIES.index(after.urgency) >= URGENCIES.index(before.urgency)


@given(st.sampled_from(SEVERAL), st.data())
def test_a_further_measurement_never_takes_anything_away(entry: Entry, data: st.DataObject) -> None:
    """What one metric shows is not undone by another that shows less, or that shows nothing for sure."""
    measurements = [
        {
            "metric": metric.name,
            "value": data.draw(st.sampled_from([0.0, 0.2, 0.4, 1.0]) | st.floats(*metric.scale)),
            "samples": data.draw(st.integers(1, 12) | st.integers(1, 5000)),
            **({"scorer": metric.scorers[0]} if metric.scorers else {}),
        }
        for metric in data.draw(st.permutations(entry.metrics))
    ]
    grades = [RUBRIC.grade(finding(entry.name, measurements=measurements[:count])) for count in (1, len(measurements))]

    assert ATTENTION.index(grades[1].severity) >= ATTENTION.index(grades[0].severity)


@given(cases())
def test_another_name_of_the_same_number_gets_the_same_grade(case: Case) -> None:
    """Aliases of evaluations and metrics lead to one name, so that reports under two names can be compared."""
    scorer = case.metric.scorers[0] if case.metric.scorers else None
    names = [case.entry.name, *case.entry.aliases, f"inspect_evals/{case.entry.name}", case.entry.name.upper()]
    grades = [
        RUBRIC.grade(finding(name, case.worse, metric=metric, scorer=scorer, package=package))
        for name in names
        for metric in (case.metric.name, *case.metric.aliases)
        for package in ("inspect_evals", "lm_eval", "lm-evaluation-harness")
    ]

    assert {each.evaluation for each in grades} == {case.entry.name}
    assert all(each == grades[0] for each in grades)
