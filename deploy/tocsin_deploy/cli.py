"""`tocsinctl`: what the network's operators run."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from kafka.errors import KafkaError
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from tocsin_deploy import contacts_commands, divergence_commands, silence_commands
from tocsin_deploy.oncall_commands import add_commands as add_oncall_commands
from tocsin_deploy.options import AsJson
from tocsin_deploy.policy_commands import add_commands as add_policy_commands
from tocsin_deploy.rubric_commands import add_commands as add_rubric_commands
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.severity_commands import add_commands as add_severity_commands
from tocsin_schemas import TOPICS, system_clock
from tocsin_schemas.logs import configure_logging

__all__ = ["app", "main"]

app = typer.Typer(help="Run and look after a Tocsin network.", no_args_is_help=True, add_completion=False)
topics_app = typer.Typer(help="The topics, as the contract declares them.", no_args_is_help=True)
token_app = typer.Typer(help="Bearer tokens. Whoever holds one may use it.", no_args_is_help=True)
db_app = typer.Typer(help="The store: its schema and what always holds.", no_args_is_help=True)
app.add_typer(topics_app, name="topics")
app.add_typer(token_app, name="token")
app.add_typer(db_app, name="db")
add_rubric_commands(app)
add_policy_commands(app)
add_severity_commands(app)
add_oncall_commands(app)
app.add_typer(divergence_commands.app, name="divergence")
app.add_typer(contacts_commands.app, name="contacts")
app.add_typer(silence_commands.app, name="silence")


@app.command()
def up(
    *,
    demo: Annotated[bool, typer.Option(help="Publish the demonstration, if the store holds no alert yet.")] = False,
    detach: Annotated[bool, typer.Option(help="Leave everything running and return.")] = False,
) -> None:
    """Start a broker (unless one is named) and every service; Ctrl-C stops them all."""
    # Late, here and below: a token is printed without loading the whole system.
    from tocsin_deploy.foreground import watch

    watch(DeploySettings(), Console(), demo=demo, detach=detach, clock=system_clock)


@app.command()
def down() -> None:
    """Stop the stack of this state folder."""
    from tocsin_deploy.stack import LocalStack

    LocalStack(DeploySettings()).down()


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show the processes; exit status 1 when one of them does not run."""
    from tocsin_deploy.screen import status_table
    from tocsin_deploy.stack import LocalStack

    statuses = LocalStack(DeploySettings()).statuses()
    if as_json:
        print(json.dumps([asdict(entry) for entry in statuses], indent=2))
    else:
        Console().print(status_table(statuses, now=system_clock()))
    if any(entry.state != "RUNNING" for entry in statuses):
        raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Publish an Inspect evaluation, run now, and several incidents; show the alerts they raise."""
    from tocsin_deploy.demo_run import run_demo

    settings = DeploySettings()
    run_demo(settings, Console(), clock=system_clock, only_if_empty=False)
    print(f"Look at {settings.web_url}/ and, signed in, at {settings.web_url}/outbox")


@topics_app.command("apply")
def topics_apply(
    *,
    replication_factor: Annotated[int, typer.Option(min=1, help="Copies of each partition; 3 in production.")] = 1,
) -> None:
    """Create missing topics and configure those that differ from the contract."""
    from tocsin_deploy.screen import topics_table
    from tocsin_deploy.topics import apply_topics

    settings = DeploySettings()
    applied = apply_topics(settings.bootstrap_servers, settings.topic_prefix, replication_factor=replication_factor)
    Console().print(topics_table(applied))


@topics_app.command("list")
def topics_list() -> None:
    """Say what lies in each topic, under which key, for how long."""
    prefix = DeploySettings().topic_prefix
    for topic in TOPICS:
        print(f"{topic.name(prefix)}  key: {topic.key}  partitions: {topic.partitions}  kept: {topic.retention.days} d")
        print(f"    {topic.says}  {', '.join(topic.writers)} → {', '.join(topic.readers)}")


@token_app.command("operator")
def token_operator() -> None:
    """Print a bearer token for the local API and the sign-in page."""
    from tocsin_deploy.operator_tokens import operator_token

    print(operator_token(DeploySettings()))


@token_app.command("institute")
def token_institute(institute: Annotated[str, typer.Argument(help="Id of the institute, such as gb.")]) -> None:
    """Print a bearer key with which an institute's systems publish through the HTTP door."""
    from tocsin_deploy.operator_tokens import institute_token

    print(institute_token(DeploySettings(), institute))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the store to the schema that this software needs."""
    from tocsin_alerting.store.schema import upgrade

    upgrade(DeploySettings().store_url())


@db_app.command("audit")
def db_audit(*, as_json: AsJson = False) -> None:
    """Ask the store for everything that must always hold and does not; exit status 1 when something does not."""
    from tocsin_alerting.store import open_store
    from tocsin_alerting.store.audit import audit

    store = open_store(DeploySettings().store_url())
    try:
        with store.read() as session:
            violations = audit(session, system_clock())
    finally:
        store.close()
    if as_json:
        print(json.dumps([asdict(violation) for violation in violations]))
    else:
        for violation in violations:
            print(f"{violation.invariant}  {violation.subject}")
        print(f"{len(violations)} violations" if violations else "everything holds")
    if violations:
        raise typer.Exit(1)


@app.command("dead-letters")
def dead_letters(*, as_json: AsJson = False) -> None:
    """Show what could not be taken, and why. Reads only: nothing is committed."""
    from tocsin_deploy.dead_letters import read_dead_letters

    settings = DeploySettings()
    for kept in read_dead_letters(settings.bootstrap_servers, settings.topic_prefix):
        letter = kept.letter
        if letter is None:
            said = f"is no dead letter: {kept.fault}"
            print(json.dumps({"offset": kept.offset, "fault": said}) if as_json else f"{kept.offset}  {said}")
            continue
        if as_json:
            print(json.dumps({"at": kept.recorded_at, **letter.model_dump(mode="json")}, default=str))
            continue
        print(f"{kept.offset}  {letter.stage}  {letter.topic}[{letter.partition}]@{letter.offset}  {letter.reason}")


def main() -> None:
    """Run the command; an error that an operator can act on is one line and exit status 1."""
    configure_logging("tocsinctl", level="WARNING")
    try:
        app()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        setting = "_".join(str(part) for part in first["loc"]).upper()
        _fail(f"TOCSIN_{setting}: {first['msg']}")
    except (RuntimeError, ValueError, OSError, KafkaError, SQLAlchemyError) as error:
        _fail(str(error))


def _fail(message: str) -> None:
    Console(stderr=True).print(f"[red]tocsinctl:[/red] {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(1)
