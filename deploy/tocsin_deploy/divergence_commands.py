"""`tocsinctl divergence`: what the test of divergence is worth."""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from tocsin_deploy.options import AsJson

app = typer.Typer(help="Divergence: results that differ by more than their uncertainties allow.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """Keeps `simulate` a word of its own while it is the only one."""


@app.command("simulate")
def simulate_pairs(
    *,
    pairs: Annotated[int, typer.Option(min=100, help="Simulated pairs a row.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.")] = 2026,
    as_json: AsJson = False,
) -> None:
    """Count false alarms and seen gaps on simulated pairs and exercises; exit status 1 when a promise does not hold."""
    # Late: other commands do without numpy.
    from tocsin_deploy import divergence_table
    from tocsin_deploy.divergence_simulation import EXERCISES, questions, simulate, simulate_exercises

    asked = questions()
    cells = chain(simulate(asked, pairs=pairs, seed=seed), simulate_exercises(exercises=pairs, seed=seed))
    progress = Console(stderr=True)
    total = len(asked) + 2 * len(EXERCISES)
    found = list(track(cells, description="Simulating", total=total, console=progress, transient=True))
    if as_json:
        print(divergence_table.as_json(found, pairs=pairs, seed=seed))
    else:
        screen = Console()
        # A row is read on one line, into a file as well.
        screen.width = max(screen.width, divergence_table.WIDTH)
        screen.print(divergence_table.table(found, pairs=pairs, seed=seed))
    broken = sum(cell.holds is False for cell in found)
    if broken:
        progress.print(f"{broken} of {len(found)} rows do not hold what is promised.")
        raise typer.Exit(1)
