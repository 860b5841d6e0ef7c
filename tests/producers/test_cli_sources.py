"""What `tocsin publish` is given: folders, patterns, standard input, results of others; every file accounted for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.fixtures.clock import HandClock
from tests.producers.adapted import harness, written
from tests.producers.reports import finding, incident
from tocsin_producers.cli import Wiring, create_app
from tocsin_producers.cli.output import show_rows
from tocsin_producers.cli.rows import Row, RowOutcome
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Incident

Run = Callable[..., Result]


@pytest.fixture
def run(transport: RecordingTransport, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `tocsin` for an institute that labels everything GREEN."""
    monkeypatch.setenv("TOCSIN_TLP", "TLP:GREEN")
    monkeypatch.setenv("TOCSIN_INSTITUTE", "gb")
    app = create_app(Wiring(clock=clock, connect_to=lambda _: transport))

    def invoke(*arguments: object, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


def rows(result: Result) -> list[tuple[str, str, str]]:
    """Outcome, file name and part of each row."""
    found = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    return [(line[0], Path(line[1]).name, line[2]) for line in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the harness leaves one, with a report of ours and a README beside it."""
    inner = tmp_path / "out" / "example__aurora-3"
    inner.mkdir(parents=True)
    (tmp_path / "out" / ".cache").mkdir()
    written(inner / "results_2026-01-21T03-44-18.json", harness())
    written(inner / "samples_wmdp_bio_2026-01-21T03-44-18.jsonl", b'{"doc_id": 0, "doc": {}}\n')
    written(tmp_path / "out" / "a.json", finding(institute="gb"))
    written(tmp_path / "out" / "README.md", b"# Results\n")
    written(tmp_path / "out" / "settings.json", {"tasks": ["wmdp_bio"], "limit": 5})
    written(tmp_path / "out" / ".cache" / "b.json", finding(institute="gb"))
    written(tmp_path / "out" / ".hidden.json", finding(institute="gb"))
    return tmp_path / "out"


def test_a_folder_is_what_is_in_it(run: Run, folder: Path, transport: RecordingTransport) -> None:
    """By name, folders within included, hidden ones not; what holds no report is passed over and said so."""
    result = run("publish", folder)

    assert rows(result) == [
        ("passed_over", "README.md", "-"),
        ("published", "a.json", "-"),
        ("published", "results_2026-01-21T03-44-18.json", "wmdp_bio"),
        ("passed_over", "samples_wmdp_bio_2026-01-21T03-44-18.jsonl", "-"),
        ("passed_over", "settings.json", "-"),
    ]
    assert "5 files: 2 published, 3 passed over." in result.stdout
    assert result.exit_code == 0
    assert len(transport.sent) == 2


def test_what_is_named_is_not_passed_over(run: Run, folder: Path) -> None:
    """Who names a file means it: that it holds no report is a fault."""
    result = run("check", folder / "README.md", folder / "settings.json")

    assert [row[0] for row in rows(result)] == ["refused", "refused"]
    assert result.exit_code == 1


def test_a_list_of_other_things_is_one_file(run: Run, tmp_path: Path) -> None:
    """A taxonomy, predictions line by line: told once, and passed over in a folder; beside a report each is told."""
    other: list[object] = [{"namespace": "x", "fields": []}] * 30
    written(tmp_path / "taxa.json", other)
    lines = written(tmp_path / "predictions.jsonl", b"\n".join([b'{"answer": "A", "gold": "B"}'] * 30))
    mixed = written(tmp_path / "mixed.json", [*other, finding(institute="gb")])

    assert rows(run("check", lines)) == [("refused", "predictions.jsonl", "-")]
    assert [row[0] for row in rows(run("check", mixed))] == ["refused"] * 30 + ["valid"]
    mixed.unlink()
    assert {row[0] for row in rows(run("check", tmp_path))} == {"passed_over"}


def test_a_broken_report_in_a_folder_is_a_fault(run: Run, folder: Path) -> None:
    """A log that is cut short or a report with a mistake is not passed over: it would be lost."""
    written(folder / "broken.json", b'{"title": "x"')
    written(folder / "wrong.json", finding(institute="gb", status="real"))
    written(folder / "cut.eval", b"PK\x03\x04")
    result = run("check", folder)

    assert {row[1] for row in rows(result) if row[0] == "refused"} == {"broken.json", "wrong.json", "cut.eval"}
    assert result.exit_code == 1


def test_a_folder_without_reports_is_a_fault(run: Run, tmp_path: Path) -> None:
    """An empty folder, or one with nothing but other things, is most likely the wrong one."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    written(tmp_path / "other" / "README.md", b"# Nothing\n")

    assert run("check", tmp_path / "empty").exit_code == 1
    assert run("check", tmp_path / "other").exit_code == 1


def test_patterns_the_shell_did_not_expand(run: Run, folder: Path) -> None:
    """Quoted, or on a shell that expands none; mixed with names; a file called like a pattern goes first."""
    odd = written(folder / "odd[1].json", finding(institute="gb"))
    result = run("check", f"{folder}/**/results_*.json", odd, folder / "a.json", f"{folder}/nothing*.json")

    assert rows(result) == [
        ("valid", "results_2026-01-21T03-44-18.json", "wmdp_bio"),
        ("valid", "odd[1].json", "-"),
        ("valid", "a.json", "-"),
        ("refused", "nothing*.json", "-"),
    ]
    assert "no file matches" in result.stdout


@pytest.mark.parametrize("content", [json.dumps(harness()).encode(), json.dumps(finding(institute="gb")).encode()])
def test_standard_input_is_a_file_like_any_other(run: Run, content: bytes, transport: RecordingTransport) -> None:
    """Whatever it holds, it is known by that; and it has the same id as from a file."""
    result = run("publish", "-", stdin=content)
    again = run("publish", "-", "-", stdin=content)

    assert [row[:2] for row in rows(result)] == [("published", "(standard input)")]
    assert again.exit_code == 0
    assert len(set(transport.ids)) == 1


def test_nothing_on_standard_input_is_a_fault(run: Run) -> None:
    """A pipe whose other end failed publishes nothing, and says so."""
    result = run("publish", "-", stdin=b"")

    assert [row[0] for row in rows(result)] == ["refused"]
    assert result.exit_code == 1


@pytest.mark.parametrize("several", ["in one file", "in two files"])
def test_one_report_corrects_a_series(several: str, run: Run, tmp_path: Path, transport: RecordingTransport) -> None:
    """Several at once would all claim to be the series as it is now: none is published."""
    two = written(tmp_path / "two.json", [finding(institute="gb"), finding(institute="gb", title="EXERCISE: b")])
    one = written(tmp_path / "one.json", incident(institute="gb"))
    result = run("publish", "--update", "s-1", *([two] if several == "in one file" else [one, one]))

    assert {row[0] for row in rows(result)} == {"refused"}
    assert "--update" in result.stdout
    assert not transport.attempts


def test_a_dry_run_says_what_would_be_published(run: Run, folder: Path, transport: RecordingTransport) -> None:
    """Each part with its title beside its id, what of the file is not in it, and that nothing was sent."""
    path = written(folder / "r.json", harness({"wmdp_bio": {"acc,none": 0.71, "f1,none": "N/A"}}))
    result = run("publish", "--dry-run", path)
    machine = json.loads(run("publish", "--dry-run", "--json", path).stdout)

    assert "wmdp_bio on example/aurora-3: acc 0.71 (n = 1273)" in result.stdout
    assert "no finite number for f1" in result.stdout
    assert "nothing was sent" in result.stdout
    assert machine["reports"][0]["title"].startswith("wmdp_bio on")
    assert machine["reports"][0]["note"] == "no finite number for f1"
    assert not transport.attempts


def test_what_a_file_does_not_say_has_an_option(run: Run, sample_data: Path) -> None:
    """The refusal names it; with it the file is published; the status says that only options are lacking."""
    path = sample_data / "lm_eval" / "arc_challenge-v2.0-res.json"
    lacking = run("check", path)
    complete = run("check", "--system", "EleutherAI/gpt-neo-2.7B", "--observed-at", "2021-04-03", path)

    assert lacking.exit_code == 2
    assert "Give --system NAME." in lacking.stdout
    assert "Give --observed-at WHEN." in lacking.stdout
    assert complete.exit_code == 0
    assert "arc_challenge on EleutherAI/gpt-neo-2.7B: acc 0.2662" in complete.stdout


def test_options_fill_bare_reports_as_well(run: Run, tmp_path: Path, transport: RecordingTransport) -> None:
    """A finding of ours without its system or time takes them from the same options."""
    bare = {name: value for name, value in finding(institute="gb").items() if name not in {"system", "observed_at"}}
    result = run(
        "publish", "--system", "x/y", "--observed-at", "2026-11-24T09:00:00+01:00", written(tmp_path / "f.json", bare)
    )
    body = transport.reports[0].body

    assert result.exit_code == 0
    assert getattr(body, "system").name == "x/y"  # noqa: B009
    assert getattr(body, "observed_at").isoformat() == "2026-11-24T08:00:00+00:00"  # noqa: B009


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--observed-at", "yesterday"),
        ("--observed-at", "2026-11-24T09:00:00"),
        ("--observed-at", "2026-13-01"),
        ("--system", " "),
    ],
)
def test_an_option_that_says_nothing_is_wrong_usage(option: str, value: str, run: Run, folder: Path) -> None:
    """A time without its zone could be any of twenty-four."""
    assert run("check", option, value, folder).exit_code == 2


def test_every_result_of_others_is_accounted_for(run: Run, sample_data: Path) -> None:
    """All sample results: each file is valid part by part, or says which option it lacks."""
    result = run("check", "--json", sample_data / "lm_eval", sample_data / "other_evals")
    complete = run("check", "--json", "--system", "x/y", "--observed-at", "2023-04-03", sample_data / "lm_eval")
    told = [(Path(row["file"]).name, row["outcome"], row["part"]) for row in json.loads(result.stdout)["reports"]]

    assert [row[:2] for row in told] == [
        ("arc_challenge-v2.0-res.json", "refused"),
        *[("every_eval_ever__results_2026-01-21T03-44-18.458309.json", "valid")] * 2,
        ("pythia__12b-5shot_step143000.json", "refused"),
        *[("every_eval_ever__98ea850e.json", "valid")] * 6,
    ]
    assert json.loads(complete.stdout)["totals"] == {"valid": 1 + 2 + 65}


def test_names_inside_a_file_cannot_forge_lines(run: Run, tmp_path: Path) -> None:
    """A task called like a row stays on its own line, and an escape sequence is shown, not obeyed."""
    name = "a\npublished\tb\x1b[31m"
    path = written(tmp_path / "r.json", harness({name: {"acc,none": 0.5}, f"{name}2": {"acc,none": "0.5"}}))
    result = run("check", path)

    assert [row[0] for row in rows(result)] == ["valid", "refused"]
    assert "\x1b" not in result.stdout


def test_no_part_of_a_row_can_forge_another(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an adapter calls a part, it stays in its column."""
    show_rows([Row("f", RowOutcome.VALID, part="a\npublished\tb\x1b[31m")], console=Console(), hints=[])
    first, last = capsys.readouterr().out.splitlines()

    assert first.split("\t")[:2] == ["valid", "f"]
    assert len(first.split("\t")) == 4
    assert last == "1 file: 1 valid."


def test_the_example_table_is_the_example(run: Run, tmp_path: Path, transport: RecordingTransport) -> None:
    """What is shown to be filled in can be published as it is, and says what the example in JSON says."""
    shown = run("example", "incident", "--csv").stdout
    result = run("publish", "--institute", "fr", written(tmp_path / "i.csv", shown.encode()))
    body = transport.reports[0].body

    assert result.exit_code == 0
    assert body == Incident.model_validate(incident())
    assert shown.startswith("1 Title,2 Description of incident,3 How AI system relates to incident,")


@pytest.mark.parametrize("arguments", [("finding", "--csv"), ("incident", "--event", "--csv")])
def test_only_an_incident_is_a_table(arguments: tuple[str, ...], run: Run) -> None:
    """The framework is about incidents; an envelope is no table."""
    assert run("example", *arguments).exit_code == 2
