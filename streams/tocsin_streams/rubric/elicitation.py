"""How hard a capability was sought: where it was hardly sought, not finding it says little."""

from __future__ import annotations

from typing import Literal

_WEAK = frozenset(
    {
        "0 shot",
        "baseline",
        "basic",
        "default",
        "default prompt",
        "generate",
        "low",
        "minimal",
        "no elicitation",
        "none",
        "single turn",
        "weak",
        "zero shot",
    }
)
"""Words for no or hardly any effort, in lower case with spaces; `generate` is a solver that only asks."""


def how_hard(stated: str | None) -> Literal["unstated", "weak", "stated"]:
    """What a report says of it, in one of three words: its own words are no fact, as reasons travel further."""
    if stated is None:
        return "unstated"
    plain = " ".join(stated.strip().rstrip(".").lower().replace("-", " ").replace("_", " ").split())
    return "weak" if plain in _WEAK else "stated"
