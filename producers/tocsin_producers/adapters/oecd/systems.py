"""Systems with their developers and deployers (criteria 8 and 9), as far as it is said which is which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.oecd import cells
from tocsin_producers.adapters.oecd.criteria import COLUMNS

_PARTIES = ("developer", "deployer")
_COLUMNS = (*_PARTIES, "system_version")
_SYNONYMS = {"developers": "developer", "deployers": "deployer"}


def systems_of(said: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The systems, and what is said of organisations that cannot be put beside one of them.

    Criterion 9 asks for developers and deployers in one field. Who is which is taken from `developer: …; deployer: …`
    or from columns of their own; where neither is there, nobody is called either.
    """
    whole = said.get("systems")
    systems = _systems(whole)
    left: list[str] = []
    given = {key: cells.parts(said[key]) for key in _COLUMNS if key in said}
    if "organisations" in said:
        named = cells.labelled(said["organisations"]) or {}
        parties = {_SYNONYMS.get(name, name): [party] for name, party in named.items()}
        if parties and parties.keys() <= set(_PARTIES):
            given = {**parties, **given}
        else:
            left.append(f"{COLUMNS['organisations'].label}: {cells.said(said['organisations'])}")
    for key, values in given.items():
        spread = values * len(systems) if len(values) == 1 else values
        if systems and len(spread) == len(systems):
            field = "version" if key == "system_version" else key
            systems = [{**system, field: value} for system, value in zip(systems, spread, strict=True)]
        else:
            left.append(f"{COLUMNS[key].label}: {'; '.join(values)}")
    return systems, "\n".join(left)


def _systems(whole: object) -> list[dict[str, Any]]:
    if whole is None:
        return []
    if isinstance(whole, dict):
        return [whole]
    if isinstance(whole, list):
        return [one if isinstance(one, dict) else {"name": cells.on_one_line(one)} for one in whole]
    # A comma belongs to a name and its version as often as it stands between two systems.
    return [{"name": part} for part in cells.parts(whole, commas=False)]
