"""Whether a planned message is still worth sending when its turn comes, and how long a failure makes it wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.sending import (
    LONGEST_WAIT,
    Anchor,
    DropReason,
    Due,
    Fate,
    Outcome,
    Sibling,
    back_off,
    fate_of,
)
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertState

MESSAGE, EDIT, REPLY = DeliveryKind.MESSAGE, DeliveryKind.EDIT, DeliveryKind.REPLY


def _due(kind: DeliveryKind = MESSAGE, reason: TellingReason = TellingReason.RAISED, **changes: Any) -> Due:
    fields: dict[str, Any] = {
        "id": "this",
        "revision": 5,
        "kind": kind,
        "reason": reason,
        "round": 1,
        "alert_state": AlertState.OPEN,
        "alert_round": 1,
        "answered": False,
    }
    return Due(**(fields | changes))


def _sibling(
    revision: int,
    kind: DeliveryKind = MESSAGE,
    outcome: Outcome = Outcome.SENT,
    reason: TellingReason = TellingReason.RAISED,
) -> Sibling:
    sent = outcome is Outcome.SENT
    return Sibling(
        f"{kind}{revision}", revision, kind, reason, outcome, f"{revision}.1" if sent else None, "C1" if sent else None
    )


def _fate(due: Due, *siblings: Sibling, previews: bool = False) -> Fate:
    return fate_of(due, siblings, previews=previews)


@pytest.mark.parametrize("kind", [MESSAGE, REPLY])
@pytest.mark.parametrize("reason", [reason for reason in TellingReason if reason.pages])
@pytest.mark.parametrize(
    ("changes", "drop"),
    [
        ({"answered": True}, DropReason.ANSWERED),
        ({"alert_state": AlertState.RESOLVED}, DropReason.ALERT_CLOSED),
        ({"alert_state": AlertState.RETRACTED}, DropReason.ALERT_CLOSED),
        ({"alert_round": 2}, DropReason.NEWER_ROUND),
    ],
)
def test_nobody_is_asked_for_what_is_settled(
    kind: DeliveryKind, reason: TellingReason, changes: dict[str, Any], drop: DropReason
) -> None:
    """After an answer, an end or a new round, no message of before asks any more; the coordinator hears of others."""
    if reason.tells_of_silence and drop is DropReason.ANSWERED:
        assert _fate(_due(kind, reason, **changes), _sibling(1)).drop is None
        return

    assert _fate(_due(kind, reason, **changes), _sibling(1)) == Fate(drop=drop)


@pytest.mark.parametrize("kind", [MESSAGE, REPLY])
@pytest.mark.parametrize(
    ("changes", "drop"),
    [
        ({"answered": True, "in_hand": True}, None),
        ({"answered": True}, DropReason.LAST_WORD_SAID),
        ({}, DropReason.LAST_WORD_SAID),
        ({"answered": True, "in_hand": True, "alert_state": AlertState.RESOLVED}, DropReason.ALERT_CLOSED),
        ({"answered": True, "in_hand": True, "alert_round": 2}, DropReason.NEWER_ROUND),
    ],
)
def test_nobody_is_reminded_of_what_is_no_longer_in_hand(
    kind: DeliveryKind, changes: dict[str, Any], drop: DropReason | None
) -> None:
    """A last word, a withdrawal, an end or a new round that comes while the reminder waits makes it pointless."""
    assert _fate(_due(kind, TellingReason.REMINDED, **changes), _sibling(1)).drop is drop


def test_an_update_is_not_left_to_a_reminder_to_tell() -> None:
    """The reminder may be dropped, and then nobody would have told of it."""
    due = _due(MESSAGE, TellingReason.UPDATED, revision=2)
    reminder = _sibling(3, outcome=Outcome.PENDING, reason=TellingReason.REMINDED)

    assert _fate(due, _sibling(1), reminder).drop is None


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.WITHHELD, Outcome.SUPERSEDED])
def test_an_escalation_without_a_thread_stands_by_itself(outcome: Outcome) -> None:
    """That the first message failed is no reason not to call the next people."""
    fate = _fate(_due(REPLY, TellingReason.ESCALATED), _sibling(1, outcome=outcome))

    assert fate == Fate(anchor=None)


@pytest.mark.parametrize("kind", DeliveryKind)
def test_nothing_follows_a_message_that_never_went_out(kind: DeliveryKind) -> None:
    """A correction of something that was not said is not said either."""
    fate = _fate(_due(kind, TellingReason.RETRACTED), _sibling(1, outcome=Outcome.FAILED))

    assert fate.drop is DropReason.NOT_TOLD_BEFORE


def test_edits_and_replies_hang_on_the_latest_message_before_them() -> None:
    """After the severity was raised, the newer message is the one that is kept up to date."""
    siblings = (_sibling(1), _sibling(3, reason=TellingReason.SEVERITY_RAISED), _sibling(9))

    assert _fate(_due(EDIT, TellingReason.ANSWERED, revision=4), *siblings).anchor == Anchor("3.1", "C1")
    assert _fate(_due(REPLY, TellingReason.ANSWERED, revision=4), *siblings).anchor == Anchor("3.1", "C1")


def test_the_message_before_a_new_one_only_points_to_it() -> None:
    """Two messages that both ask for an answer would be answered in the wrong place."""
    newer = _sibling(5, reason=TellingReason.SEVERITY_RAISED, outcome=Outcome.PENDING)
    fate = _fate(_due(EDIT, TellingReason.UPDATED, revision=5), _sibling(1), newer)

    assert fate == Fate(anchor=Anchor("1.1", "C1"), moved=True)


def test_of_several_edits_only_the_newest_is_made() -> None:
    """They would all show the present state: a burst of answers is one edit."""
    siblings = (
        _sibling(1),
        *(_sibling(revision, EDIT, Outcome.PENDING, TellingReason.ANSWERED) for revision in (6, 7, 8)),
    )
    fate = _fate(_due(EDIT, TellingReason.ANSWERED), *siblings)

    assert fate.drop is DropReason.NEWER_EDIT
    assert {one for one, _ in fate.drops} == {"edit6", "edit7"}


def test_an_edit_of_another_message_is_left_alone() -> None:
    """The pointer on the old message is made although the new one is edited as well."""
    siblings = (
        _sibling(1),
        _sibling(5, reason=TellingReason.SEVERITY_RAISED),
        _sibling(6, EDIT, Outcome.PENDING, TellingReason.ANSWERED),
    )

    assert _fate(_due(EDIT, TellingReason.UPDATED, revision=5), *siblings).drop is None


def test_of_several_mails_that_follow_only_the_newest_is_sent() -> None:
    """It tells of every change since; the first, which asked for an answer, is never folded."""
    siblings = (
        _sibling(1),
        _sibling(6, MESSAGE, Outcome.PENDING, TellingReason.REPORT_ADDED),
        _sibling(7, MESSAGE, Outcome.PENDING, TellingReason.ESCALATED),
    )
    fate = _fate(_due(MESSAGE, TellingReason.REPORT_ADDED), *siblings)

    assert fate.drop is DropReason.NEWER_FOLLOW_UP
    assert fate.drops == ()
    assert _fate(_due(MESSAGE, TellingReason.RETRACTED, revision=8), *siblings).drop is None


def test_a_preview_can_be_followed_only_by_previews() -> None:
    """Once there is a token, there is nothing in Slack to edit; before, edits are previewed as well."""
    previewed = _sibling(1, outcome=Outcome.PREVIEWED)

    assert _fate(_due(EDIT, TellingReason.ANSWERED), previewed, previews=True).anchor == Anchor(None, None)
    assert _fate(_due(EDIT, TellingReason.ANSWERED), previewed).drop is DropReason.NOT_TOLD_BEFORE


@given(st.uuids().map(str), st.integers(1, 1_000))
def test_waits_grow_stay_bounded_and_are_known_beforehand(delivery: str, attempts: int) -> None:
    """Doubling from two seconds, never beyond five minutes and a quarter, the same for the same attempt."""
    wait = back_off(delivery, attempts)
    plain = min(timedelta(seconds=2) * 2 ** min(attempts - 1, 20), LONGEST_WAIT)

    assert wait == back_off(delivery, attempts)
    assert plain * 0.75 <= wait <= plain * 1.25


def test_many_that_failed_together_do_not_come_back_together() -> None:
    """The spread is of the delivery's id."""
    waits = {back_off(f"delivery-{number}", 3) for number in range(50)}

    assert len(waits) == 50
