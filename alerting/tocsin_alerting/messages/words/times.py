"""Moments and enumerations, as templates ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_alerting.messages.language import Language


def instant(language: Language, at: datetime) -> str:
    """A moment by the reader's clock, with its zone."""
    return language.instant(at)


def join(language: Language, parts: Iterable[str]) -> str:
    """An enumeration."""
    return language.join(parts)
