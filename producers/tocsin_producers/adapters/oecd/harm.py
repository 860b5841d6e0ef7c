"""How much harm (criterion 12): in columns of their own, as `deaths: 2; injuries: 3`, or in words that stay words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.oecd import cells
from tocsin_producers.adapters.oecd.criteria import COLUMNS
from tocsin_schemas.incident import HarmQuantification

_COUNTS = tuple(HarmQuantification.model_fields)
_WHOLE = re.compile(r"\d{1,15}")
_DECIMAL = re.compile(r"\d{1,15}(\.\d{1,6})?")
_UNKNOWN = {"unknown", "not known", "n/k", "?"}
_LOSS = "financial_loss_usd"


def quantified(said: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The counts that are given as numbers, and what is said in words alone. No number is taken out of a sentence.

    A cell that is meant for a number and holds something else is left as it is, for the report's own check to name.
    """
    whole = said.get("harm_quantification")
    found: dict[str, Any] = {}
    words = ""
    if isinstance(whole, dict):
        found |= whole
    elif whole is not None:
        pairs = cells.labelled(whole)
        if pairs is not None and pairs.keys() <= set(_COUNTS):
            found |= pairs
        else:
            words = f"{COLUMNS['harm_quantification'].label}: {cells.said(whole)}"
    found |= {key: said[key] for key in _COUNTS if key in said}
    numbers = {key: number(value, decimal=key == _LOSS) for key, value in found.items()}
    return {key: value for key, value in numbers.items() if value is not None}, words


def number(value: Any, *, decimal: bool = False) -> Any:
    """The number in a cell; None where it says that nobody knows; the cell itself where it is no number.

    `1,234` and `1.234` are not read: which of them is a thousand depends on the country.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.casefold() in _UNKNOWN:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if decimal and _DECIMAL.fullmatch(text) else text
