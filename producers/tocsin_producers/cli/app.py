"""The institute's command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin_producers.adapters import Draft, Labels
from tocsin_producers.cli import show, spooling
from tocsin_producers.cli.options import (
    InstituteOption,
    JsonOption,
    KindOption,
    LanguageOption,
    ObservedOption,
    SpoolOption,
    StatusOption,
    SystemOption,
    TlpOption,
)
from tocsin_producers.cli.output import show_json, show_rows
from tocsin_producers.cli.publishing import Wish, publish_files, publish_one
from tocsin_producers.cli.rows import Row, RowOutcome, exit_status, totals
from tocsin_producers.cli.sources import sources
from tocsin_producers.cli.wiring import Wiring
from tocsin_producers.kinds import read_body
from tocsin_producers.reporter import Reporter
from tocsin_producers.spool import Spool, SpoolError
from tocsin_schemas import Action, ReportKind, Status

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        help="Files, folders, patterns, or - for standard input. What a file is, is told by what it holds: reports "
        "(JSON, JSON Lines, CloudEvents), Inspect logs, results of lm_eval, records of Every Eval Ever, incidents in "
        "the OECD's framework (CSV, JSON), rows of the AI Incident Database.",
        allow_dash=True,
    ),
]


def create_app(wiring: Wiring) -> typer.Typer:
    """The command `tocsin` with everything it can do."""
    app = typer.Typer(
        name="tocsin",
        help="Publish findings and incidents to the alert network of the AI safety institutes.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.command()
    def publish(
        files: FilesArgument,
        institute: InstituteOption = None,
        tlp: TlpOption = None,
        status: StatusOption = Status.ACTUAL,
        language: LanguageOption = "en",
        system: SystemOption = None,
        observed_at: ObservedOption = None,
        kind: KindOption = None,
        update: Annotated[
            str | None, typer.Option("--update", metavar="SERIES", help="The file corrects this series.")
        ] = None,
        supersedes: Annotated[
            list[str] | None,
            typer.Option(
                "--supersedes",
                metavar="SERIES",
                help="The file takes the place of this series of your institute's, which no longer counts. "
                "May be given several times.",
            ),
        ] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, send nothing.")] = False,
        spool_dir: SpoolOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Publish the reports in files. Exit status: 0 all published or spooled, 1 some refused, 2 wrong usage."""
        settings = wiring.settings(spool_dir=spool_dir)
        speaker = institute or settings.institute_id()
        labels = Labels(
            institute=speaker, tlp=tlp, status=status, language=language, system=system, observed_at=observed_at
        )
        wish = Wish(labels=labels, kind=kind, update=update, supersedes=tuple(supersedes or ()), dry_run=dry_run)
        reporter = wiring.reporter(settings, institute=speaker, spooled=not dry_run)
        with TemporaryDirectory(prefix="tocsin-") as folder, _closing(reporter):
            found = sources(files, stdin=sys.stdin.buffer, folder=Path(folder))
            with _progress(len(found)) as advance:
                rows = list(publish_files(found, wish, reporter=reporter, done=advance))
        _finish(rows, spool=wiring.spool(settings), as_json=as_json, dry_run=dry_run)

    @app.command()
    def check(
        files: FilesArgument,
        institute: InstituteOption = None,
        tlp: TlpOption = None,
        status: StatusOption = Status.ACTUAL,
        language: LanguageOption = "en",
        system: SystemOption = None,
        observed_at: ObservedOption = None,
        kind: KindOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Check the reports in files and send nothing: the same as `publish --dry-run`."""
        publish(files, institute, tlp, status, language, system, observed_at, kind, dry_run=True, as_json=as_json)

    @app.command()
    def retract(
        series: Annotated[str, typer.Argument(help="Id of the series' first report, or the name it was opened with.")],
        kind: Annotated[ReportKind, typer.Option("--kind", help="What the series is about.")],
        reason: Annotated[str, typer.Option("--reason", help="Why it is taken back, for people.")],
        institute: InstituteOption = None,
        tlp: TlpOption = None,
        status: StatusOption = Status.ACTUAL,
        language: LanguageOption = "en",
        spool_dir: SpoolOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Take a series of reports back. Everybody who was told learns of it."""
        settings = wiring.settings(spool_dir=spool_dir)
        speaker = institute or settings.institute_id()
        labels = Labels(institute=speaker, tlp=tlp, status=status, language=language)

        def draft() -> Draft:
            body = read_body({**labels.fields(), "reason": reason}, kind=kind, action=Action.RETRACT)
            return Draft(body=body, kind=kind, action=Action.RETRACT, series=series)

        reporter = wiring.reporter(settings, institute=speaker)
        with _closing(reporter):
            row = publish_one(series, draft, reporter=reporter)
        _finish([row], spool=wiring.spool(settings), as_json=as_json)

    spooling.add_commands(app, wiring)
    show.add_commands(app)
    return app


@contextmanager
def _closing(reporter: Reporter) -> Iterator[None]:
    """The reporter is closed, and what earlier commands left on the spool is sent, before anything is shown."""
    try:
        yield
    finally:
        try:
            reporter.close()
        except SpoolError as error:
            typer.echo(f"tocsin: {error}", err=True)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[], None]]:
    console = Console(stderr=True)
    if files < 2 or not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("Publishing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("files", total=files)
        yield lambda: progress.advance(task)


def _finish(rows: list[Row], *, spool: Spool, as_json: bool, dry_run: bool = False) -> None:
    """Show what became of everything, and end with the status that says it in one number."""
    try:
        hints = [_NOTHING_SENT] if dry_run else _hints(rows, spool)
    except SpoolError as error:
        hints = [str(error)]
    if as_json:
        show_json({"reports": [row.as_json() for row in rows], "totals": totals(rows), "hints": hints})
    else:
        show_rows(rows, console=Console(), hints=hints)
    status = exit_status(rows)
    if status == 2:
        typer.echo("tocsin: nothing was published: the command line lacks what the files do not say", err=True)
    raise typer.Exit(status)


_NOTHING_SENT = "A dry run: nothing was sent. What is valid would be published as it is."


def _hints(rows: list[Row], spool: Spool) -> list[str]:
    hints = []
    if any(row.outcome is RowOutcome.SPOOLED for row in rows):
        waits = len(spool.folder.waiting())
        hints.append(
            f"{waits} wait in {spool.folder.path}: sent with the next publish, or by `tocsin spool send`."
            if waits
            else "What was spooled has been sent meanwhile."
        )
    if refused := len(spool.folder.refused()):
        hints.append(f"{refused} spooled earlier were refused by the network: see `tocsin spool status`.")
    return hints
