"""Speaking on a severity by program: who may, what they get back, and what they cannot do."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.alerting.web.network import SECRET_TITLE, Network
from tests.alerting.web.test_alert_pages import HOSTILE
from tocsin_schemas import Severity, Tlp

WHY = "The judge was wrong in forty samples."
EVIDENCE = [{"title": "Review of the transcripts", "uri": "https://records.example/7"}]


def _override(
    network: Network, alert: str, key: str | None = None, *, headers: dict[str, str] | None = None, **body: Any
) -> Any:
    sent = {"severity": "minor", "why": WHY, "evidence": EVIDENCE, **body}
    return network.client().post(
        f"/v1/alerts/{alert}/overrides", json=sent, headers={**network.bearer(key), **(headers or {})}
    )


def _dissent(network: Network, alert: str, key: str | None = None, **body: Any) -> Any:
    sent = {"institute": "fr", "severity": "minor", "why": WHY, **body}
    return network.client().post(f"/v1/alerts/{alert}/dissents", json=sent, headers=network.bearer(key))


def _alert(network: Network, alert: str, key: str | None = None) -> Any:
    return network.client().get(f"/v1/alerts/{alert}", headers=network.bearer(key)).json()


def test_an_operator_sets_a_severity_and_takes_it_back(network_on_each: Network) -> None:
    """The alert shows who, when, why and the shared grade beside it; withdrawn, it is kept."""
    network = network_on_each
    alert = network.raise_alert()
    given = _override(network, alert)
    during = _alert(network, alert)
    path = f"/v1/alerts/{alert}/overrides/{given.json()['override']['id']}/withdraw"
    back = network.client().post(path, json={"why": "Another run."}, headers=network.bearer())
    again = network.client().post(path, json={"why": "Another run."}, headers=network.bearer())
    after = _alert(network, alert)

    assert given.status_code == 201, given.text
    assert (given.json()["outcome"], given.json()["severity"]) == ("recorded", "minor")
    assert (during["severity"], during["shared_severity"], during["oecd_class"]) == ("minor", "severe", "hazard")
    (said,) = during["overrides"]
    assert (said["by"], said["why"], said["before"], said["stands"]) == (
        "an operator of the network",
        WHY,
        "severe",
        True,
    )
    assert said["evidence"] == ["Review of the transcripts, https://records.example/7"]
    assert (back.status_code, back.json()["severity"]) == (200, "severe")
    assert (again.status_code, again.json()["outcome"]) == (200, "repeated")
    assert (after["severity"], after["overrides"][0]["withdrawn_why"]) == ("severe", "Another run.")
    assert [change["reason"] for change in after["changes"]] == [
        "first_report",
        "override_lowered",
        "override_withdrawn_raised",
    ]


def test_the_coordinator_may_and_another_institute_may_not(network: Network) -> None:
    """Who coordinates is the policy's to say; the refusal says what others can do."""
    alert = network.raise_alert()
    other = _override(network, alert, "fr")
    coordinator = _override(network, alert, "gb")

    assert other.status_code == 403
    assert "/dissents" in other.json()["detail"]
    assert coordinator.status_code == 201
    assert coordinator.json()["override"]["by"] == "a system of UK AI Security Institute"


@pytest.mark.parametrize("path", ["overrides", "dissents", "overrides/x/withdraw", "dissents/withdraw"])
def test_nobody_speaks_without_a_name(network: Network, path: str) -> None:
    """401 without a token, with a bad one and with a revoked key; nothing is written."""
    alert = network.raise_alert()
    before = network.rows()
    client = network.client()
    body = {"institute": "fr", "severity": "minor", "why": WHY, "evidence": EVIDENCE}
    replies = [
        client.post(f"/v1/alerts/{alert}/{path}", json=body, headers=headers)
        for headers in ({}, {"Authorization": "Bearer nonsense"}, network.bearer("jp"))
    ]

    assert [reply.status_code for reply in replies] == [401, 401, 401]
    assert network.rows() == before


@pytest.mark.parametrize("tlp", [Tlp.AMBER_STRICT, Tlp.RED])
def test_who_may_not_read_it_cannot_judge_it(network: Network, tlp: Tlp) -> None:
    """The operator's clearance and the key's are below the label: 403, and nothing of the text."""
    alert = network.raise_alert(tlp=tlp)
    before = network.rows()
    replies = [_override(network, alert), _override(network, alert, "gb"), _dissent(network, alert, "fr")]

    assert [reply.status_code for reply in replies] == [403, 403, 403]
    assert all(SECRET_TITLE not in reply.text for reply in replies)
    assert network.rows() == before


def test_what_is_said_is_read_by_who_may_read_the_alert(network: Network) -> None:
    """Somebody unknown sees that a public alert was overridden, not by whom or why; of a protected one nothing."""
    public, green = network.raise_alert(1, tlp=Tlp.CLEAR), network.raise_alert(2, tlp=Tlp.GREEN)
    for alert in (public, green):
        assert _override(network, alert).status_code == 201
        assert _dissent(network, alert, severity="negligible").status_code == 201
    shown, hidden = (network.client().get(f"/v1/alerts/{alert}") for alert in (public, green))

    for reply in (shown, hidden):
        assert WHY not in reply.text
        assert "records.example" not in reply.text
    assert [(each["severity"], each["by"]) for each in shown.json()["overrides"]] == [("minor", None)]
    assert (hidden.json()["overrides"], hidden.json()["dissents"], hidden.json()["shared_severity"]) == ([], [], None)


@pytest.mark.parametrize(
    ("body", "field", "word"),
    [
        ({"severity": "critical"}, "severity", "negligible, minor, moderate, severe"),
        ({"severity": "unclassified"}, "severity", "no grade"),
        ({"severity": "grave"}, "severity", "must be one of"),
        ({"evidence": []}, "evidence", "at least one piece"),
        ({"evidence": [{}]}, "evidence.0", "uri, a digest or a title"),
        ({"evidence": [{"title": "x"}] * 21}, "evidence", "20"),
        ({"why": ""}, "why", "at least 1 character"),
        ({"why": "x" * 1_001}, "why", "1000"),
        ({"why": "a\u0000b"}, "why", "control"),
        ({"revision": 0}, "revision", "greater than or equal to 1"),
        ({"revision": 10**30}, "revision", "less than or equal to"),
        ({"reason": "x"}, "reason", "not a field"),
    ],
)
def test_a_bad_override_is_explained_by_field_and_fix(
    network: Network, body: dict[str, Any], field: str, word: str
) -> None:
    """422 as problem+json; nothing is recorded."""
    alert = network.raise_alert()
    before = network.rows()
    reply = _override(network, alert, **body)

    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert field in [problem["field"] for problem in reply.json()["problems"]]
    assert word in reply.json()["detail"]
    assert network.rows() == before


def test_what_cannot_be_done_says_why(network: Network) -> None:
    """Unknown alert, unknown override, the severity it has already, a report that came since, nothing to withdraw."""
    alert = network.raise_alert()
    bearer = network.bearer()
    client = network.client()
    unknown = _override(network, "no-such-alert")
    same = _override(network, alert, severity="severe")
    nothing = client.post(f"/v1/alerts/{alert}/overrides/x/withdraw", json={"why": "x"}, headers=bearer)
    agrees = _dissent(network, alert, severity="severe")
    silent = client.post(f"/v1/alerts/{alert}/dissents/withdraw", json={"institute": "fr"}, headers=bearer)

    assert [reply.status_code for reply in (unknown, same, nothing, agrees, silent)] == [404, 409, 404, 409, 404]
    assert "severe already" in same.json()["detail"]
    assert "no dissent" in silent.json()["detail"]


def test_a_request_sent_again_under_its_id_changes_nothing(network_on_each: Network) -> None:
    """However many times and however close together; for something else the id is refused."""
    network = network_on_each
    alert = network.raise_alert()
    app = network.app()
    headers = {**network.bearer(), "Idempotency-Key": "night-shift-7"}

    def send(severity: str) -> Any:
        body = {"severity": severity, "why": WHY, "evidence": EVIDENCE}
        return network.client(app).post(f"/v1/alerts/{alert}/overrides", json=body, headers=headers)

    with ThreadPoolExecutor(4) as programs:
        statuses = sorted(reply.status_code for reply in programs.map(send, ["minor"] * 4))
    other = send("moderate")

    assert statuses == [200, 200, 200, 201]
    assert _alert(network, alert)["revision"] == 2
    assert (other.status_code, other.json()["problems"][0]["field"]) == (422, "Idempotency-Key")


def test_an_institute_dissents_for_itself(network: Network) -> None:
    """Its word stands beside the severity; a foreign key cannot speak for it; it can be changed and withdrawn."""
    alert = network.raise_alert()
    foreign = _dissent(network, alert, "gb")
    given = _dissent(network, alert, "fr", evidence=EVIDENCE)
    changed = _dissent(network, alert, "fr", severity="moderate")
    during = _alert(network, alert, "fr")
    back = network.client().post(
        f"/v1/alerts/{alert}/dissents/withdraw", json={"institute": "fr"}, headers=network.bearer("fr")
    )

    assert [reply.status_code for reply in (foreign, given, changed, back)] == [403, 201, 201, 200]
    assert (during["severity"], during["round"]) == ("severe", 1)
    assert [(each["severity"], each["stands"]) for each in during["dissents"]] == [("minor", False), ("moderate", True)]
    assert [each["stands"] for each in _alert(network, alert)["dissents"]] == [False, False]


def test_looking_changes_nothing(network: Network) -> None:
    """GET and HEAD on the new addresses are no way to speak."""
    alert = network.raise_alert()
    identifier = _override(network, alert).json()["override"]["id"]
    before = network.rows()
    client = network.client()
    for path in ("overrides", f"overrides/{identifier}/withdraw", "dissents", "dissents/withdraw"):
        for place in (f"/v1/alerts/{alert}/{path}", f"/alerts/{alert}/{path}"):
            for method in ("GET", "HEAD"):
                assert client.request(method, place, headers=network.bearer()).status_code == 405

    assert network.rows() == before


def test_the_description_holds_and_its_examples_are_taken(network: Network) -> None:
    """Every reference in it leads somewhere, and what it shows as an example is recorded as it stands."""
    described = network.client().get("/openapi.json").json()
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)))
    alert = network.raise_alert()
    network.raise_alert(1, system="model-1", report="another", series="another")
    statuses = []
    for path in ("overrides", "dissents", "dissents/withdraw"):
        operation = described["paths"][f"/v1/alerts/{{alert_id}}/{path}"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator.check_schema(schema)
        example = {**schema["examples"][0], **({"institute": "fr"} if "institute" in schema["properties"] else {})}
        Draft202012Validator(schema).validate(example)
        if path == "dissents":
            example["severity"] = "severe"
        reply = network.client().post(f"/v1/alerts/{alert}/{path}", json=example, headers=network.bearer())
        statuses.append(reply.status_code)

    assert statuses == [201, 201, 200]
    for reference in references:
        place = described
        for part in reference.split("/"):
            place = place[part]


def test_hostile_words_stay_words(network: Network) -> None:
    """They come back as they were said, as JSON."""
    alert = network.raise_alert(severity=Severity.MODERATE)
    _override(network, alert, severity="severe", why=HOSTILE, evidence=[{"title": HOSTILE}])

    assert _alert(network, alert)["overrides"][0]["why"] == HOSTILE
