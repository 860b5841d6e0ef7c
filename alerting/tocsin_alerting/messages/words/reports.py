"""The words for what reports say in figures: harm that was counted, and the legal deadlines that may run from them."""

from __future__ import annotations

from tocsin_alerting.messages.described import described
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.view import AlertView, ClockView, ReportView
from tocsin_alerting.messages.words.labels import in_language


def figures(language: Language, said: AlertView | ReportView) -> tuple[str, ...]:
    """What was measured, as its institute writes it; of an incident, the harm that was counted."""
    return tuple(described(language, each) for each in said.measurements)


def clocks(language: Language, view: AlertView) -> tuple[str, ...]:
    """Every reporting clock, in a sentence each."""
    return tuple(clock(language, each) for each in view.clocks)


def clock(language: Language, running: ClockView) -> str:
    """A reporting clock: by which law, from what, and until when."""
    remark = in_language(language, running.language)
    trigger = f"{running.trigger} {remark}" if remark else running.trigger
    return language.ngettext(
        "{regime}: {trigger}; {count} day ends {deadline}",
        "{regime}: {trigger}; {count} days end {deadline}",
        running.days,
        regime=running.regime,
        trigger=trigger,
        deadline=language.instant(running.deadline),
    )
