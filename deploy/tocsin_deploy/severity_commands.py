"""`tocsinctl override` and `tocsinctl dissent`: what an operator types to speak on an alert's severity."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tocsin_deploy.options import AsJson
from tocsin_schemas.vocabulary import Severity

Alert = Annotated[str, typer.Argument(help="Id of the alert.")]
SeverityOption = Annotated[Severity | None, typer.Option(help="What it is set to, or held to be.")]
Why = Annotated[str, typer.Option(help="Why, in a sentence or two; protected like the alert's text.")]
EvidenceOption = Annotated[
    list[str] | None,
    typer.Option("--evidence", help="An address, a digest (sha256:…) or a title; may be given several times."),
]


def add_commands(app: typer.Typer) -> None:
    """Make both commands words of `tocsinctl`."""
    app.command("override")(override)
    app.command("dissent")(dissent)
    app.command("repage")(repage)


def override(
    alert: Alert,
    *,
    why: Why,
    severity: SeverityOption = None,
    evidence: EvidenceOption = None,
    revision: Annotated[
        int | None,
        typer.Option(min=1, max=2_147_483_647, help="The revision that was looked at; later reports count themselves."),
    ] = None,
    withdraw: Annotated[
        str | None, typer.Option(help="Id of the override to take back, instead of setting one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set an alert's severity for the reports it has now, up, or down with evidence; or take that back."""
    # Late: other commands do without the store.
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.severity_acts import operator

    if (severity is None) == (withdraw is None):
        raise typer.BadParameter("give one of --severity and --withdraw", param_hint="--severity")
    with operator(DeploySettings()) as acting:
        if severity is not None:
            said = acting.override(alert, severity=severity, why=why, evidence=evidence or (), revision=revision)
        else:
            said = acting.withdraw_override(alert, withdraw or "", why=why)
    _say(said, as_json=as_json)


def dissent(
    alert: Alert,
    *,
    institute: Annotated[str, typer.Option(help="Whose word it is, such as jp.")],
    severity: SeverityOption = None,
    why: Annotated[str, typer.Option(help="Why; protected like the alert's text. May be left out to withdraw.")] = "",
    evidence: EvidenceOption = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="The institute no longer dissents.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record another severity that an institute holds, beside the alert's own; or that it holds it no longer."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.severity_acts import operator

    if (severity is None) != withdraw:
        raise typer.BadParameter("give one of --severity and --withdraw", param_hint="--severity")
    with operator(DeploySettings()) as acting:
        if severity is not None:
            said = acting.dissent(alert, institute=institute, severity=severity, why=why, evidence=evidence or ())
        else:
            said = acting.withdraw_dissent(alert, institute=institute, why=why)
    _say(said, as_json=as_json)


def repage(
    alert: Alert,
    *,
    institute: Annotated[str, typer.Option(help="Whose answer is withdrawn, such as jp.")],
    why: Why,
    as_json: AsJson = False,
) -> None:
    """Withdraw an institute's answer and call its people again, from the first step of its ladder."""
    from tocsin_deploy.settings import DeploySettings
    from tocsin_deploy.severity_acts import operator

    with operator(DeploySettings()) as acting:
        said = acting.repage(alert, institute=institute, why=why)
    _say(said, as_json=as_json)


def _say(said: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(said))
        return
    print("  ".join(f"{name}: {value}" for name, value in said.items()))
