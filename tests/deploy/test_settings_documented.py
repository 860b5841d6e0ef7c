"""docs/operating.md lists every setting of every room, with the default that the code has."""

import ast
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "producers", "streams", "alerting", "consumers", "deploy")
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
NO_DEFAULT = "–"
OUTSIDE_CLASSES = {"TOCSIN_HOOK_DISABLED"}
"""Read from the environment by itself: the hook decides before anything is imported that could fail."""

FAMILIES = {"TOCSIN_APPRISE_<name>", "TOCSIN_ROTA_<name>", "TOCSIN_WEBHOOK_<name>_URL", "TOCSIN_WEBHOOK_<name>_SECRETS"}
"""One for each entry of that name in the network's files, which hold no secrets."""


def sources() -> dict[str, str]:
    """The text of every module of the rooms, by the module's name."""
    return {
        ".".join(path.relative_to(ROOT / room).with_suffix("").parts): path.read_text(encoding="utf-8")
        for room in ROOMS
        for path in sorted((ROOT / room / f"tocsin_{room}").rglob("*.py"))
    }


def settings_classes() -> list[type[BaseSettings]]:
    """Every settings class of the project, found by its bases."""
    found: list[type[BaseSettings]] = []
    for module, text in sources().items():
        names = [
            node.name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id.endswith("Settings") for base in node.bases)
        ]
        found += [getattr(importlib.import_module(module), name) for name in names]
    return found


CLASSES = settings_classes()
DEFAULTS = [
    (f"TOCSIN_{name.upper()}", shown_by.__name__, field.default)
    for shown_by in CLASSES
    for name, field in shown_by.model_fields.items()
]


def table() -> dict[str, list[str]]:
    """The rows of the table, by setting: default, who reads it, meaning."""
    lines = PAGE.split("\n| setting | default |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]
    assert len(names) == len(set(names)), "a setting has two rows"
    return {name: row[1:] for row in rows for name in re.findall(r"`([^`]+)`", row[0])}


def as_documented(default: Any) -> str:
    """A default as the table shows it."""
    if default in {None, ()} or isinstance(default, SecretStr):
        return NO_DEFAULT
    if isinstance(default, bool):
        # As it is written in an environment.
        return f"`{str(default).lower()}`"
    if isinstance(default, float) and default.is_integer():
        default = int(default)
    return f"`{default}`"


def test_settings_classes_are_found() -> None:
    """The search sees the classes of all rooms that have any."""
    names = {each.__name__ for each in CLASSES}

    assert names >= {"TocsinSettings", "ProducerSettings", "DoorSettings", "GradeSettings", "NotifierSettings"}
    assert all(issubclass(each, BaseSettings) for each in CLASSES)


@pytest.mark.parametrize(("setting", "settings_class", "default"), DEFAULTS)
def test_every_setting_is_in_the_table_with_its_default(setting: str, settings_class: str, default: Any) -> None:
    """Whoever operates a room finds each of its settings, and what holds unless it is set."""
    row = table().get(setting)
    assert row is not None, f"docs/operating.md does not list {setting} ({settings_class})"

    assert as_documented(default) in re.findall(r"`[^`]*`|–", row[0])


def test_the_table_lists_no_setting_that_is_not_there() -> None:
    """A setting that was removed or renamed does not live on in the table."""
    assert set(table()) == {setting for setting, _, _ in DEFAULTS} | OUTSIDE_CLASSES | FAMILIES


def test_variables_that_the_code_names_are_in_the_table() -> None:
    """Neither a message nor a command names a variable that the table does not explain."""
    named = {name for text in sources().values() for name in re.findall(r"\bTOCSIN_[A-Z][A-Z_]*[A-Z]\b", text)}

    assert named - set(table()) == set()


def test_every_row_says_who_reads_it() -> None:
    """A setting without a reader cannot be set in the right place."""
    assert [name for name, (_, readers, _) in table().items() if not readers] == []
