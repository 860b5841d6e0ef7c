"""The framework's 29 criteria and the columns beside them: how people call each, and which may not be absent.

Numbers, order and the seven mandatory ones: OECD AI Papers No. 34, 2025. Names vary between forms; all that were met
are known here, and any name behind a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_schemas import Incident, limits
from tocsin_schemas.incident import HarmQuantification


@dataclass(frozen=True, slots=True)
class Column:
    """A criterion of the framework, or a column beside them."""

    key: str
    """What it is called here: the field of an incident that it fills, where it fills one alone."""
    name: str
    """What the framework calls it; for a column beside the criteria, its key in words."""
    number: int | None = None
    """Its number in the framework; None for a column beside the criteria."""
    also: tuple[str, ...] = ()
    """Other names of it."""
    needed: str = ""
    """How to supply it, where a report cannot do without; empty where it can."""
    hint: str = ""
    """How to mend it, where a report can do without and its own check says too little."""

    @property
    def label(self) -> str:
        """What a refusal calls it, such as `10 Severity`."""
        return f"{self.number} {self.name}" if self.number else self.name


_TITLE = f"Give a title of one line, at most {limits.TITLE_CHARACTERS} characters."
_SUBMITTER = "Say who submits it: a role and its relation to the system, rather than a person."
_MATERIALS = "Refer to at least one: a title, a link or a digest, several with ; between them."
_SEVERITY = "Say hazard, serious hazard, incident, serious incident, disaster or other."
_HARM = (
    "Name at least one: physical, psychological, critical infrastructure, fundamental rights, reputational, property, "
)
_HARM += "economic, public interest, environmental or other; several with ; between them."
_HAPPENED = "Say occurred, near_miss, potential or unknown; no criterion of the OECD says it, and the grade needs it."
_LINK = "Say established, likely, suspected, none or unknown; no criterion of the OECD says it, and the grade needs it."

CRITERIA: tuple[Column, ...] = (
    Column("title", "Title", 1, ("incident title", "title of incident", "title of the incident"), _TITLE),
    Column(
        "description",
        "Description of incident",
        2,
        ("description", "description of the incident", "incident description"),
        "Describe what happened.",
    ),
    Column(
        "relation_to_ai",
        "How AI system relates to incident",
        3,
        (
            "how the ai system relates to the incident",
            "how the ai system relates to incident",
            "how ai system relates to the incident",
            "relation to ai",
            "relation to ai system",
            "ai system relation",
            "link to ai system",
        ),
        "Describe how the AI system is connected to the incident.",
    ),
    Column(
        "submitter",
        "Submitter information",
        4,
        ("submitter", "information about the submitter", "submitter's information"),
        _SUBMITTER,
    ),
    Column(
        "first_known_occurrence",
        "Date of first known occurrence",
        5,
        ("date", "date of occurrence", "date of first occurrence", "incident date", "date of incident"),
    ),
    Column(
        "countries",
        "Country(ies) where it occurred",
        6,
        ("country", "countries", "countries where it occurred", "country where it occurred", "country code"),
    ),
    Column(
        "supporting_materials",
        "Supporting materials",
        7,
        ("supporting material", "supporting materials about the incident", "evidence", "sources", "references"),
        _MATERIALS,
    ),
    Column(
        "systems",
        "AI system/product name and version",
        8,
        (
            "ai system name and version",
            "ai system or product name and version",
            "ai system name",
            "ai system",
            "ai system product",
            "ai product",
            "system",
            "system name",
            "product name",
        ),
    ),
    Column(
        "organisations",
        "Developer/deployer organisations",
        9,
        ("developer deployer organizations", "developer deployer", "organisations", "organizations"),
    ),
    Column("severity", "Severity", 10, ("severity of incident", "severity of the incident"), _SEVERITY),
    Column("harm_types", "Harm type", 11, ("harm types", "type of harm", "types of harm", "harm type s"), _HARM),
    Column("harm_quantification", "Quantification of harm", 12, ("harm quantification", "quantification")),
    Column(
        "unintended_or_wrongful_use",
        "Unintended/wrongful use",
        13,
        ("unintended or wrongful use", "wrongful use", "unintended use"),
    ),
    Column("affected_stakeholders", "Affected stakeholders", 14, ("stakeholders", "stakeholders affected")),
    Column(
        "rights_impacts",
        "Human/fundamental-rights impacts",
        15,
        ("human or fundamental rights impacts", "human rights impacts", "rights impacts", "rights impact"),
    ),
    Column("ai_principles", "Associated AI Principles", 16, ("ai principles", "oecd ai principles", "principles")),
    Column("industries", "Industries", 17, ("industry", "industries isic", "sector", "sectors")),
    Column("business_functions", "Business functions", 18, ("business function",)),
    Column(
        "critical_functions",
        "Critical functions/infrastructure",
        19,
        ("critical functions", "critical infrastructure", "critical functions and infrastructure", "critical function"),
    ),
    Column("breadth_of_deployment", "Breadth of deployment", 20, ("deployment breadth",)),
    Column("training_data", "Link to training data", 21, ("training data", "training data link")),
    Column("ai_model", "Link to AI model", 22, ("ai model", "ai model link", "link to model")),
    Column("usage_rights", "Usage rights", 23, ("usage rights of ai model",)),
    Column(
        "multiple_system_interaction",
        "Multiple-AI-system interaction",
        24,
        ("multiple system interaction", "multiple ai systems interaction", "interaction of multiple ai systems"),
    ),
    Column("ai_system_tasks", "AI system tasks", 25, ("ai system task", "ai tasks", "system tasks", "tasks")),
    Column("autonomy_level", "Maximum autonomy level", 26, ("autonomy level", "autonomy", "level of autonomy")),
    Column("actions_taken", "Actions taken", 27, ("action taken", "response actions")),
    Column("steps_to_reproduce", "Steps to reproduce", 28, ("reproduction steps", "steps to reproduce the incident")),
    Column("additional_information", "Additional information", 29, ("further information",)),
)
"""In the framework's order."""

_OF_CRITERIA = frozenset(column.key for column in CRITERIA)
LABELLED = ("institute", "tlp", "status", "language")
"""What the command line says for rows that do not."""

_NEEDED_BESIDE = {"materialisation": _HAPPENED, "causal_link": _LINK}
_ALSO_BESIDE = {
    "materialisation": ("materialization", "materialised", "did harm occur", "harm materialisation"),
    "extent": ("geographic scale", "geographical scale"),
    "domain": ("hazard domain",),
    "aware_at": ("aware since", "date of awareness", "became aware at"),
    "first_known_occurrence_granularity": ("date granularity",),
}


_COUNTED = frozenset({*HarmQuantification.model_fields, "people_at_risk"} - {"financial_loss_usd"})
_DIGITS = "Write a whole number in digits, such as 1200, and nothing where nobody knows."


def _beside() -> tuple[Column, ...]:
    """Columns beside the criteria: parts of criteria that forms split up, and every further field of an incident."""
    parts = (
        ("causal_link", ("causal link to ai system", "link to harm")),
        ("submitter_institute", ()),
        ("submitter_role", ("role of submitter",)),
        ("submitter_relation", ("relation of submitter",)),
        ("system_version", ("ai system version", "product version")),
        ("developer", ("developers", "ai system developer", "developer organisation", "developer organization")),
        ("deployer", ("deployers", "ai system deployer", "deployer organisation", "deployer organization")),
        ("deaths", ("lives lost", "fatalities", "number of deaths")),
        ("serious_injuries", ("number of serious injuries",)),
        ("injuries", ("number of injuries", "injured")),
        ("people_affected", ("number of people affected", "persons affected")),
        ("financial_loss_usd", ("financial loss", "financial loss in usd")),
    )
    further = [(name, _ALSO_BESIDE.get(name, ())) for name in Incident.model_fields if name not in _OF_CRITERIA]
    return tuple(
        Column(key, key.replace("_", " "), None, also, _NEEDED_BESIDE.get(key, ""), _DIGITS if key in _COUNTED else "")
        for key, also in (*parts, *further)
    )


BESIDE: tuple[Column, ...] = _beside()
COLUMNS: dict[str, Column] = {column.key: column for column in (*CRITERIA, *BESIDE)}
"""Every column by its key."""
