"""One thing that is wrong with a network's files: where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    FAULT = "fault"
    """Somebody would not be told who should be, or the files cannot be used."""
    WARNING = "warning"
    """It may be meant."""


class NoteCode(StrEnum):
    """What is wrong."""

    NOT_LOADED = "not_loaded"
    """Services refuse these files."""
    NEVER_TOLD = "never_told"
    """No ladder calls the contact, and it subscribes to nothing."""
    CLEARANCE_NEVER_SERVED = "clearance_never_served"
    """The contact is cleared for a label that none of its addresses may carry."""
    ADDRESS_DISAGREES = "address_disagrees"
    """Two contacts list one address, and do not say the same of it."""
    ADDRESS_UNLIKELY = "address_unlikely"
    """It is not what the channel's addresses look like."""
    SHARED_AFTER_ALL = "shared_after_all"
    """A place that several read is listed as one person's."""
    SUBSCRIPTION_WITHOUT_EFFECT = "subscription_without_effect"
    """The contact would be told of all that it asks for anyway, or of none of it."""
    SYSTEM_UNKNOWN = "system_unknown"
    """A subscription names a system that `systems.yaml` does not know."""
    LANGUAGE_UNKNOWN = "language_unknown"
    """There is no such language."""
    LANGUAGE_UNWRITTEN = "language_unwritten"
    """The network has no words in it: messages come in English."""
    QUIET_FOR_TOO_LONG = "quiet_for_too_long"
    """Little or nothing would be told in time."""
    DIGEST_IN_QUIET_HOURS = "digest_in_quiet_hours"
    WINDOW_NEVER_CLOSES = "window_never_closes"
    """A maintenance window keeps alerts back for ever."""
    CHANNEL_NOT_CONFIGURED = "channel_not_configured"
    """Messages by this channel are kept as previews."""
    STEP_REPEATED = "step_repeated"
    """A ladder calls a team that it has called before."""
    ROTA_AHEAD = "rota_ahead"
    """A rota has a hole, or names people who may not be told, in the coming week."""
    TEST_FAILED = "test_failed"
    """A policy test does not hold."""
    NO_TESTS = "no_tests"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is wrong."""

    level: Level
    code: NoteCode
    file: str
    """Name of the file in the network's folder."""
    field: str
    """The path of the field, with the id of its entry: `contacts (gb.duty).clearance`."""
    what: str
    fix: str
