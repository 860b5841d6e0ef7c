"""Texts from a file, made fit to be published: one line, bounded, and without what looks like a secret."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_REDACTED = "[redacted]"
_ERROR_CHARACTERS = 300
_READ_CHARACTERS = 2000
_SHORTEST_SECRET = 6
_SECRETS = (
    re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"),
    re.compile(
        r"(?i)\b[\w-]*(api[_-]?key|token|secret|passwd|password|authorization|credential)[\w-]*['\"]?\s*[=:]\s*\S+"
    ),
    re.compile(r"\b((sk|pk|rk|xox[a-z]|gh[opsu]|glpat|hf|SG)[-_.]|AKIA|ASIA|AIza)[A-Za-z0-9_.-]{12,}"),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b"),
)
_LINE_BREAK = re.compile(r"\r\n|\r|\n|\\r|\\n")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PATH = re.compile(r"(?<![\w/:.])(/[\w.@+-]+){2,}/?|\b[A-Za-z]:\\\S+")


def one_line(text: str, most: int) -> str:
    """The text on one line without control characters, at most so many characters; empty where nothing is left."""
    spaced = "".join(" " if _breaks(character) else character for character in text)
    shown = " ".join(spaced.split())
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def names_a_folder(name: str) -> bool:
    """Whether a name is a path of the machine it was written on: nobody else knows it, and it may name its owner."""
    return _LOCAL.match(name) is not None


_LOCAL = re.compile(r"[/\\~]|\.{1,2}[/\\]|[A-Za-z]:[\\/]|file:")


def error_line(message: str, *, secrets: Collection[str] = ()) -> str:
    """The first line of an error's message, without secrets, mail addresses and paths of the machine it ran on.

    Args:
        message: as Inspect keeps it: often the `repr` of an exception, its line breaks escaped.
        secrets: values that must not appear, such as those of the environment's keys.
    """
    begins = message.lstrip()[:_READ_CHARACTERS]
    first = next((line for line in _LINE_BREAK.split(begins) if line.strip()), "")
    if len(first) < len(message.strip()):
        first = f"{first.rstrip()}…"
    if len(begins) == _READ_CHARACTERS <= len(first):
        # Its last word may be the first half of a secret, which no pattern would know.
        first = f"{first.rpartition(' ')[0]}…"
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            first = first.replace(secret, _REDACTED)
    for pattern in _SECRETS:
        first = pattern.sub(_REDACTED, first)
    first = _PATH.sub("[path]", _MAIL.sub("[mail]", first))
    return one_line(first, _ERROR_CHARACTERS)


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
