"""Settings come from the environment, and never show a secret."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from tocsin_schemas import TocsinSettings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches them."""
    for name in [name for name in os.environ if name.upper().startswith("TOCSIN_")]:
        monkeypatch.delenv(name)


def test_the_defaults_are_those_of_a_local_deployment() -> None:
    """Nothing need be set to run it all on one machine."""
    settings = TocsinSettings()

    assert settings.kafka_bootstrap_servers == "127.0.0.1:9092"
    assert settings.topic_prefix == "tocsin."
    assert settings.state_dir == Path("var")
    assert settings.plain_secret_keys() == []


def test_names_carry_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """TOCSIN_TOPIC_PREFIX is heard, TOPIC_PREFIX is not."""
    monkeypatch.setenv("TOPIC_PREFIX", "wrong.")
    monkeypatch.setenv("TOCSIN_TOPIC_PREFIX", "drill.")

    assert TocsinSettings().topic_prefix == "drill."


@pytest.mark.parametrize(
    ("value", "keys"),
    [("one", ["one"]), ("new,old", ["new", "old"]), (" new , old ,", ["new", "old"]), (",", []), ('["a"]', ['["a"]'])],
)
def test_keys_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch, value: str, keys: list[str]) -> None:
    """Newest first, as written; white space and stray commas do no harm."""
    monkeypatch.setenv("TOCSIN_SECRET_KEYS", value)

    assert TocsinSettings().plain_secret_keys() == keys


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files set what they do not know to the empty text."""
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", "")
    monkeypatch.setenv("TOCSIN_SECRET_KEYS", "")

    assert TocsinSettings().kafka_bootstrap_servers == "127.0.0.1:9092"
    assert TocsinSettings().secret_keys == ()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by printing the settings nor by dumping them."""
    monkeypatch.setenv("TOCSIN_SECRET_KEYS", "hidden-key")
    settings = TocsinSettings()

    assert "hidden-key" not in repr(settings)
    assert "hidden-key" not in str(settings.model_dump())
    assert "hidden-key" not in settings.model_dump_json()


def test_a_refused_setting_is_named_without_its_value() -> None:
    """What is refused may be a secret."""
    with pytest.raises(ValidationError) as caught:
        TocsinSettings.model_validate({"secret_keys": {"hidden-key": 1}})

    assert "secret_keys" in str(caught.value)
    assert "hidden-key" not in str(caught.value)
