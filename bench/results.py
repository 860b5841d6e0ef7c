"""What was measured, as a table for people and as a file for the next comparison."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.memory import Taken
from bench.stages import CHANNELS, Way, Ways

AIMS = {"p50_ms": 50.0, "p99_ms": 250.0, "memory_mib": 1536.0}


def quantiles(seconds: Iterable[float]) -> dict[str, float]:
    """Milliseconds; the value at rank ceil(q * n), so that each is one that was measured."""
    ordered = sorted(seconds)
    if not ordered:
        return {}

    def at(quantile: float) -> float:
        rank = max(1, -(-int(quantile * 1000) * len(ordered) // 1000))
        return round(ordered[rank - 1] * 1000, 1)

    return {
        "p50_ms": at(0.5),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "max_ms": round(ordered[-1] * 1000, 1),
    }


def summary(
    found: Ways,
    *,
    taken: Mapping[str, Taken],
    most_together_mib: float,
    asked: Mapping[str, Any],
    at: str,
) -> dict[str, Any]:
    """All figures of one run.

    Args:
        found: the reports' ways.
        taken: by process.
        most_together_mib: the most memory that all had resident at one look.
        asked: what was measured: rate, seconds, reports, database.
        at: when, for people and for the file's name.
    """
    ways = found.ways
    return {
        "at": at,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        **asked,
        "deliveries": len(ways),
        "missing": list(found.missing),
        "repeated": found.repeated,
        "latency": {
            "all": quantiles(way.latency for way in ways),
            **{channel: quantiles(way.latency for way in ways if way.channel == channel) for channel in CHANNELS},
        },
        "stages": _stages(ways),
        "memory": {name: {key: round(value, 1) for key, value in asdict(one).items()} for name, one in taken.items()},
        "memory_mib": round(most_together_mib, 1),
    }


def _stages(ways: Sequence[Way]) -> dict[str, dict[str, float]]:
    by_stage: dict[str, list[float]] = {}
    for way in ways:
        for name, seconds in way.stages().items():
            by_stage.setdefault(name, []).append(seconds)
    return {name: quantiles(seconds) for name, seconds in by_stage.items()}


def shortfalls(run: Mapping[str, Any]) -> list[str]:
    """Which aims the run missed."""
    figures = {**run["latency"]["all"], "memory_mib": run["memory_mib"]}
    missed = [
        f"{name} is {figures.get(name, 'unknown')}, the aim is below {aim:g}"
        for name, aim in AIMS.items()
        if figures.get(name, float("inf")) >= aim
    ]
    if run["missing"]:
        missed.append(f"{len(run['missing'])} deliveries never reached a provider")
    return missed


def show(run: Mapping[str, Any], console: Console) -> None:
    """The tables."""
    console.print(
        f"{run['reports']} reports, {run['rate']:g}/s for {run['seconds']:g} s, {run['database']}, {run['machine']}"
    )
    table = Table(title="publish → provider call", title_justify="left")
    for heading in ("", "p50 ms", "p95 ms", "p99 ms", "max ms"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, figures in run["latency"].items():
        table.add_row(name, *(f"{value:.1f}" for value in figures.values()))
    table.add_section()
    for name, figures in run["stages"].items():
        table.add_row(f"  {name}", *(f"{value:.1f}" for value in figures.values()))
    console.print(table)
    memory = Table(title="memory and processor time", title_justify="left")
    for heading in ("", "RSS MiB", "PSS MiB", "CPU s"):
        memory.add_column(heading, justify="left" if not heading else "right")
    for name, one in run["memory"].items():
        memory.add_row(name, *(f"{one[key]:.1f}" for key in ("rss_mib", "pss_mib", "cpu_seconds")))
    memory.add_section()
    memory.add_row(
        "together", f"{run['memory_mib']:.1f}", f"{sum(one['pss_mib'] for one in run['memory'].values()):.1f}"
    )
    console.print(memory)
    console.print(f"deliveries {run['deliveries']}, missing {len(run['missing'])}, repeated {run['repeated']}")
    for line in shortfalls(run) or ["every aim is met"]:
        console.print(line)


def write(run: Mapping[str, Any], folder: Path) -> Path:
    """Keep the figures; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"e2e-{run['at'].replace(':', '').replace('+0000', 'Z')}-{run['database']}.json"
    file.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
    return file
