"""`tocsinctl` about the rubric: what it makes of a report, what another edition would change, what is wrong with it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

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
from tocsin_schemas import Status, system_clock


def add_commands(app: typer.Typer) -> None:
    """Give the command what is about the rubric."""
    app.command()(explain)
    app.command()(replay)
    rubric_app = typer.Typer(
        help="The rubric's files: their version, and what is wrong with them.", no_args_is_help=True
    )
    rubric_app.command("check")(rubric_check)
    rubric_app.command("version")(rubric_version)
    app.add_typer(rubric_app, name="rubric")


def explain(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Anything that institutes can publish; nothing is sent.")
    ],
    *,
    rubric: Annotated[
        Path | None,
        typer.Option("--rubric", help="Grade by this edition: a folder or a rubric file. Else the live one."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="When it is reported, where the file does not say it.")
    ] = None,
    read_in: Annotated[
        str, typer.Option("--read-in", metavar="LANGUAGE", help="Say the rules' sentences in this language.")
    ] = "en",
    institute: InstituteOption = None,
    tlp: TlpOption = None,
    status: StatusOption = Status.ACTUAL,
    language: LanguageOption = "en",
    system: SystemOption = None,
    observed_at: ObservedOption = None,
    kind: KindOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what the network would make of a report: its grade, the reasons, what nearly fired, who would be told."""
    from tocsin_alerting.policy.files import load_directory
    from tocsin_deploy.editions import load_edition
    from tocsin_deploy.explain import Explainer
    from tocsin_deploy.explain.as_json import as_json as explanation_as_json
    from tocsin_deploy.explain.screen import show
    from tocsin_deploy.instants import read_instant
    from tocsin_deploy.oncall_copies import copies_for
    from tocsin_deploy.rehearsal.reading import Unreadable
    from tocsin_producers.adapters import Labels
    from tocsin_schemas import load_institutes
    from tocsin_streams.rubric import load_sentences

    settings, now = DeploySettings(), system_clock()
    network = settings.network_dir
    moment = now if at is None else read_instant(at, now=now)
    institutes = load_institutes(network)
    copies, _ = copies_for(settings)
    edition, directory = load_edition(network, rubric), load_directory(network, institutes, copies=copies)
    labels = Labels(
        institute=institute, tlp=tlp, status=status, language=language, system=system, observed_at=observed_at
    )
    sentences = load_sentences(network)
    explainer = Explainer(edition, directory, institutes, at=moment)
    console, found = Console(), []
    for one in explainer.explain(file, labels, kind=kind):
        found.append(one)
        if not as_json:
            show(
                one,
                directory,
                console,
                file=str(file),
                at=moment,
                sentence=lambda reason: sentences.of(reason, read_in).text,
            )
    if as_json:
        reports = [explanation_as_json(one, directory) for one in found]
        print_json({"file": str(file), "rubric": edition.version, "policy": directory.version, "reports": reports})
    if any(isinstance(one, Unreadable) for one in found):
        raise typer.Exit(1)


def replay(
    *,
    rubric: Annotated[
        Path,
        typer.Option("--rubric", help="The edition to try: a folder with rubric.yaml or evaluations.yaml, or a file."),
    ],
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only reports from then on: 2026-11-24, or 7d ago.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only reports before then.")] = None,
    changed_only: Annotated[
        bool, typer.Option("--changed-only", help="Leave reports whose grade stays out of the JSON.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Grade the real reports with another rubric and show which grades would change. Reads only."""
    from tocsin_deploy.instants import read_instant
    from tocsin_deploy.replay import replay as replay_topics
    from tocsin_deploy.replay.as_json import as_json as outcome_as_json
    from tocsin_deploy.replay.screen import progress_bar, show

    settings, now = DeploySettings(), system_clock()
    with progress_bar(Console(stderr=True)) as progress:
        outcome = replay_topics(
            settings.bootstrap_servers,
            settings.topic_prefix,
            settings.network_dir,
            rubric,
            since=None if since is None else read_instant(since, now=now),
            until=None if until is None else read_instant(until, now=now),
            progress=progress,
            monotonic=time.monotonic,
        )
    if as_json:
        print_json(outcome_as_json(outcome, changed_only=changed_only))
    else:
        show(outcome, Console())


DirArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The edition: a folder or a rubric file. Left out: the live network's."),
]


def rubric_check(
    edition: DirArgument = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings as well.")] = False,
    combinations: Annotated[
        int, typer.Option(min=100, help="How many combinations of fields to look at for one rule, at most.")
    ] = 5_000,
    as_json: AsJson = False,
) -> None:
    """Check a rubric: rules that never hold or change nothing, gaps, tests, translations. Exit status 1 for faults."""
    from tocsin_deploy.rubric_check import as_json as check_as_json
    from tocsin_deploy.rubric_check import check_edition, show
    from tocsin_streams.rubric.trying.notes import Level
    from tocsin_streams.rubric.trying.survey import Budget

    checked = check_edition(DeploySettings().network_dir, edition, Budget(of_rule=combinations))
    if as_json:
        print_json(check_as_json(checked))
    else:
        show(checked, Console())
    if checked.count(Level.FAULT) or (strict and checked.count(Level.WARNING)):
        raise typer.Exit(1)


def rubric_version(edition: DirArgument = None) -> None:
    """Print the version of a rubric: what assessments made by it say."""
    from tocsin_deploy.editions import load_edition

    print(load_edition(DeploySettings().network_dir, edition).version)
