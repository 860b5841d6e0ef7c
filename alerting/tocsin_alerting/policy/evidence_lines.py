"""Evidence as people type it: one reference a line, by address, by digest or by title."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import ValidationError

from tocsin_schemas.errors import Problem
from tocsin_schemas.evaluation import Evidence

EVIDENCE_ITEMS = 20
"""As many as anybody looks through."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_DIGEST = re.compile(r"sha256:", re.IGNORECASE)


def evidence_of(lines: Iterable[str]) -> tuple[tuple[Evidence, ...], list[Problem]]:
    """The references on some lines, and what is wrong with those that are none; empty lines are left out."""
    typed = [line.strip() for line in lines if line.strip()]
    if len(typed) > EVIDENCE_ITEMS:
        return (), [Problem("evidence", f"has {len(typed)} references.", f"Name the {EVIDENCE_ITEMS} that matter.")]
    found: list[Evidence] = []
    faults: list[Problem] = []
    for number, line in enumerate(typed):
        try:
            found.append(Evidence.model_validate({_field(line): line}))
        except ValidationError as error:
            fix = "Give an address, a digest (sha256: and 64 hexadecimal digits) or a title of at most 500 characters."
            faults.append(Problem(f"evidence.{number}", f"{error.errors()[0]['msg']}.", fix))
    return tuple(found), faults


def _field(line: str) -> str:
    if _DIGEST.match(line):
        return "digest"
    return "uri" if _URI.fullmatch(line) else "title"
