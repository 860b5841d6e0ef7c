"""SendGrid's mail/send and its event webhook."""

from __future__ import annotations

import base64
import functools
import itertools
import json
import re
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jsonschema import Draft202012Validator

from tests.standins.faults import ApiError, Fault, RateLimited, ServerError
from tests.standins.server import Request, Response, StandIn

_JSON = {"Content-Type": "application/json"}
_RESERVED = {
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
}
"""Headers that may not be set, by the specification's own words."""


@dataclass(frozen=True)
class SentMail:
    """A mail that was taken."""

    message_id: str
    """X-Message-Id."""
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    custom_args: dict[str, str]
    body: dict[str, Any]
    at: float
    """Monotonic seconds."""

    @property
    def delivery(self) -> str:
        """The delivery's id among its custom arguments."""
        return self.custom_args["delivery"]

    @property
    def answer_path(self) -> str | None:
        """Path of the answer link in the text part."""
        found = re.search(r"https?://[^\s/]+(/a/[\w.~-]+)", self.text)
        return None if found is None else found.group(1)


class SendGridStandIn(StandIn):
    """Takes mails that its specification allows, and keeps them."""

    def __init__(self, *, key: str | None = None, specs: Path | None = None, port: int = 0) -> None:
        """Take the key to demand (None: any that is not empty), and where the specification lies (None: unchecked)."""
        super().__init__(port=port)
        self._key = key
        self._specs = specs
        self._numbers = itertools.count(1)
        self._signing_key = ec.generate_private_key(ec.SECP256R1())
        self.mails: list[SentMail] = []

    @property
    def public_key(self) -> str:
        """What TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY is set to: base64 of the DER of the key, without PEM's lines."""
        der = self._signing_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(der).decode()

    def to(self, address: str) -> list[SentMail]:
        """The mails to one address, in the order of their coming."""
        return [mail for mail in self.mails if mail.to == address]

    def answer(self, request: Request) -> Response:
        """Take a mail, or say what is wrong with it."""
        if request.path != "/v3/mail/send" or request.method != "POST":
            self.violations.append(f"{request.method} {request.path}")
            return _errors(404, "not found")
        authorization = request.headers.get("Authorization", "")
        if not authorization.removeprefix("Bearer ").strip() or (
            self._key is not None and authorization != f"Bearer {self._key}"
        ):
            return _errors(401, "The provided authorization grant is invalid, expired, or revoked")
        body = json.loads(request.body)
        faults = [*mail_faults(body), *(_schema_faults(body, self._specs) if self._specs is not None else ())]
        if faults:
            self.violations.extend(f"{field}: {message}" for field, message in faults)
            return _errors(400, faults[0][1], field=faults[0][0])
        number = next(self._numbers)
        message_id = f"standin{number:06d}{uuid.uuid4().hex[:9]}"
        personalization = body["personalizations"][0]
        contents = {content["type"]: content["value"] for content in body["content"]}
        self.mails.append(
            SentMail(
                message_id=message_id,
                to=personalization["to"][0]["email"],
                subject=personalization.get("subject", body.get("subject", "")),
                text=contents.get("text/plain", ""),
                html=contents.get("text/html", ""),
                headers={**body.get("headers", {}), **personalization.get("headers", {})},
                custom_args=personalization.get("custom_args", {}),
                body=body,
                at=request.at,
            )
        )
        return Response(202, b"", {"X-Message-Id": message_id})

    def destination_of(self, request: Request) -> str | None:
        """The addressee."""
        try:
            return str(json.loads(request.body)["personalizations"][0]["to"][0]["email"])
        except (ValueError, LookupError, TypeError):
            return None

    def fault_answer(self, fault: Fault, request: Request) -> Response:
        """SendGrid's form of a failure."""
        match fault:
            case RateLimited(retry_after=seconds, header=header):
                headers = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"}
                if seconds is not None:
                    headers[header] = seconds
                return _errors(429, "too many requests", headers=headers)
            case ServerError(status=status):
                return _errors(status, "internal error")
            case ApiError(error=error, status=status):
                return _errors(status, error)
            case _:
                raise AssertionError(f"no such fault at SendGrid: {fault} for {request.path}")

    def event(self, mail: SentMail, event: str, *, at: int, **more: Any) -> dict[str, Any]:
        """What SendGrid reports of a mail, such as `bounce`, at an instant of Unix time."""
        return {
            "email": mail.to,
            "timestamp": at,
            "smtp-id": f"<{mail.message_id}@standin>",
            "event": event,
            "sg_event_id": base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="),
            "sg_message_id": f"{mail.message_id}.recvd-standin-0",
            # Custom arguments come back flattened at the top.
            **mail.custom_args,
            **more,
        }

    def signed(self, events: list[dict[str, Any]], *, at: int) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the webhook's request: ECDSA over timestamp and raw body, which ends in a line break."""
        body = json.dumps(events, separators=(",", ":")).encode() + b"\r\n"
        stamp = str(at)
        signature = self._signing_key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return body, {
            "Content-Type": "application/json",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }

    def report(self, url: str, events: list[dict[str, Any]], *, at: int, timeout: float = 10.0) -> int:
        """Post events to a webhook, as SendGrid does late; the status that comes back."""
        body, headers = self.signed(events, at=at)
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return int(response.status)
        except HTTPError as error:
            error.close()
            return error.code


def mail_faults(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What SendGrid refuses and its published schema lets through."""
    unknown = set(body) - _TOP
    if unknown:
        yield ("(root)", f"unknown keys {sorted(unknown)}")
    contents = [content.get("type") for content in body.get("content", [])]
    if not contents:
        yield ("content", "a mail needs content")
    if "text/plain" in contents and contents.index("text/plain") != 0:
        yield ("content", "text/plain must come first")
    personalizations = body.get("personalizations") or []
    if not personalizations:
        yield ("personalizations", "at least one is needed")
    if "custom_args" in body:
        yield ("custom_args", "belongs into the personalization")
    for number, one in enumerate(personalizations):
        where = f"personalizations.{number}"
        if set(one) - _PERSONAL:
            yield (where, f"unknown keys {sorted(set(one) - _PERSONAL)}")
        if not one.get("to"):
            yield (f"{where}.to", "nobody is addressed")
        if any(not isinstance(value, str) for value in one.get("custom_args", {}).values()):
            yield (f"{where}.custom_args", "values must be strings")
        yield from _header_faults(f"{where}.headers", one.get("headers", {}))
    yield from _header_faults("headers", body.get("headers", {}))
    subject = body.get("subject", "")
    if not subject or "\r" in subject or "\n" in subject:
        yield ("subject", "must be one line that is not empty")
    categories = body.get("categories", [])
    if len(categories) != len(set(categories)):
        yield ("categories", "must not repeat")


def _header_faults(where: str, headers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        if name.lower() in _RESERVED:
            yield (f"{where}.{name}", "is reserved")
        if not isinstance(value, str) or "\r" in value or "\n" in value:
            yield (f"{where}.{name}", "must be a string on one line")


_PERSONAL = {
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "headers",
    "substitutions",
    "dynamic_template_data",
    "custom_args",
    "send_at",
}
_TOP = {
    "personalizations",
    "from",
    "reply_to",
    "reply_to_list",
    "subject",
    "content",
    "attachments",
    "template_id",
    "headers",
    "categories",
    "custom_args",
    "send_at",
    "batch_id",
    "asm",
    "ip_pool_name",
    "mail_settings",
    "tracking_settings",
}


@functools.cache
def _validator(specs: Path) -> Draft202012Validator:
    spec = json.loads((specs / "sendgrid_mail_v3.openapi.json").read_text(encoding="utf-8"))
    body = spec["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    return Draft202012Validator(
        {**body, "components": spec["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _schema_faults(body: dict[str, Any], specs: Path) -> Iterator[tuple[str, str]]:
    for error in _validator(specs).iter_errors(body):
        yield (".".join(map(str, error.absolute_path)) or "(root)", error.message[:200])


def _errors(status: int, message: str, *, field: str | None = None, headers: dict[str, str] | None = None) -> Response:
    body = {"errors": [{"message": message, "field": field, "help": None}]}
    return Response(status, json.dumps(body).encode(), {**_JSON, **(headers or {})})
