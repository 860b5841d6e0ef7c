"""Which names mean one AI system, and what is said of a file that is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.systems import CanonicalSystem, Systems, plain
from tocsin_alerting.policy.systems_file import load_systems
from tocsin_schemas import System

FILE = """
prefixes: [openai, azure]
systems:
  - id: gpt-4o
    aliases: [GPT 4o omni, our-deployment-7]
    versions:
      - {version: "2024-08-06", aliases: [gpt-4o-august]}
  - id: gpt-4o-mini
"""


def _read(folder: Path, text: str) -> tuple[Systems, list[str]]:
    (folder / "systems.yaml").write_text(text, encoding="utf-8")
    faults: list[str] = []
    return load_systems(folder, faults), faults


@pytest.fixture
def systems(tmp_path: Path) -> Systems:
    """The systems of a small file without a fault."""
    found, faults = _read(tmp_path, FILE)
    assert faults == []
    return found


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("gpt-4o", None, ("gpt-4o", None)),
        ("GPT 4o", None, ("gpt-4o", None)),
        ("gpt_4o_Omni", None, ("gpt-4o", None)),
        ("our-deployment-7", None, ("gpt-4o", None)),
        ("openai/gpt-4o", None, ("gpt-4o", None)),
        ("openai/azure/gpt-4o", None, ("gpt-4o", None)),
        ("OpenAI/GPT-4o-2024-05-13", None, ("gpt-4o", "2024-05-13")),
        ("gpt-4o-20240513", None, ("gpt-4o", "2024-05-13")),
        ("gpt-4o@20240513", None, ("gpt-4o", "2024-05-13")),
        ("gpt-4o-august", None, ("gpt-4o", "2024-08-06")),
        ("gpt-4o", "gpt-4o-august", ("gpt-4o", "2024-08-06")),
        ("gpt-4o", "20240806", ("gpt-4o", "2024-08-06")),
        ("gpt-4o", "v3", ("gpt-4o", "3")),
        ("gpt-4o-2024-05-13", "fp_44", ("gpt-4o", "fp-44")),
        ("gpt-4o-mini", None, ("gpt-4o-mini", None)),
        ("elsewhere/gpt-4o", None, ("elsewhere/gpt-4o", None)),
        ("Some  Model", "V2", ("some-model", "2")),
        ("some-model-2024-05-13", None, ("some-model-2024-05-13", None)),
    ],
)
def test_a_name_means_its_system(
    systems: Systems, name: str, version: str | None, expected: tuple[str, str | None]
) -> None:
    """Spelling, prefixes and snapshots of what is known are seen through; of what is not known nothing is guessed."""
    assert systems.canonical(System(name=name, version=version)) == CanonicalSystem(*expected)


@given(st.text(min_size=1, max_size=40))
def test_a_plain_name_is_plain(name: str) -> None:
    """To write it plainly once more changes nothing."""
    assert plain(plain(name)) == plain(name)


def test_without_the_file_every_name_stands_for_itself(tmp_path: Path) -> None:
    """A network that needs no aliases writes none."""
    faults: list[str] = []
    systems = load_systems(tmp_path, faults)

    assert faults == []
    assert systems.canonical(System(name="openai/GPT-4o")) == CanonicalSystem("openai/gpt-4o", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("systems: [{id: a, aliases: [B]}, {id: b}]", "systems (b).id: 'b' stands twice"),
        ("systems: [{id: a}, {id: b, aliases: [A]}]", "it is at systems (a).id already"),
        ("systems: [{id: a, aliases: ['- -']}]", "systems (a).aliases: '- -' is empty"),
        ("systems: [{id: a, aliases: ['']}]", "systems.0 (a).aliases.0"),
        ("systems: [{id: a, versions: [{version: '1', aliases: [a]}]}]", "systems (a).versions (1): 'a' stands twice"),
        (
            "systems: [{id: a, versions: [{version: '1', aliases: [a1]}, {version: v1, aliases: [a2]}]}]",
            "systems (a).versions (v1): stands twice",
        ),
        ("prefixes: [openai/azure]", "prefixes: 'openai/azure' must be the one word"),
        ("system: []", "system"),
        ("systems: [", "is not readable YAML"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    """A name that would mean two systems keeps the services from starting, instead of deciding by chance."""
    _, faults = _read(tmp_path, text)

    assert any(str(tmp_path / "systems.yaml") in fault and said in fault for fault in faults)


def test_the_shipped_file_has_no_fault() -> None:
    """It names what the sample logs name: how Inspect writes one model behind two services is one system."""
    faults: list[str] = []
    systems = load_systems(NETWORK_DIR, faults)

    assert faults == []
    assert (
        systems.canonical(System(name="openai/azure/gpt-4o-mini"))
        == systems.canonical(System(name="GPT-4o mini"))
        == CanonicalSystem("gpt-4o-mini", None)
    )
