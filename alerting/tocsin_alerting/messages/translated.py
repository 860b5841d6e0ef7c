"""An alert as a reader of another language gets it: our own sentences in it translated, what others wrote as it is."""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.messages.answering import UNDONE_IN_SLACK
from tocsin_alerting.messages.guidance import said_in
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.view import AlertView, ChangeView, ClockView, ReasonView
from tocsin_schemas.sentences import Sentences


def translated(view: AlertView, language: Language, sentences: Sentences) -> AlertView:
    """The reasons and clocks in the reader's language, where the network has them in it; and what is ours in any case.

    Ours are guidance, and the note that stands for one where a button had no room for a person's own.

    A sentence that is not translated, or was worded otherwise by the rubric that graded, stays as it was recorded, in
    English, and is marked so where it is shown.
    """
    shown = replace(
        view,
        reasons=tuple(_reason(each, language, sentences) for each in view.reasons),
        clocks=tuple(_clock(each, language, sentences) for each in view.clocks),
        changes=tuple(_change(each, language) for each in view.changes),
    )
    if view.divergence is None:
        return shown
    said = said_in(language, view.divergence)
    return replace(shown, divergence=said, title=said.title, summary=said.summary, language=language.tag)


def _reason(reason: ReasonView, language: Language, sentences: Sentences) -> ReasonView:
    said = sentences.said(reason.rule, reason.sentence, dict(reason.inputs), language.tag)
    return replace(reason, sentence=said.text, language=said.language)


def _clock(clock: ClockView, language: Language, sentences: Sentences) -> ClockView:
    said = sentences.wording(clock.trigger, language.tag)
    return replace(clock, trigger=said.text, language=said.language)


def _change(change: ChangeView, language: Language) -> ChangeView:
    return replace(change, note=language.say(UNDONE_IN_SLACK)) if change.note == UNDONE_IN_SLACK.message else change
