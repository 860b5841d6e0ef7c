"""The rules of meaning that hold whatever the rubric says: ceilings, the causal link, the side of the OECD class."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin_schemas import HarmType, Incident, Materialisation, OecdClass, Reason, Severity
from tocsin_streams.rubric.facts import has_occurred, is_gradable
from tocsin_streams.rubric.remarks import Remark, remark
from tocsin_streams.rubric.rules import HAZARD_CLASSES

_HAZARD_OF = {
    OecdClass.INCIDENT: OecdClass.HAZARD,
    OecdClass.SERIOUS_INCIDENT: OecdClass.SERIOUS_HAZARD,
    OecdClass.DISASTER: OecdClass.SERIOUS_HAZARD,
}
_INCIDENT_OF = {OecdClass.HAZARD: OecdClass.INCIDENT, OecdClass.SERIOUS_HAZARD: OecdClass.SERIOUS_INCIDENT}
_CEILING = Severity.SEVERE
CLASS_RANK = {
    OecdClass.UNCLASSIFIED: -1,
    OecdClass.HAZARD: 0,
    OecdClass.INCIDENT: 0,
    OecdClass.SERIOUS_HAZARD: 1,
    OecdClass.SERIOUS_INCIDENT: 1,
    OecdClass.DISASTER: 2,
}
"""How serious a class is within its side; hazards and incidents are not compared with each other."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules make of a report before and after the rules of meaning."""

    severity: Severity
    oecd_class: OecdClass
    harms: dict[HarmType, Severity]
    reasons: tuple[Reason, ...] = ()
    """Why it differs from what the rules argued for."""


def unclassified(reason: Reason) -> Verdict:
    """No grade, with the reason."""
    return Verdict(Severity.UNCLASSIFIED, OecdClass.UNCLASSIFIED, {}, (reason,))


def of_finding(verdict: Verdict) -> Verdict:
    """A finding is about what could happen."""
    return _as_hazard(verdict, Remark.FINDING_CEILING)


def of_incident(verdict: Verdict, incident: Incident) -> Verdict:
    """Critical needs harm that occurred and a causal link; without a link a toll grades nothing."""
    if not is_gradable(incident):
        return unclassified(why_not_gradable(incident))
    if not has_occurred(incident):
        return _as_hazard(verdict, Remark.HAZARD_CEILING)
    if verdict.oecd_class in _INCIDENT_OF:
        reason = remark(Remark.INCIDENT_CLASS, materialisation=incident.materialisation.value)
        return replace(verdict, oecd_class=_INCIDENT_OF[verdict.oecd_class], reasons=(*verdict.reasons, reason))
    return verdict


def why_not_gradable(incident: Incident) -> Reason:
    """Why an incident has no grade before any rule is asked."""
    which = (
        Remark.MATERIALISATION_UNKNOWN if incident.materialisation is Materialisation.UNKNOWN else Remark.LINK_MISSING
    )
    harm = incident.harm_quantification
    return remark(
        which,
        materialisation=incident.materialisation.value,
        causal_link=incident.relation_to_ai.causal_link.value,
        deaths=harm.deaths,
        serious_injuries=harm.serious_injuries,
        injuries=harm.injuries,
    )


def _as_hazard(verdict: Verdict, ceiling: Remark) -> Verdict:
    if verdict.severity is Severity.UNCLASSIFIED:
        return verdict
    fits = verdict.severity.rank <= _CEILING.rank and verdict.oecd_class in HAZARD_CLASSES
    if fits and all(severity.rank <= _CEILING.rank for severity in verdict.harms.values()):
        return verdict
    return Verdict(
        severity=_at_most(verdict.severity),
        oecd_class=_HAZARD_OF.get(verdict.oecd_class, verdict.oecd_class),
        harms={harm: _at_most(severity) for harm, severity in verdict.harms.items()},
        reasons=(
            *verdict.reasons,
            remark(ceiling, argued=verdict.severity.value, argued_class=verdict.oecd_class.value),
        ),
    )


def _at_most(severity: Severity) -> Severity:
    return min(severity, _CEILING, key=lambda each: each.rank)
