"""`tocsinctl contacts`: who can be reached where, trying it out, and taking marks away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin_deploy.options import AsJson, print_json

if TYPE_CHECKING:
    from tocsin_alerting.store.reachability import Reachability

app = typer.Typer(help="Contacts: whether they can be reached, and where not.", no_args_is_help=True)

Institute = Annotated[str | None, typer.Option(help="Only those of this institute, such as kr.")]
OneContact = Annotated[str | None, typer.Option("--contact", help="Only this one, such as kr.duty.")]


@app.command("list")
def list_(*, institute: Institute = None, contact: OneContact = None, as_json: AsJson = False) -> None:
    """Show every address: whether it is marked, since when and why, and what its last test showed."""
    # Late, here and below: other commands do without the store.
    from tocsin_deploy.contacts_acts import contacts_at_hand
    from tocsin_deploy.settings import DeploySettings

    with contacts_at_hand(DeploySettings()) as at_hand:
        _show(at_hand.known(at_hand.chosen(institute=institute, contact=contact)), as_json=as_json)


@app.command("test")
def try_out(
    *,
    institute: Institute = None,
    contact: OneContact = None,
    send: Annotated[bool, typer.Option("--send", help="Send a message that is marked as a test to each.")] = False,
    wait: Annotated[float, typer.Option(min=0, max=3600, help="Seconds to wait for what becomes of them.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Look addresses up, or with --send try them out; exit status 1 when one cannot be reached."""
    from tocsin_alerting.policy.reach_test import Reached
    from tocsin_consumers.channels.slack_check import SlackChecker
    from tocsin_deploy.contacts_acts import contacts_at_hand
    from tocsin_deploy.settings import DeploySettings

    settings = DeploySettings()
    key = settings.slack_bot_token
    slack = None if key is None else SlackChecker(token=key.get_secret_value(), base_url=settings.slack_api_url)
    with contacts_at_hand(settings) as at_hand:
        chosen = at_hand.chosen(institute=institute, contact=contact)
        faults = at_hand.look(chosen, slack)
        found = at_hand.send(chosen, seconds=wait) if send else at_hand.known(chosen)
    if as_json:
        print_json({"faults": [asdict(one) for one in faults], "contacts": _json(found)})
    else:
        for one in faults:
            print(f"{one.contact}: {one.channel} {one.address}: {one.fault}")
        _show(found, as_json=False)
    if faults or any(one.bad_since is not None or one.test is Reached.NOT_REACHED for one in found):
        raise typer.Exit(1)


@app.command("clear")
def clear(
    contact: Annotated[str, typer.Argument(help="Whose addresses work again, such as kr.duty.")],
    *,
    channel: Annotated[str | None, typer.Option(help="Only on this channel: slack or email.")] = None,
) -> None:
    """Take the marks of a contact's addresses away: they are used again as if nothing were known against them."""
    from tocsin_deploy.contacts_acts import contacts_at_hand
    from tocsin_deploy.settings import DeploySettings

    with contacts_at_hand(DeploySettings()) as at_hand:
        cleared = at_hand.clear(at_hand.chosen(institute=None, contact=contact), channel=channel)
    for each, address in cleared:
        print(f"{each} {address}: the mark is gone")
    if not cleared:
        print(f"No address of {contact} was marked.")


def _show(found: Iterable[Reachability], *, as_json: bool) -> None:
    if as_json:
        print_json(_json(found))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("Contact", "Channel", "Address", "Marked since", "Why", "Last test")
    for one in found:
        since = "" if one.bad_since is None else f"{one.bad_since:%Y-%m-%d %H:%M} UTC"
        tested = "" if one.tested_at is None or one.test is None else f"{one.test} {one.tested_at:%Y-%m-%d %H:%M} UTC"
        reason = f" ({one.test_reason})" if one.test_reason else ""
        cells = (one.contact, one.channel, one.address, since, one.bad_reason or "", tested + reason)
        table.add_row(*(escape(cell) for cell in cells))
    Console().print(table)


def _json(found: Iterable[Reachability]) -> list[dict[str, str | None]]:
    return [{name: None if value is None else str(value) for name, value in asdict(one).items()} for one in found]
