"""What an operator types to speak on a severity, and what they are told."""

from __future__ import annotations

import json

import pytest

from tests.alerting.assessments import finding
from tests.alerting.store.desk import Desk
from tests.alerting.store.judging import seen_at
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_deploy import cli
from tocsin_schemas import Severity, Tlp
from tocsin_schemas.clock import system_clock

WHY = "The judge was wrong in forty samples."


@pytest.fixture
def desk(sqlite_store: Store, sqlite_store_url: str, directory: Directory, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A store that the commands find by the environment, and a desk that writes into it."""
    monkeypatch.setenv("TOCSIN_DATABASE_URL", sqlite_store_url)
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(NETWORK_DIR))
    return Desk(sqlite_store, directory, HandClock(system_clock()))


class Shell:
    """`tocsinctl`, as its main function runs it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *words: str) -> tuple[int, str]:
        """Exit status, and all that was printed."""
        self._monkeypatch.setattr("sys.argv", ["tocsinctl", *words])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
        printed = self._capsys.readouterr()
        return status, printed.out + printed.err


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A shell."""
    return Shell(monkeypatch, capsys)


def test_an_operator_overrides_and_withdraws(desk: Desk, shell: Shell) -> None:
    """By command, with evidence of each kind; the output names the override, by which it is withdrawn."""
    alert = desk.take(finding(severity=Severity.SEVERE)).alert_id
    digest = f"sha256:{'0' * 64}"
    words = ("--severity", "minor", "--why", WHY, "--evidence", "https://records.example/7", "--evidence", digest)
    status, printed = shell.run("override", alert, *words, "--json")
    said = json.loads(printed)
    during = seen_at(desk, alert)
    _, again = shell.run("override", alert, *words)
    back = shell.run("override", alert, "--withdraw", said["override"], "--why", "Another run.")

    assert (status, said["outcome"], said["severity"]) == (0, "recorded", "minor")
    assert during.override is not None
    assert (during.severity, during.override.why) == (Severity.MINOR, WHY)
    assert during.override.evidence == ("https://records.example/7", digest)
    assert again.startswith("outcome: repeated")
    assert back[0] == 0
    assert seen_at(desk, alert).severity is Severity.SEVERE
    assert desk.violations() == []


def test_an_operator_records_a_dissent_and_its_end(desk: Desk, shell: Shell) -> None:
    """On behalf of an institute that has telephoned."""
    alert = desk.take(finding(severity=Severity.SEVERE)).alert_id
    recorded = shell.run("dissent", alert, "--institute", "jp", "--severity", "minor", "--why", WHY)
    during = seen_at(desk, alert)
    ended = shell.run("dissent", alert, "--institute", "jp", "--withdraw")

    assert recorded[0] == ended[0] == 0
    assert [(each.institute, each.severity, each.by) for each in during.standing_dissents] == [
        ("jp", Severity.MINOR, "an operator of the network")
    ]
    assert seen_at(desk, alert).standing_dissents == ()


def test_an_operator_has_an_institute_asked_again(desk: Desk, shell: Shell) -> None:
    """By command, with a reason; a second time there is nothing to withdraw, and nobody is called again."""
    alert = desk.take(finding(severity=Severity.SEVERE)).alert_id
    desk.answer(alert, "jp")
    words = ("repage", alert, "--institute", "jp", "--why", "Pressed by a mail scanner.")
    status, printed = shell.run(*words, "--json")
    revision = desk.alert(alert).revision
    again = shell.run(*words)

    assert (status, json.loads(printed)) == (0, {"outcome": "asked_again", "institute": "jp", "step": "1"})
    assert desk.responses(alert)["jp"].answer is None
    assert seen_at(desk, alert).changes[-1].note == "Pressed by a mail scanner."
    assert again[0] == 1
    assert "there is nothing to withdraw" in " ".join(again[1].split())
    assert desk.alert(alert).revision == revision
    assert desk.violations() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("override", "{alert}", "--severity", "minor", "--why", WHY), "--evidence: is needed to go below severe"),
        (("override", "{alert}", "--severity", "critical", "--why", WHY), "above what a finding can be"),
        (("override", "{alert}", "--severity", "severe", "--why", WHY), "the alert is severe already"),
        (("override", "{alert}", "--severity", "minor", "--why", " ", "--evidence", "x"), "--why:"),
        (("override", "{alert}", "--severity", "minor", "--why", WHY, "--evidence", "sha256:0"), "--evidence.0:"),
        (("override", "nowhere", "--severity", "minor", "--why", WHY), "there is no alert 'nowhere'"),
        (("override", "{alert}", "--withdraw", "x", "--why", WHY), "the alert has no such override"),
        (("override", "{alert}", "--why", WHY), "give one of --severity and --withdraw"),
        (("dissent", "{alert}", "--institute", "jp"), "give one of --severity and --withdraw"),
        (("dissent", "{alert}", "--institute", "zz", "--severity", "minor", "--why", WHY), "not a member"),
        (("dissent", "{alert}", "--institute", "jp", "--severity", "severe", "--why", WHY), "the alert is severe, as"),
        (("dissent", "{alert}", "--institute", "jp", "--severity", "minor"), "--why:"),
        (("dissent", "{alert}", "--institute", "jp", "--withdraw"), "has no dissent to withdraw"),
        (("repage", "{alert}", "--institute", "zz", "--why", WHY), "not a member"),
        (("repage", "{alert}", "--institute", "jp", "--why", " "), "--why:"),
        (("repage", "{alert}", "--institute", "jp", "--why", WHY), "there is nothing to withdraw"),
        (("repage", "nowhere", "--institute", "jp", "--why", WHY), "There is no such alert"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(desk: Desk, shell: Shell, words: tuple[str, ...], said: str) -> None:
    """With a status that is not 0; nothing is recorded."""
    alert = desk.take(finding(severity=Severity.SEVERE)).alert_id
    status, printed = shell.run(*(word.format(alert=alert) for word in words))

    assert status != 0
    assert said in " ".join(printed.split())
    assert desk.alert(alert).revision == 1


def test_what_operators_may_not_read_they_cannot_judge(desk: Desk, shell: Shell) -> None:
    """The label and the clearance are named."""
    alert = desk.take(finding(severity=Severity.SEVERE, tlp=Tlp.RED)).alert_id
    status, printed = shell.run("override", alert, "--severity", "minor", "--why", WHY, "--evidence", "x")

    assert status == 1
    assert "labelled TLP:RED, operators are cleared to TLP:AMBER" in " ".join(printed.split())
    assert desk.alert(alert).revision == 1
