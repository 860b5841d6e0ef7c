"""Signatures: who holds an institute's key said exactly this, whoever carried it since."""

import base64
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey, RSAKey

from tests.schemas.reports import NOON, envelope_of, envelopes, minimal_finding
from tocsin_schemas import (
    Envelope,
    Institute,
    InvalidEvent,
    ProblemCode,
    check_signature,
    from_json,
    from_kafka,
    sign,
    verify,
)
from tocsin_schemas.keys import key_id
from tocsin_schemas.signatures import canonical


def pair(kid: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """A new private key and its public half."""
    key = OKPKey.generate_key("Ed25519")
    named = {} if kid is None else {"kid": kid}
    private, public = key.as_dict(private=True), key.as_dict(private=False)
    return {**_texts(private), **named}, {**_texts(public), **named}


def _texts(jwk: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in jwk.items()}


PRIVATE, PUBLIC = pair("gb-2026")
NEXT_PRIVATE, NEXT_PUBLIC = pair("gb-2027")
EVENT = envelope_of(
    minimal_finding()
    | {"measurements": [{"metric": "accuracy", "value": 0.1, "stderr": 1e-07}], "title": "Évaluation"},
    subject="series-1",
    dataschema="urn:tocsin:schema:finding:v1",
    extensions={"tlp": "TLP:GREEN", "traceparent": "00-x"},
)


def refused(envelope: Envelope, keys: list[dict[str, str]] | None = None) -> str:
    """What is said of a signature that is not good."""
    with pytest.raises(InvalidEvent) as caught:
        verify(envelope, [PUBLIC] if keys is None else keys)
    (problem,) = caught.value.problems
    assert problem.code is ProblemCode.BAD_SIGNATURE
    assert problem.field == "signature"
    assert problem.fix
    return problem.message


def with_signature(signature: str) -> Envelope:
    """The event with this for a signature."""
    return dataclasses.replace(EVENT, extensions={**EVENT.extensions, "signature": signature})


def b64(value: Mapping[str, Any] | bytes) -> str:
    """As a JWS has it."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def as_binary(envelope: Envelope) -> list[tuple[str, bytes | None]]:
    """The headers of an event in binary mode."""
    assert envelope.time is not None
    attributes: dict[str, str | None] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time.isoformat(),
        "dataschema": envelope.dataschema,
        **envelope.extensions,
    }
    return [(f"ce_{name}", text.encode()) for name, text in attributes.items() if text is not None]


def test_what_was_signed_is_verified() -> None:
    """The signature names its key and leaves everything else as it was."""
    signed = sign(EVENT, PRIVATE)
    header, payload, _ = signed.extensions["signature"].split(".")
    verify(signed, [PUBLIC])

    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "EdDSA", "kid": "gb-2026"}
    assert payload == ""
    assert {name: text for name, text in signed.extensions.items() if name != "signature"} == EVENT.extensions
    assert dataclasses.replace(signed, extensions=EVENT.extensions) == EVENT


def test_the_signature_survives_the_way_in_both_modes() -> None:
    """Structured, binary, and through another's JSON library that orders and escapes as it likes."""
    signed = sign(EVENT, PRIVATE)
    verify(from_json(signed.to_json()), [PUBLIC])
    verify(from_kafka(as_binary(signed), json.dumps(signed.data, sort_keys=True, indent=1).encode()), [PUBLIC])
    reordered = dict(reversed(json.loads(signed.to_json()).items()))
    again = from_json(json.dumps(reordered, ensure_ascii=True).encode())
    verify(again, [PUBLIC])

    assert again == signed


@given(envelope=envelopes)
def test_any_event_can_be_signed_and_sent(envelope: Envelope) -> None:
    """Whatever it says, the signature is good on the other side."""
    verify(from_json(sign(envelope, PRIVATE).to_json()), [PUBLIC])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "gb-2"},
        {"source": "urn:tocsin:institute:fr"},
        {"type": "org.tocsin.finding.updated.v1"},
        {"subject": "series-2"},
        {"subject": None},
        {"time": NOON.replace(microsecond=1)},
        {"time": None},
        {"dataschema": None},
        {"data": EVENT.data | {"title": "Another"}},
        {"data": EVENT.data | {"measurements": [{"metric": "accuracy", "value": 0.9, "stderr": 1e-07}]}},
        {"data": {name: value for name, value in EVENT.data.items() if name != "title"}},
        {"data": None},
    ],
)
def test_what_was_altered_is_refused(change: dict[str, Any]) -> None:
    """Every attribute that means something, and the data, are covered."""
    assert "altered" in refused(dataclasses.replace(sign(EVENT, PRIVATE), **change))


@pytest.mark.parametrize("label", ["TLP:CLEAR", None])
def test_a_moved_label_is_refused(label: str | None) -> None:
    """The label on the envelope cannot be lowered or taken off on the way."""
    signed = sign(EVENT, PRIVATE)
    extensions = {name: text for name, text in signed.extensions.items() if name != "tlp"}
    moved = dataclasses.replace(signed, extensions=extensions if label is None else {**extensions, "tlp": label})

    assert "altered" in refused(moved)


def test_what_carriers_add_does_not_break_the_signature() -> None:
    """A trace or a partition key is no part of what the institute says."""
    signed = sign(EVENT, PRIVATE)

    verify(
        dataclasses.replace(signed, extensions={**signed.extensions, "traceparent": "00-y", "partitionkey": "k"}),
        [PUBLIC],
    )


def test_a_missing_signature_says_where_keys_are_listed() -> None:
    """The institute learns that it must sign."""
    assert "missing" in refused(EVENT)


def test_a_key_that_is_not_registered_is_refused() -> None:
    """By its name, and also when it borrows the name of one that is."""
    assert "not registered" in refused(sign(EVENT, NEXT_PRIVATE))
    assert "altered" in refused(sign(EVENT, {**NEXT_PRIVATE, "kid": "gb-2026"}))
    assert "not registered" in refused(sign(EVENT, PRIVATE), [])


def test_keys_can_be_rotated() -> None:
    """While both are registered, events signed with either are good."""
    both = [NEXT_PUBLIC, PUBLIC]
    verify(sign(EVENT, PRIVATE), both)
    verify(sign(EVENT, NEXT_PRIVATE), both)

    assert "not registered" in refused(sign(EVENT, PRIVATE), [NEXT_PUBLIC])


def test_a_key_without_a_name_goes_by_its_thumbprint() -> None:
    """RFC 7638: nobody need invent names."""
    private, public = pair(None)
    verify(sign(EVENT, private), [PUBLIC, public])

    assert key_id(public) == key_id(private) == OKPKey.import_key(dict(public)).thumbprint()


def test_no_signature_is_no_signature() -> None:
    """`alg: none` is refused, with an empty signature and with any other."""
    for signature in ("", b64(b"x" * 64)):
        assert "not made with EdDSA" in refused(
            with_signature(f"{b64({'alg': 'none', 'kid': 'gb-2026'})}..{signature}")
        )


def test_another_algorithm_cannot_be_chosen_by_the_header() -> None:
    """Neither RSA, nor a MAC keyed with the public key that everybody knows."""
    payload = canonical(EVENT)
    rsa = jws.serialize_compact(
        {"alg": "RS256", "kid": "gb-2026"}, payload, RSAKey.generate_key(2048), algorithms=["RS256"]
    )
    for secret in (base64.urlsafe_b64decode(PUBLIC["x"] + "="), json.dumps(PUBLIC).encode()):
        mac = jws.serialize_compact(
            {"alg": "HS256", "kid": "gb-2026"}, payload, OctKey.import_key(secret), algorithms=["HS256"]
        )
        for whole in (rsa, mac):
            header, _, signature = whole.split(".")
            assert "not made with EdDSA" in refused(with_signature(f"{header}..{signature}"))


def test_a_signature_with_its_own_payload_is_refused() -> None:
    """A good signature of something else does not pass for one of this event, nor of this event when attached."""
    header, _, signature = sign(EVENT, PRIVATE).extensions["signature"].split(".")

    assert "payload of its own" in refused(with_signature(f"{header}.{b64(canonical(EVENT))}.{signature}"))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "EdDSA", "kid": "gb-2026", "b64": False, "crit": ["b64"]},
        {"alg": "EdDSA", "kid": "gb-2026", "crit": ["exp"], "exp": 1},
        {"alg": "EdDSA", "kid": 7},
        {"alg": "EdDSA"},
        {"alg": ["EdDSA"], "kid": "gb-2026"},
        {"kid": "gb-2026"},
        {},
    ],
)
def test_an_unusual_header_is_refused(header: dict[str, Any]) -> None:
    """Extensions that change what is signed, and headers without a key's name."""
    signature = sign(EVENT, PRIVATE).extensions["signature"].split(".")[2]

    assert refused(with_signature(f"{b64(header)}..{signature}"))


@pytest.mark.parametrize(
    "signature", ["", ".", "..", "...", "x", "a.b.c", "e30..e30", "[]..", "é..é", "\n..\n", "." * 5000, "A" * 100_000]
)
def test_nonsense_is_refused_in_words(signature: str) -> None:
    """No text makes the verifier stumble."""
    assert refused(with_signature(signature))


@pytest.mark.parametrize("key", [PUBLIC, {}, {"kty": "oct", "k": "eA", "d": "eA"}, {**PRIVATE, "d": "short"}])
def test_only_a_private_key_signs(key: dict[str, str]) -> None:
    """The public half, or a key of another kind, is refused before anything is sent."""
    with pytest.raises(ValueError, match=r"private key|Ed25519"):
        sign(EVENT, key)


def test_an_event_that_its_signature_makes_too_large_is_refused() -> None:
    """The limit holds for the event as it is sent."""
    room = 64 * 1024 - len(EVENT.to_json())
    large = dataclasses.replace(EVENT, data=EVENT.data | {"summary": EVENT.data["summary"] + "x" * room})
    assert len(large.to_json()) == 64 * 1024

    with pytest.raises(InvalidEvent) as caught:
        sign(large, PRIVATE)
    assert caught.value.problems[0].code is ProblemCode.TOO_LARGE


def test_who_has_registered_keys_must_sign_and_nobody_else() -> None:
    """With a key, an unsigned report is refused; without one, it is taken."""
    base = {"id": "gb", "name": "X", "languages": ["en"], "time_zone": "Europe/London"}
    signing, plain = Institute.model_validate(base | {"keys": [PUBLIC, NEXT_PUBLIC]}), Institute.model_validate(base)
    check_signature(plain, EVENT)
    check_signature(plain, with_signature("nonsense"))
    check_signature(signing, sign(EVENT, NEXT_PRIVATE))

    with pytest.raises(InvalidEvent, match=r"signature: is missing"):
        check_signature(signing, EVENT)


def test_what_is_signed_is_told_to_other_languages_by_example() -> None:
    """The canonical form, to the byte."""
    envelope = Envelope(
        id="1",
        source="urn:tocsin:institute:gb",
        type="org.tocsin.finding.retracted.v1",
        subject=None,
        data={"b": [1, 0.5, 1e-07, True, None], "a": "É\n"},
        time=NOON,
        extensions={"tlp": "TLP:RED", "partitionkey": "not signed"},
    )

    assert canonical(envelope).decode() == (
        '{"data":{"a":"É\\n","b":[1,0.5,1e-07,true,null]},"dataschema":null,"id":"1",'
        '"source":"urn:tocsin:institute:gb","subject":null,"time":"2026-11-24T12:00:00.000000Z","tlp":"TLP:RED",'
        '"type":"org.tocsin.finding.retracted.v1"}'
    )
