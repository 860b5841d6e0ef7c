"""The simulated error rates of the divergence test, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from rich.table import Table

from tocsin_alerting.policy.divergence import THRESHOLD
from tocsin_deploy.divergence_simulation import Cell

WIDTH = 120
"""Columns that a row takes."""
_QUESTIONS = {"false_alarm": "false alarms", "power": "gap seen"}
_VERDICTS = {True: "holds", False: "DOES NOT HOLD", None: ""}


def table(cells: Iterable[Cell], *, pairs: int, seed: int) -> Table:
    """One row a cell: what was simulated, how often it diverged, and whether that is as promised."""
    shown = Table(title=f"Divergence at p <= {THRESHOLD}: {pairs:,} simulated pairs a row, seed {seed}")
    for heading in ("Asked", "Results", "Samples", "Truths", "Rate", "Promised", ""):
        shown.add_column(heading, justify="right" if heading in {"Samples", "Truths", "Rate", "Promised"} else "left")
    asked = None
    for cell in cells:
        if asked not in {None, cell.question}:
            shown.add_section()
        asked = cell.question
        sign = "<" if cell.question == "false_alarm" else ">"
        shown.add_row(
            _QUESTIONS[cell.question],
            cell.what,
            f"{cell.sizes[0]} : {cell.sizes[1]}",
            f"{cell.truths[0]:.3g} : {cell.truths[1]:.3g}",
            f"{cell.rate:.2%}",
            "" if cell.limit is None else f"{sign} {cell.limit:.0%}",
            _VERDICTS[cell.holds],
        )
    return shown


def as_json(cells: Iterable[Cell], *, pairs: int, seed: int) -> str:
    """The same for programs."""
    return json.dumps(
        {
            "threshold": THRESHOLD,
            "pairs": pairs,
            "seed": seed,
            "cells": [{**asdict(cell), "rate": cell.rate, "holds": cell.holds} for cell in cells],
        },
        indent=2,
    )
