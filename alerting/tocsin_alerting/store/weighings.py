"""What the current reports of an alert come to together, as a column keeps it. Ids and words of closed sets only."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.policy.corroboration import Verdict, Weighed, Weighing
from tocsin_schemas.vocabulary import Certainty, OecdClass, Urgency


def weighing_content(weighing: Weighing) -> dict[str, Any]:
    """As the column keeps it."""
    return {
        "certainty": weighing.certainty.value,
        "reported_certainty": weighing.reported_certainty.value,
        "urgency": weighing.urgency.value,
        "oecd_class": weighing.oecd_class.value,
        "confirming": sorted(weighing.confirming),
        "verdicts": [
            {"report": each.report, "origin": each.origin, "verdict": each.verdict.value, "other": each.other}
            for each in weighing.verdicts
        ],
    }


def read_weighing(content: dict[str, Any] | None) -> Weighing | None:
    """As it was kept; None where nothing was weighed yet, or nothing is current."""
    if content is None:
        return None
    return Weighing(
        certainty=Certainty(content["certainty"]),
        reported_certainty=Certainty(content["reported_certainty"]),
        urgency=Urgency(content["urgency"]),
        oecd_class=OecdClass(content["oecd_class"]),
        confirming=frozenset(content["confirming"]),
        verdicts=tuple(
            Weighed(each["report"], each["origin"], Verdict(each["verdict"]), each["other"])
            for each in content["verdicts"]
        ),
    )
