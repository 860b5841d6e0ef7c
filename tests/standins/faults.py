"""The ways in which a provider fails."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimited:
    """429; `retry_after` is the header's text, None leaves it out."""

    retry_after: str | None = "1"
    header: str = "Retry-After"


@dataclass(frozen=True)
class ServerError:
    """A status with a body in the provider's own form."""

    status: int = 503


@dataclass(frozen=True)
class HtmlError:
    """A gateway's page in HTML, with a charset that is no charset where told so."""

    status: int = 502


@dataclass(frozen=True)
class ConnectionDropped:
    """The connection ends without an answer; nothing was taken."""


@dataclass(frozen=True)
class TakenWithoutAnswer:
    """The message is taken, and no answer comes: the connection stays open for some seconds, or ends at once."""

    seconds: float = 0.0


@dataclass(frozen=True)
class ApiError:
    """The provider's own error: for Slack a word in an answer of 200, for SendGrid a status and a message."""

    error: str
    status: int = 200


@dataclass(frozen=True)
class Slow:
    """The message is taken, and the answer comes after some seconds."""

    seconds: float


Fault = Slow | RateLimited | ServerError | HtmlError | ConnectionDropped | TakenWithoutAnswer | ApiError
