"""Whom a calendar means: its events name people by mail address, by contact id or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class People:
    """The contacts of one institute, as its calendars may name them. What two of them share names neither."""

    def __init__(
        self, ids: Iterable[str], names: Iterable[tuple[str, str]], mailboxes: Iterable[tuple[str, str]]
    ) -> None:
        """Prepare.

        Args:
            ids: of the contacts.
            names: each with the id of the contact who bears it.
            mailboxes: each with the id of the contact who reads it.
        """
        self._ids = {each.casefold(): each for each in ids}
        self._names = _of_one(names)
        self._mailboxes = _of_one(mailboxes)

    def by_mail(self, address: str) -> str | None:
        """The id of the one contact with this mail address."""
        return self._mailboxes.get(address.strip().casefold())

    def by_words(self, words: str) -> str | None:
        """The id of the one contact with this id or name."""
        words = " ".join(words.split()).casefold()
        return self._ids.get(words) or self._names.get(words)


def _of_one(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for name, contact in pairs:
        found.setdefault(name.casefold(), set()).add(contact)
    return {name: next(iter(contacts)) for name, contacts in found.items() if len(contacts) == 1}
