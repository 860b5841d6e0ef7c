"""The institute's command: every file accounted for, and the exit status says it in one number."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fixtures.clock import HandClock
from tests.producers.reports import BAD_EVENTS, BAD_FINDINGS, Bad, BadBytes, event, finding, incident, without
from tocsin_producers import Fault, Spool, TransportError
from tocsin_producers.cli import Wiring, create_app
from tocsin_producers.outgoing import Outgoing
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Action, Finding, Problem, ReportKind

Run = Callable[..., Result]
DOWN = TransportError("the network is away", fault=Fault.TEMPORARY)
NETWORK = """
institutes:
  - {id: gb, name: UK, languages: [en], time_zone: UTC}
  - {id: fr, name: FR, languages: [fr], time_zone: UTC}
"""


@pytest.fixture
def run(transport: RecordingTransport, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `tocsin` with these arguments in an institute that knows the network's members."""
    (tmp_path / "institutes.yaml").write_text(NETWORK)
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(tmp_path))
    app = create_app(Wiring(clock=clock, connect_to=lambda _: transport))

    def invoke(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, object], Path]:
    """Writes a file of JSON, or of bytes."""

    def write(name: str, content: object) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


File = Callable[[str, object], Path]


def test_published_files_are_named_with_their_ids(run: Run, file: File, transport: RecordingTransport) -> None:
    """Each report is one line that can be searched: outcome, file, part, id."""
    result = run("publish", file("f.json", finding()), file("i.json", incident()))
    lines = [line.split("\t") for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [line[0] for line in lines[:2]] == ["published", "published"]
    assert [line[3] for line in lines[:2]] == transport.ids
    assert lines[2] == ["2 files: 2 published."]


def test_one_refusal_costs_no_other_file(run: Run, file: File, transport: RecordingTransport, tmp_path: Path) -> None:
    """Wrong, vanished, empty and foreign files are rows; what is right is published; the status is 1."""
    result = run(
        "publish",
        file("wrong.json", finding(status="real")),
        tmp_path / "gone.json",
        file("empty.json", b""),
        file("foreign.bin", b"\x00"),
        file("right.json", finding()),
    )
    outcomes = [line.split("\t")[0] for line in result.stdout.splitlines()[:5]]

    assert outcomes == ["refused", "refused", "refused", "refused", "published"]
    assert result.stdout.splitlines()[5] == "5 files: 1 published, 4 refused."
    assert result.exit_code == 1
    assert len(transport.sent) == 1


@pytest.mark.parametrize("bad", BAD_FINDINGS, ids=str)
def test_a_wrong_finding_is_a_row_with_field_and_fix(
    bad: Bad, run: Run, file: File, transport: RecordingTransport
) -> None:
    """The row says what to mend; the file beside it is published."""
    result = run("publish", file("bad.json", bad.make()), file("good.json", finding()))
    row = result.stdout.splitlines()[0]

    assert row.startswith("refused\t")
    assert f"{bad.field}: " in row
    assert bad.fix in row
    assert result.exit_code == 1
    assert len(transport.sent) == 1


@pytest.mark.parametrize("bad", BAD_EVENTS, ids=str)
def test_a_wrong_event_is_a_row_with_field_and_fix(
    bad: BadBytes, run: Run, file: File, transport: RecordingTransport
) -> None:
    """No JSON, no UTF-8, a future version: a row each, and no traceback."""
    result = run("publish", file("bad.json", bad.value), file("good.json", finding()))
    row = result.stdout.splitlines()[0]

    assert row.startswith("refused\t")
    assert f"{bad.field}: " in row
    assert bad.fix in row
    assert result.exit_code == 1
    assert len(transport.sent) == 1


def test_a_megabyte_is_refused(run: Run, file: File) -> None:
    """A file of 1 MiB that claims to be one report is told its limit."""
    result = run("publish", file("big.json", finding(summary="x" * 1024 * 1024)))

    assert result.exit_code == 1
    assert "summary: " in result.stdout
    assert "8000" in result.stdout


def test_without_a_label_the_option_is_named(run: Run, file: File, transport: RecordingTransport) -> None:
    """There is no default label: the command says which option gives one, and that nothing was published."""
    result = run("publish", file("f.json", without(finding(), "tlp")))

    assert result.exit_code == 2
    assert "--tlp" in result.stdout
    assert "there is no default" in result.stdout
    assert not transport.attempts


@pytest.mark.parametrize("text", ["amber", "TLP:AMBER", "tlp:amber"])
def test_a_label_is_read_as_people_type_it(text: str, run: Run, file: File, transport: RecordingTransport) -> None:
    """Capitals and prefix are the machine's business."""
    result = run("publish", "--tlp", text, file("f.json", without(finding(), "tlp")))

    assert result.exit_code == 0
    assert transport.reports[0].body.tlp == "TLP:AMBER"


def test_a_label_that_is_none_is_wrong_usage(run: Run, file: File) -> None:
    """A misspelt label is told before anything is read."""
    result = run("publish", "--tlp", "mauve", file("f.json", finding()))

    assert result.exit_code == 2
    assert "TLP:AMBER+STRICT" in result.stderr.replace("\n", " ")


def test_the_environment_labels_too(
    run: Run, file: File, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an institute always says it sets once."""
    monkeypatch.setenv("TOCSIN_TLP", "TLP:GREEN")
    monkeypatch.setenv("TOCSIN_INSTITUTE", "gb")
    result = run("publish", file("f.json", without(finding(), "tlp", "institute", "status", "language")))
    body = transport.reports[0].body

    assert result.exit_code == 0
    assert (body.tlp, body.institute, body.status, body.language) == ("TLP:GREEN", "gb", "actual", "en")


def test_a_wrong_environment_is_wrong_usage(run: Run, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that cannot be used is named."""
    monkeypatch.setenv("TOCSIN_TIMEOUT_SECONDS", "soon")
    result = run("publish", file("f.json", finding()))

    assert result.exit_code == 2
    assert "TOCSIN_TIMEOUT_SECONDS" in result.stderr


def test_the_same_file_twice_counts_once(run: Run, file: File, transport: RecordingTransport) -> None:
    """A second publishing repeats the first one's id, which the network takes once."""
    path = file("f.json", finding())
    run("publish", path)
    run("publish", path)

    assert len(transport.ids) == 2
    assert len(set(transport.ids)) == 1


def test_a_dry_run_sends_nothing(run: Run, file: File, transport: RecordingTransport) -> None:
    """It tells what would be refused, and leaves what waits on the spool where it is."""
    transport.failure = DOWN
    run("publish", file("w.json", finding(title="EXERCISE: waits")))
    transport.failure = None
    before = transport.attempts
    checked = run("check", file("f.json", finding()), file("bad.json", finding(status="real")))
    dry = run("publish", "--dry-run", file("f.json", finding()))

    assert [line.split("\t")[0] for line in checked.stdout.splitlines()[:2]] == ["valid", "refused"]
    assert (checked.exit_code, dry.exit_code) == (1, 0)
    assert transport.attempts == before


def test_spooled_reports_are_said_to_wait_and_are_sent_later(
    run: Run, file: File, transport: RecordingTransport, clock: HandClock
) -> None:
    """During an outage publishing succeeds, says that reports wait and where; later they are sent in order."""
    transport.failure = DOWN
    outage = run("publish", file("a.json", finding()), file("b.json", incident()))
    waits = run("spool", "status")
    still = run("spool", "send")
    transport.failure = None
    clock.advance(timedelta(minutes=1))
    sent = run("spool", "send")
    empty = run("spool", "status")

    assert outage.exit_code == 0
    assert [line.split("\t")[0] for line in outage.stdout.splitlines()[:2]] == ["spooled", "spooled"]
    assert "2 wait in " in outage.stdout
    assert "tocsin spool send" in outage.stdout
    assert waits.stdout.startswith("2 waiting, 0 refused in ")
    assert (still.exit_code, sent.exit_code, empty.exit_code) == (1, 0, 0)
    assert sent.stdout.startswith("2 sent, 0 refused, 0 waiting.")
    assert [one.topic.base_name for one in transport.sent] == ["findings", "incidents"]


def test_what_the_network_refused_of_the_spool_is_shown(
    run: Run, file: File, transport: RecordingTransport, clock: HandClock, tmp_path: Path
) -> None:
    """A report that was moved aside is shown with its reason until somebody has dealt with it."""
    transport.failure = DOWN
    run("publish", file("f.json", finding()))
    problem = Problem("institute", "is another.", "Use your own key.")
    transport.failure = TransportError("403", fault=Fault.REPORT, problems=[problem])
    sent = run("spool", "send")
    status = run("spool", "status")
    machine = json.loads(run("spool", "status", "--json").stdout)
    transport.failure = None
    clock.advance(60)
    later = run("publish", file("g.json", incident()))

    assert (sent.exit_code, status.exit_code) == (1, 1)
    assert str(problem) in sent.stdout
    assert str(problem) in status.stdout
    assert [one["reason"] for one in machine["refused"]] == [str(problem)]
    assert "tocsin spool status" in later.stdout
    assert Spool(tmp_path / "state" / "spool", clock=clock).is_empty()


def test_the_doors_refusal_is_a_row(run: Run, file: File, transport: RecordingTransport) -> None:
    """What the network says of a report reaches its author, field and fix."""
    problem = Problem("source", "does not speak for it.", "Register the source.")
    transport.failure = TransportError("the door answered 403", fault=Fault.REPORT, problems=[problem])
    result = run("publish", file("f.json", finding()))

    assert result.exit_code == 1
    assert str(problem) in result.stdout


def test_nowhere_to_keep_it_is_a_failure(run: Run, file: File, transport: RecordingTransport, tmp_path: Path) -> None:
    """A report that could be neither sent nor kept is never called spooled."""
    (tmp_path / "in-the-way").write_text("")
    transport.failure = DOWN
    result = run("publish", "--spool-dir", tmp_path / "in-the-way" / "spool", file("f.json", finding()))

    assert result.exit_code == 1
    assert result.stdout.startswith("failed\t")
    assert "TOCSIN_SPOOL_DIR" in result.stdout


def test_json_output_holds_everything(run: Run, file: File) -> None:
    """Programs get id, series, problems with their codes, and totals."""
    result = run("publish", "--json", file("f.json", finding()), file("bad.json", finding(status="real")))
    shown = json.loads(result.stdout)

    assert shown["totals"] == {"published": 1, "refused": 1}
    assert shown["reports"][0]["id"] == shown["reports"][0]["series"]
    assert shown["reports"][1]["problems"][0]["field"] == "status"
    assert shown["reports"][1]["problems"][0]["code"] == "invalid_value"


def test_names_of_files_cannot_forge_lines(run: Run, tmp_path: Path) -> None:
    """A file's name with a line break or an escape sequence stays on its own line."""
    result = run("publish", tmp_path / "a\npublished\tb\x1b[31m.json")

    assert len(result.stdout.splitlines()) == 2
    assert "\x1b" not in result.stdout


def test_an_update_corrects_the_series_it_names(run: Run, file: File, transport: RecordingTransport) -> None:
    """A file may correct what was published before; a whole event says itself what it does."""
    good = run("publish", "--update", "s-1", file("f.json", finding()))
    refused = run("publish", "--update", "s-1", file("e.json", event()))

    assert (good.exit_code, refused.exit_code) == (0, 1)
    assert transport.reports[0].action is Action.UPDATE
    assert transport.sent[0].series == "s-1"
    assert "--update" in refused.stdout


def test_a_report_may_take_the_place_of_others(run: Run, file: File, transport: RecordingTransport) -> None:
    """Those that the command line names, beside those that the file does; a whole event says so itself."""
    named = finding() | {"supersedes": ["s-1"]}
    good = run("publish", "--supersedes", "s-1", "--supersedes", "s-2", file("f.json", named))
    plain = run("publish", file("g.json", finding()))
    wrong = run("publish", "--supersedes", "two\nlines", file("h.json", finding()))
    refused = run("publish", "--supersedes", "s-1", file("e.json", event()))
    several = run("publish", "--supersedes", "s-1", file("i.json", finding()), file("j.json", incident()))

    assert [done.exit_code for done in (good, plain)] == [0, 0]
    assert all(done.exit_code != 0 for done in (wrong, refused, several))
    body = transport.reports[0].body
    assert isinstance(body, Finding)
    assert body.supersedes == ("s-1", "s-2")
    assert transport.reports[0].action is Action.REPORT
    assert len({report.envelope.id for report in transport.reports}) == 2
    assert len(transport.reports) == 2
    assert "supersedes" in wrong.stdout
    assert "--supersedes" in refused.stdout


def test_a_retraction_is_published(run: Run, transport: RecordingTransport) -> None:
    """A series is taken back with its reason; whether it was ever seen is for the network to say."""
    result = run("retract", "s-1", "--kind", "incident", "--reason", "Not ours.", "--institute", "fr", "--tlp", "green")
    report = transport.reports[0]

    assert result.exit_code == 0
    assert (report.kind, report.action, report.envelope.series) == (ReportKind.INCIDENT, Action.RETRACT, "s-1")


@pytest.mark.parametrize("missing", ["--kind", "--reason"])
def test_a_retraction_says_what_and_why(missing: str, run: Run) -> None:
    """Without a kind or a reason it is wrong usage."""
    options = {"--kind": "finding", "--reason": "x", "--institute": "gb", "--tlp": "green"}
    given = [word for name, content in options.items() if name != missing for word in (name, content)]

    assert run("retract", "s-1", *given).exit_code == 2


@pytest.mark.parametrize("kind", list(ReportKind))
@pytest.mark.parametrize("options", [(), ("--event",)])
def test_the_example_can_be_published(
    kind: ReportKind, options: tuple[str, ...], run: Run, file: File, transport: RecordingTransport
) -> None:
    """What the command shows as an example is right, and marked as an exercise."""
    shown = run("example", kind, *options)
    result = run("publish", file("example.json", shown.stdout.encode()))

    assert result.exit_code == 0
    assert transport.reports[0].kind is kind
    assert transport.reports[0].body.status == "exercise"


@pytest.mark.parametrize("kind", list(ReportKind))
def test_the_schema_is_printed(kind: ReportKind, run: Run) -> None:
    """The JSON Schema of a report, for who makes one in another language."""
    schema = json.loads(run("schema", kind).stdout)

    assert "tlp" in schema["required"]
    assert schema["additionalProperties"] is False


def test_every_real_log_is_accounted_for(run: Run, transport: RecordingTransport, sample_data: Path) -> None:
    """Of the sample logs, whatever they are called, all but the broken and the future one are published."""
    files = sorted((sample_data / "inspect_logs").iterdir())
    result = run("publish", "--institute", "gb", "--tlp", "green", "--json", *files)
    rows = json.loads(result.stdout)["reports"]

    assert [row["file"] for row in rows] == [str(path) for path in files]
    assert {Path(row["file"]).name.rpartition("__")[2] for row in rows if row["outcome"] == "refused"} == {
        "log_invalid.txt",
        "log_version_3.txt",
    }
    assert all(row["problems"] for row in rows if row["outcome"] == "refused")
    assert len(transport.sent) == len(files) - 2


class _Interrupted(RecordingTransport):
    """Somebody presses Ctrl-C while the second report is sent."""

    def send(self, report: Outgoing) -> None:
        if self.sent:
            raise KeyboardInterrupt
        super().send(report)


def test_an_interruption_accounts_for_the_rest(file: File, clock: HandClock) -> None:
    """Ctrl-C in the middle shows what was published and what was not tried."""
    app = create_app(Wiring(clock=clock, connect_to=lambda _: _Interrupted()))
    files = [file("a.json", finding()), file("b.json", incident()), file("c.json", finding(title="EXERCISE: c"))]
    result = CliRunner().invoke(app, ["publish", *map(str, files)])

    assert [line.split("\t")[0] for line in result.stdout.splitlines()[:3]] == ["published", "not_tried", "not_tried"]
    assert result.exit_code == 1


@pytest.mark.parametrize("command", ["status", "send"])
def test_a_spool_that_is_no_folder_holds_nothing(command: str, run: Run, tmp_path: Path) -> None:
    """Looking at the spool never ends in a traceback."""
    (tmp_path / "in-the-way").write_text("")
    result = run("spool", command, "--spool-dir", tmp_path / "in-the-way")

    assert result.exit_code == 0
    assert "0 waiting" in result.stdout
