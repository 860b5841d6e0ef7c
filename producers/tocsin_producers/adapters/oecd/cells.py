"""What stands in a cell: texts, lists, numbers, days, references. JSON has kinds for these; CSV has texts only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_BLANK = frozenset({"", "-", "n/a"})
_URI = re.compile(r"[a-z][a-z0-9+.\-]*://[^\s<>\"]+|urn:[^\s<>\"]+", re.IGNORECASE)
_DIGEST = re.compile(r"sha256:[0-9a-fA-F]{64}")
_BETWEEN_MATERIALS = re.compile(
    r"\s*[\r\n]+\s*|\s*;\s+|;(?=[a-z][a-z0-9+.\-]*://|urn:|sha256:)|;\s*$|,\s*(?=https?://)"
)
_CODE = re.compile(r"[A-Z]?\d*(\.\d+)*")
_DAY = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?|(?P<month>\d{4}-\d{2})|(?P<year>\d{4})")
_LABELLED = re.compile(r"\s*([A-Za-z][A-Za-z _()]*?)\s*[:=]\s*(.+?)\s*")


def is_blank(value: object) -> bool:
    """Whether there is nothing: no cell, an empty one, `-` or `n/a`."""
    if isinstance(value, str):
        return value.strip().casefold() in _BLANK
    return value is None or value in ([], {})


def said(value: object) -> str:
    """A cell as a text, its line breaks those of Unix; a list as its parts."""
    if isinstance(value, list):
        return "; ".join(said(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def on_one_line(value: object) -> str:
    """A cell as one line: a break in it is a space."""
    return " ".join(said(value).split())


def parts(value: object, *, commas: bool = True) -> list[str]:
    """A cell of several values: between ; or | or line breaks, or else between commas.

    Args:
        value: the cell.
        commas: whether a comma stands between values; the names of some lists hold commas.
    """
    if isinstance(value, list):
        return [part for one in value if (part := on_one_line(one))]
    text = said(value)
    strong = re.split(r"[;|\n]", text)
    found = strong if len(strong) > 1 or not (commas or _are_codes(text)) else text.split(",")
    return [part for one in found if (part := " ".join(one.split()))]


def _are_codes(text: str) -> bool:
    return all(_CODE.fullmatch(part.strip()) for part in text.split(","))


def day(value: object) -> tuple[str, str] | None:
    """A day and how much of it is known (`date`, `month`, `year`); None where the cell is no such date."""
    found = _DAY.fullmatch(said(value))
    if found is None:
        return None
    if found["day"]:
        return found["day"], "date"
    return (f"{found['month']}-01", "month") if found["month"] else (f"{found['year']}-01-01", "year")


def materials(value: object) -> list[dict[str, Any]]:
    """References to material: of each its link, its digest, and what else is said as its title."""
    if isinstance(value, list):
        return [one if isinstance(one, dict) else _material(said(one)) for one in value]
    if isinstance(value, dict):
        return [value]
    return [_material(part) for part in _BETWEEN_MATERIALS.split(said(value)) if part and part.strip()]


def _material(text: str) -> dict[str, Any]:
    digest, link = _DIGEST.search(text), _URI.search(text)
    uri = None if link is None else link[0].rstrip(").,;")
    rest = text
    for found in (None if digest is None else digest[0], uri):
        rest = rest if found is None else rest.replace(found, " ", 1)
    title = " ".join(rest.split()).strip(" ()[]<>:,;-\u2013")
    named = {"title": title, "uri": uri, "digest": None if digest is None else digest[0].lower()}
    return {name: content for name, content in named.items() if content}


def labelled(value: object) -> dict[str, str] | None:
    """A cell of the form `deaths: 2; injuries: 3`; None where not all of it is so."""
    found: dict[str, str] = {}
    for part in _split(said(value)):
        match = _LABELLED.fullmatch(part)
        if match is None:
            return None
        found["_".join(match[1].casefold().replace("(", " ").replace(")", " ").split())] = match[2]
    return found or None


def _split(text: str) -> Iterable[str]:
    return (part for part in re.split(r"[;\n]", text) if part.strip())
