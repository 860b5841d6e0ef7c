"""README and docs: what they link to is there, and what they tell people to run exists."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
import typer

from tocsin_alerting.store.audit import Invariant
from tocsin_deploy.cli import app as tocsinctl
from tocsin_producers.cli import Wiring, create_app

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {
    "tocsin": typer.main.get_command(create_app(Wiring())),
    "tocsinctl": typer.main.get_command(tocsinctl),
}
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CALL = re.compile(r"(?<![\w./-])(tocsinctl|tocsin)(?![\w.-])((?:[ \t]+[^\s|;&()<>`#]+)*)")
_SHELL = {"sh", "console", "bash"}


def name_of(page: Path) -> str:
    """A page's path within the project."""
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have, as GitHub makes them."""
    titles = re.findall(r"^#+ +(.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


class Call(NamedTuple):
    """A command as a page names it."""

    page: str
    command: str
    words: tuple[str, ...]


def calls() -> Iterator[Call]:
    """Every `tocsin` and `tocsinctl` in shell blocks and in code within sentences."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = [block.replace("\\\n", " ") for _, language, block in _FENCE.findall(text) if language in _SHELL]
        spans = re.findall(r"`([^`\n]+)`", prose(page))
        for code in [*blocks, *spans]:
            for command, words in _CALL.findall(code):
                yield Call(name_of(page), command, tuple(words.replace("[", "").replace("]", "").split()))


CALLS = sorted(set(calls()))


def faults(call: Call) -> list[str]:
    """What of a call does not exist."""
    command = COMMANDS[call.command]
    options: list[str] = []
    for word in call.words:
        if word.startswith("--"):
            options.append(word.partition("=")[0])
        elif (children := getattr(command, "commands", None)) is not None and word != "…":
            if word not in children:
                return [f"{command.name} has no command '{word}'"]
            command = children[word]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return [f"{command.name} has no option {option}" for option in options if option not in known]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """A link within the project leads to a file that is there, and to a heading that the file has."""
    broken = []
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_the_pages_name_commands() -> None:
    """The search finds what it is to check."""
    assert {call.command for call in CALLS} == set(COMMANDS)
    assert len(CALLS) > 20


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.page}: {' '.join((call.command, *call.words))}")
def test_every_command_named_exists(call: Call) -> None:
    """Whoever types what a page says is not told that there is no such command or option."""
    assert faults(call) == []


def test_every_command_of_the_operators_is_in_the_page_for_them() -> None:
    """docs/operating.md leaves no command out."""
    page = "docs/operating.md"
    named = {" ".join(call.words[:end]) for call in CALLS if call.page == page for end in (1, 2)}
    there: set[str] = set()
    for name, command in getattr(COMMANDS["tocsinctl"], "commands", {}).items():
        there |= {f"{name} {child}" for child in getattr(command, "commands", {})} or {name}
    assert there >= {"up", "topics apply"}

    assert there - named == set()


def test_every_service_named_is_installed() -> None:
    """The names of services in the pages are those of the rooms' scripts."""
    scripts = {
        script
        for file in ROOT.glob("*/pyproject.toml")
        for script in tomllib.loads(file.read_text(encoding="utf-8")).get("project", {}).get("scripts", {})
    }
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    services = scripts - set(COMMANDS)

    assert services == set(re.findall(r"`(tocsin-\w+)[^`]*` *[|,]", text))


def test_metrics_and_invariants_are_explained() -> None:
    """What an alarm or the audit names can be looked up in docs/operating.md, and nothing else is listed."""
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    code = (ROOT / "alerting" / "tocsin_alerting" / "web" / "metrics.py").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(tocsin_\w+)` \|", text, re.MULTILINE)) == set(
        re.findall(r'"(tocsin_(?!writes)\w+)"', code)
    )
    assert [invariant for invariant in Invariant if f"`{invariant}`" not in text] == []
