"""The rule of disclosure, weakened in one place each: what the property tests must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tocsin_alerting.messages.bulletins import silence
from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.policy import disclosure
from tocsin_alerting.policy.directory import Address, Channel, Contact
from tocsin_alerting.policy.disclosure import Disclosure, DisclosureReason, Level
from tocsin_alerting.store import record
from tocsin_alerting.store.muting_views import muted_view
from tocsin_schemas import Tlp

_true = disclosure.disclose
Rule = Callable[[Tlp, Contact, Address], Disclosure]
FULL = Disclosure(Level.FULL, DisclosureReason.CLEARED)


def _clearance_is_forgotten(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    return _true(tlp, contact.model_copy(update={"clearance": Tlp.RED}), address)


def _one_step_up_is_near_enough(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    higher = list(Tlp)[min(contact.clearance.rank + 1, Tlp.AMBER_STRICT.rank)]
    return _true(tlp, contact.model_copy(update={"clearance": max(contact.clearance, higher, key=_rank)}), address)


def _red_goes_to_roles(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    return _true(tlp, contact.model_copy(update={"named_person": True}), address)


def _red_goes_to_shared_addresses(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    return _true(tlp, contact, address.model_copy(update={"shared": False}))


def _red_travels_in_messages(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    said = _true(tlp, contact, address)
    return FULL if said.level is Level.NOTICE else said


def _strict_leaves_the_house(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    return _true(tlp, contact, address.model_copy(update={"internal": True}))


def _every_channel_carries_texts(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    if address.channel is not Channel.APPRISE:
        return _true(tlp, contact, address)
    return _true(tlp, contact, address.model_copy(update={"full_text": True}))


def _rank(label: Tlp) -> int:
    return label.rank


RULES: dict[str, Rule] = {
    rule.__name__.strip("_"): rule
    for rule in (
        _clearance_is_forgotten,
        _one_step_up_is_near_enough,
        _red_goes_to_roles,
        _red_goes_to_shared_addresses,
        _red_travels_in_messages,
        _strict_leaves_the_house,
        _every_channel_carries_texts,
    )
}


def weaken_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a weakened rule in place of the true one, wherever messages are planned and composed."""
    monkeypatch.setattr(disclosure, "disclose", RULES[name])


def most_of_the_readers_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that several read gets what the most entitled of them may have."""
    monkeypatch.setattr(disclosure, "_openness", lambda said: -("nothing", "notice", "full").index(said.level.value))


def only_the_alerts_own_label_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels of the reports that an alert gathers are forgotten, and its own is what the last one said."""
    monkeypatch.setattr(
        record.AlertRecord,
        "label",
        property(lambda self: disclosure.label_of(min((each.tlp for each in self.reports), default="", key=_place))),
    )


def _place(text: str) -> int:
    return disclosure.label_of(text).rank


def a_notice_tells_the_title(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may only be announced is shown whole."""
    true: Any = record.AlertRecord._at

    def at(self: record.AlertRecord, level: Level) -> Any:
        view = true(self, Level.FULL if level is Level.NOTICE else level)
        return None if view is None else replace(view, level=Level.FULL)

    monkeypatch.setattr(record.AlertRecord, "_at", at)


def why_somebody_wants_quiet_is_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of a silence is shown on alerts of any label."""
    monkeypatch.setattr(
        record.AlertRecord,
        "_muted",
        lambda self, institute, *, full: muted_view(self.mutings, institute, self.directory, full=full, why=full),
    )


def a_bulletin_is_open_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a bulletin says in its own words has no label."""
    monkeypatch.setattr(BulletinText, "own_label", property(lambda _self: Tlp.CLEAR))
    monkeypatch.setattr(silence, "SAID", Tlp.CLEAR)


OTHERS = (
    why_somebody_wants_quiet_is_for_everybody,
    a_bulletin_is_open_to_all,
    most_of_the_readers_decides,
    only_the_alerts_own_label_counts,
    a_notice_tells_the_title,
)
