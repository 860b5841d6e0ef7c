"""`tocsinctl` about the rubric: what it makes of a report, what another edition would change, what is wrong with it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import system_clock

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def add_commands(app: typer.Typer) -> None:
    """Give the command what is about the rubric."""
    app.command()(replay)


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
    with progress_bar() as progress:
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
        _print_json(outcome_as_json(outcome, changed_only=changed_only))
    else:
        show(outcome, Console())


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))
