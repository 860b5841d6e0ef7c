"""Which module writes the words of which kind of bulletin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tocsin_alerting.messages.bulletins import (
    digest,
    not_reached,
    on_call,
    policy_refused,
    reach_check,
    silence,
    storm_summary,
)
from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.policy.bulletins import BulletinKind

WRITERS: Mapping[BulletinKind, Callable[[BulletinView], BulletinText]] = {
    BulletinKind.STORM_SUMMARY: storm_summary.write,
    BulletinKind.DIGEST: digest.write,
    BulletinKind.ON_CALL: on_call.write,
    BulletinKind.POLICY_REFUSED: policy_refused.write,
    BulletinKind.NOT_REACHED: not_reached.write,
    BulletinKind.REACH_CHECK: reach_check.write,
    BulletinKind.SILENCE: silence.write,
}


def write(view: BulletinView) -> BulletinText:
    """What a bulletin says to its reader, in the reader's language."""
    return replace(WRITERS[view.kind](view), reader=view.reader)
