"""Whether the hook publishes: decided from the environment alone, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tocsin_schemas import Tlp

DISABLED = "TOCSIN_HOOK_DISABLED"
_INSTITUTE, _TLP = "TOCSIN_INSTITUTE", "TOCSIN_TLP"
_KAFKA, _DOOR_URL, _DOOR_KEY = "TOCSIN_KAFKA_BOOTSTRAP_SERVERS", "TOCSIN_DOOR_URL", "TOCSIN_DOOR_KEY"

VARIABLES = (DISABLED, _INSTITUTE, _TLP, _KAFKA, _DOOR_URL, _DOOR_KEY)
"""What the decision rests on."""

_INSTITUTE_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
_NO = {"", "0", "false", "no", "off"}


class Readiness(StrEnum):
    """Why the hook publishes or does not."""

    READY = "ready"
    DISABLED = "disabled"
    """Somebody turned it off."""
    UNCONFIGURED = "unconfigured"
    """Nothing is set: this evaluation is none of Tocsin's business."""
    INCOMPLETE = "incomplete"
    """Some variables are set and some are not."""
    INVALID = "invalid"
    """A variable's content cannot be used."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the hook publishes, and what to tell whoever expected that it does."""

    readiness: Readiness
    advice: str | None = None


def decide(environ: Mapping[str, str]) -> Decision:
    """Whether an evaluation started in this environment is published."""
    told = {name: environ.get(name, "").strip() for name in VARIABLES}
    if told[DISABLED].lower() not in _NO:
        return Decision(Readiness.DISABLED)
    if not any(told.values()):
        return Decision(Readiness.UNCONFIGURED)
    by_door = told[_DOOR_URL] or told[_DOOR_KEY]
    needed = (_TLP, _DOOR_URL, _DOOR_KEY) if by_door else (_INSTITUTE, _TLP, _KAFKA)
    missing = [name for name in needed if not told[name]]
    if missing:
        return Decision(
            Readiness.INCOMPLETE,
            f"Evaluations are not published to Tocsin: {', '.join(missing)} not set. "
            f"Set what is missing, or {DISABLED}=1 to silence this.",
        )
    return _check(told)


def _check(told: Mapping[str, str]) -> Decision:
    labels = [label.value for label in Tlp]
    if told[_TLP] not in labels:
        return Decision(
            Readiness.INVALID,
            f"Evaluations are not published to Tocsin: {_TLP} must be one of {', '.join(labels)}.",
        )
    if told[_INSTITUTE] and not _INSTITUTE_ID.fullmatch(told[_INSTITUTE]):
        return Decision(
            Readiness.INVALID,
            f"Evaluations are not published to Tocsin: {_INSTITUTE} must be an institute's id, such as gb.",
        )
    return Decision(Readiness.READY)
