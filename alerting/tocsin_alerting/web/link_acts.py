"""What the page behind a message's link can do beside answering: look, have an answer withdrawn, stop reminders."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.asking_again import ask_again
from tocsin_alerting.store.looks import record_look
from tocsin_alerting.store.reminding import stop_reminding
from tocsin_alerting.web.asked_again import not_recorded, status_and_words
from tocsin_alerting.web.asking_form import may_be_asked_again
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.note import note_from_form
from tocsin_alerting.web.opened_link import OpenedLink
from tocsin_schemas.vocabulary import AlertState

SEEN, ASK_AGAIN, NO_REMINDERS = "seen", "ask_again", "no_reminders"
LINK_ACTS = frozenset({SEEN, ASK_AGAIN, NO_REMINDERS})


@dataclass(frozen=True, slots=True)
class Done:
    """What the page says after a button was pressed."""

    status: int
    said: str | None = None
    fault: str | None = None


def withdrawable(web: Web, link: OpenedLink) -> tuple[ResponseView, ...]:
    """The institutes whose answer the addressee may have withdrawn: its own; the coordinator's people any."""
    if link.view.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return ()
    coordinates = link.contact.institute == web.directory.coordinator
    return tuple(
        each
        for each in link.view.responses
        if may_be_asked_again(each) and (coordinates or each.institute == link.institute)
    )


def link_acts(web: Web, link: OpenedLink) -> frozenset[str]:
    """Which of the acts the page offers now."""
    own, offered = link.response, set()
    closed = link.view.state in {AlertState.RESOLVED, AlertState.RETRACTED}
    if own is not None and not closed and own.answer is None and own.seen_at is None:
        offered.add(SEEN)
    if withdrawable(web, link):
        offered.add(ASK_AGAIN)
    if own is not None and not closed and own.answer in IN_HAND and own.reminders_unwanted_at is None:
        offered.add(NO_REMINDERS)
    return frozenset(offered)


def look(web: Web, link: OpenedLink) -> bool:
    """Record that the addressee has looked: a button was pressed, the page was not merely fetched."""
    with web.store.transaction() as session:
        return record_look(
            session,
            alert_id=link.view.id,
            institute=link.institute,
            by=link.contact.id,
            via=Via.EMAIL_LINK,
            now=web.clock(),
        )


def act(web: Web, link: OpenedLink, action: str, form: dict[str, str], language: Language) -> Done:
    """Do what a button of `LINK_ACTS` is for, and say so in the language of the page."""
    gettext = language.gettext
    if action == ASK_AGAIN:
        return _ask_again(web, link, form, language)
    if action == SEEN:
        concerned = look(web, link)
        said = gettext("Recorded: your institute has seen it. It still awaits an answer.")
    else:
        said = gettext("Recorded: your institute gets no more reminders of this alert.")
        with web.store.transaction() as session:
            concerned = stop_reminding(
                session, alert_id=link.view.id, institute=link.institute, by=link.contact.id, now=web.clock()
            )
    if concerned:
        return Done(200, said=said)
    return Done(409, fault=gettext("Nothing has been recorded: your institute is not asked for an answer."))


def _ask_again(web: Web, link: OpenedLink, form: dict[str, str], language: Language) -> Done:
    institute = form.get("institute", "")
    if institute not in {each.institute for each in withdrawable(web, link)}:
        fault = language.gettext("Choose an institute whose answer you may withdraw.")
        return Done(409, fault=not_recorded(language, fault))
    why = note_from_form(form.get("why"))
    if why is None:
        fault = language.gettext("Say why, for those who are asked again.")
        return Done(422, fault=not_recorded(language, fault))
    with web.store.transaction() as session:
        asked = ask_again(
            session,
            alert_id=link.view.id,
            institute=institute,
            why=why,
            by=link.contact.id,
            via=Via.EMAIL_LINK,
            directory=web.directory,
            now=web.clock(),
        )
    status, said = status_and_words(asked, web.directory.institute_name(institute), language)
    return Done(200, said=said) if status == 200 else Done(status, fault=not_recorded(language, said))
