"""E-mail through SendGrid: built by its Mail class, sent by its client with a time limit of ours."""

from __future__ import annotations

import logging
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    ClickTracking,
    Content,
    CustomArg,
    Email,
    Header,
    Mail,
    OpenTracking,
    Personalization,
    SubscriptionTracking,
    To,
    TrackingSettings,
)

from tocsin_alerting.messages import mail as rendered
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing, Receipt
from tocsin_consumers.channels.retry_after import retry_after
from tocsin_schemas.clock import Clock

TIMEOUT_SECONDS = 8

_PERMANENT = {
    400: "refused",  # a field of the request is not valid; the same again gets the same answer
    413: "too_large",  # the request is larger than SendGrid takes
}
_CREDENTIALS = {
    401: "key_refused",  # the key is wrong or was revoked
    403: "sender_refused",  # the sender's address is not verified, or the key may not send
}
"""An operator must mend them; the mails are as good as before, so they are kept and tried again."""


class EmailChannel:
    """Sends one mail to one address at a time."""

    def __init__(
        self,
        *,
        api_key: str,
        host: str,
        sender: str,
        sender_name: str,
        clock: Clock,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Take the key and the sender.

        Raises:
            ValueError: the key is empty; SendGrid's edge would take the request and refuse the mail.
        """
        if not api_key.strip():
            raise ValueError("TOCSIN_SENDGRID_API_KEY is empty; leave it unset to preview")
        # At DEBUG this logger prints the key and the mail.
        logging.getLogger("python_http_client").setLevel(logging.WARNING)
        self._client = SendGridAPIClient(api_key.strip(), host=host.rstrip("/"))
        # The client has no time limit by default.
        self._client.client.timeout = timeout_seconds
        self._sender, self._sender_name = sender, sender_name
        self._clock = clock

    def send(self, outgoing: Outgoing[rendered.Mail]) -> Receipt:
        """Hand a mail to SendGrid. Accepted is not delivered: its events say what became of it.

        SendGrid knows no idempotency key: after an uncertain attempt the mail may come twice, in one thread and with
        the same delivery id.

        Raises:
            DeliveryError: SendGrid did not take it, or nobody knows.
        """
        try:
            response = self._client.send(self.payload(outgoing))
        except HTTPError as error:
            raise self._error(error) from error
        except TimeoutError as error:
            raise DeliveryError("timed_out", uncertain=True) from error
        except URLError as error:
            uncertain = isinstance(error.reason, TimeoutError | ConnectionResetError | BrokenPipeError)
            raise DeliveryError("unreachable", uncertain=uncertain) from error
        except (HTTPException, OSError) as error:
            raise DeliveryError("connection_lost", uncertain=True) from error
        headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
        return Receipt(provider_id=headers.get("x-message-id"))

    def payload(self, outgoing: Outgoing[rendered.Mail]) -> dict[str, Any]:
        """The request's body."""
        message = outgoing.message
        mail = Mail()
        mail.from_email = Email(self._sender, self._sender_name)
        # A line break would begin another header wherever the JSON becomes a mail.
        mail.subject = " ".join(message.subject.split())
        to = Personalization()
        to.add_to(To(outgoing.address))
        # In the personalization: at the root the published schema wants a string. Opaque ids only: SendGrid keeps them.
        to.add_custom_arg(CustomArg("delivery", outgoing.delivery_id))
        to.add_custom_arg(CustomArg("alert", outgoing.alert_id))
        mail.add_personalization(to)
        # RFC 2046: the plainest form first; SendGrid refuses the other order.
        mail.add_content(Content("text/plain", message.text))
        mail.add_content(Content("text/html", message.html))
        for name, value in message.headers.items():
            mail.add_header(Header(name, value))
        # Click tracking would rewrite the answer link and hand its token to a third host.
        mail.tracking_settings = TrackingSettings(
            click_tracking=ClickTracking(False, False),
            open_tracking=OpenTracking(False),
            subscription_tracking=SubscriptionTracking(False),
        )
        built: dict[str, Any] = mail.get()
        return built

    def _error(self, error: HTTPError) -> DeliveryError:
        status = error.status_code
        if status == 429:
            return DeliveryError("rate_limited", retry_after=retry_after(dict(error.headers or {}), self._clock()))
        if status in _PERMANENT:
            return DeliveryError(_PERMANENT[status], permanent=True, bad_address=_names_the_address(error.body))
        if status in _CREDENTIALS:
            return DeliveryError(_CREDENTIALS[status], misconfigured=True)
        return DeliveryError(f"http_{status}", uncertain=isinstance(status, int) and status >= 500)


def _names_the_address(body: object) -> bool:
    """Whether a refusal is of the recipient's address, from the field that SendGrid names in its error."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return "personalizations.0.to" in text
