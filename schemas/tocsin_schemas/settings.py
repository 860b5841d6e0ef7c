"""Settings that several rooms share, read from the environment with the prefix `TOCSIN_`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class TocsinSettings(BaseSettings):
    """What every service knows. Rooms extend it; nothing reads the environment at import."""

    model_config = SettingsConfigDict(
        env_prefix="TOCSIN_",
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # what is refused may be a secret
    )

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    """Comma-separated `host:port` list."""
    topic_prefix: str = "tocsin."
    network_dir: Path = Path("deploy/network")
    """Folder with institutes, contacts, policy, rubric and evaluations."""
    state_dir: Path = Path("var")
    """Where a local deployment keeps its state."""
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(default=(), repr=False)
    """Keys that sign links and tokens, newest first, comma-separated."""
    log_level: str = "INFO"

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    def plain_secret_keys(self) -> list[str]:
        """The secret keys as text, for signing."""
        return [key.get_secret_value() for key in self.secret_keys]
