"""How sure and how soon: what the rules that hold say about a grade beside its severity."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_schemas import Certainty, Urgency
from tocsin_streams.rubric.arguments import Fired
from tocsin_streams.rubric.facts import OF_THE_MEASUREMENT

_CERTAINTIES = (
    Certainty.UNKNOWN,
    Certainty.UNLIKELY,
    Certainty.POSSIBLE,
    Certainty.LIKELY,
    Certainty.OBSERVED,
)
"""Weakest first."""
_URGENCIES = (Urgency.UNKNOWN, Urgency.PAST, Urgency.FUTURE, Urgency.EXPECTED, Urgency.IMMEDIATE)
"""Least pressing first."""


def certainty_of(fired: Sequence[Fired], deciding: Sequence[Fired]) -> Certainty:
    """The strongest that a deciding rule says once it is lowered by the doubts that concern it.

    Where the deciding rules say nothing, the strongest that any rule says stands in. A doubt about a measurement does
    not concern a rule that does not rest on the measurement: a threshold of a safety framework that is reached stays as
    sure as it was when a thin result is reported beside it.
    """
    said = [each.rule.certainty for each in fired if each.rule.certainty is not None]
    otherwise = max(said, key=_CERTAINTIES.index, default=Certainty.UNKNOWN)
    lowered = [_lowered(each, each.rule.certainty, fired) for each in deciding if each.rule.certainty is not None] or [
        _lowered(each, otherwise, fired) for each in deciding
    ]
    return max(lowered, key=_CERTAINTIES.index, default=Certainty.UNKNOWN)


def _lowered(argument: Fired, certainty: Certainty, fired: Sequence[Fired]) -> Certainty:
    limits = [
        each.rule.certainty_at_most
        for each in fired
        if each.rule.certainty_at_most is not None and (_is_measured(argument) or not _is_measured(each))
    ]
    return min([certainty, *limits], key=_CERTAINTIES.index)


def _is_measured(fired: Fired) -> bool:
    return not OF_THE_MEASUREMENT.isdisjoint(fired.asked)


def urgency_of(fired: Sequence[Fired]) -> Urgency:
    """The most pressing that any rule says, kept even where there is no grade: people must look the sooner."""
    said = [each.rule.urgency for each in fired if each.rule.urgency is not None]
    return max(said, key=_URGENCIES.index, default=Urgency.UNKNOWN)
