"""No message says more than the contact's clearance and the channel's capability allow, whatever is planned."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alerting import assessments
from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory
from tocsin_alerting.policy.sending import Anchor
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.store.alert_claims import Claimed
from tocsin_alerting.store.record import AlertRecord
from tocsin_alerting.store.standings import Standings
from tocsin_alerting.store.tables import AlertRow, ChangeRow, ReportRow, ResponseRow
from tocsin_alerting.store.tables_judgements import DissentRow, OverrideRow
from tocsin_consumers.notifier.composer import Composed, Composer, Withheld
from tocsin_schemas import AlertChange, Assessment, Severity, Status, Tlp, Tokens

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MARKER = "PROTECTED"
"""Stands in every text that a label protects."""
LABELS = [*(label.value for label in Tlp), "TLP:WHITE", "TLP:ORANGE", "", "amber"]
"""Known and unknown ones: who writes into the store by other ways gets no more said."""


def _protected(assessment: Assessment) -> dict[str, Any]:
    """The assessment with the marker in every text that its institute wrote, and in what the rules looked at."""
    data = assessment.model_dump(mode="json")
    finding = data["finding"]
    finding["title"] = f"{MARKER} title"
    finding["summary"] = f"{MARKER} summary"
    finding["system"] = {"name": f"{MARKER} system", "developer": f"{MARKER} developer"}
    finding["evaluation"] = {"name": f"{MARKER} evaluation"}
    finding["measurements"] = [{"metric": f"{MARKER} metric", "value": 0.5}]
    for reason in data["grade"]["reasons"]:
        reason["inputs"] = {"value": f"{MARKER} input"}
        reason["sentence"] = f"{MARKER} sentence"
    return dict(data)


def _record(alert_label: str, report_labels: list[str], directory: Directory) -> AlertRecord:
    reports = [
        ReportRow(
            id=f"r{number}",
            source="urn:tocsin:institute:jp",
            event_id=f"e{number}",
            series=f"e{number}",
            institute="jp",
            kind="finding",
            action="report",
            tlp=label,
            status="actual",
            severity="severe",
            current=True,
            assessment=_protected(assessments.finding(f"e{number}", institute="jp")),
            alert_id="a1",
            reported_at=NOW,
            received_at=NOW,
        )
        for number, label in enumerate(report_labels)
    ]
    alert = AlertRow(
        purpose="report",
        id="a1",
        kind="finding",
        status=Status.ACTUAL.value,
        tlp=alert_label,
        state="open",
        severity=Severity.SEVERE.value,
        oecd_class="serious_hazard",
        certainty="likely",
        urgency="expected",
        domain=MARKER,
        revision=2,
        round=1,
        lead_report="r0",
        override="o1",
        route="urgent",
        policy="p",
        rubric="r",
        raised_at=NOW,
        updated_at=NOW,
    )
    change = ChangeRow(
        alert_id="a1",
        revision=2,
        change="acknowledged",
        reason="acknowledge",
        at=NOW,
        event={"institute": "gb", "severity": "severe"},
        note=f"{MARKER} note",
        actor=f"{MARKER} actor",
    )
    response = ResponseRow(
        alert_id="a1",
        institute="gb",
        round=1,
        ladder="urgent",
        answer_required=True,
        answer="acknowledge",
        answered_at=NOW,
        answered_by=f"{MARKER} person",
        answered_via="api",
        step=1,
    )
    said = {
        "alert_id": "a1",
        "revision": 2,
        "severity": "minor",
        "why": f"{MARKER} why",
        "evidence": [{"title": f"{MARKER} evidence", "uri": f"https://{MARKER}.example"}],
        "at": NOW,
        "by": f"{MARKER} person",
        "via": "api",
    }
    overrides = [OverrideRow(id="o1", before="severe", shared="severe", seen=["r0"], **said)]
    dissents = [DissentRow(id="s1", institute="jp", against="severe", **said)]
    return AlertRecord(alert, reports, [change], _standings(response), directory, overrides, dissents)


def _standings(response: ResponseRow) -> Standings:
    """The institute's row with what is read beside it."""
    columns = {column.name: getattr(response, column.name) for column in ResponseRow.__table__.columns}
    beside = dict.fromkeys(("told_at", "seen_at", "next_reminder_at", "reminders_sent", "unwanted_at"))
    read: Any = SimpleNamespace(**columns, **beside)
    return Standings([read])


def _directory(*contacts: Contact) -> Directory:
    return Directory(
        contacts=contacts,
        ladders=[],
        routes=[],
        coordinator="gb",
        institute_names={"jp": f"{MARKER} institute"},
        operator_clearance=Tlp.AMBER,
        version="tests",
    )


def _contacts(channel: Channel) -> st.SearchStrategy[Contact]:
    address = st.builds(
        Address,
        channel=st.just(channel),
        address=st.sampled_from(["C1", "C2"]),
        shared=st.booleans(),
        internal=st.booleans(),
        full_text=st.booleans() if channel is Channel.APPRISE else st.just(False),
    )
    return st.builds(
        Contact,
        id=st.sampled_from(["gb.one", "gb.two", "gb.three"]),
        institute=st.just("gb"),
        name=st.just("Somebody"),
        team=st.just("duty"),
        clearance=st.sampled_from(Tlp),
        named_person=st.booleans(),
        addresses=st.lists(address, min_size=1, max_size=2).map(tuple),
    )


def _strict(labels: list[str]) -> Tlp:
    known = [Tlp(label) if label in set(Tlp) else Tlp.RED for label in labels]
    return max(known, key=lambda label: label.rank)


def _entitled(contact: Contact, claimed: Claimed, label: Tlp, everybody: list[Contact]) -> bool:
    """Whether the text may stand there, written down anew from TLP's rules and not from our code's."""
    readers = [one for one in everybody if any(at.address == claimed.address for at in one.addresses)]
    # A contact may list an address twice, and say different things of it: the stricter counts.
    places = [at for one in readers for at in one.addresses if at.address == claimed.address]
    return (
        contact in readers
        and label is not Tlp.RED
        and all(list(Tlp).index(label) <= list(Tlp).index(one.clearance) for one in readers)
        and (label is not Tlp.AMBER_STRICT or all(place.internal for place in places))
        and all(place.full_text for place in places if place.channel is Channel.APPRISE)
    )


@settings(max_examples=400)
@given(
    channel=st.sampled_from(Channel),
    data=st.data(),
    labels=st.lists(st.sampled_from(LABELS), min_size=2, max_size=4),
    kind=st.sampled_from(DeliveryKind),
    reason=st.sampled_from(TellingReason),
    moved=st.booleans(),
    address=st.sampled_from(["C1", "C2", "C3"]),
)
def test_no_byte_of_protected_text_reaches_who_may_not_read_it(
    channel: Channel,
    data: st.DataObject,
    labels: list[str],
    kind: DeliveryKind,
    reason: TellingReason,
    moved: bool,
    address: str,
) -> None:
    """For every label, contact, address, kind and reason: whoever is not entitled gets no word of it; others do."""
    contacts = {one.id: one for one in data.draw(st.lists(_contacts(channel), min_size=1, max_size=3))}
    contact = data.draw(st.sampled_from(sorted(contacts.values(), key=lambda one: one.id)))
    directory = _directory(*contacts.values())
    record = _record(labels[0], labels[1:], directory)
    claimed = Claimed(
        id="d1",
        alert_id="a1",
        revision=2,
        round=1,
        change=AlertChange.ACKNOWLEDGED,
        institute="gb",
        subject="gb",
        about="jp",
        step=1,
        contact=contact.id,
        channel=channel,
        address=address,
        kind=kind if channel is Channel.SLACK else DeliveryKind.MESSAGE,
        reason=reason,
        attempts=1,
        uncertain=False,
        created_at=NOW,
        anchor=Anchor("1.1", "C1"),
        moved=moved,
    )
    composer = Composer(
        directory=lambda: directory,
        tokens=Tokens(["secret-key-of-the-tests-0123456789"]),
        public_url="https://tocsin.example",
        mail_from="alerts@tocsin.example",
    )
    composed = composer.compose(claimed, record)
    entitled = _entitled(contact, claimed, _strict(labels), list(contacts.values()))
    said = "" if isinstance(composed, Withheld) else json.dumps(composed.outgoing.message.as_dict())

    if not entitled:
        assert MARKER not in said
    elif not moved and claimed.kind is DeliveryKind.MESSAGE:
        assert f"{MARKER} title" in said


def test_a_label_raised_after_the_claim_is_seen_before_rendering(directory: Directory) -> None:
    """The strictest label of the alert and its reports decides, not the one that the planning saw."""
    record = _record("TLP:GREEN", ["TLP:GREEN", "TLP:RED"], directory)
    composer = Composer(
        directory=lambda: directory,
        tokens=Tokens(["secret-key-of-the-tests-0123456789"]),
        public_url="https://tocsin.example",
        mail_from="alerts@tocsin.example",
    )
    duty = Claimed(
        id="d1",
        alert_id="a1",
        revision=1,
        round=1,
        change=AlertChange.RAISED,
        institute="gb",
        subject="gb",
        about=None,
        step=None,
        contact="gb.duty",
        channel=Channel.SLACK,
        address="C0GBDUTY",
        kind=DeliveryKind.MESSAGE,
        reason=TellingReason.RAISED,
        attempts=1,
        uncertain=False,
        created_at=NOW,
        anchor=None,
        moved=False,
    )
    lead = replace(duty, contact="gb.lead", address="U0GBLEAD")
    for_lead = composer.compose(lead, record)

    assert isinstance(composer.compose(duty, record), Withheld)
    assert isinstance(for_lead, Composed)
    assert MARKER not in json.dumps(for_lead.outgoing.message.as_dict())
