"""The worker starts only where every topic it needs is there."""

from __future__ import annotations

from tocsin_streams.topic_check import problem_with

ALL = {"t.findings": 4, "t.incidents": 4, "t.assessments": 4, "t.dead-letters": 1, "t.alerts": 4, "others": 1}


def test_all_topics_are_well() -> None:
    """Nothing is said where nothing is wrong."""
    assert problem_with(ALL, prefix="t.") is None


def test_missing_topics_are_named_with_the_command_that_makes_them() -> None:
    """The operator reads what to run."""
    found = {name: count for name, count in ALL.items() if name not in ("t.assessments", "t.findings")}
    problem = problem_with(found, prefix="t.")

    assert problem is not None
    assert "t.findings, t.assessments" in problem
    assert "tocsinctl topics apply" in problem


def test_another_prefix_is_another_deployment() -> None:
    """Topics of a neighbour do not count."""
    assert problem_with(ALL, prefix="u.") is not None


def test_a_series_must_keep_its_partition() -> None:
    """Topics with different numbers of partitions would part a series from its order."""
    problem = problem_with({**ALL, "t.assessments": 8}, prefix="t.")

    assert problem is not None
    assert "t.findings has 4" in problem
