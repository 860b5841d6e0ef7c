"""What people read of a document of HTML: its texts, those aside that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "link", "br", "hr", "input", "img"})
_UNREAD = frozenset({"code", "iframe", "style", "title"})
_SAID = ("alt", "title", "aria-label", "placeholder")


class _Texts(HTMLParser):
    def __init__(self, *, attributes: bool, values: bool) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._attributes = attributes
        self._left_out = _UNREAD if values else _UNREAD | {"bdi"}
        self._foreign: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in _EMPTY:
            above = bool(self._foreign) and self._foreign[-1]
            self._foreign.append(above or tag in self._left_out or (tag != "html" and "lang" in known))
        if self._attributes and not (self._foreign and self._foreign[-1]):
            self.texts += [said for name in _SAID if (said := known.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign[-1:] or not self._foreign[-1]:
            self.texts.append(data)


def texts(document: str, *, attributes: bool = True, values: bool = False) -> Iterator[str]:
    """The texts in their order, each without what stands around it.

    Args:
        document: of HTML.
        attributes: also what stands in attributes that are read out.
        values: also names and values that are put into it, unless they are marked as in some language.
    """
    parser = _Texts(attributes=attributes, values=values)
    parser.feed(document)
    for text in parser.texts:
        if shown := " ".join(text.split()).strip(" .:;,"):
            yield shown
