"""`make renderings`: every kind of message and every page in every language as files, and pictures of them.

They are written below `var/renderings`, a folder for each language. For pictures of Japanese and Korean the machine
needs a font that has their letters (Debian: fonts-noto-cjk); where none is, boxes stand for letters.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from selenium import webdriver

from tests.alerting.web.network import Network
from tests.fixtures.browser import browsing, programs
from tests.fixtures.clock import HandClock
from tests.renderings.kinds import ZONES
from tests.renderings.mails import mails, notes, slack_messages, webhooks
from tests.renderings.scenes import documents, scenes
from tocsin_alerting.store import open_store
from tocsin_alerting.store.schema import upgrade
from tocsin_schemas.clock import system_clock

_WIDTHS = {"mail": 700, "pages": 900}


def write(folder: Path, tags: list[str]) -> list[Path]:
    """Render everything; the files of HTML that were written."""
    written = []
    with tempfile.TemporaryDirectory() as state:
        database = f"sqlite:///{Path(state) / 'tocsin.db'}"
        upgrade(database)
        store = open_store(database)
        network = Network(store, HandClock(system_clock()))
        places = scenes(network)
        for tag in tags:
            for name, mail in mails(tag):
                written.append(_put(folder / tag / "mail" / f"{name}.html", mail.html))
                _put(folder / tag / "mail" / f"{name}.txt", f"Subject: {mail.subject}\n\n{mail.text}")
            for name, message in slack_messages(tag):
                _put(folder / tag / "slack" / f"{name}.json", _json(message.as_dict()))
            for name, note in notes(tag):
                _put(folder / tag / "notes" / f"{name}.txt", f"{note.title}\n\n{note.text}")
            for name, hook in webhooks(tag):
                _put(folder / tag / "webhooks" / f"{name}.json", _json(hook.as_dict()))
            pages = documents(network, places, tag, inline=True)
            written += [_put(folder / tag / "pages" / f"{name}.html", html) for name, html in pages.items()]
        store.close()
    return written


def _json(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def photograph(browser: webdriver.Chrome, page: Path) -> Path:
    """A picture of a whole page, beside it."""
    width = _WIDTHS[page.parent.name]
    browser.set_window_size(width, 900)
    browser.get(page.absolute().as_uri())
    height = browser.execute_script("return document.documentElement.scrollHeight")
    browser.set_window_size(width, min(height + 150, 6_000))
    picture = page.with_suffix(".png")
    browser.save_screenshot(str(picture))
    return picture


def main() -> None:
    """Write the files and take the pictures."""
    parser = argparse.ArgumentParser(prog="make renderings", description=__doc__, add_help=True)
    parser.add_argument("--to", type=Path, default=Path("var/renderings"), help="the folder to write to")
    parser.add_argument("--language", action="append", choices=list(ZONES), help="only this language; may be repeated")
    parser.add_argument("--only", default="", help="pictures only of what has this in its name")
    parser.add_argument("--no-pictures", action="store_true", help="only the files")
    asked = parser.parse_args()
    written = write(asked.to, asked.language or list(ZONES))
    print(f"{len(written)} mails and pages in {asked.to}")
    if asked.no_pictures:
        return
    installed = programs()
    if installed is None:
        sys.exit("No pictures: Chromium or its driver is not installed (Debian: chromium, chromium-driver)")
    with tempfile.TemporaryDirectory() as profile, browsing(installed, Path(profile)) as browser:
        taken = [photograph(browser, page) for page in written if asked.only in page.stem]
    print(f"{len(taken)} pictures beside them")


if __name__ == "__main__":
    main()
