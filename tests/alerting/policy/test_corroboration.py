"""Who confirms whom, what that makes certain and urgent, and that heads are never counted."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.assessments import incident
from tests.alerting.policy.witnesses import AT, witness, witness_of
from tocsin_alerting.policy.corroboration import CorroborationRule, Verdict, Weighing, weigh
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.divergence import Score
from tocsin_alerting.policy.lifecycle import Decision, LifecycleReason
from tocsin_alerting.policy.measured import Measured
from tocsin_alerting.policy.reconsideration import reconsidered
from tocsin_alerting.policy.systems import CanonicalSystem, Systems
from tocsin_alerting.policy.testimony import Witness
from tocsin_schemas import AlertChange, Certainty, Severity, Urgency

NONE = Systems()
RULE = CorroborationRule()


def _weighed(*testimonies: Witness, rule: CorroborationRule = RULE, systems: Systems = NONE) -> Weighing:
    found = weigh(testimonies, rule, systems)
    assert found is not None
    return found


def _second(**changes: Any) -> Witness:
    """What another institute finds a little later."""
    return witness("r2", "jp", "y", **({"at": AT + timedelta(hours=1)} | changes))


def _verdict(other: Witness, first: Witness | None = None) -> Verdict:
    return _weighed(first or witness("r1", "gb", "x"), other).verdicts[-1].verdict


@pytest.mark.parametrize(
    ("reported", "then"),
    [("unknown", "possible"), ("unlikely", "possible"), ("possible", "likely"), ("likely", "observed")],
)
def test_an_independent_confirmation_makes_it_more_certain(reported: str, then: str) -> None:
    """By one step, and the severity stays what it was reported as."""
    certainty = Certainty(reported)
    weighing = _weighed(witness("r1", "gb", "x", certainty=certainty), _second(certainty=certainty))

    assert (weighing.reported_certainty, weighing.certainty, weighing.confirmed) == (certainty, Certainty(then), True)
    assert [each.verdict for each in weighing.verdicts] == [Verdict.FIRST, Verdict.CONFIRMS]


def test_further_confirmations_add_nothing() -> None:
    """Certainty is no count of heads either."""
    two = _weighed(witness("r1", "gb", "x", certainty=Certainty.POSSIBLE), _second(certainty=Certainty.POSSIBLE))
    five = _weighed(*(witness(f"r{n}", f"i{n}", str(n), certainty=Certainty.POSSIBLE) for n in range(5)))

    assert (two.certainty, five.certainty) == (Certainty.LIKELY, Certainty.LIKELY)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (witness("r2", "jp", "x"), Verdict.SAME_EVIDENCE),
        (witness("r2", "jp", "y", derived_from=("r1",)), Verdict.DERIVED),
        (witness("r2", "gb", "y"), Verdict.SAME_INSTITUTE),
        (_second(evaluation="wmdp_chem"), Verdict.OTHER_QUESTION),
        (_second(system="example-model-5"), Verdict.OTHER_QUESTION),
        (_second(severity=Severity.MINOR), Verdict.SEVERITY_APART),
        (_second(severity=Severity.UNCLASSIFIED), Verdict.UNGRADED),
    ],
)
def test_what_does_not_confirm_says_why(other: Witness, verdict: Verdict) -> None:
    """And leaves the certainty where it was."""
    weighing = _weighed(witness("r1", "gb", "x"), other)

    assert _verdict(other) is verdict
    assert (weighing.certainty, weighing.confirmed) == (Certainty.LIKELY, False)


def _measuring(testimony: Witness, *scores: Score) -> Witness:
    """The same report, with these results."""
    assert testimony.facts is not None
    measured = tuple(Measured("accuracy", score, f"scorer-{number}") for number, score in enumerate(scores))
    return replace(testimony, facts=testimony.facts.model_copy(update={"measured": measured}))


HIGH, NEAR, LOW = Score(0.85, 0.01, 1273), Score(0.84, 0.01, 1273), Score(0.70, 0.013, 1273)


@pytest.mark.parametrize(
    ("severity", "score", "verdict"),
    [
        (Severity.MODERATE, LOW, Verdict.RESULTS_DIFFER),
        (Severity.MODERATE, NEAR, Verdict.CONFIRMS),
        (Severity.MODERATE, Score(0.70), Verdict.CONFIRMS),
        (Severity.SEVERE, LOW, Verdict.CONFIRMS),
    ],
)
def test_who_finds_less_by_more_than_chance_confirms_nothing(
    severity: Severity, score: Score, verdict: Verdict
) -> None:
    """What differs by chance, or cannot be tested, may; two that are graded the same agree on the grade."""
    first, second = _measuring(witness("r1", "gb", "x"), HIGH), _measuring(_second(severity=severity), score)
    there, back = _weighed(first, second), _weighed(second, first)

    assert there.verdicts[-1].verdict is verdict
    assert there.confirmed is back.confirmed is (verdict is Verdict.CONFIRMS)


def test_who_confirms_something_lesser_is_not_said_to_confirm_the_alert() -> None:
    """The third agrees with a milder second: what the alert says has one witness, and people are told so."""
    first = _measuring(witness("r1", "gb", "x"), HIGH)
    second = _measuring(_second(severity=Severity.MODERATE), LOW)
    third = _measuring(witness("r3", "us", "z", severity=Severity.MODERATE, at=AT + timedelta(hours=2)), LOW)
    fourth = _measuring(witness("r4", "fr", "w", at=AT + timedelta(hours=3)), NEAR)
    before, lesser, after = (
        _weighed(first, second),
        _weighed(first, second, third),
        _weighed(first, second, third, fourth),
    )
    added = Decision(
        AlertChange.UPDATED, LifecycleReason.REPORT_ADDED, Severity.SEVERE, (), first.report, new_round=False
    )

    assert lesser.verdicts[-1].verdict is Verdict.CONFIRMS
    assert lesser.confirming == frozenset()
    assert reconsidered(added, third.report, before, lesser, RULE).reason is LifecycleReason.REPORT_ADDED
    assert after.confirming == {first.report, fourth.report}
    assert reconsidered(added, fourth.report, lesser, after, RULE).reason is LifecycleReason.CORROBORATED
    assert reconsidered(added, third.report, after, after, RULE).reason is LifecycleReason.REPORT_ADDED


def test_of_many_numbers_one_may_differ_by_chance() -> None:
    """The p-values of all that both measured are corrected together."""
    close = Score(0.805, 0.01, 1273)
    one = _weighed(_measuring(witness("r1", "gb", "x"), HIGH), _measuring(_second(severity=Severity.MODERATE), close))
    many = _weighed(
        _measuring(witness("r1", "gb", "x"), *[HIGH] * 20),
        _measuring(_second(severity=Severity.MODERATE), close, *[HIGH] * 19),
    )

    assert [each.verdicts[-1].verdict for each in (one, many)] == [Verdict.RESULTS_DIFFER, Verdict.CONFIRMS]


@pytest.mark.parametrize("severity", [Severity.MODERATE, Severity.SEVERE])
def test_one_level_apart_still_confirms(severity: Severity) -> None:
    """Two institutes need not land on the same side of a threshold."""
    assert _verdict(_second(severity=severity)) is Verdict.CONFIRMS


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("2026-11-02", "2026-11-02", Verdict.CONFIRMS),
        ("2026-11-02", "20261102", Verdict.CONFIRMS),
        ("2026-11-02", None, Verdict.CONFIRMS),
        ("2026-11-02", "2026-10-01", Verdict.OTHER_VERSION),
    ],
)
def test_versions_that_are_both_named_must_agree(one: str, other: str | None, verdict: Verdict) -> None:
    """Half of all reports name none."""
    assert _verdict(_second(version=other), witness("r1", "gb", "x", version=one)) is verdict


def test_names_of_one_system_are_one() -> None:
    """By the file of systems, not by spelling."""
    systems = Systems(names={"em4": CanonicalSystem("example-model-4", None)})

    assert _weighed(witness("r1", "gb", "x"), _second(system="EM4"), systems=systems).confirmed
    assert not _weighed(witness("r1", "gb", "x"), _second(system="EM4")).confirmed


def test_a_confirmation_of_something_lesser_confirms_nothing_of_the_alert() -> None:
    """Two that agree on minor do not make a third one's severe more certain."""
    weighing = _weighed(
        witness("r1", "gb", "x", severity=Severity.SEVERE, certainty=Certainty.POSSIBLE),
        _second(severity=Severity.MINOR),
        witness("r3", "fr", "z", severity=Severity.MINOR),
    )

    assert (weighing.confirmed, weighing.certainty) == (False, Certainty.POSSIBLE)


def test_certainty_is_of_the_severity_that_is_told() -> None:
    """A sure moderate does not make a doubtful severe sure."""
    weighing = _weighed(
        witness("r1", "gb", "x", severity=Severity.SEVERE, certainty=Certainty.POSSIBLE),
        witness("r2", "gb", "y", severity=Severity.MODERATE, certainty=Certainty.OBSERVED),
    )

    assert weighing.certainty is Certainty.POSSIBLE


def test_urgency_is_the_soonest_and_sooner_only_where_the_policy_says_so(directory: Directory) -> None:
    """The shipped policy says so for severe and critical."""
    pair = (witness("r1", "gb", "x", urgency=Urgency.FUTURE), _second(urgency=Urgency.EXPECTED))
    lesser = tuple(replace(each, severity=Severity.MODERATE) for each in pair)

    assert _weighed(*pair).urgency is Urgency.EXPECTED
    assert _weighed(*pair, rule=directory.corroboration).urgency is Urgency.IMMEDIATE
    assert _weighed(*lesser, rule=directory.corroboration).urgency is Urgency.EXPECTED


def test_incidents_do_not_confirm_each_other() -> None:
    """What is gathered with an incident repeats it, by its own word or by its evidence."""
    one, other = witness_of(incident("i1")), witness_of(incident("i2", institute="jp", derived_from=("i1",)))

    assert not _weighed(one, other).confirmed
    assert _weighed(one, other).verdicts[-1].verdict is Verdict.DERIVED


def test_what_is_no_longer_current_confirms_nothing() -> None:
    """A confirmation that was taken back is none."""
    assert not _weighed(witness("r1", "gb", "x"), _second(current=False)).confirmed
    assert weigh([_second(current=False)], RULE, NONE) is None


_witnesses = st.lists(
    st.builds(
        lambda institute, contents, severity, certainty, urgency, builds_on, version: {
            "institute": institute,
            "contents": sorted(contents),
            "severity": severity,
            "certainty": certainty,
            "urgency": urgency,
            "derived_from": tuple(sorted(builds_on)),
            "version": version,
        },
        st.sampled_from(["gb", "jp", "fr"]),
        st.sets(st.sampled_from("wxyz"), max_size=2),
        st.sampled_from([each for each in Severity if each is not Severity.CRITICAL]),
        st.sampled_from(Certainty),
        st.sampled_from(Urgency),
        st.sets(st.sampled_from(["r0", "r2"]), max_size=1),
        st.sampled_from([None, "1", "2"]),
    ),
    min_size=1,
    max_size=6,
)


def _made(described: list[dict[str, Any]], order: list[int]) -> list[Witness]:
    made = []
    for place, number in enumerate(order):
        fields = dict(described[number])
        contents = fields.pop("contents")
        made.append(witness(f"r{number}", fields.pop("institute"), *contents, at=AT + timedelta(hours=place), **fields))
    return made


def _again(described: dict[str, Any]) -> Witness:
    """A later report under an id that no other report names."""
    fields = dict(described)
    contents, institute = fields.pop("contents"), fields.pop("institute")
    return witness("again", institute, *contents, at=AT + timedelta(days=1), **fields)


def _outcome(weighing: Weighing) -> tuple[Any, ...]:
    """All but the words, which follow the order as a reader does."""
    origins = {(each.report, each.origin) for each in weighing.verdicts}
    certain = (weighing.certainty, weighing.reported_certainty, weighing.confirmed)
    return (*certain, weighing.urgency, weighing.oecd_class, frozenset(origins))


@given(_witnesses, st.integers(0, 2**32))
def test_any_order_of_arrival_comes_to_the_same(described: list[dict[str, Any]], seed: int) -> None:
    """Certainty, urgency, class, confirmation and origins are of the set of reports."""
    order = list(range(len(described)))
    shuffled = Random(seed).sample(order, len(order))

    assert _outcome(_weighed(*_made(described, order))) == _outcome(_weighed(*_made(described, shuffled)))


@given(_witnesses, st.integers(0, 5), st.sampled_from(["jp", "ke"]))
def test_what_says_that_it_repeats_changes_nothing(described: list[dict[str, Any]], which: int, institute: str) -> None:
    """Whoever publishes a report again with its evidence and its grade, and says so: nothing is surer, or less sure."""
    order = list(range(len(described)))
    before = _weighed(*_made(described, order))
    number = which % len(described)
    again = described[number] | {"institute": institute, "derived_from": (f"r{number}",)}
    after = _weighed(*_made(described, order), _again(again))

    assert _outcome(after)[:-1] == _outcome(before)[:-1]
    assert len({each.origin for each in after.verdicts}) == len({each.origin for each in before.verdicts})
    assert after.verdicts[-1].verdict in {Verdict.DERIVED, Verdict.SAME_EVIDENCE}


@given(_witnesses, st.integers(0, 5), st.sampled_from(["jp", "ke"]))
def test_evidence_published_again_without_a_word_confirms_nothing(
    described: list[dict[str, Any]], which: int, institute: str
) -> None:
    """Also where its first publisher has reported something else besides: that is still one institute's word."""
    described = [each | {"contents": [*each["contents"], f"own {n}"]} for n, each in enumerate(described)]
    order = list(range(len(described)))
    before = _weighed(*_made(described, order))
    again = described[which % len(described)] | {"institute": institute}
    after = _weighed(*_made(described, order), _again(again))

    assert before.confirmed or not after.confirmed
    assert after.reported_certainty is before.reported_certainty


def test_a_repeated_report_does_not_confirm_what_its_first_publisher_says_besides() -> None:
    """Gb has two results; ke publishes the evidence of one again: the other is not confirmed by that."""
    weighing = _weighed(witness("r1", "gb", "x"), witness("r2", "gb", "y"), witness("r3", "ke", "x"))

    assert not weighing.confirmed
