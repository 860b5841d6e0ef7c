"""`tocsinctl oncall`: who is on duty, who comes next, and what is wrong in the days ahead."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Annotated

import typer

from tocsin_deploy.options import AsJson, print_json


def add_commands(app: typer.Typer) -> None:
    """Make it a word of `tocsinctl`."""
    app.command()(oncall)


def oncall(
    *,
    institute: Annotated[str | None, typer.Option(help="Only this one, such as kr.")] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Instead of now: 2026-12-24T18:00:00Z.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead.")] = 14,
    as_json: AsJson = False,
) -> None:
    """Show who is on duty, the handovers ahead, gaps and who cannot be told; exit status 1 when something is wrong."""
    # Late: other commands do without the policy.
    from rich.console import Console

    from tocsin_alerting.policy.files import load_directory
    from tocsin_alerting.policy.oncall.faults import rota_faults
    from tocsin_alerting.policy.oncall.feed_faults import feed_faults
    from tocsin_deploy.instants import read_instant
    from tocsin_deploy.oncall_copies import copies_for
    from tocsin_deploy.oncall_view import Shown, duty_json, show_duty
    from tocsin_deploy.settings import DeploySettings
    from tocsin_schemas import load_institutes, system_clock

    settings, now = DeploySettings(), system_clock()
    network = settings.network_dir
    institutes = load_institutes(network)
    copies, away = copies_for(settings)
    directory = load_directory(network, institutes, copies=copies)
    if institute is not None and institute not in institutes:
        known = ", ".join(sorted(member.id for member in institutes))
        raise typer.BadParameter(f"'{institute}' is no member; use one of: {known}", param_hint="--institute")
    begin = (now if at is None else read_instant(at, now=now)).astimezone(UTC).replace(microsecond=0)
    end = begin + timedelta(days=days)
    shown = Shown(
        directory, begin, end, members=[institute] if institute is not None else list(directory.institute_names)
    )
    ahead = (*feed_faults(directory, away, now=begin), *rota_faults(directory, begin=begin, end=end))
    faults = [fault for fault in ahead if fault.institute in shown.members]
    if as_json:
        print_json(duty_json(shown, faults))
    else:
        show_duty(Console(), shown, institutes, faults)
    if any(fault.grave for fault in faults):
        raise typer.Exit(1)
