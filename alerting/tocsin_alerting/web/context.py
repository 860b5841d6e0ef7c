"""What the handlers of the web service are given: one deployment's store, people, keys and clock."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store
from tocsin_alerting.web.nonces import Nonces
from tocsin_schemas.clock import Clock
from tocsin_schemas.institutes import Institutes
from tocsin_schemas.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Web:
    """One deployment, as its web service sees it."""

    store: Store
    directory: Directory
    institutes: Institutes
    tokens: Tokens
    settings: AlertingSettings
    clock: Clock
    nonces: Nonces
    templates: Environment

    @property
    def https(self) -> bool:
        """Whether people reach the service by https; a browser would not send a Secure cookie otherwise."""
        return urlsplit(self.settings.public_url).scheme == "https"
