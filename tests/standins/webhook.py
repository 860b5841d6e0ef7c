"""An institute's own system that takes signed webhooks, and a place that Apprise posts to."""

from __future__ import annotations

import json
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests.standins.faults import ApiError, Fault, RateLimited, ServerError
from tests.standins.server import Request, Response, StandIn


class _Endpoint(StandIn):
    """One destination a path; its faults are bare statuses."""

    def destination_of(self, request: Request) -> str | None:
        """The path."""
        return request.path

    def fault_answer(self, fault: Fault, request: Request) -> Response:  # noqa: ARG002
        """A bare status; a redirect says where to."""
        match fault:
            case RateLimited(retry_after=wait, header=header):
                return Response(429, headers={} if wait is None else {header: wait})
            case ServerError(status=status):
                return Response(status)
            case ApiError(error=location, status=status):
                name = "Location" if 300 <= status < 400 else "Retry-After"
                return Response(status, headers={name: location})
            case _:
                raise AssertionError(f"no answer is made of {fault}")


class WebhookStandIn(_Endpoint):
    """Takes what is signed by its secret, and notes what it calls it."""

    def __init__(self, *, secret: str, port: int = 0) -> None:
        super().__init__(port=port)
        self._verifier = Webhook(secret)
        self.taken: list[tuple[str, dict[str, Any]]] = []
        """`webhook-id` and body of each message."""

    def answer(self, request: Request) -> Response:
        """204, or 401 for what is not signed."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            body = self._verifier.verify(request.body, dict(headers))
        except WebhookVerificationError as error:
            self.violations.append(str(error))
            return Response(401)
        if len(request.body) >= 20_000:
            self.violations.append(f"{len(request.body)} bytes")
        self.taken.append((headers["webhook-id"], body))
        return Response(204)


class PlainStandIn(_Endpoint):
    """Takes any JSON, as Apprise's `json://` posts it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Response:
        """200."""
        self.taken.append(json.loads(request.body))
        return Response(200)
