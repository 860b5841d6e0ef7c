"""The words of a message that only shows that it arrives: nobody has to do anything."""

from __future__ import annotations

from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_schemas.vocabulary import Status, Tlp

HEADING = phrase("Can you be reached here?")
LEAD = phrase(
    "This message only shows that alerts would arrive at this address. Nothing has happened, and nothing is asked of "
    "you."
)
CONTACT = phrase_in("label", "Contact")


def write(view: BulletinView) -> BulletinText:
    """For whom it is, and that nothing is asked."""
    language = view.reader
    return BulletinText(
        tlp=Tlp.CLEAR,
        status=Status.TEST,
        heading=language.say(HEADING),
        lead=language.say(LEAD),
        facts=((language.say(CONTACT), view.contact_name),),
    )
