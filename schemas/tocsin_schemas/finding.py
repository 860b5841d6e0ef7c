"""A finding: what an evaluation showed a system could do, or fail to do."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tocsin_schemas import limits
from tocsin_schemas.evaluation import Conditions, Evaluation, Evidence, FrameworkStatus, Measurement, Run, System
from tocsin_schemas.scalars import Instant, InstituteId, LanguageTag, Line, Record, Text, Title
from tocsin_schemas.vocabulary import Domain, Status, Tlp


class Finding(Record):
    """What one evaluation of one system showed. It is about what could happen: never above *severe*."""

    institute: InstituteId
    """Who reports it."""
    tlp: Tlp
    """How far it may travel; there is no default."""
    status: Status
    """Whether it is meant: actual, exercise or test."""
    language: LanguageTag
    """Language of its texts."""
    title: Title
    """One line for people."""
    summary: Text
    """What was found, for people."""
    system: System
    """What was evaluated."""
    evaluation: Evaluation
    """What it was evaluated with."""
    observed_at: Instant
    """When the result was obtained."""
    measurements: Annotated[tuple[Measurement, ...], Field(max_length=limits.ITEMS)] = ()
    """What came out; empty when the run yielded no score."""
    run: Run | None = None
    """How it came out."""
    conditions: Conditions = Conditions()
    """Under what conditions."""
    domain: Domain | None = None
    """Hazard domain, where the reporter knows better than the registry."""
    framework_status: Annotated[tuple[FrameworkStatus, ...], Field(max_length=limits.ITEMS)] = ()
    """Where the system stands against thresholds of safety frameworks."""
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=limits.ITEMS)] = ()
    """What it rests on."""
    derived_from: Annotated[tuple[Line, ...], Field(max_length=limits.ITEMS)] = ()
    """Ids of reports that it repeats or builds on, so that one origin is counted once."""
    supersedes: Annotated[tuple[Line, ...], Field(max_length=limits.ITEMS)] = ()
    """Series, or ids of reports, of the same institute whose place it takes: they no longer count."""
    exercise: Line | None = None
    """Name of the joint testing exercise it belongs to."""
