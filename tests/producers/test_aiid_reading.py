"""What a description states in figures, and what it only denies or fears."""

import pytest

from tocsin_producers.adapters.aiid.reading import stated


@pytest.mark.parametrize(
    ("text", "what", "value"),
    [
        ("The car struck and killed a pedestrian.", "deaths", 1),
        ("It hit a bus, killing two people.", "deaths", 2),
        ("The plane crashed, killing 1,189 people.", "deaths", 1189),
        ("In all 12 workers were killed.", "deaths", 12),
        ("The study counts 144 deaths.", "deaths", 144),
        ("The robot injured a 24-year-old factory worker.", "injuries", 1),
        ("About 20 people were injured.", "injuries", 20),
        ("It falsely accused thousands of families of fraud.", "people_affected", 1_000),
        ("It wrongly charged hundreds of thousands of people.", "people_affected", 100_000),
        ("The firm fired more than a hundred employees.", "people_affected", 100),
        ("The error affected 1.5 million customers.", "people_affected", 1_500_000),
        ("They laid off a few thousand employees.", "people_affected", 1_000),
        ("The bank lost $35 million.", "financial_loss_usd", 35_000_000.0),
        ("A voice was cloned in a purported US$2.5 million fraud.", "financial_loss_usd", 2_500_000.0),
        ("The outage affected hospitals nationwide.", "extent", "national"),
        ("The error harmed renters worldwide.", "extent", "global"),
    ],
)
def test_plain_figures_are_read(text: str, what: str, value: object) -> None:
    """What a sentence states in so many words is read, a round word as the least it can mean."""
    found = {each.what: each for each in stated(text)}

    assert found[what].value == value
    assert found[what].words in text


@pytest.mark.parametrize(
    "text",
    [
        "No crash or injuries occurred.",
        "Nobody was hurt; it could have killed a pedestrian.",
        "It nearly killed two people.",
        "The system was designed to kill; no one died.",
        "A drill killed the lights in a hall.",
        "The app has 5 million users worldwide.",
        "The firm, which operates nationwide, was fined.",
        "It sold the tool for $35 million.",
        "The victim lost A$4 million.",
        "The court heard 12 witnesses.",
        "",
    ],
)
def test_what_is_denied_feared_or_beside_the_point_is_not_read(text: str) -> None:
    """A figure is read only where the sentence says that harm of that size happened."""
    assert stated(text) == ()


def test_figures_are_not_added_up() -> None:
    """A title and a description say the same thing twice: the larger figure counts."""
    (found,) = stated("Crash kills two people. The crash killed two people and, police said, killed 3 people in all.")

    assert found.value == 3
