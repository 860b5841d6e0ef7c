"""The evaluations registry against the real listing, and how names are looked up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.streams.reports import NETWORK, loaded
from tocsin_streams.rubric import Direction, Entry, Miss, NotSafety, Registry, Unrelated

REGISTRY = loaded().registry


def tasks_of(sample_data: Path) -> list[str]:
    """The tasks of the listing."""
    listing = json.loads((sample_data / "inspect_evals_0.26.0_listing.json").read_text(encoding="utf-8"))
    return [task["name"] for package in listing for task in package["tasks"]]


def test_every_task_of_the_listing_is_known_as_one_of_safety_or_not(sample_data: Path) -> None:
    """All 239 tasks are in the registry: read by an entry, or listed as measuring no hazard; none is in both."""
    tasks = tasks_of(sample_data)
    entries = [entry.name for entry in REGISTRY.entries]
    not_safety = [task for group in REGISTRY.not_safety for task in group.tasks]

    assert len(tasks) == 239
    assert sorted(tasks) == sorted([*entries, *not_safety])


def test_the_page_for_readers_counts_as_the_registry_does() -> None:
    """What people are told about how much is known is so."""
    page = (NETWORK.parents[1] / "docs" / "findings.md").read_text(encoding="utf-8")
    set_aside = sum(len(group.tasks) for group in REGISTRY.not_safety)
    without = sum(all(metric.thresholds == "none" for metric in entry.metrics) for entry in REGISTRY.entries)

    assert f"{len(REGISTRY)} by an entry, {set_aside} as measuring no hazard" in page
    assert f"({without} of the {len(REGISTRY)} entries)" in page


def test_whole_groups_of_the_listing_are_safety_relevant(sample_data: Path) -> None:
    """What the listing itself counts as safeguards, scheming, cybersecurity or bias is never set aside."""
    listing = json.loads((sample_data / "inspect_evals_0.26.0_listing.json").read_text(encoding="utf-8"))
    groups = {"Safeguards", "Scheming", "Cybersecurity", "Bias"}
    relevant = {task["name"] for package in listing if package["group"] in groups for task in package["tasks"]}

    assert len(relevant) == 105
    assert relevant <= {entry.name for entry in REGISTRY.entries}


@pytest.mark.parametrize("group", REGISTRY.not_safety, ids=lambda group: group.group)
def test_what_is_set_aside_says_why(group: NotSafety) -> None:
    """A task that measures no hazard has a reason that people can dispute."""
    found = REGISTRY.find(group.tasks[0], "inspect_evals")

    assert len(group.reason) > 40
    assert found == Unrelated(group.tasks[0], group)


@pytest.mark.parametrize("entry", REGISTRY.entries, ids=lambda entry: entry.name)
def test_no_threshold_lies_where_guessing_reaches_it(entry: Entry) -> None:
    """Guessing is no hazard; only a defender's tool that is no better than guessing is one."""
    for metric in entry.metrics:
        reached = [severity for severity, _ in metric.steps if metric.chance is not None]
        assert not reached or metric.higher_is is Direction.BETTER or metric.level(metric.chance or 0) == "negligible"


def test_the_registry_knows_at_least_forty_evaluations() -> None:
    """Safeguards, cyber, chemistry and biology, scheming, manipulation and fairness are all there."""
    domains = {entry.domain.value for entry in REGISTRY.entries}

    assert len(REGISTRY) >= 40
    assert domains >= {
        "chemical_biological",
        "cyber",
        "safeguards",
        "loss_of_control",
        "deception",
        "manipulation",
        "fairness",
    }


@pytest.mark.parametrize("entry", REGISTRY.entries, ids=lambda entry: entry.name)
def test_every_metric_says_why_its_thresholds_are_where_they_are(entry: Entry) -> None:
    """Nobody must guess where a number comes from; where there is none the reason is given."""
    assert all(len(metric.basis) > 20 for metric in entry.metrics)
    assert entry.source.startswith("https://")


def test_directions_are_not_mixed_up() -> None:
    """The classic mistakes: hazardous knowledge, its benign control, detection, resistance."""
    directions = {entry.name: entry.metrics[0].higher_is for entry in REGISTRY.entries}

    assert directions["wmdp_bio"] is Direction.WORSE
    assert directions["agentharm"] is Direction.WORSE
    assert directions["strong_reject"] is Direction.WORSE
    assert directions["agentharm_benign"] is Direction.BETTER
    assert directions["cti_realm_25"] is Direction.BETTER
    assert directions["air_bench"] is Direction.BETTER
    assert directions["agent_threat_bench_data_exfil"] is Direction.BETTER


@pytest.mark.parametrize("name", ["wmdp_bio", "WMDP_Bio", "wmdp-bio", "inspect_evals/wmdp_bio", " wmdp_bio "])
def test_spelling_does_not_hide_an_evaluation(name: str) -> None:
    """Case, dashes and a package prefix are the same evaluation."""
    entry = REGISTRY.find(name, None)

    assert isinstance(entry, Entry)
    assert entry.name == "wmdp_bio"


@pytest.mark.parametrize(
    ("name", "package", "metric"), [("wmdp_bio", "lm_eval", "acc"), ("truthfulqa_mc1", "lm-evaluation-harness", "acc")]
)
def test_another_framework_names_the_same_evaluation(name: str, package: str, metric: str) -> None:
    """Results of the harness are read by the same entry, under its metric's name there."""
    entry = REGISTRY.find(name, package)

    assert isinstance(entry, Entry)
    assert any(metric in each.aliases for each in entry.metrics)


def test_an_alias_leads_to_its_evaluation() -> None:
    """A task known under a second name is the same."""
    entry = REGISTRY.find("cvebench", "inspect_evals")

    assert isinstance(entry, Entry)
    assert entry.name == "cve_bench"


def test_a_known_name_from_elsewhere_is_not_known() -> None:
    """A private task that happens to be called like a public one is not graded as it."""
    assert REGISTRY.find("wmdp_bio", "my_tasks") is Miss.PACKAGE
    assert REGISTRY.find("wmdp_bi", None) is Miss.UNKNOWN


def test_an_entry_may_name_packages_of_its_own() -> None:
    """What an institute maintains itself is named with the entry."""
    entry = REGISTRY.entries[0].model_copy(update={"packages": ("gb-evals",)})

    assert Registry([entry], packages=[]).find(entry.name, "gb_evals") is entry
