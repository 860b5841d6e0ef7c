"""Reports and envelopes as hypothesis makes them: any that the contract allows."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from tocsin_schemas import (
    Action,
    Body,
    CausalLink,
    Conditions,
    Domain,
    Envelope,
    Evaluation,
    Evidence,
    Extent,
    Finding,
    FrameworkStatus,
    HarmQuantification,
    HarmType,
    Incident,
    Materialisation,
    Measurement,
    RelationToAi,
    ReportKind,
    Retraction,
    Reversibility,
    Run,
    RunOutcome,
    Status,
    Submitter,
    System,
    ThresholdStatus,
    Tlp,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"))
lines = st.text(_CHARACTERS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
texts = st.text(st.one_of(_CHARACTERS, st.sampled_from("\n\t\r\u2028\u2029")), min_size=1, max_size=120).filter(
    lambda text: bool(text.strip())
)
institutes = st.sampled_from(["gb", "fr", "us", "jp", "eu"])
languages = st.sampled_from(["en", "fr-CA", "zh-Hans-SG", "sw-KE", "es-419"])
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(min_value=0, max_value=10**12)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
digests = st.binary(min_size=32, max_size=32).map(lambda content: f"sha256:{content.hex()}")
identities = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=60)
sources = st.from_regex(r"urn:tocsin:institute:[a-z]{2}(:[a-z0-9-]{1,20})?", fullmatch=True)

systems = st.builds(System, name=lines, version=st.none() | lines, developer=st.none() | lines)
evidence = st.builds(Evidence, title=lines, uri=st.none() | lines, digest=st.none() | digests)
_label: dict[str, Any] = {
    "institute": institutes,
    "tlp": st.sampled_from(Tlp),
    "status": st.sampled_from(Status),
    "language": languages,
}

findings = st.builds(
    Finding,
    **_label,
    title=lines,
    summary=texts,
    system=systems,
    evaluation=st.builds(Evaluation, name=lines, package=st.none() | lines),
    observed_at=instants,
    measurements=st.lists(
        st.builds(
            Measurement,
            metric=lines,
            value=numbers,
            stderr=st.none() | st.floats(0, 1e9),
            samples=st.none() | counts,
        ),
        max_size=3,
    ),
    run=st.none() | st.builds(Run, outcome=st.sampled_from(RunOutcome), error=st.none() | texts),
    conditions=st.builds(Conditions, languages_tested=st.lists(languages, max_size=2)),
    domain=st.none() | st.sampled_from(Domain),
    framework_status=st.lists(
        st.builds(
            FrameworkStatus,
            framework=lines,
            version=lines,
            category=lines,
            threshold=lines,
            status=st.sampled_from(ThresholdStatus),
        ),
        max_size=2,
    ),
    evidence=st.lists(evidence, max_size=2),
)

incidents = st.builds(
    Incident,
    **_label,
    title=lines,
    description=texts,
    relation_to_ai=st.builds(RelationToAi, description=texts, causal_link=st.sampled_from(CausalLink)),
    submitter=st.builds(Submitter, institute=st.none() | institutes, role=st.none() | lines),
    first_known_occurrence=st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    countries=st.lists(st.sampled_from(["GB", "FR", "KE"]), max_size=2),
    supporting_materials=st.lists(evidence, min_size=1, max_size=2),
    systems=st.lists(systems, max_size=2),
    severity=st.sampled_from(["hazard", "serious_hazard", "incident", "serious_incident", "disaster", "other"]),
    harm_types=st.lists(st.sampled_from(HarmType), min_size=1, max_size=3),
    harm_quantification=st.builds(
        HarmQuantification, deaths=st.none() | counts, financial_loss_usd=st.none() | st.floats(0, 1e15)
    ),
    materialisation=st.sampled_from(Materialisation),
    extent=st.sampled_from(Extent),
    reversibility=st.sampled_from(Reversibility),
    aware_at=st.none() | instants,
)

retractions = st.builds(Retraction, **_label, reason=texts)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[ReportKind, Action, Body]:
    """A body, with the kind and the action of a report that may carry it."""
    kind = draw(st.sampled_from(ReportKind))
    action = draw(st.sampled_from(Action))
    body: Body
    if action is Action.RETRACT:
        body = draw(retractions)
    elif kind is ReportKind.FINDING:
        body = draw(findings)
    else:
        body = draw(incidents)
    return kind, action, body


_any_text = st.text(st.characters(codec="utf-8"), max_size=30)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)

_CORE = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"}
extensions = st.dictionaries(
    st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True).filter(lambda name: name not in _CORE),
    st.text(st.characters(codec="utf-8"), max_size=30),
    max_size=3,
)

envelopes = st.builds(
    Envelope,
    id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    source=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    type=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    subject=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    data=json_values,
    time=st.none() | instants,
    dataschema=st.none() | st.just("urn:tocsin:schema:finding:v1"),
    extensions=extensions,
)
"""Any CloudEvent, report or not."""


def minimal_finding() -> dict[str, Any]:
    """The data of a finding that says no more than it must."""
    return {
        "institute": "gb",
        "tlp": "TLP:GREEN",
        "status": "exercise",
        "language": "en",
        "title": "A title",
        "summary": "A summary",
        "system": {"name": "example/aurora-3"},
        "evaluation": {"name": "wmdp_bio"},
        "observed_at": "2026-11-24T09:00:00Z",
    }


def minimal_incident() -> dict[str, Any]:
    """The data of an incident that says no more than it must."""
    return {
        "institute": "fr",
        "tlp": "TLP:GREEN",
        "status": "exercise",
        "language": "fr",
        "title": "Un titre",
        "description": "Une description",
        "relation_to_ai": {"description": "Un lien", "causal_link": "likely"},
        "submitter": {"institute": "fr"},
        "supporting_materials": [{"title": "Un journal"}],
        "severity": "incident",
        "harm_types": ["physical"],
        "materialisation": "occurred",
    }


def envelope_of(data: Any, **attributes: Any) -> Envelope:
    """An envelope around any data, as a finding that `gb` reports unless told otherwise."""
    return Envelope(
        **{
            "id": "gb-1",
            "source": "urn:tocsin:institute:gb",
            "type": "org.tocsin.finding.reported.v1",
            "subject": None,
            "data": data,
            "time": NOON,
            **attributes,
        }
    )
