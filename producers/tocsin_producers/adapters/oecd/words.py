"""The words of the framework's closed lists, and what they are called in a report."""

from __future__ import annotations

import re

from tocsin_schemas import HarmType, Problem

_NO_WORD = re.compile(r"[^a-z0-9]+")

SEVERITIES = {
    "hazard": "hazard",
    "ai hazard": "hazard",
    "serious hazard": "serious_hazard",
    "serious ai hazard": "serious_hazard",
    "incident": "incident",
    "ai incident": "incident",
    "serious incident": "serious_incident",
    "serious ai incident": "serious_incident",
    "disaster": "disaster",
    "ai disaster": "disaster",
    "other": "other",
}
YES_OR_NO = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no", "unknown": "unknown"}
USES = {
    "intended": "intended_use",
    "intended use": "intended_use",
    "unintended": "unintended_use",
    "unintended use": "unintended_use",
    "wrongful": "wrongful_use",
    "wrongful use": "wrongful_use",
    "unknown": "unknown",
}
HARM_TYPES: dict[str, tuple[HarmType, ...]] = {
    **{kind.value.replace("_", " "): (kind,) for kind in HarmType},
    "physical harm": (HarmType.PHYSICAL,),
    "physical death": (HarmType.PHYSICAL,),
    "physical injury": (HarmType.PHYSICAL,),
    "physical health": (HarmType.PHYSICAL,),
    "health": (HarmType.PHYSICAL,),
    "psychological harm": (HarmType.PSYCHOLOGICAL,),
    "human rights": (HarmType.FUNDAMENTAL_RIGHTS,),
    "human or fundamental rights": (HarmType.FUNDAMENTAL_RIGHTS,),
    "human fundamental rights": (HarmType.FUNDAMENTAL_RIGHTS,),
    "reputational harm": (HarmType.REPUTATIONAL,),
    "economic property": (HarmType.ECONOMIC, HarmType.PROPERTY),
    "economic or property": (HarmType.ECONOMIC, HarmType.PROPERTY),
    "economic harm": (HarmType.ECONOMIC,),
    "financial": (HarmType.ECONOMIC,),
    "property harm": (HarmType.PROPERTY,),
    "environment": (HarmType.ENVIRONMENTAL,),
    "public interest critical infrastructure": (HarmType.PUBLIC_INTEREST, HarmType.CRITICAL_INFRASTRUCTURE),
}
"""Names of the OECD's incidents monitor among them; where one of them joins two types, both are meant."""


def plain(word: str) -> str:
    """A word as the lists have it: small letters, single spaces."""
    return _NO_WORD.sub(" ", word.casefold()).strip()


def word_of(said: str, words: dict[str, str], label: str, fix: str) -> str | Problem:
    """The report's word for what was said, or the fault that there is none."""
    found = words.get(plain(said))
    return found if found is not None else Problem(label, "is none of the framework's words.", fix)
