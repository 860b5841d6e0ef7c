"""The members of the network: who may speak for whom, and a file whose faults are named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey, RSAKey

from tocsin_schemas import Institute, Institutes, InvalidEvent, ProblemCode, load_institutes
from tocsin_schemas.institutes import is_revoked

GOOD = "{id: gb, name: UK AI Security Institute, country: GB, languages: [en-GB], time_zone: Europe/London"


def member(identifier: str = "gb", **more: object) -> Institute:
    """An institute that says no more than it must."""
    return Institute.model_validate(
        {"id": identifier, "name": "X", "languages": ["en"], "time_zone": "Europe/London"} | more
    )


def written(folder: Path, content: str | bytes) -> Path:
    """A network directory whose institutes.yaml holds this."""
    raw = content.encode() if isinstance(content, str) else content
    (folder / "institutes.yaml").write_bytes(raw)
    return folder


def fault(folder: Path) -> str:
    """What loading the directory complains of."""
    with pytest.raises(ValueError) as caught:
        load_institutes(folder)
    message = str(caught.value)
    assert str(folder / "institutes.yaml") in message
    return message


@pytest.mark.parametrize(
    ("source", "speaks"),
    [
        ("urn:tocsin:institute:gb", True),
        ("urn:tocsin:institute:gb:inspect", True),
        ("urn:tocsin:institute:gb/inspect", True),
        ("urn:tocsin:institute:gb#inspect", True),
        ("urn:tocsin:institute:gbx", False),
        ("urn:tocsin:institute:gb-2", False),
        ("urn:tocsin:institute:g", False),
        ("urn:tocsin:institute:", False),
        ("URN:TOCSIN:INSTITUTE:GB", False),
        ("", False),
    ],
)
def test_a_source_covers_what_lies_below_it_and_no_neighbour(source: str, speaks: bool) -> None:
    """`gb` speaks for `gb:inspect` and not for `gbx`."""
    assert member().speaks_as(source) is speaks


def test_a_registered_source_speaks_too() -> None:
    """An institute may have systems that call themselves otherwise."""
    institute = member(sources=["https://eval.example/gb"])

    assert institute.speaks_as("https://eval.example/gb/runner")
    assert institute.speaks_as("urn:tocsin:institute:gb")
    assert not institute.speaks_as("https://eval.example/gb2")


def test_an_unknown_institute_is_told_who_is_known() -> None:
    """The fix lists the members."""
    with pytest.raises(InvalidEvent, match="Use one of: fr, gb") as caught:
        Institutes([member("gb"), member("fr")]).check_speaker(institute="xx", source="urn:tocsin:institute:xx")

    assert caught.value.problems[0].code is ProblemCode.UNKNOWN_INSTITUTE
    assert caught.value.problems[0].field == "institute"


def test_an_institute_cannot_report_for_another() -> None:
    """A report is taken from a source of the institute that it names, and from no other."""
    network = Institutes([member("gb"), member("fr")])

    assert network.check_speaker(institute="gb", source="urn:tocsin:institute:gb:ci").id == "gb"
    with pytest.raises(InvalidEvent) as caught:
        network.check_speaker(institute="gb", source="urn:tocsin:institute:fr")
    assert caught.value.problems[0].code is ProblemCode.NOT_ITS_SOURCE
    assert "urn:tocsin:institute:gb" in caught.value.problems[0].fix


def test_members_are_found_by_id() -> None:
    """By id, for names change."""
    network = Institutes([member("gb"), member("fr")])

    assert [institute.id for institute in network] == ["gb", "fr"]
    assert len(network) == 2
    assert "gb" in network
    assert "xx" not in network
    assert network.get("xx") is None


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """With keys, further sources and a revocation."""
    key = OKPKey.generate_key("Ed25519").as_dict(private=False)
    content = (
        f"institutes:\n  - {GOOD}, sources: ['https://gb.example'], "
        f"tokens_not_before: 2026-01-01T00:00:00Z, keys: [{{kty: OKP, crv: Ed25519, x: {key['x']}, kid: k1}}]}}\n"
    )
    (institute,) = load_institutes(written(tmp_path, content))

    assert institute.source == "urn:tocsin:institute:gb"
    assert institute.keys[0]["kid"] == "k1"
    assert is_revoked(institute, datetime(2025, 12, 31, tzinfo=UTC))
    assert not is_revoked(institute, datetime(2026, 1, 1, tzinfo=UTC))


def test_the_networks_own_file_is_good() -> None:
    """The ten members that are delivered can be loaded."""
    network = load_institutes(Path(__file__).resolve().parents[2] / "deploy" / "network")

    assert {institute.id for institute in network} == {"au", "ca", "eu", "fr", "gb", "jp", "ke", "kr", "sg", "us"}


def test_a_missing_file_tells_which_setting_names_its_folder(tmp_path: Path) -> None:
    """The operator learns what to set."""
    assert "TOCSIN_NETWORK_DIR" in fault(tmp_path)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    """What the operating system says is passed on."""
    (tmp_path / "institutes.yaml").mkdir()

    assert "cannot be read" in fault(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"institutes: [\xff]", "not UTF-8"),
        ("institutes: [", "not YAML"),
        ("a: &x [*x", "not YAML"),
        ("institutes: []\ninstitutes: []", "found the key 'institutes' twice"),
        ("", "(file)"),
        ("- gb", "(file)"),
        ("institutes: []", "institutes: Tuple should have at least 1 item"),
        ("institutes: gb", "institutes:"),
        ("instituts: []", "Did you mean 'institutes'?"),
        ("institutes: [gb]", "institutes.0:"),
        (f"institutes: [{GOOD}, coutnry: GB}}]", "0.coutnry: is not a field of this report. Did you mean 'country'?"),
        ("institutes: [{name: X, languages: [en], time_zone: Europe/London}]", "institutes.0.id: is required."),
        (f"institutes: [{GOOD.replace('id: gb', 'id: GB')}}}]", "institutes.0.id:"),
        (f"institutes: [{GOOD.replace('id: gb', 'id: no')}}}]", "institutes.0.id: Input should be a valid string"),
        (f"institutes: [{GOOD.replace('[en-GB]', '[]')}}}]", "institutes.0.languages:"),
        (f"institutes: [{GOOD.replace('Europe/London', 'London')}}}]", "time_zone: is not an IANA time zone"),
        (f"institutes: [{GOOD}}}, {GOOD}}}]", "listed twice: gb; list each once"),
        (f"institutes: [{GOOD}, id: fr}}]", "found the key 'id' twice"),
        (f"institutes: [{GOOD}, tokens_not_before: 2026-01-01}}]", "institutes.0.tokens_not_before:"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_named_with_its_field(tmp_path: Path, content: str | bytes, words: str) -> None:
    """File, field and fault in one line; a misspelt key is no silent default."""
    assert words in fault(written(tmp_path, content))


def test_two_members_cannot_share_a_source(tmp_path: Path) -> None:
    """Neither by the same source nor by one that lies below the other's."""
    other = GOOD.replace("id: gb", "id: fr")
    for source in ("urn:tocsin:institute:gb", "urn:tocsin:institute:gb:x", "urn:tocsin:institute"):
        message = fault(written(tmp_path, f"institutes: [{GOOD}}}, {other}, sources: ['{source}']}}]"))

        assert "speaks for both" in message
        assert "'gb'" in message
        assert "'fr'" in message


def bad_keys() -> Iterator[tuple[dict[str, str], str]]:
    """Keys that no institute may register, with what is said of them."""
    private = {name: str(value) for name, value in OKPKey.generate_key("Ed25519").as_dict(private=True).items()}
    yield private, "holds the private part"
    yield {"kty": "OKP", "crv": "X25519", "x": private["x"]}, "must be an Ed25519 key"
    yield {"kty": "OKP", "crv": "Ed25519"}, "not a well-formed Ed25519 key"
    yield {"kty": "OKP", "crv": "Ed25519", "x": "short"}, "not a well-formed Ed25519 key"
    yield {"kty": "oct", "k": "c2VjcmV0"}, "must be an Ed25519 key"
    rsa = RSAKey.generate_key(2048).as_dict(private=False)
    yield {name: str(value) for name, value in rsa.items()}, "must be an Ed25519 key"


def test_only_public_ed25519_keys_are_registered(tmp_path: Path) -> None:
    """A private key in the file is refused at once, and never repeated in the complaint."""
    for key, words in bad_keys():
        fields = ", ".join(f"{name}: '{value}'" for name, value in key.items())
        message = fault(written(tmp_path, f"institutes: [{GOOD}, keys: [{{{fields}}}]}}]"))

        assert words in message
        assert "institutes.0.keys" in message
        assert key.get("d", "no private part") not in message
