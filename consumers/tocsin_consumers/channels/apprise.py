"""Teams, Matrix, Mattermost and SMS gateways through Apprise: one of its objects for each place, told in short notes.

Apprise knows many more services, and some of them read files or run programs: only those listed here are used.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from apprise import Apprise, AppriseAsset, AppriseResultStatus, NotifyFormat, PersistentStoreMode

from tocsin_alerting.messages.note import Note
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.guard import ForbiddenPlaceError, Resolve, checked_address, resolve
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing, Receipt
from tocsin_consumers.channels.retry_after import UNREADABLE_SECONDS

TIMEOUT_SECONDS = 8.0
SCHEMAS = frozenset(
    {"msteams", "workflow", "workflows", "matrix", "matrixs", "mmost", "mmosts", "twilio", "vonage", "nexmo"}
)
"""Microsoft Teams (also by Power Automate), Matrix, Mattermost, SMS by Twilio and Vonage."""
_FOR_TESTS = frozenset({"json", "jsons"})
_OWN_HOST = frozenset({"matrix", "matrixs", "mmost", "mmosts", "workflow", "workflows", "json", "jsons"})
"""Schemas whose address names the host; the others go to their vendor's."""
_PLAIN = frozenset({"matrix", "mmost", "json"})
"""Without TLS."""
_STATUS = re.compile(r"error[=:]\s*(\d{3})")
_CREDENTIALS = frozenset({401, 403})
_PERMANENT = frozenset({400, 404, 410, 413, 422})


class AppriseChannel:
    """Sends one note to one place at a time."""

    def __init__(
        self,
        *,
        entries: Entries,
        private: bool = False,
        look_up: Resolve = resolve,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Take the entries.

        Args:
            entries: have `TOCSIN_APPRISE_<name>`, an Apprise address with its secrets.
            private: whether places may lie in private networks, without TLS and by plain JSON.
            look_up: names to addresses.
            timeout_seconds: for each step of a request.
        """
        self._entries = entries
        self._private = private
        self._look_up = look_up
        self._timeout = timeout_seconds
        # What it logs may hold addresses, which are secrets; we only look for the status in what it says of a failure.
        log = logging.getLogger("apprise")
        log.propagate = False
        log.setLevel(logging.WARNING)
        if not log.handlers:
            log.addHandler(logging.NullHandler())
        # At DEBUG this one prints paths.
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    def place(self, name: str) -> Any:
        """The Apprise object of the place that an address names.

        Raises:
            ValueError: it is not set up; the message names the variable and the fix, and no secret.
        """
        variable = f"TOCSIN_APPRISE_{name}"
        url = self._entries.get(variable)
        if url is None:
            raise ValueError(f"{variable} is not set; set it to the place's Apprise address")
        schema = url.partition("://")[0].lower()
        allowed = SCHEMAS | _FOR_TESTS if self._private else SCHEMAS - _PLAIN
        if schema not in allowed:
            raise ValueError(f"{variable} is of no kind that may be used; use one of: {', '.join(sorted(allowed))}")
        asset = AppriseAsset(
            app_id="Tocsin",
            async_mode=False,
            secure_logging=True,
            http_redirects=False,
            default_service_retry=0,
            plugin_paths=[],
            storage_mode=PersistentStoreMode.MEMORY,
            # Mattermost would load a picture from elsewhere for each message.
            image_url_mask="",
            image_url_logo="",
        )
        found = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if found is None:
            raise ValueError(f"{variable} is no usable {schema} address; see Apprise's page on it")
        found.socket_connect_timeout = found.socket_read_timeout = self._timeout
        # Whatever the address asks for: nobody is redirected, certificates are looked at, and trying again is ours.
        found.redirects, found.verify_certificate, found.retry = False, True, 0
        return found

    def send(self, outgoing: Outgoing[Note]) -> Receipt:
        """Send a note.

        Apprise tells neither what the place calls it nor how long it wants to be left alone; after an uncertain attempt
        a note may come twice.

        Raises:
            DeliveryError: it was not taken, or nobody knows.
        """
        try:
            place = self.place(outgoing.address)
        except ValueError as error:
            raise DeliveryError("not_set_up", misconfigured=True) from error
        self._look_at(place)
        sender = Apprise(asset=place.asset)
        if not sender.add(place):
            raise DeliveryError("not_set_up", misconfigured=True)
        result = sender.notify(title=outgoing.message.title, body=outgoing.message.text, body_format=NotifyFormat.TEXT)
        # Not by truth alone: since 2.x a failure is an object, too.
        if result.status is AppriseResultStatus.SUCCESS:
            return Receipt()
        if result.status is AppriseResultStatus.TIMEOUT:
            raise DeliveryError("timed_out", uncertain=True)
        raise _error(" ".join(str(entry.message) for entry in result.logs()))

    def _look_at(self, place: Any) -> None:
        """Where the address names the host: whether it may be reached. Others go to their vendor."""
        if not place.schemas() & _OWN_HOST:
            return
        port = int(place.port or (443 if place.secure else 80))
        try:
            checked_address(str(place.host), port, private=self._private, look_up=self._look_up)
        except ForbiddenPlaceError as error:
            raise DeliveryError("private_address", misconfigured=True) from error
        except OSError as error:
            raise DeliveryError("unreachable") from error


def _error(said: str) -> DeliveryError:
    found = _STATUS.search(said)
    if found is None:
        # It may have been taken before the connection broke.
        return DeliveryError("not_taken", uncertain=True)
    status = int(found[1])
    if status == 429:
        return DeliveryError("http_429", retry_after=UNREADABLE_SECONDS)
    if status in _CREDENTIALS or 300 <= status < 400:
        return DeliveryError(f"http_{status}", misconfigured=True)
    return DeliveryError(f"http_{status}", permanent=status in _PERMANENT, uncertain=status >= 500)
