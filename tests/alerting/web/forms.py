"""Pages as a person uses them: which buttons there are, and pressing one."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Buttons(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        self._value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "button" and given.get("name") == "nonce":
            self._value = given.get("value")
        if tag == "input" and given.get("type") == "hidden":
            self.hidden.setdefault(str(given["name"]), str(given["value"]))

    def handle_data(self, data: str) -> None:
        if self._value is not None and data.strip():
            self.buttons[data.strip()] = self._value
            self._value = None


def buttons(page: str) -> dict[str, str]:
    """The nonce behind each button of a page, by the button's words."""
    parser = _Buttons()
    parser.feed(page)
    return parser.buttons


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page; where several forms have one of a name, the first form's."""
    parser = _Buttons()
    parser.feed(page)
    return parser.hidden


def press(client: Any, path: str, button: str, **fields: str) -> Any:
    """Open a page and press one of its buttons, as a person does."""
    nonce = buttons(client.get(path).text)[button]
    return client.post(path, data={"nonce": nonce, **fields})
