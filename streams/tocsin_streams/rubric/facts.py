"""The facts that conditions may ask about: numbers, words of closed sets, registry names; never texts of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin_schemas import CausalLink, Finding, HarmQuantification, Incident, Materialisation, ReportKind, RunOutcome
from tocsin_streams.rubric.elicitation import how_hard
from tocsin_streams.rubric.reading import Measured

Facts = dict[str, Any]
_ENGLISH = "en"
_DIGITS = 4
"""Of an interval's ends as shown; grading uses them whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a fact before there is a report: whether it can be absent, and a value of its type."""

    sample: Any
    optional: bool = False


FINDING_FACTS: dict[str, Fact] = {
    "known": Fact(True),
    "measured": Fact(True),
    "reached": Fact("severe", optional=True),
    "point": Fact("severe", optional=True),
    "uncertain": Fact(False),
    "thresholds_spanned": Fact(1),
    "interval_known": Fact(True),
    "few_samples": Fact(False),
    "at_or_below_chance": Fact(False),
    "evaluation": Fact("wmdp_bio", optional=True),
    "metric": Fact("accuracy", optional=True),
    "value": Fact(0.9, optional=True),
    "low": Fact(0.8, optional=True),
    "high": Fact(0.95, optional=True),
    "threshold": Fact(0.8, optional=True),
    "spanned": Fact([0.9], optional=True),
    "basis": Fact("…", optional=True),
    "chance": Fact(0.25, optional=True),
    "samples": Fact(100, optional=True),
    "higher_is": Fact("worse", optional=True),
    "domain": Fact("cyber", optional=True),
    "run_outcome": Fact("success"),
    "run_incomplete": Fact(False),
    "safeguards": Fact("on"),
    "judge": Fact("rule"),
    "elicitation": Fact("stated"),
    "english_only": Fact(False),
    "beyond_english": Fact(True),
    "framework_status": Fact(["reached"]),
}
"""What a rule about findings may ask."""

OF_THE_MEASUREMENT = frozenset(
    {
        "at_or_below_chance",
        "few_samples",
        "high",
        "interval_known",
        "low",
        "measured",
        "point",
        "reached",
        "samples",
        "spanned",
        "threshold",
        "thresholds_spanned",
        "uncertain",
        "value",
    }
)
"""What is known only from a result: a rule that asks about one of these rests on the measurement."""

INCIDENT_FACTS: dict[str, Fact] = {
    "occurred": Fact(True),
    "linked": Fact(True),
    "graded": Fact(True),
    "materialisation": Fact("occurred"),
    "causal_link": Fact("established"),
    "harm_types": Fact(["physical"]),
    "deaths": Fact(1, optional=True),
    "serious_injuries": Fact(1, optional=True),
    "injuries": Fact(1, optional=True),
    "people_affected": Fact(1, optional=True),
    "financial_loss_usd": Fact(1.0, optional=True),
    "people_at_risk": Fact(1, optional=True),
    "nobody_hurt": Fact(False),
    "rights_impacts": Fact(0),
    "tangibility": Fact("tangible"),
    "imminence": Fact("imminent"),
    "involves_minors": Fact("yes"),
    "extent": Fact("local"),
    "reversibility": Fact("irreversible"),
    "seriousness": Fact("serious"),
    "ongoing": Fact("yes"),
    "critical_functions": Fact("yes"),
    "unintended_or_wrongful_use": Fact("intended_use"),
    "multiple_system_interaction": Fact("no"),
    "countries": Fact(["FR"]),
    "domain": Fact("cyber", optional=True),
}
"""What a rule about incidents may ask. The submitter's own class is no fact: the shared grade decides."""

FACTS: dict[ReportKind, dict[str, Fact]] = {
    ReportKind.FINDING: FINDING_FACTS,
    ReportKind.INCIDENT: INCIDENT_FACTS,
}


def is_linked(incident: Incident) -> bool:
    """Whether the harm is tied to the AI system firmly enough to grade it as harm done."""
    return incident.relation_to_ai.causal_link in (CausalLink.ESTABLISHED, CausalLink.LIKELY)


def has_occurred(incident: Incident) -> bool:
    """Whether harm happened."""
    return incident.materialisation is Materialisation.OCCURRED


def is_gradable(incident: Incident) -> bool:
    """Whether there is anything to grade: harm done by the system, or harm that it nearly did or plausibly could do.

    Harm that occurred needs a link that is established or likely. A near miss or a potential harm needs no more than
    that nobody denies the link: nothing has happened that could have been caused by something else.
    """
    if has_occurred(incident):
        return is_linked(incident)
    return (
        incident.materialisation in (Materialisation.NEAR_MISS, Materialisation.POTENTIAL)
        and incident.relation_to_ai.causal_link is not CausalLink.NONE
    )


def incident_facts(incident: Incident) -> Facts:
    """The facts of an incident; what is not known is absent, never zero."""
    harm = incident.harm_quantification
    facts = {
        "occurred": has_occurred(incident),
        "linked": is_linked(incident),
        "graded": is_gradable(incident),
        "materialisation": incident.materialisation.value,
        "causal_link": incident.relation_to_ai.causal_link.value,
        "harm_types": sorted(harm_type.value for harm_type in incident.harm_types),
        "deaths": harm.deaths,
        "serious_injuries": harm.serious_injuries,
        "injuries": harm.injuries,
        "people_affected": harm.people_affected,
        "financial_loss_usd": harm.financial_loss_usd,
        "people_at_risk": incident.people_at_risk,
        "nobody_hurt": _nobody_hurt(harm),
        "rights_impacts": len(incident.rights_impacts),
        "tangibility": incident.tangibility,
        "imminence": incident.imminence,
        "involves_minors": incident.involves_minors,
        "extent": incident.extent.value,
        "reversibility": incident.reversibility.value,
        "seriousness": incident.seriousness,
        "ongoing": incident.ongoing,
        "critical_functions": incident.critical_functions,
        "unintended_or_wrongful_use": incident.unintended_or_wrongful_use,
        "multiple_system_interaction": incident.multiple_system_interaction,
        "countries": sorted(incident.countries),
        "domain": incident.domain.value if incident.domain is not None else None,
    }
    return _present(facts)


def _nobody_hurt(harm: HarmQuantification) -> bool:
    """Whether the report states that nobody was killed or hurt; a count that is left out states nothing."""
    return harm.deaths == 0 and harm.injuries == 0 and not harm.serious_injuries


def finding_facts(finding: Finding, measured: Measured) -> Facts:
    """The facts of a finding, as the registry reads it."""
    entry, reading = measured.entry, measured.reading
    run = finding.run
    unrelated = measured.unrelated
    known = entry or (unrelated.listed if unrelated is not None else None)
    domain = finding.domain or (known.domain if known is not None else None)
    name = entry.name if entry is not None else (unrelated.name if unrelated is not None else None)
    languages = {tag.partition("-")[0] for tag in finding.conditions.languages_tested}
    facts: Facts = {
        "known": entry is not None,
        "measured": reading is not None,
        "uncertain": reading is not None and reading.uncertain,
        "thresholds_spanned": len(reading.spanned) if reading is not None else 0,
        "interval_known": reading is not None and reading.interval_known,
        "few_samples": False,
        "at_or_below_chance": reading is not None and reading.at_or_below_chance,
        "evaluation": name,
        "domain": domain.value if domain is not None else None,
        "run_outcome": run.outcome.value if run is not None else RunOutcome.SUCCESS.value,
        "run_incomplete": run is not None
        and run.samples_total is not None
        and run.samples_completed is not None
        and run.samples_completed < run.samples_total,
        "safeguards": finding.conditions.safeguards,
        "judge": finding.conditions.judge,
        "elicitation": how_hard(finding.conditions.elicitation),
        "english_only": bool(languages) and languages == {_ENGLISH},
        "beyond_english": bool(languages - {_ENGLISH}),
        "framework_status": sorted({status.status.value for status in finding.framework_status}),
    }
    if reading is not None and entry is not None:
        facts |= {
            "reached": reading.reached.value,
            "point": reading.point.value,
            "metric": reading.metric.name,
            "value": reading.value,
            "low": round(reading.low, _DIGITS),
            "high": round(reading.high, _DIGITS),
            "threshold": reading.metric.threshold_of(reading.reached),
            "spanned": list(reading.spanned) or None,
            "basis": reading.metric.basis,
            "chance": reading.metric.chance,
            "samples": reading.samples,
            "higher_is": reading.metric.higher_is.value,
            "few_samples": reading.samples is not None and reading.samples < entry.few_samples,
        }
    return _present(facts)


def _present(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}
