"""Runs the demonstration against a running stack and shows what came of it."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from tocsin_alerting.store import open_store
from tocsin_alerting.store.tables import AlertRow
from tocsin_deploy.demo.publish import publish_demo
from tocsin_deploy.operator_tokens import operator_token
from tocsin_deploy.screen import published_table
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import Clock

_ALERT_SECONDS = 60


def run_demo(settings: DeploySettings, console: Console, *, clock: Clock, only_if_empty: bool) -> None:
    """Publish the demonstration, wait until its alerts are raised, and show them.

    Raises:
        RuntimeError: the alerts were not raised in time; the message says where to look.
    """
    if only_if_empty and (present := _alerts(settings)):
        console.print(f"· the store holds {present} alerts already; `tocsinctl demo` publishes the demonstration again")
        return
    before = _alerts(settings)
    console.print("· publishing the demonstration: an Inspect evaluation, run now, and several incidents (exercise)")
    published = list(publish_demo(settings, clock=clock))
    console.print(published_table(published))
    deadline = time.monotonic() + _ALERT_SECONDS
    # With an empty store every report raises an alert of its own; later ones may be gathered into open alerts.
    wanted = before + len(published) if before == 0 else before
    while _alerts(settings) < wanted:
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"{_alerts(settings) - before} of {len(published)} alerts were raised within {_ALERT_SECONDS} s: "
                f"see `tocsinctl status`, `tocsinctl dead-letters` and the logs in {settings.logs_dir}"
            )
        time.sleep(0.1)
    console.print(_alerts_table(_listed(settings)))


def _alerts(settings: DeploySettings) -> int:
    store = open_store(settings.store_url())
    try:
        with store.read() as session:
            return int(session.scalar(select(func.count()).select_from(AlertRow)) or 0)
    finally:
        store.close()


def _listed(settings: DeploySettings) -> Sequence[dict[str, Any]]:
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{settings.local_web_url}/v1/alerts?limit=20", headers={"Authorization": f"Bearer {operator_token(settings)}"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - as above
        items: list[dict[str, Any]] = json.load(response)["items"]
    return items


def _alerts_table(items: Sequence[dict[str, Any]]) -> Table:
    table = Table("alert", "severity", "label", "status", "title")
    for item in items:
        table.add_row(
            str(item["id"])[:8],
            str(item["severity"]),
            str(item["tlp"]),
            str(item["status"]),
            str(item.get("title") or "(withheld: above the operator's clearance)"),
        )
    return table
