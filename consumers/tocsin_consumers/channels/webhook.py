"""Signed webhooks to institutes' own systems, as Standard Webhooks 1.0 has them.

Every attempt carries the delivery's id as `webhook-id`, so that a receiver knows a repetition, and a time of its own.
"""

from __future__ import annotations

import binascii
import http.client
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook

from tocsin_alerting.messages.webhook import WebhookMessage
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.guard import ForbiddenPlaceError, Resolve, checked_address, resolve
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing, Receipt
from tocsin_consumers.channels.retry_after import retry_after
from tocsin_schemas.clock import Clock

TIMEOUT_SECONDS = 8
_SHORTEST_SECRET = 24
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SAYS_WHEN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_CREDENTIALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook goes to, and the keys it is signed with, the newest first."""

    parts: SplitResult
    signers: tuple[Webhook, ...]


class WebhookChannel:
    """Posts one message to one endpoint at a time."""

    def __init__(
        self,
        *,
        entries: Entries,
        clock: Clock,
        private: bool = False,
        look_up: Resolve = resolve,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Take the entries.

        Args:
            entries: have `TOCSIN_WEBHOOK_<name>_URL` and `TOCSIN_WEBHOOK_<name>_SECRETS`.
            clock: for the time of each attempt.
            private: whether endpoints may lie in private networks, and on this machine by http.
            look_up: names to addresses.
            timeout_seconds: for each step of a request.
        """
        self._entries = entries
        self._clock = clock
        self._private = private
        self._look_up = look_up
        self._timeout = timeout_seconds

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint that an address names.

        Raises:
            ValueError: it is not set up; the message names the variable and the fix, and no secret.
        """
        variable = f"TOCSIN_WEBHOOK_{name}_URL"
        url = self._entries.get(variable)
        if url is None:
            raise ValueError(f"{variable} is not set; set it to the endpoint's address")
        parts = urlsplit(url)
        plain = parts.scheme == "http" and self._private and parts.hostname in _LOOPBACK
        if not (plain or parts.scheme == "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"{variable} is not an https address without a user in it")
        return Endpoint(parts, self._signers(name))

    def _signers(self, name: str) -> tuple[Webhook, ...]:
        variable = f"TOCSIN_WEBHOOK_{name}_SECRETS"
        secrets = [each.strip() for each in (self._entries.get(variable) or "").split(",") if each.strip()]
        if not secrets:
            raise ValueError(f"{variable} is not set; set it to the endpoint's secret (whsec_…), the newest first")
        signers = []
        for secret in secrets:
            try:
                key = binascii.a2b_base64(secret.removeprefix("whsec_"), strict_mode=True)
            except ValueError:
                raise ValueError(f"{variable} is not base64 behind `whsec_`") from None
            if len(key) < _SHORTEST_SECRET:
                raise ValueError(f"{variable} is shorter than {_SHORTEST_SECRET} bytes; make a longer one")
            signers.append(Webhook(key))
        return tuple(signers)

    def send(self, outgoing: Outgoing[WebhookMessage]) -> Receipt:
        """Post a message.

        Raises:
            DeliveryError: the endpoint did not take it, or nobody knows.
        """
        try:
            endpoint = self.endpoint(outgoing.address)
        except ValueError as error:
            raise DeliveryError("not_set_up", misconfigured=True) from error
        body = outgoing.message.encoded()
        try:
            self._post(endpoint, body, self._headers(endpoint, outgoing.delivery_id, body))
        except ForbiddenPlaceError as error:
            raise DeliveryError("private_address", misconfigured=True) from error
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError("certificate_refused", misconfigured=True) from error
        except TimeoutError as error:
            raise DeliveryError("timed_out", uncertain=True) from error
        except (ConnectionRefusedError, socket.gaierror) as error:
            raise DeliveryError("unreachable") from error
        except (http.client.HTTPException, OSError) as error:
            raise DeliveryError("connection_lost", uncertain=True) from error
        return Receipt(provider_id=outgoing.delivery_id)

    def _headers(self, endpoint: Endpoint, delivery_id: str, body: bytes) -> dict[str, str]:
        now = self._clock()
        signatures = [signer.sign(delivery_id, now, body.decode()) for signer in endpoint.signers]
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "tocsin",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _post(self, endpoint: Endpoint, body: bytes, headers: dict[str, str]) -> None:
        parts = endpoint.parts
        connection = self._connection(parts)
        try:
            path = parts.path or "/"
            connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body=body, headers=headers)
            with connection.getresponse() as response:
                self._judge(response.status, dict(response.headers.items()))
        finally:
            connection.close()

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to the address that was judged, with the certificate of the name that was meant."""
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = checked_address(host, port, private=self._private, look_up=self._look_up)
        connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        connection.sock = socket.create_connection((address, port), timeout=self._timeout)
        if secure:
            try:
                connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
            except BaseException:
                connection.close()
                raise
        return connection

    def _judge(self, status: int, headers: dict[str, str]) -> None:
        """Nothing for 2xx; an error with what to do for all else. Redirects are not followed: where to is not ours."""
        if 200 <= status < 300:
            return
        if status == HTTPStatus.GONE:
            raise DeliveryError("gone", permanent=True, bad_address=True)
        says_when = any(name.lower() == "retry-after" for name in headers)
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status in _SAYS_WHEN and says_when):
            raise DeliveryError(f"http_{status}", retry_after=retry_after(headers, self._clock()))
        if status in _CREDENTIALS or 300 <= status < 400:
            raise DeliveryError(f"http_{status}", misconfigured=True)
        if status >= 500 or status in _LATER:
            raise DeliveryError(f"http_{status}", uncertain=status >= 500)
        # The same message again gets the same answer.
        raise DeliveryError(f"http_{status}", permanent=True)
