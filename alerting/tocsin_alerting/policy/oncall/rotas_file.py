"""`rotas.yaml` and the calendars in `rotas/`: who is on duty in which team, as operators write it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tocsin_alerting.policy.directory import PolicyId
from tocsin_alerting.policy.oncall.local_time import ZoneName
from tocsin_alerting.policy.oncall.rota import Override
from tocsin_alerting.policy.oncall.rotation import Rotation
from tocsin_schemas.scalars import InstituteId, Line, Record

ROTAS_FILE = "rotas.yaml"
CALENDARS_FOLDER = "rotas"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _fetchable(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return url
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("is not an https address; calendars say who can be called, so they are fetched over TLS only")
    if parts.username is not None or parts.query:
        raise ValueError("holds a secret, perhaps; put the whole address into a variable and name it in `url_from`")
    return url


class Feed(Record):
    """A calendar that is fetched: its address, or the environment's variable that holds a secret one."""

    url: Annotated[str, StringConstraints(max_length=2000), AfterValidator(_fetchable)] | None = None
    url_from: Annotated[str, Field(pattern=r"^TOCSIN_ROTA_[A-Z0-9_]{1,60}$")] | None = None
    stale_after: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(days=1)
    """How long a copy may stand without the feed having been reached before administrators hear of it."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("give either `url` or `url_from`, not both")
        return self


class RotaEntry(Record):
    """The rota of one team: turns, a calendar file or a calendar that is fetched."""

    institute: InstituteId
    team: PolicyId
    time_zone: ZoneName | None = None
    """The zone of its wall clock times; the institute's where it is left out."""
    always: tuple[Line, ...] = ()
    """Ids of contacts that are told whoever is on duty, such as the channel of the duty desk."""
    rotation: Rotation | None = None
    calendar: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.ics$")] | None = None
    """Name of a file in `rotas/`."""
    feed: Feed | None = None
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(kind is not None for kind in (self.rotation, self.calendar, self.feed)) != 1:
            raise ValueError("give exactly one of `rotation`, `calendar` and `feed`")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """Institute and team."""
        return self.institute, self.team

    @property
    def called(self) -> dict[str, tuple[str, ...]]:
        """The contacts that it names, by the field that names them."""
        return {
            "always": self.always,
            "rotation.members": self.rotation.members if self.rotation is not None else (),
            "overrides.who": tuple(person for override in self.overrides for person in override.who),
        }


class RotasFile(Record):
    """`rotas.yaml`."""

    rotas: tuple[RotaEntry, ...]
