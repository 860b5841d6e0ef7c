"""`tocsin spool`: what waits on this machine, and sending it now."""

from __future__ import annotations

import typer

from tocsin_producers.cli.options import JsonOption, SpoolOption
from tocsin_producers.cli.output import show_json, write_line
from tocsin_producers.cli.rows import printable
from tocsin_producers.cli.wiring import Wiring
from tocsin_producers.spool import Drained, Spool, SpoolError, Stop

_SAID = {
    Stop.EMPTY: "Nothing waits any more.",
    Stop.HELD: "The network asked to be left alone for a while; try again later.",
    Stop.UNREACHABLE: "The network cannot be reached; what waits is kept.",
    Stop.SENDER_REFUSED: "The network refuses this sender; what waits is kept until that is mended.",
    Stop.BUSY: "Another process is sending from this spool.",
}


def add_commands(app: typer.Typer, wiring: Wiring) -> None:
    """Add `spool status` and `spool send`."""
    group = typer.Typer(help="Reports that could not be sent and wait on this machine.", no_args_is_help=True)
    app.add_typer(group, name="spool")

    @group.command()
    def status(spool_dir: SpoolOption = None, as_json: JsonOption = False) -> None:
        """Show what waits, and what the network refused. Exit status 1 when something was refused."""
        spool = wiring.spool(wiring.settings(spool_dir=spool_dir))
        try:
            waiting, refused, until = spool.folder.waiting(), spool.folder.refused(), spool.held_until()
        except SpoolError as error:
            typer.echo(f"tocsin: {error}", err=True)
            raise typer.Exit(1) from error
        if as_json:
            show_json(
                {
                    "folder": printable(str(spool.folder.path)),
                    "waiting": [path.name for path in waiting],
                    "refused": [{"file": printable(str(one.path)), "reason": one.reason} for one in refused],
                    "held_until": None if until is None else until.isoformat(),
                }
            )
        else:
            write_line(f"{len(waiting)} waiting, {len(refused)} refused in {printable(str(spool.folder.path))}")
            if until is not None:
                write_line(f"The network asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC.")
            for path in waiting:
                write_line(f"waiting\t{path.name}")
            for one in refused:
                write_line(f"refused\t{printable(str(one.path))}\t{printable(one.reason)}")
        raise typer.Exit(1 if refused else 0)

    @group.command()
    def send(spool_dir: SpoolOption = None, as_json: JsonOption = False) -> None:
        """Send what waits, in order. Exit status 0 when nothing waits any more and nothing was refused."""
        settings = wiring.settings(spool_dir=spool_dir)
        spool, transport = wiring.spool(settings), wiring.transport(settings)
        try:
            drained = spool.drain(transport)
        except SpoolError as error:
            typer.echo(f"tocsin: {error}", err=True)
            raise typer.Exit(1) from error
        finally:
            transport.close()
        if as_json:
            show_json(_as_json(drained, spool))
        else:
            _show(drained, spool)
        raise typer.Exit(0 if drained.stop is Stop.EMPTY and not drained.refused else 1)


def _show(drained: Drained, spool: Spool) -> None:
    write_line(f"{drained.sent} sent, {len(drained.refused)} refused, {len(spool.folder.waiting())} waiting.")
    for one in drained.refused:
        write_line(f"refused\t{printable(str(one.path))}\t{printable(one.reason)}")
    write_line(_SAID[drained.stop])
    if drained.error is not None:
        write_line(printable(str(drained.error)))
    if drained.until is not None:
        write_line(f"It may be asked again at {drained.until:%Y-%m-%d %H:%M:%S} UTC.")


def _as_json(drained: Drained, spool: Spool) -> dict[str, object]:
    return {
        "stop": drained.stop.value,
        "sent": drained.sent,
        "refused": [{"file": printable(str(one.path)), "reason": one.reason} for one in drained.refused],
        "waiting": len(spool.folder.waiting()),
        "error": None if drained.error is None else str(drained.error),
        "until": None if drained.until is None else drained.until.isoformat(),
    }
