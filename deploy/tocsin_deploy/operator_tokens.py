"""Bearer tokens for people and systems: the operator's for the local API, an institute's for the HTTP door."""

from __future__ import annotations

from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import Purpose, Tokens, load_institutes


def operator_token(settings: DeploySettings) -> str:
    """A token that lets its holder read and answer as the network's operator."""
    return Tokens(settings.secret_keys_or_new()).issue(Purpose.OPERATOR, {"scope": "operator"})


def institute_token(settings: DeploySettings, institute: str) -> str:
    """A key with which an institute's systems may publish through the door and answer for it.

    Raises:
        ValueError: the network has no such institute.
    """
    institutes = load_institutes(settings.network_dir)
    if institute not in institutes:
        known = ", ".join(member.id for member in institutes)
        raise ValueError(f"'{institute}' is not a member of this network; members: {known}")
    return Tokens(settings.secret_keys_or_new()).issue(Purpose.INSTITUTE, {"institute": institute})


def sign_in_link(settings: DeploySettings) -> str:
    """A page with one button that signs the operator in. Opening it changes nothing."""
    return f"{settings.web_url}/sign-in?token={operator_token(settings)}"
