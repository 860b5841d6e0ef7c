"""The spool: in order, whole, across crashes and between processes."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.clock import HandClock
from tests.producers.reports import finding
from tocsin_producers import Fault, Spool, SpoolError, Stop, TransportError
from tocsin_producers.kinds import read_body
from tocsin_producers.outgoing import Outgoing, outgoing
from tocsin_producers.spool_folder import SpoolFolder
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Action, Problem, Report, ReportKind, envelope_for

DOWN = TransportError("the network is away", fault=Fault.TEMPORARY)


def report(event_id: str, clock: HandClock) -> Outgoing:
    """A report on its way."""
    body = read_body(finding(), kind=ReportKind.FINDING, action=Action.REPORT)
    envelope = envelope_for(
        body,
        kind=ReportKind.FINDING,
        action=Action.REPORT,
        source="urn:tocsin:institute:gb",
        event_id=event_id,
        time=clock(),
    )
    return outgoing(Report(kind=ReportKind.FINDING, action=Action.REPORT, body=body, envelope=envelope))


def run_to_its_death(script: str, *arguments: str) -> None:
    """Run a program that kills itself with -9, and see that it did."""
    done = subprocess.run([sys.executable, "-c", script, *arguments], timeout=60, check=False, capture_output=True)

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_what_waits_is_sent_in_order_by_a_later_process(
    tmp_path: Path, clock: HandClock, transport: RecordingTransport
) -> None:
    """Twelve reports kept by three spools on one folder arrive in the order in which they were kept."""
    ids = [f"e-{number}" for number in range(12)]
    for number, event_id in enumerate(ids):
        if number % 4 == 0:
            spool = Spool(tmp_path, clock=clock)
        spool.keep(report(event_id, clock))
    drained = Spool(tmp_path, clock=clock).drain(transport)

    assert transport.ids == ids
    assert (drained.stop, drained.sent) == (Stop.EMPTY, 12)
    assert Spool(tmp_path, clock=clock).is_empty()


def test_the_bytes_that_wait_are_the_bytes_that_leave(
    spool: Spool, clock: HandClock, transport: RecordingTransport
) -> None:
    """A report is no other report for having waited: id, time, trace and data are the same."""
    kept = report("e-1", clock)
    spool.keep(kept)
    clock.advance(timedelta(days=3))
    spool.drain(transport)

    assert transport.sent == [kept]


def test_an_outage_keeps_the_rest(spool: Spool, clock: HandClock, transport: RecordingTransport) -> None:
    """When the network goes away in the middle, what it has taken is gone from the disk and the rest waits in order."""
    for number in range(4):
        spool.keep(report(f"e-{number}", clock))
    transport.failures["e-2"] = DOWN
    stopped = spool.drain(transport)
    transport.failures.clear()
    finished = spool.drain(transport)

    assert (stopped.stop, stopped.sent, stopped.error) == (Stop.UNREACHABLE, 2, DOWN)
    assert (finished.stop, finished.sent) == (Stop.EMPTY, 2)
    assert transport.ids == ["e-0", "e-1", "e-2", "e-3"]


def test_a_report_that_will_never_be_taken_blocks_nobody(
    spool: Spool, clock: HandClock, transport: RecordingTransport
) -> None:
    """It is moved aside with the network's own words; those behind it are sent."""
    for number in range(3):
        spool.keep(report(f"e-{number}", clock))
    problem = Problem("institute", "is another.", "Use your own key.")
    transport.failures["e-1"] = TransportError("403", fault=Fault.REPORT, problems=[problem])
    drained = spool.drain(transport)

    assert transport.ids == ["e-0", "e-2"]
    assert drained.stop is Stop.EMPTY
    assert [one.reason for one in drained.refused] == [str(problem)]
    assert [one.reason for one in spool.folder.refused()] == [str(problem)]
    assert json.loads(drained.refused[0].path.read_bytes())["id"] == "e-1"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"{}", b'{"specversion":"1.0","id":"x","source":"s","type":"t"}']
)
def test_a_spoilt_file_blocks_nobody(
    content: bytes, spool: Spool, clock: HandClock, transport: RecordingTransport
) -> None:
    """A file that a failing disk or a hand has spoilt is moved aside with the reason, unread by the network."""
    spool.keep(report("e-0", clock))
    spool.keep(report("e-1", clock))
    first = spool.folder.waiting()[0]
    first.write_bytes(content)
    drained = spool.drain(transport)

    assert transport.ids == ["e-1"]
    assert drained.refused[0].path.read_bytes() == content
    assert drained.refused[0].reason


def test_a_wrong_key_stops_and_loses_nothing(spool: Spool, clock: HandClock, transport: RecordingTransport) -> None:
    """What is the operator's to mend is no fault of the reports: all wait."""
    spool.keep(report("e-0", clock))
    spool.keep(report("e-1", clock))
    transport.failure = TransportError("401", fault=Fault.SENDER)
    drained = spool.drain(transport)

    assert drained.stop is Stop.SENDER_REFUSED
    assert transport.attempts == 1
    assert len(spool.folder.waiting()) == 2


def test_a_receiver_that_asks_for_time_gets_it(tmp_path: Path, clock: HandClock, transport: RecordingTransport) -> None:
    """Retry-After holds over a restart: nothing is sent before, everything after."""
    spool = Spool(tmp_path, clock=clock)
    spool.keep(report("e-0", clock))
    transport.failure = TransportError("429", fault=Fault.TEMPORARY, retry_after=timedelta(seconds=90))
    spool.drain(transport)
    transport.failure = None
    again = Spool(tmp_path, clock=clock)
    held = again.drain(transport)

    assert (held.stop, held.until) == (Stop.HELD, clock() + timedelta(seconds=90))
    assert transport.attempts == 1
    clock.advance(91)
    assert again.drain(transport).sent == 1


@pytest.mark.parametrize("content", [b"", b"[]", b'{"until": 5}', b'{"until": "2026-01-01T00:00:00"}'])
def test_a_spoilt_hold_holds_nobody(content: bytes, spool: Spool, clock: HandClock) -> None:
    """A note that cannot be read asks once too early rather than never."""
    spool.keep(report("e-0", clock))
    (spool.folder.path / "hold.json").write_bytes(content)

    assert spool.held_until() is None


def test_protected_texts_are_the_users_own(spool: Spool, clock: HandClock) -> None:
    """A report may be TLP:RED: nobody else on the machine can read the spool."""
    spool.keep(report("e-0", clock))
    folder, file = spool.folder.path, spool.folder.waiting()[0]

    assert folder.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, clock: HandClock) -> None:
    """Where a report can be neither sent nor kept, whoever publishes it is told so, and what to do."""
    (tmp_path / "file").write_text("in the way")
    spool = Spool(tmp_path / "file" / "spool", clock=clock)

    with pytest.raises(SpoolError, match="TOCSIN_SPOOL_DIR"):
        spool.keep(report("e-0", clock))


_DIES_KEEPING = """
import os, signal, sys
from pathlib import Path
from tocsin_producers.spool_folder import SpoolFolder
folder, at = SpoolFolder(Path(sys.argv[1])), int(sys.argv[2])
folder.append(b"first")
real, calls = os.fsync, 0
def dying(file):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    real(file)
os.fsync = dying
folder.append(b"second")
"""


@pytest.mark.crash
@pytest.mark.parametrize(("at", "kept"), [(1, [b"first"]), (2, [b"first", b"second"])])
def test_a_kill_while_keeping_leaves_a_whole_report_or_none(tmp_path: Path, at: int, kept: list[bytes]) -> None:
    """Killed before the rename there is no second report, killed after it there is a whole one; the next is behind."""
    run_to_its_death(_DIES_KEEPING, str(tmp_path), str(at))
    folder = SpoolFolder(tmp_path)

    assert [path.read_bytes() for path in folder.waiting()] == kept
    folder.sweep()
    folder.append(b"third")
    assert [path.read_bytes() for path in folder.waiting()] == [*kept, b"third"]
    assert not list(tmp_path.rglob(".part-*"))


_DIES_SENDING = """
import os, signal, sys
from pathlib import Path
from tocsin_producers import Spool
from tocsin_schemas import system_clock
class Dying:
    destination = "nowhere"
    sent = 0
    def send(self, report):
        with open(sys.argv[2], "a") as file:
            print(report.event_id, file=file)
        self.sent += 1
        if self.sent == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    def close(self):
        pass
Spool(Path(sys.argv[1]), clock=system_clock).drain(Dying())
"""


@pytest.mark.crash
def test_a_kill_after_the_networks_yes_repeats_one_report_and_keeps_the_order(
    tmp_path: Path, clock: HandClock, transport: RecordingTransport
) -> None:
    """The report whose acknowledgement was not noted goes again with the same id; none is lost, none overtakes."""
    spool = Spool(tmp_path / "spool", clock=clock)
    for number in range(5):
        spool.keep(report(f"e-{number}", clock))
    run_to_its_death(_DIES_SENDING, str(tmp_path / "spool"), str(tmp_path / "sent"))
    Spool(tmp_path / "spool", clock=clock).drain(transport)

    assert (tmp_path / "sent").read_text().split() == ["e-0", "e-1", "e-2"]
    assert transport.ids == ["e-2", "e-3", "e-4"]


_KEEPS_FOR_EVER = """
import itertools, sys
from pathlib import Path
from tocsin_producers.spool_folder import SpoolFolder
folder = SpoolFolder(Path(sys.argv[1]))
for number in itertools.count():
    folder.append(f"{number}".encode())
    print(number, flush=True)
"""


@pytest.mark.crash
def test_everything_that_was_said_to_be_kept_is_there_after_a_kill(tmp_path: Path) -> None:
    """Killed wherever it happens to be, a process has on disk all that it said it kept, in order, each file whole."""
    with subprocess.Popen([sys.executable, "-c", _KEEPS_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(60)]
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    there = [int(path.read_bytes()) for path in SpoolFolder(tmp_path).waiting()]

    assert there == list(range(len(there)))
    assert len(there) >= len([line for line in said if line.endswith(b"\n")])


_KEEPS_AND_SENDS = """
import os, sys
from pathlib import Path
from tocsin_producers import Spool
from tocsin_schemas import system_clock
from tocsin_producers.outgoing import read_outgoing
class Log:
    destination = "a file"
    def send(self, report):
        file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, report.event_id.encode() + b"\\n")
        os.close(file)
    def close(self):
        pass
spool = Spool(Path(sys.argv[1]), clock=system_clock)
original = read_outgoing(Path(sys.argv[3]).read_bytes())
for number in range(15):
    value = original.value.replace(b'"id":"original"', f'"id":"{sys.argv[4]}-{number:02d}"'.encode())
    spool.keep(read_outgoing(value))
    if number % 5 == 4:
        spool.drain(Log())
"""


@pytest.mark.crash
def test_processes_share_a_spool(tmp_path: Path, clock: HandClock, transport: RecordingTransport) -> None:
    """Three processes keep and send at once: each report leaves once, and each process's in its own order."""
    (tmp_path / "report").write_bytes(report("original", clock).value)
    arguments = [str(tmp_path / "spool"), str(tmp_path / "sent"), str(tmp_path / "report")]
    processes = [
        subprocess.Popen([sys.executable, "-c", _KEEPS_AND_SENDS, *arguments, name]) for name in ("a", "b", "c")
    ]
    codes = [process.wait(timeout=90) for process in processes]
    Spool(tmp_path / "spool", clock=clock).drain(transport)
    sent = [*(tmp_path / "sent").read_text().split(), *transport.ids]

    assert codes == [0, 0, 0]
    assert len(sent) == len(set(sent)) == 45
    for name in ("a", "b", "c"):
        own = [event_id for event_id in sent if event_id.startswith(name)]
        assert own == sorted(own)


def test_a_second_sender_leaves_the_first_alone(
    spool: Spool, clock: HandClock, monkeypatch: pytest.MonkeyPatch, transport: RecordingTransport
) -> None:
    """While one process sends, another does not send the same reports beside it."""
    monkeypatch.setattr("tocsin_producers.spool._TURN_SECONDS", 0.05)
    spool.keep(report("e-0", clock))
    with SpoolFolder(spool.folder.path).sending(wait_seconds=0) as turn:
        drained = spool.drain(transport)

    assert turn
    assert drained.stop is Stop.BUSY
    assert not transport.attempts


def test_an_unreadable_spool_is_told(spool: Spool, clock: HandClock, transport: RecordingTransport) -> None:
    """A folder where a report should be is no reason for a traceback."""
    spool.keep(report("e-0", clock))
    first = spool.folder.waiting()[0]
    first.unlink()
    first.mkdir()

    with pytest.raises(SpoolError, match="readable"):
        spool.drain(transport)
