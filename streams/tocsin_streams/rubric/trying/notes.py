"""What a check of a rubric has to say: how bad it is, about what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How bad it is."""

    FAULT = "fault"
    """The rubric does not say what its author means: it should not go live."""
    WARNING = "warning"
    """It may be meant; somebody should look."""
    INFO = "info"
    """Nothing to do; good to know."""


class NoteCode(StrEnum):
    """What was found; stable, so that programs may branch on it."""

    NOT_LOADED = "not_loaded"
    """A file is missing or not valid, or a condition is no CEL over the facts."""
    NEVER_HOLDS = "never_holds"
    NOT_EVALUATED = "not_evaluated"
    UNKNOWN_WORD = "unknown_word"
    CHANGES_NOTHING = "changes_nothing"
    NEVER_SHOWN = "never_shown"
    OVERLAP = "overlap"
    GAP = "gap"
    LIST_UNUSED = "list_unused"
    TRANSLATION = "translation"
    TEST_FAILS = "test_fails"
    TEST_OF_NOTHING = "test_of_nothing"
    NO_TEST = "no_test"


@dataclass(frozen=True, slots=True)
class Note:
    """One finding about a rubric."""

    level: Level
    code: NoteCode
    subject: str
    """The rule, clock, list or file that it is about."""
    message: str
    """What was found, in a sentence or two."""
    fix: str
    """What its author can do."""
    example: Mapping[str, Any] | None = None
    """A report that shows it, made for the purpose."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.message} {self.fix}".strip()
