"""The words of a warning to the coordinator's administrators: changed files were not taken over, and why."""

from __future__ import annotations

from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.phrases import phrase
from tocsin_schemas.vocabulary import Tlp

HEADING = phrase("A change of the network's files was not taken over")
LEAD = phrase(
    "Who is told of alerts is decided by the files as they were before the change. Correct what is named here, or put "
    "the old files back."
)
IN_FORCE = phrase("In force")
WRONG = phrase("What is wrong")
MORE = phrase("There are further ones ({count}): tocsinctl policy check names them all.")


def write(view: BulletinView) -> BulletinText:
    """Every fault with its file, its field and what to do."""
    more, language = view.content["more"], view.reader
    return BulletinText(
        tlp=Tlp.GREEN,
        heading=language.say(HEADING),
        lead=language.say(LEAD),
        facts=((language.say(IN_FORCE), view.content["in_force"]),),
        items_heading=language.say(WRONG),
        # In the words of who loads the files, and with what operators wrote in them: shown as it is.
        items=tuple(BulletinItem("", fault, "en") for fault in view.content["faults"]),
        notes=(language.say(MORE, count=more),) if more else (),
    )
