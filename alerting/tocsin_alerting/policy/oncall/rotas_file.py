"""`rotas.yaml` and the calendars in `rotas/`: who is on duty in which team, as operators write it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from tocsin_alerting.policy.directory import PolicyId
from tocsin_alerting.policy.oncall.feed import Feed
from tocsin_alerting.policy.oncall.rota import Override
from tocsin_alerting.policy.oncall.rotation import Rotation
from tocsin_schemas.scalars import InstituteId, Line, Record, ZoneName

ROTAS_FILE = "rotas.yaml"
CALENDARS_FOLDER = "rotas"


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
