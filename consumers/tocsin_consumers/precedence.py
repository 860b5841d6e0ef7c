"""What is urgent goes before what has waited longer: it is handled at once, and again when its turn comes.

The second time changes nothing, as with every repeat; so offsets are committed in order, and a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from tocsin_consumers.received import Received
from tocsin_schemas.errors import InvalidEvent
from tocsin_schemas.logs import get_logger
from tocsin_schemas.vocabulary import Severity, Urgency

IsUrgent = Callable[[Received], bool]
_log = get_logger()


class Precedence:
    """Lets urgent messages pass those that wait."""

    def __init__(self, is_urgent: IsUrgent, handle: Callable[[Received], None]) -> None:
        """Take the question, and what deals with one message and commits it."""
        self._is_urgent = is_urgent
        self._handle = handle

    def let_pass(self, waiting: Collection[Received], new: Sequence[Received]) -> None:
        """Handle the urgent ones of `new` at once, unless one of the same key waits before them: its order holds.

        Whatever goes wrong is left for the message's own turn, where it is tried again or put among the dead letters.
        """
        if not waiting and len(new) == 1:
            return
        before = {(record.topic, record.partition, record.key) for record in waiting}
        for record in new:
            key = (record.topic, record.partition, record.key)
            if key not in before and self._is_urgent(record):
                try:
                    self._handle(record)
                except Exception as error:  # noqa: BLE001 - its turn comes, and with it whoever deals with faults
                    _log.info("not_ahead", error=type(error).__name__, **record.place)
                else:
                    _log.info("ahead", waiting=len(waiting), **record.place)
            before.add(key)


def urgent_assessment(record: Received) -> bool:
    """Whether a message of the topic of assessments is graded critical, or somebody must act immediately."""
    return _is(record, lambda data: data.get("grade") or {}, severity=Severity.CRITICAL, urgency=Urgency.IMMEDIATE)


def urgent_event(record: Received) -> bool:
    """Whether a message of the topic of alerts is about one that is critical."""
    return _is(record, lambda data: data, severity=Severity.CRITICAL)


def _is(record: Received, part: Callable[[dict[str, object]], object], **wanted: str) -> bool:
    try:
        data = record.envelope().data
    except InvalidEvent:
        return False
    found = part(data) if isinstance(data, dict) else None
    return isinstance(found, dict) and any(found.get(name) == value for name, value in wanted.items())
