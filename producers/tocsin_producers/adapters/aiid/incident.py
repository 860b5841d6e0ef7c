"""The incident that a row makes, in the OECD's criteria. What no annotator says stays unknown."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from tocsin_producers.adapters.aiid import harm
from tocsin_producers.adapters.aiid.row import Row
from tocsin_producers.adapters.content_id import content_id
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_schemas import Domain, Evidence, Incident, InvalidEvent, Materialisation, ReportKind, System, limits
from tocsin_schemas.errors import problems_of

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DOMAINS = {
    "1": Domain.FAIRNESS,
    "2": Domain.PRIVACY,
    "3": Domain.MISINFORMATION,
    "4.1": Domain.MANIPULATION,
    "4.3": Domain.MANIPULATION,
    "7.1": Domain.LOSS_OF_CONTROL,
    "7.3": Domain.RELIABILITY,
}
"""MIT risk domains and subdomains that have a hazard domain of ours; 4.2 holds both cyber attacks and weapons."""
_RIGHTS = "Human rights, civil rights, civil liberties or democratic norms, as CSETv1 classifies it"


def incident_of(row: Row, labels: Labels) -> Draft:
    """The report that a row makes. Its texts are English, whatever the labels say of other files.

    Raises:
        InvalidEvent: with these labels it is no valid incident.
    """
    counts = harm.counts_of(row)
    happened = harm.materialisation_of(row, counts)
    link = harm.link_of(row, counts)
    v1 = row.csetv1
    fields: dict[str, Any] = {
        **labels.fields(),
        "language": "en",
        "title": _short(row.title, limits.TITLE_CHARACTERS),
        "description": _short(row.description, limits.TEXT_CHARACTERS),
        "relation_to_ai": {"description": f"As classified for the database. {link.ground}.", "causal_link": link[0]},
        "submitter": {"institute": labels.institute, "relation": "third party, from the AI Incident Database"},
        "supporting_materials": (
            Evidence(
                title=f"AI Incident Database, incident {row.incident_id}"[: limits.LINE_CHARACTERS],
                uri=f"https://incidentdatabase.ai/cite/{row.incident_id}"[: limits.LINE_CHARACTERS],
            ),
        ),
        "systems": _systems(row),
        "severity": "other",
        "harm_types": harm.harm_types_of(row, counts, happened),
        "harm_quantification": _quantified(counts, happened),
        "affected_stakeholders": tuple(_short(each, limits.LINE_CHARACTERS) for each in row.harmed[: limits.ITEMS]),
        "rights_impacts": (_RIGHTS,) if v1.word("Rights Violation") == "yes" else (),
        "critical_functions": harm.yes_or_no(v1.word("Impact on Critical Services")),
        "multiple_system_interaction": harm.yes_or_no(v1.word("Multiple AI Interaction")),
        "materialisation": happened,
        "tangibility": harm.tangibility_of(row, counts, happened),
        "imminence": harm.imminence_of(row, happened),
        "involves_minors": harm.yes_or_no(v1.word("Involving Minor")),
        "domain": _domain(row.mit.text("Risk Subdomain") or row.mit.text("Risk Domain")),
        "additional_information": _provenance(row, counts),
        **_where_given(row),
        **{each.what: each.value for each in counts.read if each.what == "extent"},
    }
    try:
        body = Incident.model_validate(fields)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, Incident)) from error
    return Draft(
        body=body,
        kind=ReportKind.INCIDENT,
        event_id=content_id(body, kind=ReportKind.INCIDENT),
        series=f"aiid:{row.incident_id}"[: limits.LINE_CHARACTERS],
        part=f"incident {row.incident_id}"[: limits.LINE_CHARACTERS],
    )


def _quantified(counts: harm.Counts, happened: Materialisation) -> dict[str, float | None]:
    """The counts. Where nothing happened nobody was hurt, which says nothing of who could have been: no zeros then."""
    given = {
        "deaths": counts.deaths,
        "injuries": counts.injuries,
        "people_affected": counts.people_affected,
        "financial_loss_usd": counts.financial_loss_usd,
    }
    return given if happened is Materialisation.OCCURRED else {name: count or None for name, count in given.items()}


def _systems(row: Row) -> tuple[System, ...]:
    """The systems by their names; where the database names parties but no system, one system of the incident."""
    developer = _short(", ".join(row.developers), limits.LINE_CHARACTERS) or None
    deployer = _short(", ".join(row.deployers), limits.LINE_CHARACTERS) or None
    if row.systems:
        names = row.systems[: limits.ITEMS]
        return tuple(System(name=_short(name, 200), developer=developer, deployer=deployer) for name in names)
    if developer is None and deployer is None:
        return ()
    return (System(name=f"unnamed system of AIID incident {row.incident_id}", developer=developer, deployer=deployer),)


def _where_given(row: Row) -> dict[str, Any]:
    """Criteria that are left out where the row is silent."""
    found: dict[str, Any] = {}
    if row.date is not None and _DATE.fullmatch(row.date):
        found["first_known_occurrence"] = row.date
    country = row.csetv1.text("Location Country (two letters)")
    if country is not None and _COUNTRY.fullmatch(country.upper()):
        found["countries"] = (country.upper(),)
    sectors = (row.csetv1.text("Sector of Deployment"), row.csetv0.text("Sector of Deployment"))
    industries = tuple(dict.fromkeys(_short(sector, limits.LINE_CHARACTERS) for sector in sectors if sector))
    if industries:
        found["industries"] = industries
    autonomy = row.csetv1.text("Autonomy Level")
    if autonomy is not None:
        found["autonomy_level"] = _short(f"CSETv1: {autonomy}", limits.LINE_CHARACTERS)
    tasks = row.csetv1.text("AI Task")
    if tasks is not None:
        found["ai_system_tasks"] = (_short(tasks, limits.LINE_CHARACTERS),)
    return found


def _domain(text: str | None) -> Domain | None:
    number = (text or "").split(" ")[0].rstrip(".")
    return _DOMAINS.get(number) or _DOMAINS.get(number.partition(".")[0])


def _provenance(row: Row, counts: harm.Counts) -> str:
    """What was taken from where, so that whoever reads a grade can check it."""
    used = [name for name in ("csetv0", "csetv1", "mit") if getattr(row, name).fields]
    lines = [f"Classifications read: {', '.join(used) or 'none'}. What they do not say is left unknown."]
    if row.date is not None and not _DATE.fullmatch(row.date):
        lines.append(f"Its date is no day: {row.date}.")
    lines += [f"Read in the text: {each.what} {each.value}, from “{each.words}”." for each in counts.read]
    return _short(" ".join(lines), limits.TEXT_CHARACTERS)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
