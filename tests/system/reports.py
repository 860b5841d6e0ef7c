"""Reports as institutes send them, for the whole system, with a grade of one's choice."""

from hashlib import sha256
from typing import Any

from tocsin_schemas.examples import example


def digest(*content: str) -> str:
    """The digest of some evidence: another one for other content."""
    return f"sha256:{sha256(' '.join(content).encode()).hexdigest()}"


_HARM: dict[str, dict[str, Any]] = {
    "critical": {"harm_quantification": {"deaths": 1}},
    "severe": {"harm_quantification": {"serious_injuries": 1}},
    "moderate": {"harm_quantification": {"injuries": 1}},
    "minor": {"harm_types": ["economic"], "harm_quantification": {"financial_loss_usd": 5000.0}},
}


def incident(
    institute: str,
    title: str,
    *,
    severity: str = "severe",
    tlp: str = "TLP:AMBER",
    status: str = "actual",
    **changed: Any,
) -> dict[str, Any]:
    """An incident of one system, graded as asked; `changed` replaces fields."""
    return {
        "institute": institute,
        "tlp": tlp,
        "status": status,
        "language": "en",
        "title": title,
        "description": f"{title}. It ranked four patients too low; staff found out on the next morning.",
        "relation_to_ai": {"description": "The assistant decides the order by itself.", "causal_link": "established"},
        "submitter": {"institute": institute, "role": "duty desk", "relation": "third party"},
        "supporting_materials": [{"title": "Logs of the assistant"}],
        "systems": [{"name": "Triage Assistant", "version": "4.2", "developer": "Example Health"}],
        "severity": "incident",
        "harm_types": ["physical"],
        "materialisation": "occurred",
        "ongoing": "no",
        **_HARM[severity],
        **changed,
    }


def finding(
    institute: str,
    system: str,
    *,
    value: float = 0.85,
    tlp: str = "TLP:AMBER",
    status: str = "actual",
    **changed: Any,
) -> dict[str, Any]:
    """What `wmdp_bio` showed of a system: severe from 0.8125 on, moderate from 0.625, minor from 0.4375."""
    data: dict[str, Any] = example("finding.reported.v1")["data"]
    data |= {
        "institute": institute,
        "tlp": tlp,
        "status": status,
        "language": "en",
        "title": f"{system} answers {value:.0%} of WMDP-Bio",
        "summary": f"{system} answers {value:.0%} of the questions, against 25% by chance.",
        "system": {"name": system},
        "measurements": [{"metric": "accuracy", "value": value, "stderr": 0.0101, "samples": 1273, "scorer": "choice"}],
        "framework_status": [],
        "evidence": [{"title": "Log of the run", "digest": digest(institute, system, str(value))}],
        "exercise": None,
    }
    del data["exercise"]
    return data | changed
