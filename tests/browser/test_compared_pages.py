"""Guidance and an exercise's table in a browser: they fit a phone, and the table scrolls by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from sqlalchemy import select

from tests.alerting.measured import measured
from tests.alerting.policy.test_comparison import AGENTIC
from tests.browser.serving import Served
from tests.browser.test_pages import _fits, _keep, _sign_in
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import AlertRow
from tocsin_schemas import AlertPurpose, Assessment, Status

pytestmark = pytest.mark.browser


def _take(served: Served, report: Assessment) -> str:
    network = served.network
    return take(network.store, report, directory=network.directory, now=network.clock.advance(1)).alert_id


def test_guidance_and_an_exercise_can_be_read_on_a_phone(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path
) -> None:
    """Nine languages and long set-ups do not widen the page; every column and row of the table has a heading."""
    _take(served, measured("gb-1", 0.57, institute="gb", elicitation="best of 8 " * 30))
    _take(served, measured("jp-1", 0.32, institute="jp"))
    facts: dict[str, Any] = {"institute": "gb", "exercise": "Third joint test", "status": Status.EXERCISE}
    for system, rates in AGENTIC.items():
        for language, rate in rates.items():
            report = measured(f"{system}-{language}", rate / 100, system=system, languages=(language,), **facts)
            exercise = _take(served, report)
    with served.network.store.read() as session:
        guidance = session.scalars(select(AlertRow.id).where(AlertRow.purpose == AlertPurpose.GUIDANCE.value)).one()
    _sign_in(chromium, served)
    seen = {}
    for width in (360, 1280):
        chromium.set_window_size(width, 900)
        for name, alert in (("guidance", guidance), ("exercise", exercise)):
            chromium.get(f"{served.url}/alerts/{alert}")
            _keep(chromium, tmp_path, f"{name}-{width}")
            seen[name, width] = _fits(chromium)
    table = chromium.find_element(By.XPATH, "//table[caption[contains(., 'Third joint test')]]")

    assert seen == dict.fromkeys(seen, True)
    assert len(table.find_elements(By.CSS_SELECTOR, "th[scope=col]")) == 10
    assert len(table.find_elements(By.CSS_SELECTOR, "th[scope=row]")) == 2
    assert "differs from its own English" in table.text
