"""What only repeats an overridden report is no new evidence; what its institute says anew, or says graver, is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.repeats import repeats_of
from tocsin_alerting.policy.testimony import Facts, Witness, names_of
from tocsin_schemas import Certainty, OecdClass, ReportKind, Severity, Urgency

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _said(
    number: int, institute: str, severity: Severity | None, evidence: str = "", derived_from: tuple[str, ...] = ()
) -> Witness:
    return Witness(
        report=f"r{number}",
        institute=institute,
        series=f"s{number}",
        names=names_of(source=f"urn:{institute}", event_id=f"e{number}", institute=institute, series=f"s{number}"),
        severity=severity,
        received_at=START + timedelta(seconds=number),
        current=True,
        facts=None
        if severity is None
        else Facts(
            kind=ReportKind.FINDING,
            certainty=Certainty.LIKELY,
            urgency=Urgency.EXPECTED,
            oecd_class=OecdClass.HAZARD,
            evidence=(evidence,) if evidence else (),
            derived_from=derived_from,
        ),
    )


def test_the_same_evidence_and_what_builds_on_a_report_repeat_it() -> None:
    """By digest, by name, and through a report of a third institute."""
    first = _said(1, "gb", Severity.SEVERE, "a")
    same = _said(2, "jp", Severity.SEVERE, "a")
    derived = _said(3, "fr", Severity.MINOR, derived_from=("e1",))
    through = _said(4, "us", Severity.MODERATE, derived_from=("e3",))
    other = _said(5, "us", Severity.MINOR, "b")

    assert repeats_of({"r1"}, (first, same, derived, through, other)) == {"r2", "r3", "r4"}


def test_a_graver_reading_is_no_repetition() -> None:
    """Whoever grades the same evidence higher says something new."""
    first, graver = _said(1, "gb", Severity.MODERATE, "a"), _said(2, "jp", Severity.SEVERE, "a")

    assert repeats_of({"r1"}, (first, graver)) == frozenset()


def test_an_institute_repeats_others_and_not_itself() -> None:
    """Its own further report on the same evidence is its new word, whatever others repeat."""
    first, other = _said(1, "gb", Severity.SEVERE, "a"), _said(2, "jp", Severity.SEVERE, "a")
    again = _said(3, "gb", Severity.SEVERE, "a")

    assert repeats_of({"r1", "r2"}, (first, other, again)) == frozenset()
    assert repeats_of({"r1"}, (first, other, again)) == {"r2"}


_reports = st.lists(
    st.tuples(
        st.sampled_from(["gb", "jp", "fr"]),
        st.none() | st.sampled_from(list(Severity)),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=7,
).map(lambda rows: [_said(number, *row) for number, row in enumerate(rows)])


@given(_reports, st.data())
def test_only_what_is_no_graver_than_what_was_seen_is_ever_covered(reports: list[Witness], data: st.DataObject) -> None:
    """In whatever order they came; and never what rests on evidence of its own."""
    seen = data.draw(st.sets(st.sampled_from([each.report for each in reports]))) if reports else set()
    covered = repeats_of(seen, reports)
    by_id = {each.report: each for each in reports}
    graded = [by_id[one].severity for one in seen]
    worst = max((severity.rank for severity in graded if severity is not None), default=-2)

    assert covered == repeats_of(seen, data.draw(st.permutations(reports)))
    assert not covered & seen
    for one in covered:
        severity, facts = by_id[one].severity, by_id[one].facts
        assert severity is not None
        assert severity.rank <= worst
        assert facts is not None
        assert facts.evidence
