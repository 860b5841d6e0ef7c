"""Whether a request really comes from Slack."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.clock import Clock


class _SlackClock(SlackClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def check_slack_signature(body: bytes, headers: Mapping[str, str], *, secret: str, clock: Clock) -> None:
    """Refuse a request that was not signed with the secret within the last five minutes.

    Raises:
        Refused: 401.
    """
    verifier = SignatureVerifier(secret, clock=_SlackClock(clock))
    try:
        good = verifier.is_valid_request(body, dict(headers))
    except (ValueError, TypeError):
        # A timestamp that is no number, a signature or a body beyond ASCII or UTF-8: the SDK lets these escape.
        good = False
    if not good:
        raise Refused(
            401,
            "Unauthorized",
            "The request is not signed with this deployment's Slack signing secret, or was signed more than five "
            "minutes ago.",
        )
