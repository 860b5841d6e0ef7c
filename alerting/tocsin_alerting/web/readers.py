"""Who reads, and what of an alert they may see. Pure; whoever is not known reads TLP:CLEAR only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from tocsin_alerting.messages.answer_views import MutedView, Tally
from tocsin_alerting.messages.judgement_views import DissentView, OverrideView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_schemas.vocabulary import Tlp

KEY_CLEARANCE = Tlp.AMBER
"""What an institute's key reads: it is held by a system, and systems are not known to keep a text in one house."""


class ReaderKind(StrEnum):
    """What a reader has shown of themselves."""

    ANONYMOUS = "anonymous"
    OPERATOR = "operator"
    INSTITUTE = "institute"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at pages or asks the API."""

    kind: ReaderKind
    clearance: Tlp
    institute: str | None = None
    """Whose key it is."""

    def level(self, tlp: Tlp) -> Level:
        """How much of an alert with this label the reader may see."""
        return Level.FULL if self.clearance.allows(tlp) else Level.NOTICE

    def may_see_deliveries_of(self, institute: str) -> bool:
        """Whether the reader may see whom an institute's messages went to: each institute keeps that to itself."""
        return self.kind is ReaderKind.OPERATOR or (self.institute is not None and self.institute == institute)


ANONYMOUS = Reader(ReaderKind.ANONYMOUS, Tlp.CLEAR)


def operator(clearance: Tlp) -> Reader:
    """The holder of an operator's token."""
    return Reader(ReaderKind.OPERATOR, clearance)


def institute_key(institute: str) -> Reader:
    """The holder of an institute's key."""
    return Reader(ReaderKind.INSTITUTE, KEY_CLEARANCE, institute)


def withheld(language: Language, reader: Reader, view: AlertView) -> str | None:
    """Why the text is not shown, if it is not."""
    if view.level is Level.FULL:
        return None
    return language.gettext(
        "The text is labelled {label}; this reader is cleared to {clearance}.",
        label=view.tlp,
        clearance=reader.clearance,
    )


def as_seen_by(reader: Reader, view: AlertView) -> AlertView:
    """What the reader may see of an alert.

    Below the label: nothing that was reported or noted. Without having said who they are: no names either, and of an
    alert above TLP:CLEAR nothing but label, severity, state, status and times.
    """
    if view.level is not Level.FULL:
        view = replace(
            view,
            level=Level.NOTICE,
            domain=None,
            title=None,
            summary=None,
            language=None,
            system=None,
            evaluation=None,
            measurements=(),
            reasons=(),
            clocks=(),
            reports=(),
            changes=tuple(replace(change, note=None, stated=None, reporters=(), deed=None) for change in view.changes),
            shared=None,
            overrides=(),
            dissents=(),
            confirmed_by=(),
            reported_certainty=None,
            verdicts=(),
            relations=(),
        )
        if reader.kind is ReaderKind.ANONYMOUS:
            return replace(view, reporters=(), responses=(), changes=(), quorum=None, tally=Tally())
    if reader.kind is ReaderKind.ANONYMOUS:
        return replace(
            view,
            responses=tuple(
                replace(response, answered_by=None, muted=_without_names(response.muted)) for response in view.responses
            ),
            changes=tuple(replace(change, actor=None, note=None) for change in view.changes),
            overrides=tuple(_without_person(each) for each in view.overrides),
            dissents=tuple(_without_person(each) for each in view.dissents),
        )
    return view


def _without_names(muted: MutedView | None) -> MutedView | None:
    """That something keeps it back, without who asked for that and why."""
    return None if muted is None else replace(muted, by=None, reason=None)


Said = TypeVar("Said", OverrideView, DissentView)


def _without_person(said: Said) -> Said:
    """That it was said, without who said it and in what words."""
    return replace(said, by=None, why=None, evidence=(), withdrawn_by=None, withdrawn_why=None)
