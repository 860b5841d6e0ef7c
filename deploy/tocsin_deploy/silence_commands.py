"""`tocsinctl silence`: what an operator types to keep calls back for a while, and to see what keeps them back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from tocsin_deploy.options import AsJson
from tocsin_schemas.vocabulary import AlertPurpose, Domain, ReportKind, Severity, Status

app = typer.Typer(help="Silences: what is kept from whom, until when, by whom and why.", no_args_is_help=True)

Why = Annotated[str, typer.Option(help="Why, in a sentence: who is not told will ask.")]
Until = Annotated[
    str, typer.Option("--until", help="An instant (2026-11-29T06:00Z), or how long from now (PT4H, P2D).")
]
Silence = Annotated[str, typer.Argument(help="Id of the silence.")]
_WHICH = "may be given several times; * and ? stand for any characters and for one"


@app.command("add")
def add(
    *,
    until: Until,
    why: Why,
    institute: Annotated[
        str | None, typer.Option(help="Whose people are left in peace, such as kr. Left out: everybody's.")
    ] = None,
    system: Annotated[list[str] | None, typer.Option(help=f"Alerts about this system; {_WHICH}.")] = None,
    evaluation: Annotated[list[str] | None, typer.Option(help=f"Alerts about this evaluation; {_WHICH}.")] = None,
    domain: Annotated[list[Domain] | None, typer.Option(help="Alerts in this hazard domain.")] = None,
    reporter: Annotated[list[str] | None, typer.Option(help="Alerts that only this institute reports.")] = None,
    kind: Annotated[list[ReportKind] | None, typer.Option(help="Alerts of this kind.")] = None,
    status: Annotated[list[Status] | None, typer.Option(help="Alerts of this status.")] = None,
    purpose: Annotated[list[AlertPurpose] | None, typer.Option(help="Alerts of this purpose.")] = None,
    severity_at_most: Annotated[Severity | None, typer.Option(help="Alerts up to this severity.")] = None,
    contact: Annotated[list[str] | None, typer.Option(help=f"Only these contacts are left in peace; {_WHICH}.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="An instant. Left out: now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep calls about certain alerts back; what is critical, or severe and immediate, calls all the same."""
    # Late: other commands do without the store.
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.silence_acts import silencer

    match: dict[str, Any] = {
        "systems": system,
        "evaluations": evaluation,
        "domains": domain,
        "reporters": reporter,
        "kinds": kind,
        "statuses": status,
        "purposes": purpose,
        "severity_at_most": severity_at_most,
        "contacts": contact,
    }
    with silencer(DeploySettings()) as acting:
        said = acting.add(
            institute=institute,
            match={name: value for name, value in match.items() if value},
            reason=why,
            starts_at=None if since is None else instant(since, acting.now, "--from"),
            ends_at=instant(until, acting.now, "--until"),
        )
    _say(said, as_json=as_json)


@app.command("list")
def list_(
    *,
    past: Annotated[bool, typer.Option("--past", help="Those that are over as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the silences and the maintenance windows that are open."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.silence_acts import silencer

    with silencer(DeploySettings()) as acting:
        found = acting.list(past=past)
    if as_json:
        print(json.dumps(found))
        return
    for one in found:
        print(_line(one))
    if not found:
        print("nothing is silenced")


@app.command("show")
def show(silence: Silence, *, as_json: AsJson = False) -> None:
    """Show one silence: what was done to it, and what it keeps from whom."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.silence_acts import silencer

    with silencer(DeploySettings()) as acting:
        said = acting.show(silence)
    if as_json:
        print(json.dumps(said))
        return
    print(_line(said))
    for one in said["changes"]:
        print(f"    {one['at']}  {one['what']} by {one['by']}, until {one['ends_at']}: {one['why']}")
    for one in said["alerts"]:
        print(f"    alert {one['alert']} from {one['institute']}: {one['effect']}, {one['aftermath']}")


@app.command("end")
def end(silence: Silence, *, why: Why, as_json: AsJson = False) -> None:
    """End a silence now; those who were not told are told."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.silence_acts import silencer

    with silencer(DeploySettings()) as acting:
        said = acting.end(silence, why=why)
    _say(said, as_json=as_json)


@app.command("extend")
def extend(silence: Silence, *, until: Until, why: Why, as_json: AsJson = False) -> None:
    """Let a silence end later, or sooner."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.silence_acts import silencer

    with silencer(DeploySettings()) as acting:
        said = acting.extend(silence, ends_at=instant(until, acting.now, "--until"), why=why)
    _say(said, as_json=as_json)


def instant(text: str, now: datetime, option: str) -> datetime:
    """An instant with its zone, or a span from now.

    Raises:
        typer.BadParameter: it is neither.
    """
    try:
        found: datetime | timedelta = (
            now + TypeAdapter(timedelta).validate_python(text)
            if text.upper().startswith("P")
            else TypeAdapter(datetime).validate_python(text)
        )
    except ValidationError as error:
        raise typer.BadParameter("give an instant such as 2026-11-29T06:00Z, or PT4H", param_hint=option) from error
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise typer.BadParameter("has no zone: write 2026-11-29T06:00Z", param_hint=option)
    return found


def _line(one: dict[str, Any]) -> str:
    match = ", ".join(f"{name} {value}" for name, value in one["match"].items())
    whose = one["institute"] or "everybody"
    over = "over" if one["over"] else f"until {one['ends_at']}"
    return f"{one['id']}  {whose}  {over}  {match}  by {one['by']}: {one['reason']}"


def _say(said: dict[str, Any], *, as_json: bool) -> None:
    print(json.dumps(said) if as_json else _line(said))
