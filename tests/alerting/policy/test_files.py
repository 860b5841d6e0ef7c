"""The policy files are read as a whole, and what is wrong with them is named with its file, entry, field and fix."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import PolicyError, load_directory
from tocsin_alerting.policy.reach import can_be_told
from tocsin_schemas import Certainty, Severity, System, Tlp, load_institutes

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


class Files:
    """A copy of the shipped files that a test spoils."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("institutes.yaml", "contacts.yaml", "policy.yaml"):
            shutil.copy(NETWORK_DIR / name, folder / name)

    def edit(self, name: str) -> Any:
        """The content of a file, to be changed and given to `save`."""
        return yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))

    def save(self, name: str, content: Any) -> None:
        """Write a file anew."""
        (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def load(self) -> Directory:
        """Read them."""
        return load_directory(self.folder, load_institutes(self.folder))

    def faults(self) -> str:
        """What is said of them."""
        with pytest.raises(PolicyError) as refused:
            self.load()
        return str(refused.value)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The shipped files, in a folder of the test's own."""
    return Files(tmp_path)


def test_every_institute_can_be_reached_under_every_label(directory: Directory) -> None:
    """The shipped contacts leave nobody out, RED included."""
    unreached = [
        (institute, tlp)
        for institute in directory.institute_names
        for tlp in Tlp
        if not any(can_be_told(directory, institute, team, tlp, NOW) for team in ("duty", "lead"))
    ]

    assert len(directory.institute_names) == 10
    assert unreached == []


def test_red_never_reaches_a_shared_address(directory: Directory) -> None:
    """The duty team, whose channel and mailbox are shared, cannot be told."""
    assert not any(can_be_told(directory, institute, "duty", Tlp.RED, NOW) for institute in directory.institute_names)


def test_the_version_is_of_the_content(files: Files) -> None:
    """Any change of any file is another version; no change is none."""
    first, again = files.load().version, files.load().version
    policy = files.edit("policy.yaml")
    policy["ladders"][0]["steps"][0]["wait"] = "PT16M"
    files.save("policy.yaml", policy)

    assert first == again
    assert first.startswith("network-")
    assert files.load().version != first


def _contact(files: Files, position: int, **fields: Any) -> None:
    content = files.edit("contacts.yaml")
    for name, value in fields.items():
        if value is None:
            del content["contacts"][position][name]
        else:
            content["contacts"][position][name] = value
    files.save("contacts.yaml", content)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"clearance": None}, "contacts.0 (au.duty).clearance: is required"),
        ({"clearance": "TLP:PINK"}, "contacts.0 (au.duty).clearance: must be one of"),
        ({"clearence": "TLP:RED"}, "clearence: is not a field of this report. Did you mean 'clearance'?"),
        ({"institute": "xx"}, "contacts (au.duty).institute: 'xx' is not in institutes.yaml. Use one of: au, ca"),
        ({"id": "gb.duty"}, "contacts (gb.duty).id: stands twice"),
        ({"slack_user": "T0TOCSIN:U0GBLEAD"}, "contacts.slack_user: 'T0TOCSIN:U0GBLEAD' stands twice"),
        ({"id": "x" * 81}, f"contacts.0 ({'x' * 81}).id: String should have at most 80 characters"),
        ({"team": "x" * 81}, "contacts.0 (au.duty).team: String should have at most 80 characters"),
        (
            {"addresses": [{"channel": "slack", "address": "C" * 201, "shared": True}]},
            "contacts.0 (au.duty).addresses.0.address: String should have at most 200 characters",
        ),
        (
            {"team": "nightwatch"},
            "none is in team 'duty', which ladders 'exercise', 'guidance', 'look', 'soon', 'told', 'urgent' call",
        ),
    ],
)
def test_a_contact_that_is_wrong_is_named(files: Files, fields: dict[str, Any], said: str) -> None:
    """With the file, the entry, the field and what to do."""
    _contact(files, 0, **fields)
    faults = files.faults()

    assert "contacts.yaml" in faults
    assert said in faults


def test_an_institute_that_could_not_be_told_something_red_is_named(files: Files) -> None:
    """A lead without clearance would leave its institute in silence; that is found when the files are read."""
    _contact(files, 1, clearance="TLP:AMBER")
    faults = files.faults()

    assert (
        "contacts of 'au': nobody on ladder 'told-red' may be told TLP:RED, which route 'test-red' takes, "
        "nor on 'exercise-red', 'guidance-red', 'urgent-red', 'soon-red', 'look-red'. Add a contact" in faults
    )
    assert faults.count("may be told TLP:RED") == 1
    assert "a named person with an address that is not shared" in faults


def _route(files: Files, **fields: Any) -> None:
    content = files.edit("policy.yaml")
    content["routes"][-1].update(fields)
    files.save("policy.yaml", content)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ladder": "none"}, "routes (told).ladder: there is no ladder 'none'. Use one of: exercise"),
        ({"id": "urgent"}, "routes (urgent).id: stands twice"),
        ({"id": "x" * 81}, f"routes.19 ({'x' * 81}).id: String should have at most 80 characters"),
        ({"ladder": "x" * 81}, "routes.19 (told).ladder: String should have at most 80 characters"),
        ({"audience": "everybody"}, "routes.19 (told).audience: must be one of 'all', 'reporter'"),
        ({"kinds": ["finding"]}, "routes: none takes severity=negligible kind=incident status=actual tlp=TLP:CLEAR"),
    ],
)
def test_a_route_that_is_wrong_is_named(files: Files, fields: dict[str, Any], said: str) -> None:
    """An alert that no route takes would be told to nobody: the gap is shown by an example."""
    _route(files, **fields)
    faults = files.faults()

    assert "policy.yaml" in faults
    assert said in faults


def test_the_longest_names_that_the_store_keeps_are_taken(files: Files) -> None:
    """80 characters for a route, 200 for an address."""
    _route(files, id="x" * 80)
    _contact(files, 0, addresses=[{"channel": "slack", "address": "C" * 200, "shared": True}])
    directory = files.load()

    assert directory.routes[-1].id == "x" * 80
    assert directory.contacts["au.duty"].addresses[0].address == "C" * 200


def test_a_route_that_is_never_taken_is_named(files: Files) -> None:
    """A rule that looks as if it did something and does not is a mistake."""
    content = files.edit("policy.yaml")
    content["routes"].append({"id": "late", "audience": "all", "ladder": "told"})
    files.save("policy.yaml", content)

    assert "routes (late): is never taken" in files.faults()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda policy: policy.update(coordinator="xx"), "coordinator: 'xx' is not in institutes.yaml"),
        (lambda policy: policy["ladders"].append(policy["ladders"][0]), "ladders (urgent).id: stands twice"),
        (
            lambda policy: policy["ladders"].append({"id": "x", "steps": [{"team": "duty", "wait": "PT1M"}]}),
            "ladders (x): no route uses it",
        ),
        (lambda policy: policy["ladders"][0]["steps"][0].update(wait="PT0S"), "ladders.0 (urgent).steps.0.wait"),
        (lambda policy: policy["ladders"][0]["steps"][0].update(wait="soon"), "ladders.0 (urgent).steps.0.wait"),
        (
            lambda policy: policy["ladders"][0].update(id="x" * 81),
            f"ladders.0 ({'x' * 81}).id: String should have at most 80 characters",
        ),
        (
            lambda policy: policy["ladders"][0]["steps"][0].update(team="x" * 81),
            "ladders.0 (urgent).steps.0.team: String should have at most 80 characters",
        ),
        (
            lambda policy: policy["ladders"][0]["steps"][0].update(team="nightwatch"),
            "contacts of 'au': none is in team 'nightwatch', which ladder 'urgent' calls",
        ),
    ],
)
def test_a_policy_that_is_wrong_is_named(files: Files, change: Any, said: str) -> None:
    """Coordinator, ladders and waits are checked as well."""
    policy = files.edit("policy.yaml")
    change(policy)
    files.save("policy.yaml", policy)

    assert said in files.faults()


def test_all_faults_are_told_at_once(files: Files) -> None:
    """Nobody mends a file eight times to hear of eight mistakes."""
    _contact(files, 0, clearance="TLP:PINK", language="english")
    _route(files, audience="everybody")
    faults = files.faults()

    assert all(part in faults for part in ("clearance", "language", "audience"))


def test_a_file_that_is_missing_or_no_yaml_is_named(files: Files) -> None:
    """And a key that stands twice is no YAML here: the first would be lost silently."""
    (files.folder / "contacts.yaml").unlink()
    (files.folder / "policy.yaml").write_text("name: a\nname: b\n", encoding="utf-8")
    faults = files.faults()

    assert "contacts.yaml: no such file" in faults
    assert "the key 'name' stands twice" in faults


def test_how_reports_are_gathered_and_confirmed_is_the_policys(files: Files) -> None:
    """The window, and what a confirmation changes; a file that says nothing of them has the network's defaults."""
    policy = files.edit("policy.yaml")
    policy["gathering"] = {"window": "P7D"}
    policy["corroboration"] = {"certainty": {"possible": "likely"}, "page_again": ["severe"]}
    files.save("policy.yaml", policy)
    told = files.load()
    del policy["gathering"], policy["corroboration"]
    files.save("policy.yaml", policy)
    silent = files.load()

    assert told.gathering.window == timedelta(days=7)
    assert told.corroboration.certainty == {Certainty.POSSIBLE: Certainty.LIKELY}
    assert told.corroboration.page_again == {Severity.SEVERE}
    assert silent.gathering.window == timedelta(days=30)
    assert silent.corroboration.urgency == {}


def test_a_confirmation_can_only_raise(files: Files) -> None:
    """A step that lowers certainty or urgency is named, with what it could be."""
    policy = files.edit("policy.yaml")
    policy["corroboration"] = {
        "certainty": {"likely": "unlikely"},
        "urgency": {"severe": {"immediate": "future"}},
    }
    files.save("policy.yaml", policy)
    said = files.faults()

    assert "corroboration.certainty (likely): 'unlikely' is less certain" in said
    assert "corroboration.urgency (severe, immediate): 'future' is less urgent" in said


def test_systems_are_read_and_checked_with_the_rest(files: Files) -> None:
    """Their faults are named with those of the other files, and they are part of the version."""
    before = files.load().version
    files.save("systems.yaml", {"systems": [{"id": "a", "aliases": ["b"]}]})
    read = files.load()
    files.save("systems.yaml", {"systems": [{"id": "a", "aliases": ["A"]}]})

    assert read.version != before
    assert read.systems.canonical(System(name="B")).id == "a"
    assert "systems.yaml: systems (a).aliases: 'A' stands twice" in files.faults()
