"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tocsin_schemas import ReportKind, Status, Tlp
from tocsin_schemas.scalars import rfc3339


def read_tlp(text: str) -> Tlp:
    """A label as people type it: `amber`, `TLP:AMBER`, `amber+strict`."""
    if isinstance(text, Tlp):
        return text
    label = text.strip().upper()
    label = label if label.startswith("TLP:") else f"TLP:{label}"
    try:
        return Tlp(label)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no label; use one of {', '.join(Tlp)}") from error


def read_instant(text: str) -> datetime:
    """A moment as people type it: a date (its beginning in UTC), or a time with its zone."""
    if isinstance(text, datetime):
        return text
    said = text.strip()
    try:
        return rfc3339(f"{said}T00:00:00Z" if _DATE.fullmatch(said) else said)
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' is no date such as 2026-11-24, nor a time such as 2026-11-24T09:00:00Z"
        ) from error


def read_line(text: str) -> str:
    """A name of one line."""
    said = text.strip()
    if not said:
        raise typer.BadParameter("must not be empty")
    return said


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

InstituteOption = Annotated[
    str | None,
    typer.Option("--institute", envvar="TOCSIN_INSTITUTE", help="Id of the reporting institute, such as gb."),
]
TlpOption = Annotated[
    Tlp | None,
    typer.Option(
        "--tlp",
        envvar="TOCSIN_TLP",
        parser=read_tlp,
        metavar="LABEL",
        help="Label for reports whose file has none: clear, green, amber, amber+strict or red. There is no default.",
    ),
]
StatusOption = Annotated[
    Status, typer.Option("--status", envvar="TOCSIN_STATUS", help="For reports whose file does not say it.")
]
LanguageOption = Annotated[
    str,
    typer.Option("--language", envvar="TOCSIN_LANGUAGE", help="BCP 47 tag of the texts, where the file has none."),
]
SystemOption = Annotated[
    str | None,
    typer.Option(
        "--system",
        parser=read_line,
        metavar="NAME",
        help="The AI system that was evaluated, for results whose file does not name it.",
    ),
]
ObservedOption = Annotated[
    datetime | None,
    typer.Option(
        "--observed-at",
        parser=read_instant,
        metavar="WHEN",
        help="When the result was obtained, for files that do not say it: 2026-11-24 or 2026-11-24T09:00:00Z.",
    ),
]
KindOption = Annotated[
    ReportKind | None,
    typer.Option("--kind", help="What bare JSON data is; told by its fields unless given."),
]
SpoolOption = Annotated[
    Path | None,
    typer.Option("--spool-dir", envvar="TOCSIN_SPOOL_DIR", help="Where reports wait that cannot be sent now."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
