"""`tocsinctl oncall` says who is on duty, who comes next and what is wrong ahead."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.fixtures.store import NETWORK_DIR
from tocsin_deploy import cli


class Shell:
    """`tocsinctl` on a network directory of the test's own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch, self._capsys = monkeypatch, capsys
        shutil.copytree(NETWORK_DIR, folder, dirs_exist_ok=True)
        monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(folder))
        monkeypatch.setenv("COLUMNS", "160")

    def run(self, *words: str) -> tuple[int, str]:
        """Exit status, and all that was printed."""
        self._monkeypatch.setattr("sys.argv", ["tocsinctl", "oncall", *words])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
        printed = self._capsys.readouterr()
        return status, printed.out + printed.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A shell."""
    return Shell(tmp_path / "network", monkeypatch, capsys)


def test_who_is_on_duty_and_who_comes_next(shell: Shell) -> None:
    """By the wall clock of the institute, with the reasons; teams without a rota are named too."""
    status, printed = shell.run("--at", "2026-11-28T09:00:00Z", "--days", "7")
    lines = [line for line in printed.splitlines() if "kr." in line]

    assert status == 0
    assert "kr lead (Asia/Seoul)" in printed
    assert "kr.lead" in lines[0]
    assert "now" in lines[0]
    assert "Mon 2026-11-30 09:00 KST" in lines[0]
    assert "kr.deputy (Deputy head of evaluations (KR))" in lines[1]
    assert "calendar event: even-weeks@fr.example" in printed or "calendar event: odd-weeks@fr.example" in printed
    assert "au duty, au lead" in printed
    assert "Nothing is wrong until 2026-12-05 09:00Z." in printed


def test_a_gap_ahead_is_shown_and_is_an_error(shell: Shell) -> None:
    """So that a scheduled check notices."""
    file = shell.folder / "rotas" / "fr-lead.ics"
    file.write_bytes(file.read_bytes().replace(b"UID:christmas-2026@fr.example", b"STATUS:CANCELLED"))
    status, printed = shell.run("--institute", "fr", "--at", "2026-12-20T09:00:00Z")
    as_json = json.loads(shell.run("--institute", "fr", "--at", "2026-12-20T09:00:00Z", "--json")[1])

    assert status == 1
    assert "nobody: the whole team" in printed
    assert "rotas (fr lead): gap from 2026-12-21T08:00Z to 2026-12-28T08:00Z." in printed
    assert "kr lead" not in printed
    assert [(fault["kind"], fault["begin"]) for fault in as_json["faults"]] == [("gap", "2026-12-21T08:00:00+00:00")]
    assert as_json["rotas"][0]["told_now"] == ["fr.deputy"]
    assert [span["reason"] for span in as_json["rotas"][0]["duty"]] == ["calendar_event", "nobody", "calendar_event"]


def test_an_institute_that_is_none_is_named(shell: Shell) -> None:
    """With those that are."""
    status, printed = shell.run("--institute", "xx")

    assert status == 2
    assert "'xx' is no member; use one of: au, ca" in printed
