"""What people do with a message: follow its link, press a button, answer by program."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.standins import SentMail, SlackMessageStored, SlackStandIn, click_payload, signed_form
from tests.system.harness import SLACK_SECRET, System
from tocsin_schemas import system_clock


def press_in_slack(
    system: System,
    message: SlackMessageStored,
    *,
    user: str,
    secret: str = SLACK_SECRET,
    seconds_ago: float = 0,
    altered: bool = False,
) -> int:
    """Press a message's button, as Slack tells of it; the status of the answer.

    Args:
        system: whose message it is.
        message: with its button.
        user: Slack's id of who presses.
        secret: with which the request is signed.
        seconds_ago: when it was signed.
        altered: whether the body is another one than was signed.
    """
    body, headers = signed_form(
        click_payload(message, user=user), signing_secret=secret, at=system_clock().timestamp() - seconds_ago
    )
    if altered:
        body = body.replace(user.encode(), b"U0SOMEONEELSE")
    response = httpx2.post(f"{system.web_url}/slack/interactions", content=body, headers=headers, timeout=20)
    return int(response.status_code)


def messages_about(slack: SlackStandIn, alert: str, channel: str | None = None) -> list[SlackMessageStored]:
    """The messages about an alert, replies included, as they stand now."""
    return [
        message
        for message in list(slack.messages)
        if message.metadata.get("event_payload", {}).get("alert") == alert
        and (channel is None or message.channel == channel)
    ]


def shown(message: SlackMessageStored) -> str:
    """All that somebody sees of a message."""
    return f"{message.text}\n{message.blocks}"


class Browser:
    """A person's browser: keeps cookies, and presses buttons only on pages that it was shown."""

    def __init__(self) -> None:
        self._client = httpx2.Client(timeout=20, follow_redirects=False)
        self.status = 0
        self.page = ""
        self._address = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def open(self, address: str) -> Self:
        """Follow a link."""
        self._address = address
        return self._keep(self._client.get(address))

    def press(self, label: str, **fields: str) -> Self:
        """Press a button of the page that is shown.

        Raises:
            AssertionError: the page has no such button.
        """
        buttons = _Buttons()
        buttons.feed(self.page)
        assert label in buttons.found, f"no button '{label}' among {sorted(buttons.found)}"
        name, value = buttons.found[label]
        return self._keep(self._client.post(self._address, data={**fields, name: value}))

    def _keep(self, response: httpx2.Response) -> Self:
        self.status, self.page = response.status_code, response.text
        return self


class _Buttons(HTMLParser):
    """The buttons of a page: name and value, by what stands on them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "button":
            known = dict(attrs)
            self._open = (known.get("name") or "", known.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and data.strip():
            self.found[data.strip()] = self._open

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._open = None


def link_in(system: System, mail: SentMail) -> str:
    """The answer link, taken out of the mail's text as a person would."""
    assert mail.answer_path is not None, f"no answer link in:\n{mail.text}"
    return f"{system.web_url}{mail.answer_path}"


def answer_by_api(
    system: System, alert: str, institute: str, answer: str = "acknowledge", *, key: str | None = None
) -> tuple[int, Any]:
    """Answer as an institute's program; status and body."""
    response = httpx2.post(
        f"{system.web_url}/v1/alerts/{alert}/answers",
        json={"institute": institute, "answer": answer},
        headers={"Authorization": f"Bearer {key or system.key_of(institute)}"},
        timeout=20,
    )
    return response.status_code, response.json()
