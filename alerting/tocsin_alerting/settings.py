"""Settings of the rooms that keep, tell and take answers."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from tocsin_schemas.settings import TocsinSettings


class AlertingSettings(TocsinSettings):
    """What desk, relay, notifiers and web need to know beside the shared settings."""

    database_url: str | None = None
    """SQLAlchemy URL; a SQLite file below `state_dir` unless set. PostgreSQL as `postgresql+psycopg://…`."""
    public_url: str = "http://127.0.0.1:8080"
    """How people reach the web service: the beginning of every link."""
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    slack_api_url: str = "https://slack.com/api/"
    slack_bot_token: SecretStr | None = None
    """Without it Slack messages are kept as previews."""
    slack_signing_secret: SecretStr | None = None
    sendgrid_api_url: str = "https://api.sendgrid.com"
    sendgrid_api_key: SecretStr | None = None
    """Without it mails are kept as previews."""
    sendgrid_webhook_public_key: str | None = None
    secrets_file: Path | None = None
    """Lines of NAME=value for what webhooks and Apprise need; what stands in the environment goes before it."""
    mail_from: str = "alerts@tocsin.example"
    """Sender of the mails."""
    mail_from_name: str = "Tocsin"
    desk_instance: str = "1"
    """Name of this desk among the deployment's desks. Keep it over restarts: Kafka knows the desk again by it."""

    def store_url(self) -> str:
        """Where the store is."""
        return self.database_url or f"sqlite:///{(Path(self.state_dir) / 'tocsin.db').absolute()}"

    def kept_network_dir(self) -> Path:
        """Where the network's files are kept as they were last in force."""
        return Path(self.state_dir) / "network-in-force"
