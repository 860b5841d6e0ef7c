"""The SDK: checked before it leaves, published or kept, never lost between the two."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.fixtures.clock import HandClock
from tests.producers.reports import BAD_FINDINGS, Bad, event, finding, incident, without
from tocsin_producers import Fault, InvalidEvent, Outcome, Reporter, SettingsError, Spool, TransportError
from tocsin_producers.adapters import Draft
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Action, Finding, Incident, ReportKind, Retraction, Tlp, read_report
from tocsin_schemas.envelope import from_json
from tocsin_schemas.signatures import verify

DOWN = TransportError("the network is away", fault=Fault.TEMPORARY)
PRIVATE = {
    "kty": "OKP",
    "crv": "Ed25519",
    "kid": "gb-1",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The example key of RFC 8037, appendix A."""


def test_a_finding_arrives_as_the_event_that_the_network_reads(
    reporter: Reporter, transport: RecordingTransport, clock: HandClock
) -> None:
    """What is published is a valid CloudEvent with the institute's source, a series, a label, a time and a trace."""
    event_id = reporter.finding(finding())

    report = transport.reports[0]

    assert (report.kind, report.action) == (ReportKind.FINDING, Action.REPORT)
    assert report.envelope.id == event_id
    assert report.envelope.series == event_id
    assert report.envelope.source == "urn:tocsin:institute:gb"
    assert report.envelope.time == clock()
    assert report.envelope.extensions["tlp"] == "TLP:AMBER"
    assert report.envelope.trace is not None
    assert transport.sent[0].key == event_id.encode()


def test_python_objects_are_taken_as_they_are(reporter: Reporter, transport: RecordingTransport) -> None:
    """A finding may be the model, or a mapping with Python's own dates and enums."""
    reporter.finding(Finding.model_validate(finding()))
    reporter.finding(finding(tlp=Tlp.GREEN, observed_at=datetime(2026, 1, 2, tzinfo=UTC)))

    first, second = transport.reports

    assert first.body == Finding.model_validate(finding())
    assert isinstance(second.body, Finding)
    assert second.body.observed_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_an_incident_arrives_in_its_own_topic(reporter: Reporter, transport: RecordingTransport) -> None:
    """Findings and incidents never share a topic."""
    reporter.incident(incident())

    assert transport.sent[0].topic.base_name == "incidents"
    assert isinstance(transport.reports[0].body, Incident)


def test_a_correction_follows_its_original(reporter: Reporter, transport: RecordingTransport) -> None:
    """Report, update and retraction of one series share a key, in the order they were said."""
    series = reporter.finding(finding())
    reporter.update(series, finding(title="EXERCISE: corrected"))
    reporter.retract(series, reason="Broken.", kind=ReportKind.FINDING, tlp=Tlp.AMBER, institute="gb")

    assert {one.key for one in transport.sent} == {series.encode()}
    assert [one.action for one in transport.reports] == [Action.REPORT, Action.UPDATE, Action.RETRACT]


@pytest.fixture
def reporter_gb(transport: RecordingTransport, spool: Spool, clock: HandClock) -> Reporter:
    """Speaks for gb."""
    return Reporter(transport=transport, institute="gb", spool=spool, clock=clock)


def test_a_retraction_says_who_takes_it_back(reporter_gb: Reporter, transport: RecordingTransport) -> None:
    """The institute of the reporter takes the series back, and gives the reason."""
    reporter_gb.retract("s-1", reason="The grader was broken.", kind=ReportKind.FINDING, tlp=Tlp.AMBER)

    body = transport.reports[0].body

    assert isinstance(body, Retraction)
    assert (body.institute, body.reason) == ("gb", "The grader was broken.")


def test_the_reporters_institute_fills_the_gap(reporter_gb: Reporter, transport: RecordingTransport) -> None:
    """A report need not say the institute that the reporter already speaks for."""
    reporter_gb.finding(without(finding(), "institute"))

    assert transport.reports[0].body.institute == "gb"


def test_nobody_speaks_for_another(reporter_gb: Reporter, transport: RecordingTransport) -> None:
    """A report that says another institute than its reporter is refused before it leaves."""
    with pytest.raises(InvalidEvent) as refused:
        reporter_gb.incident(incident())

    assert refused.value.problems[0].field == "institute"
    assert "TOCSIN_INSTITUTE" in refused.value.problems[0].fix
    assert not transport.attempts


@pytest.mark.parametrize("bad", BAD_FINDINGS, ids=str)
def test_a_wrong_finding_is_refused_naming_field_and_fix(
    bad: Bad, reporter: Reporter, transport: RecordingTransport, spool: Spool
) -> None:
    """What the network would refuse raises before anything is sent or kept, with the field and what to do."""
    with pytest.raises(InvalidEvent) as refused:
        reporter.finding(bad.make())

    problem = next(one for one in refused.value.problems if one.field == bad.field)
    assert problem.code is bad.code
    assert bad.fix in problem.fix
    assert not transport.attempts
    assert spool.is_empty()


@pytest.mark.parametrize("content", [object(), "\ud800"], ids=["an object", "half a surrogate pair"])
def test_what_json_cannot_say_is_refused(content: object, reporter: Reporter) -> None:
    """Neither Python's objects nor half characters reach the wire as something else."""
    with pytest.raises(InvalidEvent) as refused:
        reporter.finding(finding(title=content))

    assert refused.value.problems[0].fix


@pytest.mark.parametrize("name", ["series", "event_id"])
def test_an_identity_with_spaces_is_refused(name: str, reporter: Reporter) -> None:
    """Ids and series end up in keys, links and logs: they hold no spaces."""
    with pytest.raises(InvalidEvent) as refused:
        reporter.finding(finding(), **{name: "two words"})

    assert refused.value.problems[0].field in {"id", "subject"}


def test_a_model_of_the_other_kind_is_refused(reporter: Reporter) -> None:
    """An incident is not published as a finding because somebody called the wrong method."""
    with pytest.raises(InvalidEvent, match="is an incident"):
        reporter.finding(Incident.model_validate(incident()))  # type: ignore[arg-type]


def test_an_update_without_series_is_refused(reporter: Reporter) -> None:
    """A correction says what it corrects."""
    with pytest.raises(InvalidEvent) as refused:
        reporter.update("", finding())

    assert refused.value.problems[0].field == "series"


def test_what_is_kept_goes_first(reporter: Reporter, transport: RecordingTransport, clock: HandClock) -> None:
    """After an outage all reports arrive in the order in which they were said, those said meanwhile included."""
    transport.failure = DOWN
    said = [reporter.finding(finding(title=f"EXERCISE: {number}")) for number in range(3)]
    transport.failure = None
    clock.advance(60)
    said.append(reporter.finding(finding(title="EXERCISE: 3")))

    assert transport.ids == said


def test_the_receipt_says_where_a_report_is(reporter: Reporter, transport: RecordingTransport) -> None:
    """Published and spooled are told apart, with the reason for the latter."""
    draft = Draft(body=Finding.model_validate(finding()), kind=ReportKind.FINDING, event_id="e-1")
    published = reporter.publish(draft)
    transport.failure = DOWN
    spooled = reporter.publish(draft)

    assert (published.event_id, published.outcome, published.reason) == ("e-1", Outcome.PUBLISHED, None)
    assert (spooled.event_id, spooled.outcome, spooled.reason) == ("e-1", Outcome.SPOOLED, "the network is away")


def test_a_dead_network_is_not_asked_at_every_report(
    reporter: Reporter, transport: RecordingTransport, clock: HandClock
) -> None:
    """A hundred reports during an outage do not each wait for the time limit."""
    transport.failure = DOWN
    for _ in range(100):
        reporter.finding(finding())

    assert transport.attempts == 1
    clock.advance(6)
    reporter.finding(finding())
    assert transport.attempts == 2
    clock.advance(6)
    reporter.finding(finding())
    assert transport.attempts == 2, "the pause grows"


@pytest.mark.parametrize("fault", [Fault.REPORT, Fault.SENDER])
def test_a_refusal_for_good_is_raised_and_not_kept(
    fault: Fault, reporter: Reporter, transport: RecordingTransport, spool: Spool
) -> None:
    """What will never be taken is told at once, instead of lying on a disk."""
    transport.failure = TransportError("no", fault=fault)

    with pytest.raises(TransportError) as refused:
        reporter.finding(finding())

    assert refused.value.permanent
    assert spool.is_empty()


def test_a_refused_sender_is_told_even_while_reports_wait(
    reporter: Reporter, transport: RecordingTransport, clock: HandClock, spool: Spool
) -> None:
    """A key that was revoked during an outage shows at the next report; what waits is kept."""
    transport.failure = DOWN
    reporter.finding(finding())
    clock.advance(60)
    transport.failure = TransportError("the key has been revoked", fault=Fault.SENDER)

    with pytest.raises(TransportError, match="revoked"):
        reporter.finding(finding())

    assert len(spool.folder.waiting()) == 1


def test_without_a_spool_the_caller_is_told(transport: RecordingTransport, clock: HandClock) -> None:
    """Nothing is dropped in silence where there is no place to keep it."""
    transport.failure = DOWN
    reporter = Reporter(transport=transport, institute="gb", clock=clock)

    with pytest.raises(TransportError) as failed:
        reporter.finding(finding())

    assert not failed.value.permanent


def test_closing_sends_what_waits(transport: RecordingTransport, spool: Spool, clock: HandClock) -> None:
    """A program that ends does not leave on disk what the network would take now."""
    transport.failure = DOWN
    with Reporter(transport=transport, spool=spool, clock=clock) as reporter:
        event_id = reporter.finding(finding())
        transport.failure = None
        clock.advance(60)

    assert transport.ids == [event_id]
    assert transport.closed


def test_closing_after_a_failure_does_not_wait_for_the_network_again(
    transport: RecordingTransport, spool: Spool, clock: HandClock
) -> None:
    """An evaluation that ends during an outage ends; its report waits."""
    transport.failure = DOWN
    with Reporter(transport=transport, spool=spool, clock=clock) as reporter:
        reporter.finding(finding())

    assert transport.attempts == 1
    assert transport.closed
    assert not spool.is_empty()


def test_a_whole_event_leaves_as_it_is(reporter: Reporter, transport: RecordingTransport) -> None:
    """An event read from a file keeps its id, time, extensions and data."""
    envelope = from_json(json.dumps(event(partitionkey="p")).encode())
    report = read_report(envelope)
    reporter.publish(Draft(body=report.body, kind=report.kind, envelope=envelope))

    assert transport.reports[0].envelope == envelope


def test_a_reporter_with_a_key_signs(transport: RecordingTransport, clock: HandClock) -> None:
    """An institute with registered keys is believed because its reports are signed."""
    reporter = Reporter(transport=transport, institute="gb", clock=clock, signing_key=PRIVATE)
    reporter.finding(finding())

    verify(transport.reports[0].envelope, [{name: PRIVATE[name] for name in ("kty", "crv", "kid", "x")}])

    assert PRIVATE["d"] not in transport.sent[0].value.decode()


def test_the_environment_says_how_to_publish(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> None:
    """With a door's address and key set, a reporter speaks for the key's institute and keeps what cannot be sent."""
    monkeypatch.setenv("TOCSIN_DOOR_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TOCSIN_DOOR_KEY", "eyJpbnN0aXR1dGUiOiJnYiJ9.awXu0A.unverified")
    with Reporter.from_env(clock=clock) as reporter, pytest.raises(InvalidEvent) as refused:
        reporter.incident(incident())

    assert "speaks for 'gb'" in str(refused.value)


def test_a_door_without_key_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> None:
    """Half a setting is told by its name."""
    monkeypatch.setenv("TOCSIN_DOOR_URL", "https://door.example")

    with pytest.raises(SettingsError, match="TOCSIN_DOOR_KEY"):
        Reporter.from_env(clock=clock)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> None:
    """A label that is none is told by its variable."""
    monkeypatch.setenv("TOCSIN_TLP", "mauve")

    with pytest.raises(SettingsError, match="TOCSIN_TLP"):
        Reporter.from_env(clock=clock)


def test_a_long_outage_is_asked_about_at_least_every_five_minutes(
    reporter: Reporter, transport: RecordingTransport, clock: HandClock
) -> None:
    """The pause grows, and not without end."""
    transport.failure = DOWN
    for _ in range(20):
        reporter.finding(finding())
        clock.advance(timedelta(minutes=5, seconds=1))

    assert transport.attempts == 20
