"""Keys that institutes sign with: Ed25519, as JSON Web Keys (RFC 8037)."""

from __future__ import annotations

from collections.abc import Mapping

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

CURVE = "Ed25519"


def check_public_key(jwk: Mapping[str, str]) -> None:
    """Refuse what is no public Ed25519 key.

    Raises:
        ValueError: it holds the private part, is of another type or curve, or its point is malformed.
    """
    if "d" in jwk:
        raise ValueError(
            "holds the private part 'd' of a key; keep that secret, make a new pair, list only the public one"
        )
    read_key(jwk)


def read_key(jwk: Mapping[str, str]) -> OKPKey:
    """The key that a JWK describes.

    Raises:
        ValueError: it is no Ed25519 key.
    """
    if jwk.get("kty") != "OKP" or jwk.get("crv") != CURVE:
        raise ValueError(f"must be an {CURVE} key: a JWK with kty OKP, crv {CURVE} and x")
    try:
        key = OKPKey.import_key(dict(jwk))
        key.get_op_key("sign" if "d" in jwk else "verify")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"is not a well-formed {CURVE} key ({type(error).__name__})") from error
    return key


def key_id(jwk: Mapping[str, str]) -> str:
    """The name by which signatures refer to a key: its `kid`, or its thumbprint (RFC 7638) where it has none."""
    return jwk.get("kid") or read_key(jwk).thumbprint()
