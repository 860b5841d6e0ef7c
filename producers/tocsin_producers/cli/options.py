"""Options that several commands share, and how their words are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin_schemas import ReportKind, Status, Tlp


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
KindOption = Annotated[
    ReportKind | None,
    typer.Option("--kind", help="What bare JSON data is; told by its fields unless given."),
]
SpoolOption = Annotated[
    Path | None,
    typer.Option("--spool-dir", envvar="TOCSIN_SPOOL_DIR", help="Where reports wait that cannot be sent now."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
