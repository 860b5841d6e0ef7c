"""Reports to the network's HTTP door, for institutes outside its perimeter."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from tocsin_producers.outgoing import Outgoing
from tocsin_producers.transports.protocol import Fault, TransportError
from tocsin_schemas import Clock, Problem, ProblemCode

_SENDER = {401, 404, 405, 407}
_TEMPORARY = {408, 425, 429}
_LONGEST_WAIT = timedelta(hours=1)
"""A receiver that asks for more is asked again after this."""


class HttpTransport:
    """Posts each report to the door as a structured CloudEvent; 202 means that Kafka has it."""

    def __init__(
        self,
        door_url: str,
        *,
        key: str,
        clock: Clock,
        timeout_seconds: float = 15.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            door_url: the door's address, such as `https://door.example`.
            key: the institute's bearer key.
            clock: tells how long a Retry-After given as a date is.
            timeout_seconds: limit of each part of a request.
            transport: how requests travel; for tests.
        """
        self._url = door_url.rstrip("/")
        self._clock = clock
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout_seconds,
            follow_redirects=False,
            transport=transport,
        )

    @property
    def destination(self) -> str:
        """The door's address."""
        return f"the door at {self._url}"

    def send(self, report: Outgoing) -> None:
        """Post one report.

        Raises:
            TransportError: the door did not answer 202 within the time limit.
        """
        try:
            answer = self._client.post(
                f"{self._url}/v1/{report.kind}s",
                content=report.value,
                headers={"Content-Type": "application/cloudevents+json; charset=UTF-8"},
            )
        except httpx2.InvalidURL as error:
            raise TransportError(
                f"'{self._url}' is no address; correct TOCSIN_DOOR_URL.", fault=Fault.SENDER
            ) from error
        except httpx2.UnsupportedProtocol as error:
            raise TransportError(
                f"'{self._url}' must begin with https:// or http://; correct TOCSIN_DOOR_URL.", fault=Fault.SENDER
            ) from error
        except httpx2.HTTPError as error:
            raise TransportError(
                f"The door at {self._url} did not answer ({type(error).__name__}).", fault=Fault.TEMPORARY
            ) from error
        if answer.status_code != httpx2.codes.ACCEPTED:
            raise self._refusal(answer)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _refusal(self, answer: httpx2.Response) -> TransportError:
        status = answer.status_code
        document = _problem_document(answer)
        said = str(document.get("detail") or document.get("title") or answer.reason_phrase)
        message = f"The door at {self._url} answered {status}: {said}"
        if status >= 500 or status in _TEMPORARY:
            return TransportError(message, fault=Fault.TEMPORARY, retry_after=self._retry_after(answer))
        if status < 400 or status in _SENDER:
            return TransportError(f"{message} Check TOCSIN_DOOR_URL and TOCSIN_DOOR_KEY.", fault=Fault.SENDER)
        return TransportError(message, fault=Fault.REPORT, problems=_problems(document))

    def _retry_after(self, answer: httpx2.Response) -> timedelta | None:
        text = answer.headers.get("Retry-After", "").strip()
        if not text:
            return None
        if text.isascii() and text.isdigit():
            wait = timedelta(seconds=min(int(text[:9]), _LONGEST_WAIT.total_seconds()))
        else:
            try:
                wait = parsedate_to_datetime(text) - self._clock()
            except (ValueError, TypeError):
                # Not a date, or one without a zone: as if it were not there.
                return None
        return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def _problem_document(answer: httpx2.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        # A proxy's page of HTML: the status says enough.
        return {}
    return document if isinstance(document, dict) else {}


def _problems(document: dict[str, Any]) -> list[Problem]:
    listed = document.get("problems")
    return [_problem(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _problem(item: dict[str, Any]) -> Problem:
    try:
        code = ProblemCode(item.get("code", ""))
    except ValueError:
        # A door of a later version knows more codes.
        code = ProblemCode.INVALID_VALUE
    return Problem(
        field=str(item.get("field", "(event)")),
        message=str(item.get("message", "")),
        fix=str(item.get("fix", "")),
        code=code,
    )
