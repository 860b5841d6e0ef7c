"""Rotas are read with the policy, and every fault is named with its file, entry, field and fix."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import PolicyError, load_directory
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_schemas import load_institutes

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
TURNS = {
    "members": ["jp.duty"],
    "period": "daily",
    "handover": {"times": ["09:00"]},
    "start": "2026-01-05",
}
ENTRY = {"institute": "jp", "team": "duty", "rotation": TURNS}
FEED = {"institute": "jp", "team": "duty", "feed": {"url": "https://calendar.example/jp.ics"}}
SATURDAY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:sat\r\nDTSTAMP:20260101T000000Z\r\n"
    b"DTSTART;VALUE=DATE:20261128\r\nSUMMARY:jp.duty\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Network:
    """A copy of the shipped files, with rotas of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("institutes.yaml", "contacts.yaml", "policy.yaml"):
            shutil.copy(NETWORK_DIR / name, folder / name)

    def rotas(self, *entries: object) -> None:
        (self.folder / "rotas.yaml").write_text(yaml.safe_dump({"rotas": list(entries)}), encoding="utf-8")

    def calendar(self, name: str, content: bytes) -> None:
        (self.folder / "rotas").mkdir(exist_ok=True)
        (self.folder / "rotas" / name).write_bytes(content)

    def load(self, copies: dict[str, bytes] | None = None) -> Directory:
        return load_directory(self.folder, load_institutes(self.folder), copies=copies)

    def faults(self) -> str:
        with pytest.raises(PolicyError) as refused:
            self.load()
        return str(refused.value)


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """The shipped network, in a folder of the test's own, without rotas."""
    return Network(tmp_path)


def test_the_shipped_rotas_have_a_holder_through_the_year(directory: Directory) -> None:
    """Each kind has an example, and no week of 2027 is left out."""
    hours = [datetime(2026, 12, day, hour, tzinfo=UTC) for day in range(1, 32) for hour in (0, 6, 12, 18)]
    duties = [rota.duty(at) for rota in directory.rotas.values() for at in hours]

    assert set(directory.rotas) == {("fr", "lead"), ("kr", "lead"), ("sg", "lead")}
    assert all(len(duty.holders) == 1 for duty in duties)
    assert {duty.reason for duty in duties} == {DutyReason.ROTATION, DutyReason.CALENDAR_EVENT}


def test_a_network_without_the_file_has_no_rotas(network: Network) -> None:
    """Every team is told as a whole."""
    assert network.load().rotas == {}


def test_an_override_holds_by_the_wall_clock_or_as_an_instant(network: Network) -> None:
    """Whoever wrote it."""
    network.rotas(
        ENTRY
        | {
            "overrides": [
                {"from": "2026-11-28T09:00", "to": "2026-11-29T09:00", "who": "jp.lead", "why": "a swap"},
                {"from": "2026-11-29T03:00:00Z", "to": "2026-11-29T04:00:00Z", "who": ["jp.lead", "jp.duty"]},
            ]
        }
    )
    rota = network.load().rotas["jp", "duty"]
    swap = rota.duty(datetime(2026, 11, 28, 0, 0, tzinfo=UTC))

    assert (swap.holders, swap.reason, swap.detail) == (("jp.lead",), DutyReason.OVERRIDE, "a swap")
    assert rota.duty(datetime(2026, 11, 27, 23, 59, tzinfo=UTC)).reason is DutyReason.ROTATION
    assert rota.duty(datetime(2026, 11, 29, 3, 30, tzinfo=UTC)).holders == ("jp.lead", "jp.duty")
    assert rota.changes(NOW, datetime(2026, 11, 29, 12, tzinfo=UTC)) == (
        datetime(2026, 11, 29, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 3, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 4, 0, tzinfo=UTC),
    )


def test_the_version_is_of_the_rotas_and_their_calendars_too(network: Network) -> None:
    """Who is called is part of the policy that a delivery records."""
    without = network.load().version
    network.rotas(FEED)
    never = network.load()
    fetched = network.load({"https://calendar.example/jp.ics": SATURDAY, "https://other.example/": b""})
    network.rotas({"institute": "jp", "team": "duty", "calendar": "jp.ics"})
    network.calendar("jp.ics", SATURDAY)
    filed = network.load().version
    network.calendar("jp.ics", SATURDAY.replace(b"UID:sat", b"UID:sun"))

    assert len({without, never.version, fetched.version, filed, network.load().version}) == 5
    assert never.duty("jp", "duty", NOW).reason is DutyReason.NO_COPY
    assert fetched.duty("jp", "duty", NOW).detail == "sat"


def test_what_somebody_else_publishes_never_stops_the_network(network: Network) -> None:
    """A copy that cannot be followed is a gap, with what is wrong; the whole team is told."""
    network.rotas(FEED)
    directory = network.load({"https://calendar.example/jp.ics": b"<html>Sign in</html>"})

    assert "is no iCalendar file" in directory.duty("jp", "duty", NOW).detail
    assert [contact.id for contact in directory.team("jp", "duty", NOW)] == ["jp.duty"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ENTRY | {"institute": "xx"}, "rotas (xx duty).institute: is not in institutes.yaml. Use one of: au, ca"),
        (ENTRY | {"team": "night"}, "rotas (jp night).team: no ladder calls team 'night'. Use one of: duty, lead."),
        (ENTRY | {"always": ["jp.nobody"]}, "rotas (jp duty).always: there is no contact 'jp.nobody'."),
        (
            ENTRY | {"rotation": TURNS | {"members": ["gb.duty"]}},
            "rotas (jp duty).rotation.members: 'gb.duty' is a contact of 'gb'.",
        ),
        (ENTRY | {"time_zone": "Tokyo"}, "rotas.0.time_zone: is not an IANA time zone"),
        (ENTRY | {"calendar": "jp.ics"}, "give exactly one of `rotation`, `calendar` and `feed`"),
        (ENTRY | {"rotation": None}, "give exactly one of `rotation`, `calendar` and `feed`"),
        ({"institute": "jp", "team": "duty", "calendar": "../jp.ics"}, "calendar"),
        ({"institute": "jp", "team": "duty", "calendar": "jp.ics"}, "cannot be read: No such file or directory."),
        (
            ENTRY | {"overrides": [{"from": "2026-11-29T09:00", "to": "2026-11-28T09:00", "who": "jp.lead"}]},
            "overrides (jp.lead, from 2026-11-29T00:00Z): ends before it begins.",
        ),
        (
            ENTRY
            | {
                "overrides": [
                    {"from": "2026-11-28T09:00", "to": "2026-11-30T09:00", "who": "jp.lead"},
                    {"from": "2026-11-29T09:00", "to": "2026-12-01T09:00", "who": "jp.duty"},
                ]
            },
            "overrides: those of jp.lead and of jp.duty overlap from 2026-11-29T00:00Z.",
        ),
        (ENTRY | {"overrides": [{"from": 540, "to": "2026-11-28T09:00", "who": "jp.lead"}]}, "write a date and time"),
        (ENTRY | {"overrides": [{"from": "2026-11-28", "to": "2026-11-29", "who": []}]}, "who"),
        (FEED | {"feed": {"url": "http://calendar.example/jp.ics"}}, "is not an https address"),
        (FEED | {"feed": {"url": "file:///etc/passwd"}}, "is no web address"),
        (FEED | {"feed": {"url": "https://calendar.example/jp.ics?key=s3cret"}}, "name it in `url_from`"),
        (FEED | {"feed": {"url_from": "TOCSIN_SECRET_KEYS"}}, "url_from"),
        (FEED | {"feed": {}}, "give either `url` or `url_from`"),
    ],
    ids=range(18),
)
def test_what_cannot_be_a_rota_is_refused(network: Network, entry: object, said: str) -> None:
    """With where it is written and what to do."""
    network.rotas(entry)

    assert said in network.faults()


def test_a_secret_in_an_address_is_not_repeated(network: Network) -> None:
    """Not in the message either, which is logged."""
    network.rotas(FEED | {"feed": {"url": "https://calendar.example/jp.ics?key=s3cret"}})

    assert "s3cret" not in network.faults()


def test_a_rota_stands_once_and_a_calendar_is_used(network: Network) -> None:
    """Else it would not be known which of two holds, or a calendar would be kept in vain."""
    network.rotas(ENTRY, ENTRY)
    network.calendar("jp.ics", SATURDAY)
    faults = network.faults()

    assert "rotas (jp duty): stands twice. Keep one" in faults
    assert "jp.ics: no rota uses it. Name it as a `calendar` in rotas.yaml, or remove it." in faults


def test_a_broken_calendar_file_is_named_with_its_event(network: Network) -> None:
    """Before anybody relies on it."""
    network.rotas({"institute": "jp", "team": "duty", "calendar": "jp.ics"})
    network.calendar("jp.ics", SATURDAY.replace(b"20261128", b"someday"))

    assert "rotas/jp.ics: event 'jp.duty' (uid sat): its DTSTART is not readable" in network.faults()
