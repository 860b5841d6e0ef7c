"""`tocsin schema` and `tocsin example`: what a report looks like, for who has to make one."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin_producers.adapters.oecd.writing import as_csv as oecd_csv
from tocsin_producers.cli.output import show_json, write_line
from tocsin_schemas import Action, Incident, ReportKind, ReportType
from tocsin_schemas.examples import example as golden
from tocsin_schemas.json_schemas import json_schema

KindArgument = Annotated[ReportKind, typer.Argument(help="finding or incident")]


def add_commands(app: typer.Typer) -> None:
    """Add `schema` and `example`."""

    @app.command()
    def schema(kind: KindArgument) -> None:
        """Print the JSON Schema of a report's data."""
        show_json(json_schema(kind.value))

    @app.command()
    def example(
        kind: KindArgument,
        event: Annotated[bool, typer.Option("--event", help="As a whole CloudEvent.")] = False,
        as_csv: Annotated[
            bool, typer.Option("--csv", help="An incident as a table in the OECD's framework, to fill in.")
        ] = False,
    ) -> None:
        """Print an example of a report, ready to publish; it is marked as an exercise."""
        whole = golden(ReportType(kind, Action.REPORT).name)
        if not as_csv:
            show_json(whole if event else whole["data"])
            return
        if event or kind is not ReportKind.INCIDENT:
            raise typer.BadParameter("--csv is for an incident's data; leave --event out and say 'incident'")
        write_line(oecd_csv([Incident.model_validate(whole["data"])]).removesuffix("\n"))
