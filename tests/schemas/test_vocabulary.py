"""The closed sets of words, and their orders."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin_schemas import Severity, Tlp

labels = st.sampled_from(Tlp)


def test_tlp_goes_from_clear_to_red() -> None:
    """The order of FIRST TLP 2.0: CLEAR is freest, RED strictest."""
    assert sorted(Tlp, key=lambda label: label.rank) == [
        Tlp.CLEAR,
        Tlp.GREEN,
        Tlp.AMBER,
        Tlp.AMBER_STRICT,
        Tlp.RED,
    ]


@given(clearance=labels, label=labels)
def test_whoever_may_read_one_label_may_read_every_laxer_one(clearance: Tlp, label: Tlp) -> None:
    """A clearance allows exactly the labels that are no stricter than itself."""
    allowed = [other for other in Tlp if clearance.allows(other)]

    assert clearance.allows(label) == (label.rank <= clearance.rank)
    assert allowed == list(Tlp)[: clearance.rank + 1]


@given(one=labels, other=labels)
def test_of_two_labels_one_always_allows_the_other(one: Tlp, other: Tlp) -> None:
    """The order is total, and only equal labels allow each other."""
    assert one.allows(other) or other.allows(one)
    assert (one.allows(other) and other.allows(one)) == (one is other)


def test_labels_are_written_as_first_writes_them() -> None:
    """Capitals, no spaces, never translated."""
    assert [label.value for label in Tlp] == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


def test_unclassified_is_no_severity_but_the_absence_of_one() -> None:
    """It stands below the order, so that no maximum over harms ever picks it above a grade."""
    ranked = sorted(Severity, key=lambda severity: severity.rank)

    assert ranked == [
        Severity.UNCLASSIFIED,
        Severity.NEGLIGIBLE,
        Severity.MINOR,
        Severity.MODERATE,
        Severity.SEVERE,
        Severity.CRITICAL,
    ]
    assert Severity.UNCLASSIFIED.rank == -1
