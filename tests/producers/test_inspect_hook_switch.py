"""Whether the hook publishes, from the environment alone."""

from __future__ import annotations

import pytest

from tocsin_producers.hook.switch import Readiness, decide
from tocsin_schemas import Tlp

KAFKA = {
    "TOCSIN_INSTITUTE": "gb",
    "TOCSIN_TLP": "TLP:AMBER",
    "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "kafka.example.org:9092",
}
DOOR = {"TOCSIN_TLP": "TLP:RED", "TOCSIN_DOOR_URL": "https://door.example.org", "TOCSIN_DOOR_KEY": "key"}


@pytest.mark.parametrize("variables", [KAFKA, DOOR, KAFKA | DOOR], ids=["kafka", "door", "both"])
def test_three_variables_are_enough(variables: dict[str, str]) -> None:
    """With either way's three variables every evaluation is published, and there is nothing to say."""
    decision = decide(variables)

    assert (decision.readiness, decision.advice) == (Readiness.READY, None)


@pytest.mark.parametrize("variables", [{}, {"PATH": "/bin"}, {"TOCSIN_TLP": ""}, {"TOCSIN_TOPIC_PREFIX": "x."}])
def test_an_evaluation_that_is_none_of_its_business_hears_nothing(variables: dict[str, str]) -> None:
    """Where nothing of ours is set the hook is silent."""
    decision = decide(variables)

    assert (decision.readiness, decision.advice) == (Readiness.UNCONFIGURED, None)


@pytest.mark.parametrize("way", [KAFKA, DOOR], ids=["kafka", "door"])
@pytest.mark.parametrize("left_out", range(3))
def test_what_is_missing_is_named(way: dict[str, str], left_out: int) -> None:
    """Whoever set two of three variables is told of the third, and how to be left alone."""
    name = sorted(way)[left_out]
    decision = decide({key: content for key, content in way.items() if key != name})

    assert decision.readiness is Readiness.INCOMPLETE
    assert name in (decision.advice or "")
    assert "TOCSIN_HOOK_DISABLED=1" in (decision.advice or "")


@pytest.mark.parametrize("label", ["AMBER", "tlp:amber", "TLP:WHITE", "TLP: RED"])
def test_a_wrong_label_is_refused_with_the_right_ones(label: str) -> None:
    """There is no default and no guess: a label that is none of TLP 2.0 publishes nothing and names those that are."""
    decision = decide({**KAFKA, "TOCSIN_TLP": label})

    assert decision.readiness is Readiness.INVALID
    assert all(known.value in (decision.advice or "") for known in Tlp)


def test_a_wrong_institute_is_refused() -> None:
    """A name in place of an id is told at the start, not report by report."""
    decision = decide({**KAFKA, "TOCSIN_INSTITUTE": "UK AISI"})

    assert decision.readiness is Readiness.INVALID
    assert "TOCSIN_INSTITUTE" in (decision.advice or "")


@pytest.mark.parametrize("content", ["1", "true", "yes"])
def test_it_can_be_turned_off(content: str) -> None:
    """TOCSIN_HOOK_DISABLED goes before everything, silently."""
    decision = decide({**KAFKA, "TOCSIN_TLP": "wrong", "TOCSIN_HOOK_DISABLED": content})

    assert (decision.readiness, decision.advice) == (Readiness.DISABLED, None)


@pytest.mark.parametrize("content", ["", "0", "false"])
def test_it_is_not_turned_off_by_a_no(content: str) -> None:
    """TOCSIN_HOOK_DISABLED=0 turns nothing off."""
    assert decide({**KAFKA, "TOCSIN_HOOK_DISABLED": content}).readiness is Readiness.READY
