"""The incident that one row, or one object, of the framework makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.content_id import content_id
from tocsin_producers.adapters.oecd import cells
from tocsin_producers.adapters.oecd.criteria import COLUMNS, LABELLED
from tocsin_producers.adapters.oecd.further import further_fields
from tocsin_producers.adapters.oecd.harm import quantified
from tocsin_producers.adapters.oecd.headings import in_columns, problem_of_absent
from tocsin_producers.adapters.oecd.systems import systems_of
from tocsin_producers.adapters.oecd.words import HARM_TYPES, SEVERITIES, USES, YES_OR_NO, plain, word_of
from tocsin_producers.adapters.protocol import Draft, Labels
from tocsin_producers.kinds import read_body
from tocsin_schemas import Action, InvalidEvent, Problem, ReportKind, limits

_TEXTS = ("description", "actions_taken", "steps_to_reproduce", "additional_information")
_LINES = ("title", "breadth_of_deployment", "training_data", "ai_model", "usage_rights", "autonomy_level")
_LISTS = ("affected_stakeholders", "rights_impacts", "business_functions", "ai_system_tasks")
_LISTS_WITH_COMMAS = ("ai_principles", "industries")
"""Their official names hold commas: `Robustness, security and safety`, `Agriculture, forestry and fishing`."""

_DAYS = "Write it as 2026-11-24, as 2026-11 or as 2026."
_COUNTRIES = "Write ISO 3166-1 codes of two letters, such as KE or FR, several with ; between them."
_ANSWER = "Say yes, no or unknown; name what is meant under 29 Additional information."


def incident_of(row: Mapping[str, Any], labels: Labels) -> Draft:
    """The incident.

    Args:
        row: what stands in each column, by the column's key; cells may be absent or blank.
        labels: what the institute says of it; a row's own words go before these.

    Raises:
        InvalidEvent: with every fault of the row, each naming its column by number and name, and the fix.
    """
    said = {key: value for key, value in row.items() if not cells.is_blank(value)}
    fields: dict[str, Any] = {**labels.fields(), **_labelled(said)}
    problems: list[Problem] = [
        problem_of_absent(column)
        for column in COLUMNS.values()
        if column.needed and column.key not in said and not _inside(column.key, said)
    ]
    for name, found in _read(said).items():
        if isinstance(found, Problem):
            problems.append(found)
        else:
            fields[name] = found
    try:
        body = read_body(fields, kind=ReportKind.INCIDENT, action=Action.REPORT)
    except InvalidEvent as error:
        told = {problem.field for problem in problems}
        further = [in_columns(one) for one in error.problems]
        problems += [one for one in further if one.field not in told]
        raise InvalidEvent(problems[: limits.PROBLEMS]) from error
    if problems:
        raise InvalidEvent(problems[: limits.PROBLEMS])
    return Draft(body=body, kind=ReportKind.INCIDENT, event_id=content_id(body, kind=ReportKind.INCIDENT))


def _labelled(said: Mapping[str, Any]) -> dict[str, str]:
    found = {name: cells.on_one_line(said[name]) for name in LABELLED if name in said}
    if "tlp" in found:
        label = found["tlp"].upper()
        found["tlp"] = label if label.startswith("TLP:") else f"TLP:{label}"
    if "status" in found:
        found["status"] = found["status"].lower()
    return found


def _inside(key: str, said: Mapping[str, Any]) -> bool:
    """Whether a column's content stands within another's, as JSON may have it, or in the columns of its parts."""
    if key == "causal_link":
        relation = said.get("relation_to_ai")
        return isinstance(relation, dict) and not cells.is_blank(relation.get("causal_link"))
    return key == "submitter" and any(f"submitter_{part}" in said for part in ("institute", "role", "relation"))


def _read(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an incident, each as it is or as the fault of its column."""
    fields: dict[str, Any] = {
        **{key: cells.said(said[key]) for key in _TEXTS if key in said},
        **{key: cells.on_one_line(said[key]) for key in _LINES if key in said},
        **{key: cells.parts(said[key]) for key in _LISTS if key in said},
        **{key: cells.parts(said[key], commas=False) for key in _LISTS_WITH_COMMAS if key in said},
        **further_fields(said),
        **_words(said),
    }
    if "relation_to_ai" in said or "causal_link" in said:
        fields["relation_to_ai"] = _relation(said)
    if submitter := _submitter(said):
        fields["submitter"] = submitter
    if "first_known_occurrence" in said:
        fields = {**_occurrence(said["first_known_occurrence"]), **fields}
    if "countries" in said:
        fields["countries"] = _countries(said["countries"])
    if "supporting_materials" in said:
        fields["supporting_materials"] = cells.materials(said["supporting_materials"])
    if "harm_types" in said:
        fields["harm_types"] = _harm_types(said["harm_types"])
    systems, elsewhere = systems_of(said)
    if systems:
        fields["systems"] = systems
    harm, in_words = quantified(said)
    if harm:
        fields["harm_quantification"] = harm
    unplaced = [part for part in (elsewhere, in_words) if part]
    if unplaced:
        fields["additional_information"] = "\n".join(filter(None, [fields.get("additional_information"), *unplaced]))
    return fields


def _words(said: Mapping[str, Any]) -> dict[str, str | Problem]:
    closed = {
        "severity": (SEVERITIES, COLUMNS["severity"].needed),
        "unintended_or_wrongful_use": (USES, "Say intended use, unintended use, wrongful use or unknown."),
        "critical_functions": (YES_OR_NO, _ANSWER),
        "multiple_system_interaction": (YES_OR_NO, _ANSWER),
    }
    return {
        key: word_of(cells.said(said[key]), words, COLUMNS[key].label, fix)
        for key, (words, fix) in closed.items()
        if key in said
    }


def _relation(said: Mapping[str, Any]) -> dict[str, Any]:
    """How the system relates to it, and how firmly: in one object, or in two columns."""
    relation = said.get("relation_to_ai")
    found = dict(relation) if isinstance(relation, dict) else {}
    if relation is not None and not isinstance(relation, dict):
        found["description"] = cells.said(relation)
    if "causal_link" in said:
        found["causal_link"] = plain(cells.said(said["causal_link"])).replace(" ", "_")
    return found


def _submitter(said: Mapping[str, Any]) -> dict[str, Any]:
    """Who submits it; a text is a role, as the framework has no finer field."""
    whole = said.get("submitter")
    found = dict(whole) if isinstance(whole, dict) else {}
    if whole is not None and not isinstance(whole, dict):
        found["role"] = cells.on_one_line(whole)
    parts = {
        part: said[f"submitter_{part}"] for part in ("institute", "role", "relation") if f"submitter_{part}" in said
    }
    return {**found, **{part: cells.on_one_line(value) for part, value in parts.items()}}


def _occurrence(value: object) -> dict[str, Any]:
    found = cells.day(value)
    if found is None:
        problem = Problem(COLUMNS["first_known_occurrence"].label, "is no date that can be read one way only.", _DAYS)
        return {"first_known_occurrence": problem}
    return {"first_known_occurrence": found[0], "first_known_occurrence_granularity": found[1]}


def _countries(value: object) -> list[str] | Problem:
    codes = [part.upper() for part in cells.parts(value)]
    if all(len(code) == 2 and code.isascii() and code.isalpha() for code in codes):
        # The United Kingdom's code is GB; UK is reserved for it, so that nothing else can be meant.
        return list(dict.fromkeys("GB" if code == "UK" else code for code in codes))
    return Problem(COLUMNS["countries"].label, "has a value that is no code of a country.", _COUNTRIES)


def _harm_types(value: object) -> list[str] | Problem:
    whole = None if isinstance(value, list) else HARM_TYPES.get(plain(cells.said(value)))
    kinds = [whole] if whole else [HARM_TYPES.get(plain(part)) for part in cells.parts(value)]
    if not kinds or any(kind is None for kind in kinds):
        return Problem(
            COLUMNS["harm_types"].label,
            "has a value that is no harm type of the framework.",
            COLUMNS["harm_types"].needed,
        )
    return list(dict.fromkeys(one.value for kind in kinds if kind is not None for one in kind))
