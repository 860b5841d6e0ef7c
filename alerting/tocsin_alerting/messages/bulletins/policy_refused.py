"""The words of a warning to the coordinator's administrators: changed files were not taken over, and why."""

from __future__ import annotations

from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_schemas.vocabulary import Tlp

HEADING = "A change of the network's files was not taken over"
LEAD = (
    "Who is told of alerts is decided by the files as they were before the change. Correct what is named here, or put "
    "the old files back."
)
IN_FORCE = "In force"
WRONG = "What is wrong"
MORE = "And {count} more: tocsinctl policy check names them all."


def write(view: BulletinView) -> BulletinText:
    """Every fault with its file, its field and what to do."""
    more = view.content["more"]
    return BulletinText(
        tlp=Tlp.GREEN,
        heading=HEADING,
        lead=LEAD,
        facts=((IN_FORCE, view.content["in_force"]),),
        items_heading=WRONG,
        # In the words of who loads the files, and with what operators wrote in them: shown as it is.
        items=tuple(BulletinItem("", fault, "en") for fault in view.content["faults"]),
        notes=(MORE.format(count=more),) if more else (),
    )
