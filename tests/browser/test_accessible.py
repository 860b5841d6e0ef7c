"""Mails and pages for everybody: axe-core finds nothing serious in any language, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver

from tests.alerting.web.network import Network
from tests.browser.axe import grave
from tests.fixtures.clock import HandClock
from tests.renderings.happenings import bulletins
from tests.renderings.kinds import ZONES
from tests.renderings.mails import mails
from tests.renderings.scenes import documents, scenes
from tocsin_alerting.store import Store
from tocsin_schemas.clock import system_clock

pytestmark = pytest.mark.browser

EVERYWHERE = ("report_added", "notice", "exercise", "guidance", "judged", "storm_summary_urgent", "policy_refused")
"""One mail of each structure; what else there is differs in its words only, and is looked at in English."""


@pytest.fixture
def network(sqlite_store: Store) -> Network:
    """The small network, empty."""
    return Network(sqlite_store, HandClock(system_clock()))


@pytest.fixture(params=["light", "dark"])
def scheme(chromium: webdriver.Chrome, request: pytest.FixtureRequest) -> Iterator[str]:
    """By day and by night."""
    features = [{"name": "prefers-color-scheme", "value": request.param}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    yield request.param
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_axe_finds_nothing_serious_in_any_mail(chromium: webdriver.Chrome, scheme: str) -> None:
    """Every kind in English, every structure in every language; colours depend on neither."""
    # Of each kind of bulletin one: its further forms differ in their words only.
    further = bulletins()["en"].keys() - {each.kind: name for name, each in bulletins()["en"].items()}.values()
    shown = {
        f"{name} {tag}": mail.html
        for tag in ZONES
        for name, mail in mails(tag)
        if (tag == "en" and name not in further) or (name in EVERYWHERE and scheme == "light")
    }

    assert len(shown) > (30 if scheme == "dark" else len(EVERYWHERE) * len(ZONES))
    assert grave(chromium, shown) == {}


def test_axe_finds_nothing_serious_on_any_page(chromium: webdriver.Chrome, network: Network) -> None:
    """Every page in every language, for strangers, addressees and operators."""
    places = scenes(network)
    shown = {
        f"{name} {tag}": html for tag in ZONES for name, html in documents(network, places, tag, inline=True).items()
    }

    assert len(shown) == len(places) * len(ZONES)
    assert grave(chromium, shown) == {}


def test_axe_sees_what_keeps_people_out(chromium: webdriver.Chrome) -> None:
    """The check itself: grey on white, no language, a button without a name; and the next document is another."""
    bad = "<!doctype html><title>x</title><p style='color:#bbb'>faint</p><button></button>"
    good = "<!doctype html><html lang='en'><title>x</title><main><h1>Good</h1></main></html>"
    found = grave(chromium, {"bad": bad, "good": good})

    assert found.keys() == {"bad"}
    assert [line.partition(" ")[0] for line in found["bad"]] == ["button-name", "color-contrast", "html-has-lang"]
