"""An incident: an event in which an AI system led, or nearly led, to harm.

Field names are the criteria of the OECD's common reporting framework (AI Papers No. 34, 2025), in its order; the
seven mandatory ones (1, 2, 3, 4, 7, 10, 11) are required here too. Fields after them say what grading needs to know
and the framework leaves to prose.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tocsin_schemas import limits
from tocsin_schemas.evaluation import Evidence, Submitter, System
from tocsin_schemas.scalars import (
    Count,
    CountryCode,
    Date,
    Instant,
    InstituteId,
    LanguageTag,
    Line,
    Number,
    Record,
    Text,
    Title,
)
from tocsin_schemas.vocabulary import CausalLink, Domain, Extent, HarmType, Materialisation, Reversibility, Status, Tlp

Lines = Annotated[tuple[Line, ...], Field(max_length=limits.ITEMS)]


class RelationToAi(Record):
    """How the AI system relates to the incident (criterion 3)."""

    description: Text
    causal_link: CausalLink
    """How firmly the harm is tied to the system. Without a link a toll grades nothing."""


class HarmQuantification(Record):
    """How much harm (criterion 12). An absent count is unknown, not zero."""

    deaths: Count | None = None
    serious_injuries: Count | None = None
    injuries: Count | None = None
    people_affected: Count | None = None
    financial_loss_usd: Annotated[Number, Field(ge=0)] | None = None


class Incident(Record):
    """An event in which the development, use or malfunction of an AI system led, or nearly led, to harm."""

    institute: InstituteId
    """Who reports it."""
    tlp: Tlp
    """How far it may travel; there is no default."""
    status: Status
    """Whether it is meant: actual, exercise or test."""
    language: LanguageTag
    """Language of its texts."""

    title: Title
    """Criterion 1, mandatory."""
    description: Text
    """Criterion 2, mandatory."""
    relation_to_ai: RelationToAi
    """Criterion 3, mandatory."""
    submitter: Submitter
    """Criterion 4, mandatory."""
    first_known_occurrence: Date | None = None
    """Criterion 5."""
    first_known_occurrence_granularity: Literal["date", "month", "year"] = "date"
    """How much of the date is known."""
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=limits.ITEMS)] = ()
    """Criterion 6."""
    supporting_materials: Annotated[tuple[Evidence, ...], Field(min_length=1, max_length=limits.ITEMS)]
    """Criterion 7, mandatory."""
    systems: Annotated[tuple[System, ...], Field(max_length=limits.ITEMS)] = ()
    """Criteria 8 and 9: systems with their developers and deployers."""
    severity: Literal["hazard", "serious_hazard", "incident", "serious_incident", "disaster", "other"]
    """Criterion 10, mandatory: the submitter's own class. It is recorded beside the shared grade, which decides."""
    harm_types: Annotated[tuple[HarmType, ...], Field(min_length=1, max_length=len(HarmType))]
    """Criterion 11, mandatory."""
    harm_quantification: HarmQuantification = HarmQuantification()
    """Criterion 12."""
    unintended_or_wrongful_use: Literal["intended_use", "unintended_use", "wrongful_use", "unknown"] = "unknown"
    """Criterion 13."""
    affected_stakeholders: Lines = ()
    """Criterion 14."""
    rights_impacts: Lines = ()
    """Criterion 15."""
    ai_principles: Lines = ()
    """Criterion 16."""
    industries: Lines = ()
    """Criterion 17, ISIC codes or names."""
    business_functions: Lines = ()
    """Criterion 18."""
    critical_functions: Literal["yes", "no", "unknown"] = "unknown"
    """Criterion 19: whether a critical function or infrastructure is concerned."""
    breadth_of_deployment: Line | None = None
    """Criterion 20."""
    training_data: Line | None = None
    """Criterion 21, a link."""
    ai_model: Line | None = None
    """Criterion 22, a link."""
    usage_rights: Line | None = None
    """Criterion 23."""
    multiple_system_interaction: Literal["yes", "no", "unknown"] = "unknown"
    """Criterion 24."""
    ai_system_tasks: Lines = ()
    """Criterion 25."""
    autonomy_level: Line | None = None
    """Criterion 26."""
    actions_taken: Text | None = None
    """Criterion 27."""
    steps_to_reproduce: Text | None = None
    """Criterion 28."""
    additional_information: Text | None = None
    """Criterion 29."""

    materialisation: Materialisation
    """Whether harm happened; a near miss is a hazard."""
    extent: Extent = Extent.UNKNOWN
    """How far the harm reaches."""
    reversibility: Reversibility = Reversibility.UNKNOWN
    """Whether it can be made good."""
    seriousness: Literal["serious", "not_serious", "unknown"] = "unknown"
    """Whether the harm to rights, property, communities or environment is serious (OECD: context decides)."""
    ongoing: Literal["yes", "no", "unknown"] = "unknown"
    """Whether harm is still being done."""
    tangibility: Literal["tangible", "intangible", "unknown"] = "unknown"
    """Whether bodies, things, money or services are harmed, or only what is not measured so (OECD harm dimension)."""
    imminence: Literal["imminent", "not_imminent", "unknown"] = "unknown"
    """Whether harm was about to happen, for a near miss or a potential harm (CSETv1 parts near misses from issues)."""
    involves_minors: Literal["yes", "no", "unknown"] = "unknown"
    """Whether children are above all among those harmed or at risk, whose particular need of protection counts."""
    people_at_risk: Count | None = None
    """How many could plausibly be harmed, for a near miss or a potential harm."""
    domain: Domain | None = None
    """Hazard domain, where one applies."""
    aware_at: Instant | None = None
    """When the submitter became aware: reporting clocks run from here."""
    derived_from: Lines = ()
    """Ids of reports that it repeats or builds on."""
    supersedes: Lines = ()
    """Series, or ids of reports, of the same institute whose place it takes: they no longer count."""
