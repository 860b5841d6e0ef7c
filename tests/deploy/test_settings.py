"""A deployment's settings: what is left out is filled in, and secrets stay with their owner."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tocsin_deploy.operator_tokens import institute_token, operator_token, sign_in_link
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import Purpose, Tokens

NETWORK = Path(__file__).parents[2] / "deploy" / "network"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeploySettings:
    """Settings of a stack of its own."""
    for name in ("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", "TOCSIN_SECRET_KEYS", "TOCSIN_PUBLIC_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return DeploySettings(state_dir=tmp_path / "var", network_dir=NETWORK, web_port=18080, kafka_port=19092)


def test_secret_keys_are_made_once_and_only_their_owner_reads_them(settings: DeploySettings) -> None:
    """A local stack's links still work after a restart, and nobody else can forge them."""
    first = settings.secret_keys_or_new()
    again = DeploySettings(state_dir=settings.state_dir, network_dir=NETWORK).secret_keys_or_new()

    assert first == again
    assert stat.S_IMODE((settings.state / "secret-keys").stat().st_mode) == 0o600


def test_the_state_folder_is_for_its_owner_only(settings: DeploySettings) -> None:
    """Topics, store and logs hold protected texts; nobody else on the machine may look."""
    settings.state.mkdir(mode=0o755)
    settings.secret_keys_or_new()

    assert stat.S_IMODE(settings.state.stat().st_mode) == 0o700


def test_services_are_told_where_everything_is(settings: DeploySettings) -> None:
    """Ports and state folder decide every address; nothing relative is left for another working directory."""
    environment = settings.service_environment()

    assert environment["TOCSIN_KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:19092"
    assert environment["TOCSIN_PUBLIC_URL"] == "http://127.0.0.1:18080"
    assert environment["TOCSIN_DATABASE_URL"] == f"sqlite:///{settings.state / 'tocsin.db'}"
    assert Path(environment["TOCSIN_NETWORK_DIR"]).is_absolute()


def test_a_named_broker_is_used(tmp_path: Path) -> None:
    """With a broker named, none is started."""
    settings = DeploySettings(state_dir=tmp_path, kafka_bootstrap_servers="127.0.0.1:29092")

    assert not settings.runs_own_broker
    assert settings.bootstrap_servers == "127.0.0.1:29092"


def test_tokens_are_good_for_their_purpose_only(settings: DeploySettings) -> None:
    """An institute's key is no operator's token."""
    tokens = Tokens(settings.secret_keys_or_new())

    assert tokens.verify(Purpose.INSTITUTE, institute_token(settings, "gb")).claims == {"institute": "gb"}
    assert tokens.verify(Purpose.OPERATOR, operator_token(settings)).claims == {"scope": "operator"}
    assert sign_in_link(settings).startswith("http://127.0.0.1:18080/sign-in?token=")


def test_a_token_for_a_stranger_is_refused_with_the_members(settings: DeploySettings) -> None:
    """A misspelt institute is answered with those that exist."""
    with pytest.raises(ValueError, match=r"'uk' is not a member.*gb"):
        institute_token(settings, "uk")


def test_an_empty_key_file_is_an_error(settings: DeploySettings) -> None:
    """Nobody signs with nothing."""
    settings.state.mkdir()
    (settings.state / "secret-keys").write_text("\n")

    with pytest.raises(RuntimeError, match="holds no key"):
        settings.secret_keys_or_new()
