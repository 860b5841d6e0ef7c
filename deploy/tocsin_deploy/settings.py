"""Settings of a deployment: the services' own, and where a local stack listens and keeps its state."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tocsin_alerting.settings import AlertingSettings
from tocsin_deploy.ports import LOOPBACK
from tocsin_deploy.private_folder import private_folder

_SECRET_BYTES = 32


class DeploySettings(AlertingSettings):
    """What `tocsinctl` knows. Read from the environment, as every service does."""

    kafka_port: int = 9092
    door_port: int = 8081
    door_host: str = LOOPBACK

    @property
    def runs_own_broker(self) -> bool:
        """Whether the local stack starts a broker: unless one was named."""
        return "kafka_bootstrap_servers" not in self.model_fields_set

    @property
    def bootstrap_servers(self) -> str:
        """The broker that is used: the named one, or the local stack's own."""
        return f"{LOOPBACK}:{self.kafka_port}" if self.runs_own_broker else self.kafka_bootstrap_servers

    @property
    def web_url(self) -> str:
        """How people on this machine reach the pages."""
        if "public_url" in self.model_fields_set:
            return self.public_url
        return self.local_web_url

    @property
    def local_web_url(self) -> str:
        """The web service as this machine reaches it, whatever stands before it for others."""
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def door_url(self) -> str:
        """How institutes' systems on this machine reach the HTTP door."""
        return f"http://{LOOPBACK}:{self.door_port}"

    @property
    def state(self) -> Path:
        """The state folder, as an absolute path."""
        return self.state_dir.absolute()

    @property
    def logs_dir(self) -> Path:
        """Where the services' logs lie."""
        return self.state / "log"

    def secret_keys_or_new(self) -> list[str]:
        """The keys that sign links and tokens: the configured ones, or this state folder's own, made at first use."""
        configured = self.plain_secret_keys()
        return configured or _kept_secret_keys(self.state / "secret-keys")

    def service_environment(self) -> dict[str, str]:
        """The environment in which the local stack's services run: this one, with what was left out filled in."""
        # Without compiled modules every service takes three times as long to start, at every start.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {
            **inherited,
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "TOCSIN_NETWORK_DIR": str(self.network_dir.absolute()),
            "TOCSIN_STATE_DIR": str(self.state),
            "TOCSIN_DATABASE_URL": self.store_url(),
            "TOCSIN_PUBLIC_URL": self.web_url,
            "TOCSIN_WEB_PORT": str(self.web_port),
            "TOCSIN_DOOR_PORT": str(self.door_port),
            "TOCSIN_SECRET_KEYS": ",".join(self.secret_keys_or_new()),
        }


def _kept_secret_keys(file: Path) -> list[str]:
    """The keys in a file that only its owner reads. Exclusive creation: two processes never keep different ones."""
    private_folder(file.parent)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as created:
            created.write(secrets.token_urlsafe(_SECRET_BYTES) + "\n")
    keys = [line.strip() for line in file.read_text(encoding="ascii").splitlines() if line.strip()]
    if not keys:
        raise RuntimeError(f"{file} holds no key: delete it, and a new one is made (links already sent stop working)")
    return keys
