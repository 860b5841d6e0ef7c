"""What the handlers of the web service are given: one deployment's store, people, keys and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment

from tocsin_alerting.policy.directory import CurrentDirectory, Directory
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
    current_directory: CurrentDirectory
    directory_refused: Callable[[], bool]
    """Whether the network's files were changed, have a fault and were not taken over."""
    institutes: Institutes
    tokens: Tokens
    settings: AlertingSettings
    clock: Clock
    nonces: Nonces
    templates: Environment

    @property
    def directory(self) -> Directory:
        """The directory in force at this moment."""
        return self.current_directory()

    @property
    def https(self) -> bool:
        """Whether people reach the service by https; a browser would not send a Secure cookie otherwise."""
        return urlsplit(self.settings.public_url).scheme == "https"
