"""Signatures of events: who holds an institute's private key said exactly this, whoever carried it since.

A signature is the extension attribute `signature`: a JWS in compact form with detached payload (RFC 7515, appendix F),
EdDSA over Ed25519. The payload is not the event's bytes, which change from structured to binary mode and with every
JSON library, but a canonical JSON of what it says: `id`, `source`, `type`, `subject`, `time`, `dataschema`, `tlp` and
`data`; names sorted by code point, no white space, UTF-8, `time` in UTC with six decimals, absent attributes null.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from tocsin_schemas.envelope import Envelope
from tocsin_schemas.errors import InvalidEvent, ProblemCode, invalid
from tocsin_schemas.institutes import FILE, Institute
from tocsin_schemas.keys import CURVE, key_id, read_key
from tocsin_schemas.report import check_size

ATTRIBUTE = "signature"
ALGORITHM = "EdDSA"


class _OnlyEd25519(jws.JWSRegistry):
    """One algorithm, so that a header can choose no other: neither `none` nor a MAC keyed with a public key.

    RFC 9864 deprecates the name EdDSA because it leaves the curve open; here it means Ed25519 and nothing else.
    """

    def get_alg(self, name: str) -> Any:
        """The one algorithm."""
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[CURVE]


_REGISTRY = _OnlyEd25519()


def canonical(envelope: Envelope) -> bytes:
    """What a signature covers: the event's meaning as canonical UTF-8 JSON.

    Raises:
        ValueError: the data holds NaN, infinity or half a surrogate pair, for which JSON has no form.
    """
    covered = {
        "data": envelope.data,
        "dataschema": envelope.dataschema,
        "id": envelope.id,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": None if envelope.time is None else _instant(envelope),
        "tlp": envelope.extensions.get("tlp"),
        "type": envelope.type,
    }
    return json.dumps(covered, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def sign(envelope: Envelope, private_jwk: Mapping[str, str]) -> Envelope:
    """The event with its signature, which names the key by its `kid`, or its thumbprint where it has none.

    Raises:
        ValueError: the key is no private Ed25519 key.
        InvalidEvent: with its signature the event is larger than a report may be.
    """
    if "d" not in private_jwk:
        raise ValueError("only a private key signs: a JWK with its part 'd'")
    key = read_key(private_jwk)
    header = {"alg": ALGORITHM, "kid": key_id(private_jwk)}
    whole = jws.serialize_compact(header, canonical(envelope), key, registry=_REGISTRY)
    protected, _, signature = whole.split(".")
    signed = dataclasses.replace(envelope, extensions={**envelope.extensions, ATTRIBUTE: f"{protected}..{signature}"})
    check_size(signed.to_json())
    return signed


def verify(envelope: Envelope, keys: Sequence[Mapping[str, str]]) -> None:
    """Check that one of these public keys signed the event as it is; several allow for rotation.

    Raises:
        InvalidEvent: it is not signed, by none of them, or was altered since.
    """
    signature = envelope.extensions.get(ATTRIBUTE)
    if signature is None:
        raise _bad("is missing: this institute signs its reports.", f"Sign it with a key that is listed in {FILE}.")
    try:
        extracted = jws.extract_compact(signature.encode(), canonical(envelope), _REGISTRY)
        protected = extracted.protected
        if signature.split(".")[1]:
            raise _bad("carries a payload of its own.", "Send a JWS with detached payload (RFC 7515, appendix F).")
        key = _key_named(protected.get("kid"), keys)
        good = jws.validate_compact(extracted, key, registry=_REGISTRY)
    except UnsupportedAlgorithmError as error:
        raise _bad(f"is not made with {ALGORITHM}.", f"Sign with {ALGORITHM} over {CURVE}.") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _bad(
            f"is not a signature ({type(error).__name__}).",
            "Send a JWS in compact form with detached payload (RFC 7515, appendix F).",
        ) from error
    if not good:
        raise _bad(
            "does not fit the event: it was altered since it was signed.",
            "Sign the event as it is sent: id, source, type, subject, time, dataschema, tlp and data.",
        )


def check_signature(institute: Institute, envelope: Envelope) -> None:
    """Refuse what an institute with registered keys has not signed; one without keys need not sign.

    Raises:
        InvalidEvent: the institute has keys, and none of them signed the event as it is.
    """
    if institute.keys:
        verify(envelope, institute.keys)


def _key_named(kid: object, keys: Sequence[Mapping[str, str]]) -> Any:
    for key in keys:
        if key_id(key) == kid:
            # Only the public part, and not what else the file says of it: a wrong `use` is no reason to fail.
            return read_key({name: key[name] for name in ("kty", "crv", "x")})
    raise _bad(
        "is made with a key that is not registered.",
        f"Give 'kid' in the protected header, and list the public key of that name in {FILE}.",
    )


def _instant(envelope: Envelope) -> str:
    assert envelope.time is not None
    return envelope.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bad(message: str, fix: str) -> InvalidEvent:
    return invalid(ATTRIBUTE, message, fix, ProblemCode.BAD_SIGNATURE)
