"""A retraction: a series of reports is taken back, and everybody who was told learns of it."""

from __future__ import annotations

from tocsin_schemas.scalars import InstituteId, LanguageTag, Record, Text
from tocsin_schemas.vocabulary import Status, Tlp


class Retraction(Record):
    """An institute takes its series back, with the reason."""

    institute: InstituteId
    """Who takes it back; only the institute that reported it can."""
    tlp: Tlp
    """How far the reason may travel."""
    status: Status
    """As in the report that is taken back."""
    language: LanguageTag
    """Language of the reason."""
    reason: Text
    """Why, for people."""
