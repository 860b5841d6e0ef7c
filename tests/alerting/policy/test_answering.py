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


def test_a_word_only_goes_forward() -> None:
    """Acknowledged, then acting, then a last word; a last word takes the place of no other."""
    assert {given: replaceable(given) for given in Answer} == {
        Answer.ACKNOWLEDGE: frozenset(),
        Answer.ACTING: {Answer.ACKNOWLEDGE},
        Answer.RESOLVE: {Answer.ACKNOWLEDGE, Answer.ACTING},
        Answer.DECLINE: {Answer.ACKNOWLEDGE, Answer.ACTING},
        Answer.NOT_APPLICABLE: {Answer.ACKNOWLEDGE, Answer.ACTING},
    }


@given(st.lists(st.sampled_from(list(Answer)), max_size=12))
def test_whatever_is_pressed_a_word_goes_forward_and_comes_to_rest(pressed: list[Answer]) -> None:
    """The first counts; each that counts after it says more; a last word ends it; saying it again changes nothing."""
    standing: Answer | None = None
    counted: list[Answer] = []
    for answer in pressed:
        if standing is None or standing in replaceable(answer):
            standing = answer
            counted.append(answer)

    assert counted[:1] == pressed[:1]
    assert [_STAGE[answer] for answer in counted] == sorted({_STAGE[answer] for answer in counted})
    assert all(answer not in FINAL for answer in counted[:-1])
    if standing is not None:
        assert standing not in replaceable(standing)


_STAGE = {Answer.ACKNOWLEDGE: 0, Answer.ACTING: 1, Answer.RESOLVE: 2, Answer.DECLINE: 2, Answer.NOT_APPLICABLE: 2}
