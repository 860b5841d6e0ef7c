"""The API of responders' programs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.alerting.web.network import SECRET_TITLE, Network, small_directory
from tocsin_schemas import Purpose, Status, Tlp


def _answer(network: Network, alert: str, key: str | None = None, **body: Any) -> Any:
    """Answer with an institute's key, or as an operator."""
    sent = {"institute": "gb", "answer": "acknowledge", **body}
    return network.client().post(f"/v1/alerts/{alert}/answers", json=sent, headers=network.bearer(key))


def test_an_answer_counts_and_the_next_is_told_who_was_first(network_on_each: Network) -> None:
    """201 for the first; 200 for the second, with the answer that stands."""
    network = network_on_each
    alert = network.raise_alert()
    first = _answer(network, alert, note="On it.")
    second = _answer(network, alert, "gb", answer="acknowledge")

    assert first.status_code == 201
    assert first.json()["outcome"] == "counted"
    assert second.status_code == 200
    assert second.json()["outcome"] == "already_answered"
    assert (second.json()["standing"], second.json()["via"]) == ("acknowledge", "api")
    assert second.json()["by"] == "an operator of the network"


def test_of_two_simultaneous_answers_exactly_one_counts(network_on_each: Network) -> None:
    """However close together, one is first."""
    network = network_on_each
    alert = network.raise_alert()
    app = network.app()

    def answer(_number: int) -> int:
        body = {"institute": "gb", "answer": "acknowledge"}
        reply = network.client(app).post(f"/v1/alerts/{alert}/answers", json=body, headers=network.bearer())
        return int(reply.status_code)

    with ThreadPoolExecutor(4) as programs:
        statuses = sorted(programs.map(answer, range(4)))

    assert statuses == [200, 200, 200, 201]


def test_a_key_answers_for_its_own_institute_only(network: Network) -> None:
    """Each institute answers for itself."""
    alert = network.raise_alert()
    foreign = _answer(network, alert, "fr", institute="gb")
    own = _answer(network, alert, "fr", institute="fr")

    assert foreign.status_code == 403
    assert "'fr'" in foreign.json()["detail"]
    assert own.status_code == 201


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Bearer x.y.z", "revoked", "session"])
def test_who_has_no_good_token_is_unauthorised(network: Network, header: str | None) -> None:
    """Missing, malformed, forged, revoked and mistaken tokens get 401 and say so in the header, too."""
    alert = network.raise_alert()
    headers = {"revoked": network.bearer("jp")["Authorization"]}
    headers["session"] = f"Bearer {network.tokens.issue(Purpose.SESSION, {})}"
    sent = {} if header is None else {"Authorization": headers.get(header, header)}
    before = network.rows()
    reply = network.client().post(
        f"/v1/alerts/{alert}/answers", json={"institute": "jp", "answer": "acknowledge"}, headers=sent
    )

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.headers["content-type"] == "application/problem+json"
    assert network.rows() == before


@pytest.mark.parametrize(
    ("body", "field", "word"),
    [
        (b"", "(body)", "JSON"),
        (b"not json", "(body)", "JSON"),
        (b"\xff", "(body)", "JSON"),
        (b"[]", "(event)", ""),
        (b"{}", "institute", "required"),
        (b'{"institute": "gb"}', "answer", "required"),
        (b'{"institute": "gb", "answer": "yes"}', "answer", "acknowledge"),
        (b'{"institute": "gb", "answer": "acknowledge", "nota": "x"}', "nota", "note"),
        (b'{"institute": "zz", "answer": "acknowledge"}', "institute", "fr, gb, jp"),
        (b'{"institute": "GB!", "answer": "acknowledge"}', "institute", ""),
        (b'{"institute": "gb", "answer": "acknowledge", "note": "%s"}' % (b"x" * 1_001), "note", "1000"),
        (b'{"institute": "gb", "answer": "acknowledge", "note": "\\u0000"}', "note", "control"),
    ],
)
def test_a_bad_answer_is_explained_by_field_and_fix(network: Network, body: bytes, field: str, word: str) -> None:
    """422 names the field and what to do."""
    alert = network.raise_alert()
    reply = network.client().post(f"/v1/alerts/{alert}/answers", content=body, headers=network.bearer())
    problem = reply.json()

    assert reply.status_code == 422
    assert problem["problems"][0]["field"] == field
    assert problem["problems"][0]["fix"]
    assert word in problem["detail"]


def test_what_cannot_be_answered_says_why(network: Network) -> None:
    """404 without such an alert; 409 where the institute was not asked or the alert is closed."""
    unknown = _answer(network, "no-such-alert")
    alert = network.raise_alert(1)
    closing = [_answer(network, alert, institute=each, answer="resolve") for each in ("fr", "gb", "jp")]
    closed = _answer(network, alert)

    assert unknown.status_code == 404
    assert [reply.status_code for reply in closing] == [201, 201, 201]
    assert closed.status_code == 409
    assert "closed" in closed.json()["detail"]


def test_an_alert_comes_with_all_that_belongs_to_it(network: Network) -> None:
    """Reasons, reports, deliveries, answers and the time line, for an operator."""
    alert = network.raise_alert()
    network.deliver(alert)
    _answer(network, alert, note="On it.")
    found = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    standing = {each["institute"]: each["answer"] for each in found["responses"]}

    assert found["title"] == SECRET_TITLE
    assert found["withheld"] is None
    assert found["reasons"][0]["rule"] == "biology.above-expert"
    assert found["reasons"][0]["inputs"] == {"accuracy": "0.81", "baseline": "0.6"}
    assert found["reports"][0]["event_id"] == "report-1"
    assert found["deliveries"][0]["contact"] == "gb.duty"
    assert "address" not in found["deliveries"][0]
    assert standing == {"fr": None, "gb": "acknowledge", "jp": None}
    assert [change["change"] for change in found["changes"]] == ["raised", "acknowledged"]
    assert found["changes"][1]["note"] == "On it."
    assert found["page"] == f"http://testserver/alerts/{alert}"


@pytest.mark.parametrize(
    ("reader", "reads"),
    [
        ("nobody", {Tlp.CLEAR}),
        ("gb", {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER}),
        ("operator", {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT}),
    ],
)
def test_each_reader_reads_up_to_their_clearance(network: Network, reader: str, reads: set[Tlp]) -> None:
    """Above it the text is null in the list and in the alert, and `withheld` says why; no other field leaks it."""
    network.directory = small_directory(operator_clearance=Tlp.AMBER_STRICT)
    headers = {} if reader == "nobody" else network.bearer(None if reader == "operator" else reader)
    client = network.client()
    for number, tlp in enumerate(Tlp):
        alert = network.raise_alert(number, tlp=tlp)
        one = client.get(f"/v1/alerts/{alert}", headers=headers)
        listed = client.get("/v1/alerts?limit=1", headers=headers)
        network.clock.advance(1)

        assert (SECRET_TITLE in one.text) is (tlp in reads), tlp
        assert (SECRET_TITLE in listed.text) is (tlp in reads), tlp
        assert (one.json()["withheld"] is None) is (tlp in reads)
        assert ("wmdp" in one.text) is (tlp in reads), tlp


def test_somebody_unknown_learns_of_a_protected_alert_only_that_it_is(network: Network) -> None:
    """Label, severity, state, status and times; neither who reported nor who was asked nor who answered."""
    alert = network.raise_alert(tlp=Tlp.GREEN)
    network.deliver(alert)
    _answer(network, alert)
    found = network.client().get(f"/v1/alerts/{alert}").json()
    said = {name for name, value in found.items() if value not in (None, [], ())}

    assert said == {
        "id", "tlp", "status", "state", "severity", "withheld", "revision", "round", "raised_at", "updated_at", "page",
    }  # fmt: skip


def test_somebody_unknown_reads_no_names_and_no_notes(network: Network) -> None:
    """Of a public alert everybody sees how the institutes stand, but not which person said what."""
    alert = network.raise_alert(tlp=Tlp.CLEAR)
    network.deliver(alert)
    _answer(network, alert, note="Ana is on it.")
    found = network.client().get(f"/v1/alerts/{alert}")

    assert {each["institute"]: each["answer"] for each in found.json()["responses"]}["gb"] == "acknowledge"
    assert "operator" not in found.text
    assert "Ana is on it." not in found.text
    assert found.json()["deliveries"] == []


def test_an_institute_sees_its_own_deliveries_only(network: Network) -> None:
    """Whom an institute calls is its own business."""
    alert = network.raise_alert()
    network.deliver(alert, "gb.duty")
    network.deliver(alert, "fr.duty")
    found = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer("fr")).json()

    assert [each["contact"] for each in found["deliveries"]] == ["fr.duty"]


def test_the_list_comes_in_pages_newest_first(network: Network) -> None:
    """Every alert once, by following `next` to its end."""
    raised = []
    for number in range(5):
        raised.append(network.raise_alert(number))
        network.clock.advance(1)
    seen, cursor, client = [], "", network.client()
    for _ in range(3):
        page = client.get(f"/v1/alerts?limit=2{cursor}", headers=network.bearer()).json()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert seen == raised[::-1]
    assert page["next"] is None


def test_the_list_is_narrowed_by_state(network: Network) -> None:
    """Several states may be asked for."""
    alert = network.raise_alert(1)
    other = network.raise_alert(2, status=Status.EXERCISE)
    for institute in ("fr", "gb", "jp"):
        _answer(network, alert, institute=institute)
    client = network.client()
    found = {
        query: {item["id"] for item in client.get(f"/v1/alerts?{query}").json()["items"]}
        for query in ("state=open", "state=acknowledged", "state=open&state=acknowledged", "")
    }

    assert found == {
        "state=open": {other},
        "state=acknowledged": {alert},
        "state=open&state=acknowledged": {alert, other},
        "": {alert, other},
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=new", "state"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=e30", "cursor"),
    ],
)
def test_a_bad_parameter_is_named(network: Network, query: str, field: str) -> None:
    """422 as problem+json."""
    reply = network.client().get(f"/v1/alerts?{query}")

    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["problems"][0]["field"] == field


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/alerts/none", 404), ("GET", "/v1/none", 404), ("DELETE", "/v1/alerts", 405)],
)
def test_errors_are_problems(network: Network, method: str, path: str, status: int) -> None:
    """Every error of the API is application/problem+json with title, status and detail."""
    reply = network.client().request(method, path)

    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= reply.json().keys()


def test_a_body_that_is_too_large_is_refused(network: Network) -> None:
    """Nobody fills the memory; told by length or not."""
    alert = network.raise_alert()
    chunks = (b"x" * 65_536 for _ in range(80))
    reply = network.client().post(f"/v1/alerts/{alert}/answers", content=chunks, headers=network.bearer())

    assert reply.status_code == 413
    assert reply.headers["content-type"] == "application/problem+json"


def test_the_description_of_the_api_is_complete(network: Network) -> None:
    """OpenAPI lists the contract's paths, and its example of an answer is one that is taken."""
    client = network.client()
    described = client.get("/openapi.json").json()
    operation = described["paths"]["/v1/alerts/{alert_id}/answers"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    example = schema["examples"][0]
    reply = _answer(network, network.raise_alert(), **example)

    assert {"/v1/alerts", "/v1/alerts/{alert_id}", "/healthz", "/metrics", "/slack/interactions"} <= set(
        described["paths"]
    )
    assert set(operation["responses"]) >= {"200", "201", "401", "403", "404", "409", "422"}
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    Draft202012Validator(schema).validate(example)
    assert reply.status_code == 201
