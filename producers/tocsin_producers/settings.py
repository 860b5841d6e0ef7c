"""What an institute's programs are told by their environment."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from itsdangerous import URLSafeTimedSerializer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tocsin_schemas import Status, Tlp
from tocsin_schemas.keys import read_key


class SettingsError(Exception):
    """The environment says something that cannot be used; the message names the variable."""


class ProducerSettings(BaseSettings):
    """How and as whom an institute publishes (`TOCSIN_` and the name in capitals)."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", extra="ignore", env_ignore_empty=True)

    institute: str | None = None
    """Id of the institute, such as `gb`."""
    source: str | None = None
    """CloudEvents source of the reports; None: `urn:tocsin:institute:<id>`."""
    tlp: Tlp | None = None
    """Label for reports from files that carry none. There is no default."""
    status: Status = Status.ACTUAL
    language: str = "en"
    door_url: str | None = None
    """Address of the network's HTTP door; set: reports go there, not to Kafka."""
    door_key: SecretStr | None = Field(default=None, repr=False)
    """The institute's bearer key for the door."""
    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: str | None = None
    """Such as `SASL_SSL`."""
    kafka_sasl_mechanism: str | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = Field(default=None, repr=False)
    kafka_ssl_cafile: Path | None = None
    topic_prefix: str = "tocsin."
    timeout_seconds: float = Field(default=10.0, gt=0, le=300)
    """Longest wait for the network to take one report; then it goes on the spool."""
    state_dir: Path | None = None
    spool_dir: Path | None = None
    """Folder for what could not be sent; None: see `spool_path`."""
    signing_key_file: Path | None = None
    """Private Ed25519 key (JWK) of an institute that signs its reports."""
    network_dir: Path | None = None
    """Where set, institutes are checked against its `institutes.yaml` before anything is sent."""

    def spool_path(self) -> Path:
        """Where reports wait: the folder that was set, one under the state folder, or one in the user's own state."""
        if self.spool_dir is not None:
            return self.spool_dir
        if self.state_dir is not None:
            return self.state_dir / "spool"
        own = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        return Path(own) / "tocsin" / "spool"

    def institute_id(self) -> str | None:
        """Who publishes: as set, or as the door key names it. The key is not verified here: the door does that."""
        if self.institute is not None or self.door_key is None:
            return self.institute
        return _institute_of(self.door_key.get_secret_value())

    def signing_key(self) -> dict[str, str] | None:
        """The private key that signs reports, where there is one.

        Raises:
            SettingsError: the file cannot be read, or holds no private Ed25519 key.
        """
        if self.signing_key_file is None:
            return None
        try:
            jwk = json.loads(self.signing_key_file.read_bytes())
            read_key(jwk)
        except OSError as error:
            raise SettingsError(f"TOCSIN_SIGNING_KEY_FILE: cannot be read ({error.strerror})") from error
        except (ValueError, AttributeError) as error:
            raise SettingsError("TOCSIN_SIGNING_KEY_FILE: holds no Ed25519 key as a JWK") from error
        if "d" not in jwk:
            raise SettingsError("TOCSIN_SIGNING_KEY_FILE: holds a public key; reports are signed with the private one")
        return dict(jwk)

    def kafka_security(self) -> dict[str, Any]:
        """The settings of kafka-python for reaching a broker that is not open to all."""
        password = None if self.kafka_sasl_password is None else self.kafka_sasl_password.get_secret_value()
        told = {
            "security_protocol": self.kafka_security_protocol,
            "sasl_mechanism": self.kafka_sasl_mechanism,
            "sasl_plain_username": self.kafka_sasl_username,
            "sasl_plain_password": password,
            "ssl_cafile": None if self.kafka_ssl_cafile is None else str(self.kafka_ssl_cafile),
        }
        return {name: content for name, content in told.items() if content is not None}


def load_settings() -> ProducerSettings:
    """The settings as the environment has them now.

    Raises:
        SettingsError: a variable's content cannot be used.
    """
    try:
        return ProducerSettings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        named = (f"TOCSIN_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in faults)
        raise SettingsError("; ".join(named)) from error


def _institute_of(key: str) -> str | None:
    # Read without the secret: a signed payload is plain.
    _, claims = URLSafeTimedSerializer("unverified").loads_unsafe(key)
    institute = claims.get("institute") if isinstance(claims, dict) else None
    return institute if isinstance(institute, str) else None
