"""What institutes' answers together make of an alert."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.answering import FINAL, Standing, replaceable, state_of
from tocsin_schemas import AlertState, Answer

_standings = st.lists(st.builds(Standing, st.booleans(), st.none() | st.sampled_from(list(Answer))), max_size=8)


@given(_standings)
def test_silence_of_one_that_owes_an_answer_keeps_an_alert_open(round_: list[Standing]) -> None:
    """However many others have answered."""
    assert state_of([*round_, Standing(answer_required=True, answer=None)]) is AlertState.OPEN


@given(_standings)
def test_no_alert_is_resolved_without_a_resolution(round_: list[Standing]) -> None:
    """That it concerns nobody does not settle it."""
    if state_of(round_) is AlertState.RESOLVED:
        assert any(standing.answer is Answer.RESOLVE for standing in round_)
        assert all(standing.answer in FINAL for standing in round_ if standing.answer_required)


@given(_standings.flatmap(lambda round_: st.tuples(st.just(round_), st.permutations(round_))))
def test_the_order_of_institutes_does_not_matter(rounds: tuple[list[Standing], list[Standing]]) -> None:
    """A state is of the set."""
    round_, shuffled = rounds

    assert state_of(shuffled) is state_of(round_)


def test_where_nobody_owes_an_answer_the_first_one_decides() -> None:
    """A test or a minor finding may still be acknowledged, and resolved."""
    told = Standing(answer_required=False, answer=None)

    assert state_of([told, told]) is AlertState.OPEN
    assert state_of([told, Standing(answer_required=False, answer=Answer.ACKNOWLEDGE)]) is AlertState.ACKNOWLEDGED
    assert state_of([told, Standing(answer_required=False, answer=Answer.RESOLVE)]) is AlertState.RESOLVED


def test_only_an_acknowledgement_moves_on() -> None:
    """And only to a last word."""
    assert {given: replaceable(given) for given in Answer} == {
        Answer.ACKNOWLEDGE: frozenset(),
        Answer.RESOLVE: {Answer.ACKNOWLEDGE},
        Answer.DECLINE: {Answer.ACKNOWLEDGE},
        Answer.NOT_APPLICABLE: {Answer.ACKNOWLEDGE},
    }
