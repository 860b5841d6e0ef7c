"""Operators change the network's files while the services run: a change is taken whole and without fault, or not."""

import shutil
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.directory_keeper import DirectoryKeeper, Refusal
from tocsin_alerting.kept_network import KeptNetwork
from tocsin_alerting.policy.directory import Directory

FILES = ("institutes.yaml", "contacts.yaml", "policy.yaml", "systems.yaml")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """The shipped files in a folder of the test's own."""
    (tmp_path / "files").mkdir()
    for name in FILES:
        shutil.copy(NETWORK_DIR / name, tmp_path / "files" / name)
    return tmp_path / "files"


def change(network: Path, name: str, old: str, new: str) -> None:
    """Change one file as an editor does: another file takes its place."""
    text = (network / name).read_text(encoding="utf-8")
    assert old in text
    beside = network / f".{name}.new"
    beside.write_text(text.replace(old, new), encoding="utf-8")
    beside.replace(network / name)


def test_a_change_is_taken_once_it_stands_still(network: Path) -> None:
    """Seen at one look, read at the next: not while somebody may still be writing."""
    keeper = DirectoryKeeper(network)
    before = keeper()
    change(network, "contacts.yaml", "Duty desk (AU)", "Duty desk of Australia")
    keeper.look()
    at_first = keeper()
    keeper.look()

    assert at_first is before
    assert keeper().contacts["au.duty"].name == "Duty desk of Australia"
    assert keeper().version != before.version
    assert before.contacts["au.duty"].name == "Duty desk (AU)"


def test_nothing_is_read_again_while_nothing_changes(network: Path) -> None:
    """A look costs a few stats: the directory stays the very same object."""
    keeper = DirectoryKeeper(network)
    before = keeper()
    for _ in range(3):
        keeper.look()

    assert keeper() is before


def test_a_set_that_keeps_changing_is_not_taken(network: Path) -> None:
    """Half of a change is no change: as long as each look finds another set, the old one stays in force."""
    keeper = DirectoryKeeper(network)
    before = keeper()
    for number in range(4):
        change(network, "contacts.yaml", "(AU)" if not number else f"(AU {number - 1})", f"(AU {number})")
        keeper.look()

    assert keeper() is before
    assert keeper.refused is None


def test_what_is_written_while_it_is_read_is_not_taken(network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes between the first and the last read leaves the old set in force, until all stands still."""
    from tocsin_alerting import directory_keeper

    keeper = DirectoryKeeper(network)
    before, read = keeper(), directory_keeper.read_network
    change(network, "contacts.yaml", "Duty desk (AU)", "Duty desk of Australia")
    keeper.look()

    def read_and_be_overtaken(folder: Path, copies: directory_keeper.Copies | None) -> object:
        found = read(folder, copies)
        change(network, "policy.yaml", "wait: PT15M", "wait: PT20M")
        return found

    monkeypatch.setattr(directory_keeper, "read_network", read_and_be_overtaken)
    keeper.look()
    overtaken = keeper()
    monkeypatch.undo()
    keeper.look()
    keeper.look()

    assert overtaken is before
    assert keeper().contacts["au.duty"].name == "Duty desk of Australia"
    assert keeper().ladders["urgent"].steps[0].wait.total_seconds() == 20 * 60


def test_a_set_with_a_fault_is_refused_loudly_and_the_old_one_stays(network: Path) -> None:
    """Every fault is logged, once; who is responsible is told once; mended files are taken."""
    told: list[Refusal] = []
    keeper = DirectoryKeeper(network, on_refusal=lambda refusal, _: told.append(refusal))
    before = keeper()
    change(network, "policy.yaml", "ladder: urgent}", "ladder: urgnt}")
    change(network, "contacts.yaml", "institute: au", "institute: zz")
    with capture_logs() as logs:
        for _ in range(4):
            keeper.look()
    refused = keeper.refused
    change(network, "policy.yaml", "ladder: urgnt}", "ladder: urgent}")
    change(network, "contacts.yaml", "institute: zz", "institute: au")
    keeper.look()
    keeper.look()

    errors = [entry for entry in logs if entry["log_level"] == "error"]
    assert [entry["event"] for entry in errors] == ["directory_refused"]
    assert errors[0]["in_force"] == before.version
    assert any("ladder 'urgnt'" in fault for fault in errors[0]["faults"])
    assert any("'zz' is not in institutes.yaml" in fault for fault in errors[0]["faults"])
    assert told == [refused]
    assert keeper.refused is None
    assert keeper().version == before.version


def test_a_refusal_that_could_not_be_told_is_told_at_the_next_look(network: Path) -> None:
    """The store may be away when a set is refused: somebody is told as soon as it is back."""
    told: list[Refusal] = []

    def tell(refusal: Refusal, _: Directory) -> None:
        told.append(refusal)
        if len(told) == 1:
            raise OSError("the store is away")

    keeper = DirectoryKeeper(network, on_refusal=tell)
    (network / "policy.yaml").write_text("name: [", encoding="utf-8")
    for _ in range(5):
        keeper.look()

    assert len(told) == 2
    assert told[0] == told[1]


def test_a_folder_that_is_gone_is_refused_and_its_return_taken(network: Path, tmp_path: Path) -> None:
    """Without its files a network goes on as it was, and says so."""
    link = tmp_path / "network"
    link.symlink_to(network / "set-1")
    shutil.copytree(network, network / "set-1", ignore=shutil.ignore_patterns("set-*"))
    keeper = DirectoryKeeper(link)
    before = keeper()
    link.unlink()
    keeper.look()
    keeper.look()
    gone = keeper.refused
    shutil.copytree(network / "set-1", network / "set-2")
    change(network / "set-2", "contacts.yaml", "Duty desk (AU)", "Duty desk of Australia")
    link.symlink_to(network / "set-2")
    keeper.look()
    keeper.look()

    assert gone is not None
    assert "no such file" in gone.faults[0]
    assert before.contacts["au.duty"].name == "Duty desk (AU)"
    assert keeper().contacts["au.duty"].name == "Duty desk of Australia"
    assert keeper.refused is None


def test_faults_at_the_start_stop_the_start(network: Path) -> None:
    """There is nothing to go on with: the service says what is wrong and does not run."""
    (network / "contacts.yaml").unlink()

    with pytest.raises(ValueError, match=r"contacts\.yaml: no such file"):
        DirectoryKeeper(network)


def test_a_running_service_looks_by_itself(network: Path) -> None:
    """The thread takes a change over and ends with the block."""
    keeper = DirectoryKeeper(network)
    with keeper.watching(seconds=0.01):
        change(network, "contacts.yaml", "Duty desk (AU)", "Duty desk of Australia")
        for _ in range(500):
            if keeper().contacts["au.duty"].name == "Duty desk of Australia":
                break
            time.sleep(0.01)

    assert keeper().contacts["au.duty"].name == "Duty desk of Australia"


def test_a_restart_beside_a_broken_set_goes_on_with_the_last_good_one(network: Path, tmp_path: Path) -> None:
    """Killed while a fault lies in the folder, a service starts all the same, and says so; mended files are taken."""
    kept, told = KeptNetwork(tmp_path / "state"), list[Refusal]()
    first = DirectoryKeeper(network, kept=kept)
    change(network, "contacts.yaml", "Duty desk (AU)", "Duty desk of Australia")
    first.look()
    first.look()
    change(network, "policy.yaml", "coordinator: gb", "coordinator: zz")
    again = DirectoryKeeper(network, kept=kept, on_refusal=lambda refusal, _: told.append(refusal))
    again.look()
    change(network, "policy.yaml", "coordinator: zz", "coordinator: au")
    at_start = again()
    again.look()
    again.look()

    assert at_start.version == first().version
    assert at_start.contacts["au.duty"].name == "Duty desk of Australia"
    assert [refusal.faults[0].partition("policy.yaml: ")[2][:15] for refusal in told] == ["coordinator: 'z"]
    assert again.refused is None
    assert again().coordinator == "au"


def test_only_whole_sets_are_kept_and_few_of_them(network: Path, tmp_path: Path) -> None:
    """What a process that was killed left half copied is no set; older sets make room."""
    kept = KeptNetwork(tmp_path / "state")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / ".half").mkdir()
    for number in range(6):
        before = "network" if not number else f"set-{number - 1}"
        change(network, "policy.yaml", f"name: {before}", f"name: set-{number}")
        DirectoryKeeper(network, kept=kept)
    sets = [each for each in (tmp_path / "state").iterdir() if each.is_dir() and not each.name.startswith(".")]
    folder = kept.folder()

    assert folder is not None
    assert folder.name.startswith("set-5-")
    assert folder in sets
    assert len(sets) == 3
    assert (folder / "contacts.yaml").read_bytes() == (network / "contacts.yaml").read_bytes()
