"""The text of a bulletin: what a kind's words come to, before a channel gives it its form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_schemas.vocabulary import Status, Tlp


@dataclass(frozen=True, slots=True)
class BulletinItem:
    """One line of a list. What others wrote stands in `foreign`, and is shown as text whatever it holds."""

    text: str
    """In our words; may be empty where `foreign` says all."""
    foreign: str = ""
    """What a report says, in its own language."""
    language: str | None = None
    """Of `foreign`."""
    tlp: Tlp | None = None
    """Of what the line shows; stands first in it."""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class BulletinText:
    """All that a bulletin says."""

    tlp: Tlp
    """The strictest label of what it shows."""
    heading: str
    """What it is, in a few words; the subject of a mail, after the label."""
    lead: str
    """The sentence or two that somebody reads who reads no further."""
    own: Tlp | None = None
    """The label of what it says in words of its own, where its lines bear labels of theirs; None: that of the whole."""
    status: Status = Status.ACTUAL
    facts: tuple[tuple[str, str], ...] = ()
    """Names and values, such as how many there are of each severity."""
    items_heading: str = ""
    items: tuple[BulletinItem, ...] = ()
    notes: tuple[str, ...] = ()
    """What stands at the end."""
    link: tuple[str, str] | None = None
    """Words and address of the page that shows all."""
    reader: Language = ENGLISH
    """In what it is said."""
    pressing: bool = False
    """Whether it calls people rather than telling them."""

    def __post_init__(self) -> None:
        """Be labelled no more openly than any of the lines.

        Raises:
            ValueError: a line has a stricter label.
        """
        if any(item.tlp is not None and item.tlp.rank > self.tlp.rank for item in self.items):
            raise ValueError(f"a bulletin labelled {self.tlp} shows a line with a stricter label")

    @property
    def own_label(self) -> Tlp:
        """What decides whether its own words may be said at an address."""
        return self.tlp if self.own is None else self.own

    def announced(self) -> BulletinText:
        """As much as an address may carry that takes no text: what it is, and where all of it stands."""
        return replace(self, facts=(), items_heading="", items=(), notes=())


def strictest(*labels: Tlp) -> Tlp:
    """The label that a text bears which shows what these label; CLEAR where it shows nothing of the kind."""
    return max(labels, key=lambda label: label.rank, default=Tlp.CLEAR)
