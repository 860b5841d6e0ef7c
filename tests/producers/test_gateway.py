"""The HTTP door: who may say what, in which form, and what a yes means."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from fastapi import FastAPI

from tests.fixtures.clock import HandClock
from tests.producers.reports import BAD_EVENTS, BAD_FINDINGS, Bad, BadBytes, event, finding, incident, without
from tocsin_producers import Fault, TransportError
from tocsin_producers.gateway import create_app
from tocsin_producers.outgoing import Outgoing
from tocsin_schemas import (
    Action,
    Institute,
    Institutes,
    ProblemCode,
    Purpose,
    Report,
    ReportKind,
    Retraction,
    Tokens,
    from_json,
    read_report,
    system_clock,
)
from tocsin_schemas.signatures import sign

PREFIX = "t."
STRUCTURED = "application/cloudevents+json"
PUBLIC = {"kty": "OKP", "crv": "Ed25519", "kid": "gb-1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
PRIVATE = {**PUBLIC, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
"""The example key of RFC 8037, appendix A."""


class RecordingPublisher:
    """Keeps what is published; fails while `failure` is set."""

    def __init__(self) -> None:
        self.published: list[tuple[str, Outgoing]] = []
        self.failure: Exception | None = None

    async def publish(self, topic: str, report: Outgoing) -> None:
        """Record."""
        await self.check(topic)
        self.published.append((topic, report))

    async def check(self, topic: str) -> None:
        """Fail where told to."""
        assert topic.startswith(PREFIX)
        if self.failure is not None:
            raise self.failure

    async def close(self) -> None:
        """Nothing to close."""

    @property
    def reports(self) -> list[Report]:
        """What the network would read."""
        return [read_report(from_json(report.value)) for _, report in self.published]


class Door:
    """A door with its keys, and how one knocks."""

    def __init__(self, institutes: Institutes, clock: HandClock) -> None:
        self.tokens = Tokens(["a-secret-of-tests"])
        self.publisher = RecordingPublisher()
        self.key: str | None = self.tokens.issue(Purpose.INSTITUTE, {"institute": "gb"})
        self.app: FastAPI = create_app(
            publisher=self.publisher, institutes=institutes, tokens=self.tokens, clock=clock, topic_prefix=PREFIX
        )

    def ask(self, method: str, path: str, **sent: Any) -> httpx2.Response:
        """One request."""

        async def request() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://door.example") as client:
                return await client.request(method, path, **sent)

        return asyncio.run(request())

    def post(
        self,
        content: Any,
        *,
        path: str = "/v1/findings",
        media_type: str | None = STRUCTURED,
        headers: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """A report: bytes, or something to write as JSON."""
        value = content if isinstance(content, bytes) else json.dumps(content).encode()
        all_headers = dict(headers or {})
        if media_type is not None:
            all_headers["Content-Type"] = media_type
        if self.key is not None:
            all_headers["Authorization"] = f"Bearer {self.key}"
        return self.ask("POST", path, content=value, headers=all_headers, params=params)

    def plain(self, content: Any, **how: Any) -> httpx2.Response:
        """A report's bare data."""
        return self.post(content, media_type="application/json", **how)


@pytest.fixture
def door(institutes: Institutes, clock: HandClock) -> Door:
    """A door to which gb has the key."""
    return Door(institutes, clock)


def is_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer, which must be one."""
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"]) == (status, status), document
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert document["type"].startswith("urn:tocsin:problem:")
    assert document["title"]
    assert document["detail"]
    return document


def test_a_structured_event_is_taken(door: Door) -> None:
    """202 names id, source and series; the topic, the key and the event are right."""
    answer = door.post(event())
    topic, published = door.publisher.published[0]

    assert answer.status_code == 202
    assert answer.json() == {"id": event()["id"], "source": event()["source"], "series": event()["subject"]}
    assert topic == "t.findings"
    assert published.key == event()["subject"].encode()
    assert json.loads(published.value) == event()


def test_a_binary_event_is_taken(door: Door) -> None:
    """The same event in `ce-` headers is the same event; its attributes are percent-decoded."""
    attributes = {f"ce-{name}": text for name, text in without(event(), "data", "datacontenttype").items()}
    attributes["ce-subject"] = "s%C3%A9rie-%22quoted%22"
    attributes["ce-partitionkey"] = '"in \\"quotes\\""'
    answer = door.post(event()["data"], media_type="application/json; charset=utf-8", headers=attributes)
    report = door.publisher.reports[0]

    assert answer.status_code == 202
    assert answer.json()["series"] == 'série-"quoted"'
    assert report.envelope.extensions["partitionkey"] == 'in "quotes"'
    assert report.envelope.data == event()["data"]


def test_bare_data_becomes_an_event(door: Door, clock: HandClock) -> None:
    """The door gives it the institute's source, an id of its own, and its time."""
    answer = door.plain(finding())
    report = door.publisher.reports[0]

    assert answer.status_code == 202
    assert answer.json()["id"] == answer.json()["series"] == report.envelope.id
    assert report.envelope.source == "urn:tocsin:institute:gb"
    assert report.envelope.time == clock()
    assert report.envelope.trace is not None


@pytest.mark.parametrize("key", ["id-7", '"id-7"'])
def test_an_idempotency_key_is_the_events_id(key: str, door: Door) -> None:
    """A sender that saw no answer may send again: the id is the same, and the network counts it once."""
    answers = [door.plain(finding(), headers={"Idempotency-Key": key}) for _ in range(2)]

    assert [answer.json()["id"] for answer in answers] == ["id-7", "id-7"]


def test_bare_data_may_correct_and_retract(door: Door) -> None:
    """`action` and `series` say what it does to which series."""
    said = {"institute": "gb", "tlp": "TLP:AMBER", "status": "exercise", "language": "en", "reason": "Wrong grader."}
    updated = door.plain(finding(), params={"action": "update", "series": "s-1"})
    retracted = door.plain(said, params={"action": "retract", "series": "s-1"})

    assert (updated.status_code, retracted.status_code) == (202, 202)
    assert [one.action for one in door.publisher.reports] == [Action.UPDATE, Action.RETRACT]
    assert {one.envelope.series for one in door.publisher.reports} == {"s-1"}
    assert isinstance(door.publisher.reports[1].body, Retraction)


def test_a_retraction_of_something_never_seen_is_taken(door: Door) -> None:
    """Only the desk knows what was seen; the door does not guess."""
    retraction = {**event(type="org.tocsin.finding.retracted.v1", subject="never-seen", id="r-1")}
    retraction["data"] = {
        "institute": "gb",
        "tlp": "TLP:AMBER",
        "status": "exercise",
        "language": "en",
        "reason": "Wrong.",
    }

    assert door.post(retraction).status_code == 202


def test_an_incident_goes_to_its_own_path_and_topic(door: Door) -> None:
    """A finding at the path for incidents is told where it belongs."""
    door.key = door.tokens.issue(Purpose.INSTITUTE, {"institute": "fr"})
    taken = door.plain(incident(), path="/v1/incidents")
    door.key = door.tokens.issue(Purpose.INSTITUTE, {"institute": "gb"})
    misplaced = door.post(event(), path="/v1/incidents")

    assert taken.status_code == 202
    assert door.publisher.published[0][0] == "t.incidents"
    assert door.publisher.reports[0].kind is ReportKind.INCIDENT
    assert is_problem(misplaced, 422)["problems"][0]["code"] == ProblemCode.WRONG_TOPIC


def test_the_senders_trace_is_carried_on(door: Door) -> None:
    """A report is found in the network's logs by the trace of the request that brought it."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    door.plain(finding(), headers={"traceparent": trace})
    door.plain(finding(), headers={"traceparent": "nonsense"})
    first, second = door.publisher.reports

    assert first.envelope.extensions["traceparent"] == trace
    assert second.envelope.trace is not None


@pytest.mark.parametrize("bad", BAD_FINDINGS, ids=str)
@pytest.mark.parametrize("form", ["plain", "structured"])
def test_a_wrong_finding_names_field_and_fix(bad: Bad, form: str, door: Door) -> None:
    """4xx, with the field and what to do, in each form; nothing is published."""
    answer = door.plain(bad.make()) if form == "plain" else door.post(event(data=bad.make()))
    statuses = {ProblemCode.TOO_LARGE: 413, ProblemCode.UNKNOWN_INSTITUTE: 403}
    document = is_problem(answer, statuses.get(bad.code, 422))
    problem = next(one for one in document["problems"] if one["field"] == bad.field)

    assert problem["code"] == bad.code
    assert bad.fix in problem["fix"]
    assert not door.publisher.published


@pytest.mark.parametrize("bad", BAD_EVENTS, ids=str)
def test_a_wrong_event_names_field_and_fix(bad: BadBytes, door: Door) -> None:
    """What is no event is 400, what is a wrong one 422; nothing is published."""
    answer = door.post(bad.value)
    no_event = {ProblemCode.NOT_JSON, ProblemCode.NOT_UTF8, ProblemCode.NOT_CLOUDEVENT}
    document = is_problem(answer, 400 if bad.code in no_event else 422)
    problem = next(one for one in document["problems"] if one["field"] == bad.field)

    assert problem["code"] == bad.code
    assert bad.fix in problem["fix"]
    assert not door.publisher.published


@pytest.mark.parametrize("content", [b"", b"5", b"[]", b"null", b'"x"', b"{", b"\xff"])
def test_what_is_no_object_is_400(content: bytes, door: Door) -> None:
    """Bodies that are no report in any form are told so."""
    is_problem(door.plain(content), 400)
    is_problem(door.post(content), 400)


def test_an_event_sent_as_plain_json_is_told_its_media_type(door: Door) -> None:
    """The commonest slip gets the header to set, and not forty unknown fields."""
    document = is_problem(door.plain(event()), 400)

    assert STRUCTURED in document["problems"][0]["fix"]


@pytest.mark.parametrize("stated", [True, False], ids=["with Content-Length", "chunked"])
def test_a_megabyte_is_413(stated: bool, door: Door) -> None:
    """More than 64 KiB is not read to its end, whether its length is stated or not."""
    read = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1024):
            read += 1024
            yield b"x" * 1024

    headers = {"Content-Type": STRUCTURED, "Authorization": f"Bearer {door.key}"}
    content: Any = b"x" * 1024 * 1024 if stated else chunks()
    answer = door.ask("POST", "/v1/findings", content=content, headers=headers)

    assert is_problem(answer, 413)["problems"][0]["code"] == ProblemCode.TOO_LARGE
    assert read <= 128 * 1024


@pytest.mark.parametrize(
    ("media_type", "word"),
    [
        ("application/cloudevents-batch+json", "batches"),
        ("application/cloudevents-batch+json; charset=utf-8", "batches"),
        ("application/cloudevents+avro", "JSON"),
        ("text/plain", "application/json"),
        ("application/x-www-form-urlencoded", "application/json"),
        (None, "without Content-Type"),
    ],
)
def test_other_media_types_are_415(media_type: str | None, word: str, door: Door) -> None:
    """The answer says what the door takes, in words and in a header."""
    answer = door.post([event()], media_type=media_type)

    assert word in is_problem(answer, 415)["detail"]
    assert "application/json" in answer.headers["Accept-Post"]


def test_a_compressed_body_is_415(door: Door) -> None:
    """Compressed bytes are not mistaken for broken JSON."""
    is_problem(door.post(event(), headers={"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize("path", ["plain", "structured"])
@pytest.mark.parametrize("params", [{"serie": "s-1"}, {"force": "true"}])
def test_an_unknown_parameter_is_refused(path: str, params: dict[str, str], door: Door) -> None:
    """A misspelt parameter would otherwise open a new series instead of correcting the old one."""
    answer = door.plain(finding(), params=params) if path == "plain" else door.post(event(), params=params)

    assert is_problem(answer, 422)["problems"][0]["field"] == next(iter(params))


@pytest.mark.parametrize(
    ("params", "field"),
    [({"action": "update"}, "series"), ({"action": "retract"}, "series"), ({"action": "delete"}, "action")],
)
def test_a_correction_says_what_it_corrects(params: dict[str, str], field: str, door: Door) -> None:
    """An update without a series, or an action that is none, is refused by name."""
    assert is_problem(door.plain(finding(), params=params), 422)["problems"][0]["field"] == field


def test_a_key_with_spaces_is_refused(door: Door) -> None:
    """An idempotency key becomes an id, and ids hold no spaces."""
    answer = door.plain(finding(), headers={"Idempotency-Key": "two words"})

    assert is_problem(answer, 422)["problems"][0]["field"] == "id"


def test_without_a_key_nobody_is_heard(door: Door) -> None:
    """401 says how to send a key, before the body is looked at."""
    door.key = None
    answer = door.post(b"no json")

    assert "Bearer" in is_problem(answer, 401)["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("purpose", [Purpose.OPERATOR, Purpose.ANSWER_LINK, Purpose.SESSION])
def test_a_key_for_something_else_opens_nothing(purpose: Purpose, door: Door) -> None:
    """A link out of a mail is no door key."""
    door.key = door.tokens.issue(purpose, {"institute": "gb"})

    is_problem(door.post(event()), 401)


def test_a_key_of_another_deployment_opens_nothing(door: Door) -> None:
    """Keys are bound to the deployment's secret."""
    door.key = Tokens(["another-secret-of-tests"]).issue(Purpose.INSTITUTE, {"institute": "gb"})

    is_problem(door.post(event()), 401)


def test_a_strangers_key_opens_nothing(door: Door) -> None:
    """A member that left the network is told so."""
    door.key = door.tokens.issue(Purpose.INSTITUTE, {"institute": "zz"})

    is_problem(door.post(event()), 403)


def test_a_revoked_key_opens_nothing(institutes: Institutes, clock: HandClock) -> None:
    """Keys from before the institute's revocation are refused, later ones are not."""
    members = [one.model_copy(update={"tokens_not_before": system_clock() + timedelta(days=1)}) for one in institutes]
    door = Door(Institutes(members), clock)

    assert "revoked" in is_problem(door.post(event()), 401)["detail"]


@pytest.mark.parametrize("form", ["plain", "structured"])
def test_nobody_reports_for_another_institute(form: str, door: Door) -> None:
    """Fr's key carries no report of gb: 403, told from 401."""
    door.key = door.tokens.issue(Purpose.INSTITUTE, {"institute": "fr"})
    answer = door.plain(finding()) if form == "plain" else door.post(event())

    assert is_problem(answer, 403)["problems"][0]["field"] == "institute"
    assert not door.publisher.published


def test_nobody_uses_anothers_source(door: Door) -> None:
    """The source of an event belongs to the institute that it reports for."""
    answer = door.post(event(source="urn:tocsin:institute:fr"))

    assert is_problem(answer, 403)["problems"][0]["field"] == "source"


def test_an_institute_that_signs_is_held_to_it(institutes: Institutes, clock: HandClock) -> None:
    """With a registered key, the unsigned and the altered are refused, and the signed passes unaltered."""
    gb = institutes.get("gb")
    assert gb is not None
    door = Door(Institutes([Institute.model_validate({**gb.model_dump(), "keys": [PUBLIC]})]), clock)
    signed = sign(from_json(json.dumps(event()).encode()), PRIVATE)
    unsigned = door.post(event())
    altered = door.post({**json.loads(signed.to_json()), "id": "other"})
    good = door.post(signed.to_json())

    assert is_problem(unsigned, 422)["problems"][0]["code"] == ProblemCode.BAD_SIGNATURE
    assert is_problem(altered, 422)["problems"][0]["code"] == ProblemCode.BAD_SIGNATURE
    assert good.status_code == 202
    assert door.publisher.reports[0].envelope == signed


@pytest.mark.parametrize("fault", [Fault.TEMPORARY, Fault.SENDER])
def test_without_kafkas_yes_there_is_no_202(fault: Fault, door: Door) -> None:
    """503 with Retry-After, whatever the reason; the door's own credentials are no fault of the sender's."""
    door.publisher.failure = TransportError("Kafka is away", fault=fault)
    answer = door.post(event())

    assert "same id" in is_problem(answer, 503)["detail"]
    assert int(answer.headers["Retry-After"]) > 0


def test_health_is_whether_reports_can_be_taken(door: Door) -> None:
    """A door before a dead broker is not healthy."""
    healthy = door.ask("GET", "/healthz")
    door.publisher.failure = TransportError("Kafka is away", fault=Fault.TEMPORARY)
    ill = door.ask("GET", "/healthz")

    assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
    is_problem(ill, 503)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/findings", 405), ("POST", "/v1/alerts", 404), ("GET", "/", 404)]
)
def test_the_frameworks_own_answers_are_problems_too(method: str, path: str, status: int, door: Door) -> None:
    """Whoever strays is told where reports go."""
    assert "/v1/findings" in is_problem(door.ask(method, path), status)["detail"]


def test_a_fault_of_the_door_is_a_problem_without_its_innards(door: Door) -> None:
    """500 says that the sender may try again, and nothing about the inside."""
    door.publisher.failure = RuntimeError("the secret innards")
    answer = door.post(event())

    is_problem(answer, 500)
    assert "innards" not in answer.text


def test_the_document_describes_both_paths_with_examples_that_are_taken(door: Door) -> None:
    """Every example in the OpenAPI document, sent as it stands by its institute, gets 202."""
    described = door.ask("GET", "/openapi.json").json()
    sent = 0
    for path in ("/v1/findings", "/v1/incidents"):
        for media_type, body in described["paths"][path]["post"]["requestBody"]["content"].items():
            for shown in body["examples"].values():
                value = shown["value"]
                institute = value.get("data", value)["institute"]
                door.key = door.tokens.issue(Purpose.INSTITUTE, {"institute": institute})

                assert door.post(value, path=path, media_type=media_type).status_code == 202
                sent += 1
        assert described["paths"][path]["post"]["security"]
        assert {"401", "403", "413", "415", "422", "503"} <= described["paths"][path]["post"]["responses"].keys()

    assert sent == 8


def test_the_samples_of_the_specification_are_read_in_both_modes(door: Door, sample_data: Path) -> None:
    """The conformance events, which are none of ours, fail at their type and nothing before it."""
    said = (sample_data / "cloudevents" / "conformance_v1.yaml").read_text(encoding="utf-8")
    for document in yaml.safe_load_all(said):
        attributes = {**document["ContextAttributes"]}
        attributes.update({name: text.strip() for name, text in attributes.pop("Extensions").items()})
        attributes = {name: _text(content) for name, content in attributes.items()}
        if document["Mode"] == "binary":
            headers = {f"ce-{name}": text for name, text in attributes.items()}
            answer = door.post(document["Data"].encode(), media_type="application/json", headers=headers)
        else:
            answer = door.post({**attributes, "data": json.loads(document["Data"])})
        problems = is_problem(answer, 422)["problems"]

        assert [one["field"] for one in problems] == ["type"]


def _text(content: object) -> str:
    return content.isoformat().replace("+00:00", "Z") if isinstance(content, datetime) else str(content)
