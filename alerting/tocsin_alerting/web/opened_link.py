"""A link in a message that somebody has opened: whose it is, and what its addressee may see and do."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.directory import Contact
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.web.answers import answers_after
from tocsin_schemas.vocabulary import AlertState, Answer

READ = "read"
"""The action of the button that shows a text which no message carries."""


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link that is good, with what its addressee may see and do."""

    subject: str
    """Fingerprint of the token: what nonces are bound to, and what may be logged."""
    contact: Contact
    delivery_id: str
    institute: str
    institute_name: str
    disclosure: Level
    """How much a message to that address may say."""
    view: AlertView
    response: ResponseView | None
    """Where the addressee's institute stands; None if it is not concerned."""

    @property
    def offered(self) -> tuple[Answer, ...]:
        """The answers that the institute can give now."""
        if self.response is None or self.view.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
            return ()
        return answers_after(self.response.answer)

    @property
    def asks_before_showing(self) -> bool:
        """Whether the addressee may read the text, but only after pressing a button: scanners open links."""
        return self.disclosure is Level.NOTICE
