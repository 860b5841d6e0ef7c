"""Which reports go back to one origin, whoever tells them and in whatever order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.assessments import evidence, finding
from tests.alerting.policy.witnesses import witness
from tocsin_alerting.policy.origins import Tie, origins_of, tie_between
from tocsin_alerting.policy.testimony import Witness, facts_of
from tocsin_schemas import Evidence

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _groups(*testimonies: Witness) -> set[frozenset[str]]:
    """The origins, by the event ids of their reports."""
    names = {each.report: each.event for each in map(Named, testimonies)}
    return {frozenset(names[report] for report in group) for group in origins_of(testimonies).groups}


class Named:
    """A testimony with the event id it was made from."""

    def __init__(self, testimony: Witness) -> None:
        self.report = testimony.report
        self.event = min(testimony.names, key=len)


def test_reports_with_evidence_of_their_own_are_independent() -> None:
    """Nothing ties them."""
    assert _groups(witness("a", "gb", "x"), witness("b", "jp", "y")) == {frozenset("a"), frozenset("b")}


def test_the_same_evidence_is_one_origin() -> None:
    """However many publish it, and whatever else they add."""
    assert _groups(witness("a", "gb", "x"), witness("b", "jp", "x", "y"), witness("c", "fr", "y")) == {frozenset("abc")}


@pytest.mark.parametrize("name", ["a", "urn:tocsin:institute:gb a", "gb a", witness("a", "gb").report])
def test_what_builds_on_a_report_is_of_its_origin_however_it_names_it(name: str) -> None:
    """By event id, with its source, by its series, or by our own id."""
    assert _groups(witness("a", "gb", "x"), witness("b", "jp", "y", derived_from=(name,))) == {frozenset("ab")}


def test_a_chain_is_one_origin() -> None:
    """C builds on b, b on a; also where b no longer counts."""
    chain = (
        witness("a", "gb", "x"),
        witness("b", "jp", "y", derived_from=("a",), current=False),
        witness("c", "fr", "z", derived_from=("b",)),
    )

    assert _groups(*chain) == {frozenset("abc")}


def test_two_that_build_on_something_unknown_are_of_its_origin() -> None:
    """Both repeat what was never reported here."""
    both = (witness("a", "gb", "x", derived_from=("q",)), witness("b", "jp", "y", derived_from=("q",)))

    assert _groups(*both) == {frozenset("ab")}
    assert tie_between(*both) is Tie.DERIVED


def test_one_event_id_of_two_institutes_ties_nothing() -> None:
    """Ids are unique within a source only."""
    one, other = witness("a", "gb", "x"), witness("a", "jp", "y")

    assert len(origins_of((one, other)).groups) == 2


def test_an_empty_file_is_no_evidence() -> None:
    """Two reports that share its digest share nothing."""
    facts = facts_of(finding(evidence=(Evidence(digest=EMPTY), *evidence("x"))))

    assert facts is not None
    assert len(facts.evidence) == 1


_reports = st.lists(
    st.tuples(
        st.sampled_from(["gb", "jp", "fr"]),
        st.sets(st.sampled_from("xyz"), max_size=2),
        st.sets(st.sampled_from(["r0", "r1", "r2", "r3", "elsewhere"]), max_size=1),
    ),
    min_size=1,
    max_size=6,
)


@given(_reports, st.randoms(use_true_random=False))
def test_the_order_plays_no_part(reports: list[tuple[str, set[str], set[str]]], random: object) -> None:
    """Any order of the same reports has the same origins, and the same names for them."""
    made = [
        witness(f"r{number}", institute, *sorted(digests), derived_from=tuple(sorted(names)))
        for number, (institute, digests, names) in enumerate(reports)
    ]
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert origins_of(shuffled) == origins_of(made)


def test_arrival_is_not_looked_at() -> None:
    """Only what reports say is."""
    early, late = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    one = (witness("a", "gb", "x", at=early), witness("b", "jp", "x", at=late))
    other = (witness("a", "gb", "x", at=late), witness("b", "jp", "x", at=early))

    assert origins_of(one) == origins_of(other)
