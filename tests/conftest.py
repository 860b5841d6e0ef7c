"""Fixtures for every room, and how many cases the property tests try."""

import os

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.clock",
    "tests.fixtures.kafka",
    "tests.fixtures.logs",
    "tests.fixtures.postgres",
    "tests.fixtures.samples",
    "tests.fixtures.store",
    "tests.fixtures.system",
]


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, save those of a vendor's own making."""
    # kafka-python reads its schemas by a function that Python 3.11 and 3.12 call deprecated, and 3.13 no longer does.
    config.addinivalue_line("filterwarnings", "ignore:(read|open)_text is deprecated:DeprecationWarning")


# No deadline: a loaded machine is no failure of the promise under test.
settings.register_profile("test", deadline=None, max_examples=100, print_blob=True)
settings.register_profile("soak", settings.get_profile("test"), max_examples=10_000)
settings.load_profile(os.environ.get("TOCSIN_HYPOTHESIS_PROFILE", "test"))
