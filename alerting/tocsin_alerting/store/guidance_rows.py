"""What the row of a guidance alert says: its label, and what it takes from the most severe report that it compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.guidance import Divergence, severity_of_guidance
from tocsin_alerting.store.tables import AlertRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import Certainty, OecdClass, Severity, Urgency

Rows = Sequence[Any]
"""Current reports of a question: id, institute, tlp, severity and assessment of each."""


def label(alert: AlertRow, divergence: Divergence, rows: Rows) -> str:
    """The strictest of what it compares and ever compared."""
    compared = {party.report for party in divergence.parties}
    labels = [label_of(alert.tlp), *(label_of(row.tlp) for row in rows if row.id in compared)]
    return max(labels, key=lambda label: label.rank).value


def spoken_for(divergence: Divergence, rows: Rows) -> dict[str, Any]:
    """What the alert's row says of the most severe report that it compares."""
    compared = {party.report for party in divergence.parties}
    parties = [row for row in rows if row.id in compared]
    lead = max(parties, key=lambda row: (Severity(row.severity).rank, row.id))
    assessment = Assessment.model_validate(lead.assessment)
    grade = assessment.grade
    return {
        # Part of the question: all its results share it.
        "status": assessment.status.value,
        "lead_report": lead.id,
        "severity": severity_of_guidance(Severity(row.severity) for row in parties).value,
        "oecd_class": (grade.oecd_class if grade is not None else OecdClass.UNCLASSIFIED).value,
        "certainty": (grade.certainty if grade is not None else Certainty.UNKNOWN).value,
        "urgency": (grade.urgency if grade is not None else Urgency.UNKNOWN).value,
        "domain": grade.domain.value if grade is not None and grade.domain is not None else None,
        "rubric": grade.rubric if grade is not None else "",
    }
