"""`tocsinctl` about the policy: who would be told of a report, and what is wrong with the network's files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tocsin_deploy.options import AsJson, print_json
from tocsin_deploy.settings import DeploySettings
from tocsin_producers.cli.options import (
    InstituteOption,
    KindOption,
    LanguageOption,
    ObservedOption,
    StatusOption,
    SystemOption,
    TlpOption,
)
from tocsin_schemas import Status, load_institutes, system_clock
from tocsin_schemas.scalars import rfc3339

_FILE = "Anything that institutes can publish, or an assessment; nothing is sent."
_AT = "When it is raised, with its zone: 2026-11-24T03:00:00+11:00. Else now."


def add_commands(app: typer.Typer) -> None:
    """Give the command what is about the policy."""
    app.command()(route)
    policy_app = typer.Typer(help="The policy's files: what is wrong with them.", no_args_is_help=True)
    # Of one command, and more to come: without this it would have no name.
    policy_app.callback()(_policy)
    policy_app.command("check")(policy_check)
    app.add_typer(policy_app, name="policy")


def _policy() -> None:
    """The policy's files: what is wrong with them."""


def policy_check(
    network: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The network's folder. Left out: the live one.")
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the whole policy: who cannot be told, what never applies, and its tests. Exit status 1 for faults."""
    from tocsin_consumers.notifier.settings import NotifierSettings
    from tocsin_deploy.oncall_copies import copies_for
    from tocsin_deploy.policy_check import Level, check_network
    from tocsin_deploy.policy_check.deployment import configured
    from tocsin_deploy.policy_check.showing import as_json as check_as_json
    from tocsin_deploy.policy_check.showing import show

    settings = DeploySettings()
    folder = network or settings.network_dir
    copies, _ = copies_for(settings, folder)
    checked = check_network(folder, is_configured=configured(NotifierSettings()), now=system_clock(), copies=copies)
    if as_json:
        print_json(check_as_json(checked))
    else:
        show(checked, Console())
    if checked.count(Level.FAULT) or (strict and checked.count(Level.WARNING)):
        raise typer.Exit(1)


def route(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_FILE)],
    *,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help=_AT)] = None,
    network: Annotated[
        Path | None, typer.Option("--network", metavar="DIR", help="Try this network folder. Else the live one.")
    ] = None,
    institute: InstituteOption = None,
    tlp: TlpOption = None,
    status: StatusOption = Status.ACTUAL,
    language: LanguageOption = "en",
    system: SystemOption = None,
    observed_at: ObservedOption = None,
    kind: KindOption = None,
    as_json: AsJson = False,
) -> None:
    """Show who would be told of a report, when, where and how much, and why everybody else would not."""
    from tocsin_alerting.policy.files import load_directory
    from tocsin_deploy.oncall_copies import copies_for
    from tocsin_deploy.rehearsal import RehearsedAlert, rehearse
    from tocsin_deploy.rehearsal.as_json import as_json as rehearsal_as_json
    from tocsin_deploy.rehearsal.as_json import problems_as_json
    from tocsin_deploy.rehearsal.reading import Unreadable, read_graded
    from tocsin_deploy.rehearsal.screen import show, show_retraction, show_unreadable
    from tocsin_producers.adapters import Labels
    from tocsin_streams.rubric import load_rubric

    settings = DeploySettings()
    folder = network or settings.network_dir
    moment = _instant(at)
    copies, _ = copies_for(settings, folder)
    directory = load_directory(folder, load_institutes(folder), copies=copies)
    labels = Labels(
        institute=institute, tlp=tlp, status=status, language=language, system=system, observed_at=observed_at
    )
    rubric = load_rubric(folder)
    console, refused = Console(quiet=as_json), False
    found: list[dict[str, Any]] = []
    for one in read_graded(file, labels, kind=kind, rubric=rubric, institutes=directory.institutes, at=moment):
        if isinstance(one, Unreadable):
            refused = True
            found.append({"part": one.part, "problems": problems_as_json(one.problems)})
            show_unreadable(one, console, file=str(file))
        elif one.assessment.grade is None:
            found.append({"part": one.part, "report": one.assessment.report, "retraction": True})
            show_retraction(one.assessment, console)
        else:
            rehearsal = rehearse(RehearsedAlert.of(one.assessment), directory, at=moment)
            found.append({"part": one.part, "report": one.assessment.report, **rehearsal_as_json(rehearsal)})
            show(rehearsal, directory, console)
    if as_json:
        print_json({"file": str(file), "policy": directory.version, "reports": found})
    if refused:
        raise typer.Exit(1)


def _instant(text: str | None) -> datetime:
    if text is None:
        return system_clock()
    try:
        return rfc3339(text)
    except ValueError as error:
        raise ValueError(f"--at '{text}': {error}") from None
