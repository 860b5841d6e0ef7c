"""The words of a warning to administrators: messages to an address, or to everybody of an institute, do not arrive."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText, strictest
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.policy.marked import MarkReason
from tocsin_schemas.vocabulary import Tlp

HEADINGS = {
    MarkReason.OWN_ADDRESS: phrase("An address of {contacts} does not work"),
    MarkReason.NOBODY_TO_TELL: phrase("An address of {contacts} does not work, and its administrators are not reached"),
    MarkReason.INSTITUTE_UNREACHABLE: phrase("Nobody at {institute} can be reached"),
    MarkReason.COORDINATOR_NOT_REACHED: phrase("The coordinator was not reached about the silence of {institute}"),
}
LEADS = {
    MarkReason.OWN_ADDRESS: phrase(
        "Alerts go to the contact's other addresses, or to the next people. Correct the address in contacts.yaml, or "
        "see to the mailbox or channel; the mark goes when a message arrives, or by tocsinctl contacts clear."
    ),
    MarkReason.NOBODY_TO_TELL: phrase("Please tell the institute by other means; nobody there was told of this."),
    MarkReason.INSTITUTE_UNREACHABLE: phrase(
        "No address works of anybody whom alerts call there. Please reach the institute by other means."
    ),
    MarkReason.COORDINATOR_NOT_REACHED: phrase(
        "No message about it arrives at those who coordinate the network. Please see to the alert, and reach the "
        "institute by other means."
    ),
}
LABELS = {
    "institute": phrase_in("label", "Institute"),
    "contacts": phrase_in("label", "Contacts"),
    "channel": phrase_in("label", "Channel"),
    "address": phrase_in("label", "Address"),
    "since": phrase_in("label", "Since"),
    "alert": phrase_in("label", "Alert"),
}
SAID_HEADING = phrase("What the provider said")


def write(view: BulletinView) -> BulletinText:
    """Whose address it is, since when, and what to do."""
    content, language = view.content, view.reader
    what = MarkReason(content["what"])
    # That there is an alert with a label is told to whom it may be told; what does not work, to the others as well.
    alert = view.alerts[0].id if view.alerts else None
    contacts = language.join([str(each) for each in content.get("names") or content.get("contacts", ())])
    institute = content.get("institute_name") or content["institute"]
    facts = {
        "institute": institute,
        "contacts": contacts,
        "channel": words.channel(language, content.get("channel", "")),
        "address": content.get("address", ""),
        "since": language.instant(datetime.fromisoformat(content["since"])) if content.get("since") else "",
        "alert": alert or "",
    }
    said = content.get("said", "")
    return BulletinText(
        tlp=strictest(Tlp.GREEN, *(each.tlp for each in view.alerts)),
        own=Tlp.GREEN,
        heading=language.say(HEADINGS[what], contacts=contacts, institute=institute),
        lead=language.say(LEADS[what]),
        facts=tuple((language.say(LABELS[name]), str(value)) for name, value in facts.items() if value),
        items_heading=language.say(SAID_HEADING) if said else "",
        items=(BulletinItem("", said),) if said else (),
        link=(language.say(words.LABELS["open"]), f"{view.public_url}/alerts/{alert}") if alert else None,
        pressing=what is not MarkReason.OWN_ADDRESS,
    )
