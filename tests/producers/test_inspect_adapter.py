"""Findings out of Inspect's logs: real ones with their surprises, and each surprise alone."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.log import EvalLog, write_eval_log

from tests.producers.inspect_logs import LABELS, draft, finding, log, results, score
from tocsin_producers.adapters import Draft, Labels, adapter_for
from tocsin_producers.adapters.inspect import INSPECT, digest_of
from tocsin_producers.adapters.text import error_line
from tocsin_schemas import Finding, InvalidEvent, ProblemCode, RunOutcome, Status, Tlp, envelope_for, read_report

ZSTANDARD = 93

REAL = {
    "every_eval_ever__data_arc_qwen.json": ("inspect_evals", "arc_easy", "ollama/qwen2.5:0.5b", [("accuracy", 1 / 3)]),
    "every_eval_ever__data_cyse2_vuln_exploit_challenges.json": (
        "inspect_evals",
        "cyse2_vulnerability_exploit",
        "mistral/mistral-large-latest",
        [("accuracy", 0.38108974358974373), ("mean", 0.38108974358974357), ("std", 0.3115628730565127)],
    ),
    "every_eval_ever__data_intercode_ctf_local_path.json": (
        "inspect_evals",
        "gdm_intercode_ctf",
        "mistral/mistral-small-latest",
        [("accuracy", 0.35443037974683544)],
    ),
    "every_eval_ever__data_pubmedqa_gpt4o_mini.json": (
        "inspect_evals",
        "pubmedqa",
        "openai/azure/gpt-4o-mini",
        [("accuracy", 1.0)],
    ),
    "inspect_ai__analysis__test_logs_choices__mmlu-no-summary-choices.eval": (
        "inspect_evals",
        "mmlu_0_shot",
        "openai/gpt-4o",
        [("accuracy", 0.0)],
    ),
    "inspect_ai__log__test_eval_log__log_formats.eval": (None, "popularity", "ollama/llama3.1", [("accuracy", 0.0)]),
    "inspect_ai__log__test_eval_log__log_formats.json": (None, "popularity", "ollama/llama3.1", [("accuracy", 0.0)]),
    "inspect_ai__log__test_eval_log__log_tool_call_error.json": (None, "...", "...", [("accuracy", 1.0)]),
    "inspect_ai__log__test_eval_log__log_with_nan.txt": (None, "wikipedia", "openai/gpt-4", []),
    "inspect_ai__log__test_list_logs__2024-11-05T13-31-45-05-00_input-task_8zXjbRzCWrL9GXiXo2vus9.json": (
        None,
        "input_task",
        "openai/gpt-4o-mini",
        [("accuracy", 1.0)],
    ),
    "inspect_ai__log__test_list_logs__2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval": (
        None,
        "input_task",
        "openai/gpt-4o-mini",
        [("accuracy", 1.0)],
    ),
    "inspect_ai__scorer__logs__2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval": (
        None,
        "popularity",
        "openai/gpt-4o-mini",
        [],
    ),
    "inspect_scout__2025-09-23T08-09-58-04-00_security-guide_LuxZJVwvymC3S3SyoJczxB.eval": (
        None,
        "security_guide",
        "openai/gpt-4o-mini",
        [("accuracy", 0.6875)],
    ),
    "metr_inspect_action__small.eval": (
        "mtb",
        "oxdna_simple",
        "anthropic/claude-opus-4-1-20250805",
        [("accuracy", 1.0)],
    ),
}
REFUSED = {
    "inspect_ai__log__test_eval_log__log_invalid.txt": ("(file)", ProblemCode.UNREADABLE_FILE),
    "inspect_ai__log__test_eval_log__log_version_3.txt": ("version", ProblemCode.FUTURE_VERSION),
}


@pytest.fixture(scope="session")
def logs(sample_data: Path) -> Path:
    """The real logs."""
    return sample_data / "inspect_logs"


def read(path: Path, labels: Labels = LABELS) -> Draft:
    """The one draft that the adapter reads from a file."""
    (found,) = INSPECT.read(path, labels)
    assert isinstance(found, Draft)
    return found


def body(path: Path) -> Finding:
    """The finding in a file."""
    found = read(path).body
    assert isinstance(found, Finding)
    return found


def refusal(path: Path) -> tuple[str, ProblemCode, str]:
    """Field, code and message of the one problem for which a file is refused."""
    with pytest.raises(InvalidEvent) as refused:
        read(path)
    (problem,) = refused.value.problems
    assert problem.fix
    return problem.field, problem.code, problem.message


class TestRealLogs:
    def test_every_log_of_the_collection_has_its_expectation_here(self, logs: Path) -> None:
        """No real log goes unlooked at: each is read or refused as written down in this module."""
        present = {path.name for path in logs.iterdir()}

        assert present == REAL.keys() | REFUSED.keys()

    @pytest.mark.parametrize("name", sorted(REAL))
    def test_a_real_log_gives_what_its_header_says(self, logs: Path, name: str) -> None:
        """Task, package, model and metrics are those of the log, and nothing is added."""
        made = body(logs / name)
        package, task, model, metrics = REAL[name]

        assert (made.evaluation.package, made.evaluation.name, made.system.name) == (package, task, model)
        assert [(one.metric, one.value) for one in made.measurements] == metrics

    @pytest.mark.parametrize("name", sorted(REAL))
    def test_a_real_log_makes_a_report_that_the_network_takes(self, logs: Path, name: str) -> None:
        """What the adapter drafts passes the check that every receiver makes, and keeps its evidence's digest."""
        made = read(logs / name)
        assert made.event_id is not None
        assert made.time is not None
        envelope = envelope_for(
            made.body,
            kind=made.kind,
            action=made.action,
            source="urn:tocsin:institute:gb",
            event_id=made.event_id,
            time=made.time,
            series=made.series,
        )

        report = read_report(envelope)

        assert report.body == made.body
        assert [one.digest for one in getattr(report.body, "evidence")] == [digest_of(logs / name)]  # noqa: B009

    @pytest.mark.parametrize("name", sorted(REFUSED))
    def test_what_is_no_log_of_today_is_refused_with_its_reason(self, logs: Path, name: str) -> None:
        """A log cut short and a log of a later version are refused, each saying which it is."""
        field, code, message = refusal(logs / name)

        assert (field, code) == REFUSED[name]
        assert "version 4" in message or "premature EOF" in message

    @pytest.mark.parametrize("name", sorted(REAL.keys() | REFUSED.keys()))
    def test_the_adapter_takes_every_log_whatever_its_name(self, logs: Path, name: str) -> None:
        """A log is known by its content: a .txt is one as well."""
        assert adapter_for(logs / name) is INSPECT

    def test_one_run_kept_twice_is_one_report(self, logs: Path) -> None:
        """The same run as .eval and as .json has one event id and one series, so that it counts once."""
        zipped = read(logs / "inspect_ai__log__test_eval_log__log_formats.eval")
        plain = read(logs / "inspect_ai__log__test_eval_log__log_formats.json")

        assert (zipped.event_id, zipped.series) == (plain.event_id, plain.series)

    def test_different_runs_are_different_reports(self, logs: Path) -> None:
        """No two runs share an id."""
        ids = {read(logs / name).event_id for name in REAL}

        assert len(ids) == len(REAL) - 1

    def test_an_old_log_without_eval_id_has_a_lasting_id(self, logs: Path) -> None:
        """A log from before eval ids gives the same id at each reading."""
        path = logs / "inspect_ai__log__test_eval_log__log_with_nan.txt"

        assert read(path).event_id == read(path).event_id

    def test_a_metric_that_is_not_a_number_is_left_out_and_named(self, logs: Path) -> None:
        """NaN is never published, nor made into 0; the summary says what is missing."""
        made = body(logs / "inspect_ai__log__test_eval_log__log_with_nan.txt")

        assert made.measurements == ()
        assert "no finite number for it: accuracy of scorer model_graded_fact" in made.summary
        assert made.title.endswith("gave no finite number")

    def test_samples_are_those_that_ran(self, logs: Path) -> None:
        """A data set said to have one sample, run 2,340 times, gives n = 2,340 with 4 epochs."""
        made = body(logs / "every_eval_ever__data_cyse2_vuln_exploit_challenges.json")

        assert made.run is not None
        assert (made.run.samples_total, made.run.epochs, made.measurements[0].samples) == (2340, 4, 2340)

    def test_a_time_with_an_offset_becomes_utc(self, logs: Path) -> None:
        """13:32 at -05:00 is 18:32 in UTC."""
        made = body(
            logs / "inspect_ai__log__test_list_logs__2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval"
        )

        assert made.run is not None
        assert made.run.started_at == datetime(2024, 11, 5, 18, 32, 37, tzinfo=UTC)

    def test_nothing_of_a_log_but_its_header_is_published(self, logs: Path) -> None:
        """Arguments and metadata stay in the log: a real one names its creator's account there."""
        made = body(logs / "metr_inspect_action__small.eval").model_dump_json()

        assert "google-oauth2" not in made
        assert "secrets_env_path" not in made


class TestFiles:
    def test_a_log_of_a_current_inspect_is_read(self, tmp_path: Path) -> None:
        """Current logs are zipped with Zstandard, which Python 3.11 cannot open by itself: they are read too."""
        path = tmp_path / "run.eval"
        write_eval_log(log(results=results(score(accuracy=0.5, stderr=0.05))), path)
        with zipfile.ZipFile(path) as archive:
            methods = {member.compress_type for member in archive.infolist()}

        assert methods == {ZSTANDARD}
        assert body(path).measurements[0].value == 0.5

    def test_a_running_log_is_unfinished(self, tmp_path: Path) -> None:
        """A log with only its beginning, as a run in progress or killed leaves it, is reported as unfinished."""
        path = tmp_path / "running.eval"
        started = log(spec={"created": "2026-10-01T05:00:00-05:00"})
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            beginning = {"version": 2, "eval": started.eval.model_dump(mode="json"), "plan": {}}
            archive.writestr("_journal/start.json", json.dumps(beginning))

        made = body(path)

        assert made.run is not None
        assert made.run.outcome is RunOutcome.UNFINISHED
        assert made.observed_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
        assert "had not finished" in made.title

    def test_a_zip_cut_short_is_refused(self, tmp_path: Path) -> None:
        """Half a log is no log, and the refusal says so."""
        whole = tmp_path / "whole.eval"
        write_eval_log(log(results=results(score(accuracy=0.5))), whole)
        path = tmp_path / "half.eval"
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

        assert refusal(path)[:2] == ("(file)", ProblemCode.UNREADABLE_FILE)

    def test_a_zipped_log_of_a_later_version_is_refused(self, tmp_path: Path) -> None:
        """The version is looked at in .eval logs too, where Inspect's reader does not."""
        path = tmp_path / "future.eval"
        header = log().model_dump(mode="json") | {"version": 3}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("header.json", json.dumps(header))

        field, code, message = refusal(path)

        assert (field, code) == ("version", ProblemCode.FUTURE_VERSION)
        assert "version 3" in message

    @pytest.mark.parametrize(
        "content",
        [
            b'{"version": 2, "status": "success"}',
            b'{"version": 2, "status": "success", "eval": {}, "plan": {}, "stats": {}}',
            b'{"version": 2, "status": "done", "eval": {}}',
            b'{"status": "success", "eval": {"task": "x"}}',
            b'{"version": 2, "status": "\xff\xfe"}',
            b"PK\x03\x04 this is no zip",
            b"",
        ],
        ids=["no-eval", "empty-eval", "unknown-status", "no-version", "not-utf8", "not-zip", "empty"],
    )
    def test_rubbish_is_refused(self, tmp_path: Path, content: bytes) -> None:
        """Whatever is in a file, it is refused with a reason and a fix, never by a vendor's exception."""
        path = tmp_path / "rubbish.json"
        path.write_bytes(content)

        assert refusal(path)[:2] == ("(file)", ProblemCode.UNREADABLE_FILE)

    def test_a_file_that_is_gone_is_refused(self, tmp_path: Path) -> None:
        """A path without a file is refused like any other unreadable file."""
        assert refusal(tmp_path / "gone.eval")[:2] == ("(file)", ProblemCode.UNREADABLE_FILE)


class TestLabels:
    def test_without_a_label_there_is_no_finding(self) -> None:
        """A log says neither who reports nor how far it may travel: both are asked for, at once."""
        with pytest.raises(InvalidEvent) as refused:
            draft(log(), Labels())

        assert {(one.field, one.code) for one in refused.value.problems} == {
            ("institute", ProblemCode.MISSING),
            ("tlp", ProblemCode.MISSING),
        }

    def test_the_labels_are_those_given(self) -> None:
        """Institute, label, status and a variety of English are taken over."""
        made = finding(log(), Labels(institute="au", tlp=Tlp.RED, status=Status.EXERCISE, language="en-AU"))

        assert (made.institute, made.tlp, made.status, made.language) == ("au", Tlp.RED, Status.EXERCISE, "en-AU")

    def test_the_language_is_that_of_the_texts(self) -> None:
        """The sentences are English, and labelled so even where other files of the institute are not."""
        assert finding(log(), Labels(institute="fr", tlp=Tlp.GREEN, language="fr-FR")).language == "en"


class TestIdentity:
    def test_a_new_score_is_another_report_of_the_series(self) -> None:
        """Scoring a run anew changes the event id and keeps the series, so that the correction follows its original."""
        first = draft(log(results=results(score(accuracy=0.5))))
        second = draft(log(results=results(score(accuracy=0.6))))

        assert first.series == second.series
        assert first.event_id != second.event_id

    def test_a_finished_run_is_another_report_than_the_running_one(self) -> None:
        """Whoever published a log while it ran can publish its result too."""
        running, finished = draft(log(status="started")), draft(log(results=results(score(accuracy=0.5))))

        assert running.series == finished.series
        assert running.event_id != finished.event_id

    def test_a_retry_stays_in_the_series(self) -> None:
        """Inspect keeps the task id through a retry: the crash and the result that mends it are one series."""
        crash = draft(log(status="error", error="boom"))
        retry = draft(log(spec={"eval_id": "Ev2", "run_id": "Run2"}, results=results(score(accuracy=0.5))))

        assert crash.series == retry.series

    def test_an_exercise_is_not_the_real_thing(self) -> None:
        """The same log as an exercise and as actual are two reports of two series: neither hides the other."""
        actual = draft(log())
        exercise = draft(log(), Labels(institute="gb", tlp=Tlp.AMBER, status=Status.EXERCISE))

        assert actual.series != exercise.series
        assert actual.event_id != exercise.event_id

    @pytest.mark.parametrize("change", [{"model": "openai/gpt-5"}, {"task": "wmdp_chem"}, {"task_id": "Task2"}])
    def test_another_model_task_or_run_is_another_series(self, change: dict[str, str]) -> None:
        """What was run on what, and in which run, makes the series."""
        assert draft(log()).series != draft(log(spec=change)).series

    def test_whole_numbers_written_either_way_are_the_same_result(self) -> None:
        """1 and 1.0 give one id: tools that rewrite JSON drop the fraction."""
        assert (
            draft(log(results=results(score(accuracy=1)))).event_id
            == draft(log(results=results(score(accuracy=1.0)))).event_id
        )


class TestMeasurements:
    @pytest.mark.parametrize("value", [8.0, 10.0, -1.0])
    def test_an_accuracy_out_of_range_is_kept_as_it_is(self, value: float) -> None:
        """Logs keep ratings of 0 to 10, and -1 for missing, as accuracy: the rubric judges, not the adapter."""
        (one,) = finding(log(results=results(score(accuracy=value)))).measurements

        assert (one.metric, one.value) == ("accuracy", value)

    def test_the_standard_error_goes_with_its_mean(self) -> None:
        """Inspect lists the error as a metric; here it is the uncertainty of the accuracy."""
        (one,) = finding(log(results=results(score(accuracy=0.5, stderr=0.05)))).measurements

        assert (one.metric, one.value, one.stderr, one.samples, one.scorer) == ("accuracy", 0.5, 0.05, 100, "choice")

    def test_an_error_of_a_whole_zero_is_zero(self) -> None:
        """An int 0 over many samples is a number like any other."""
        (one,) = finding(log(results=results(score(accuracy=1.0, stderr=0)))).measurements

        assert one.stderr == 0.0

    def test_an_error_from_one_sample_is_unknown(self) -> None:
        """Inspect writes 0 where one sample gives no error: that is not certainty."""
        (one,) = finding(log(results=results(score(accuracy=1.0, stderr=0), total=1))).measurements

        assert one.stderr is None

    def test_a_lone_metric_of_the_task_owns_the_error(self) -> None:
        """A task's own metric listed beside stderr() is the one the error belongs to."""
        (one,) = finding(log(results=results(score(refusal_rate=0.9, stderr=0.02)))).measurements

        assert (one.metric, one.stderr) == ("refusal_rate", 0.02)

    def test_an_error_that_belongs_to_none_stays_a_metric(self) -> None:
        """Beside several metrics of the task's own the error is not given to one by guess."""
        made = finding(log(results=results(score(harm=0.4, refusals=0.5, stderr=0.02)))).measurements

        assert [(one.metric, one.stderr) for one in made] == [("harm", None), ("refusals", None), ("stderr", None)]

    def test_an_infinite_error_is_unknown(self) -> None:
        """A value with an error that is no number keeps its value."""
        (one,) = finding(log(results=results(score(accuracy=0.5, stderr=math.nan)))).measurements

        assert (one.value, one.stderr) == (0.5, None)

    def test_each_scorer_is_reported_by_itself(self) -> None:
        """Several scores of a run are several measurements, never one."""
        made = finding(log(results=results(score("harm", mean=0.4), score("refusal", mean=0.6)))).measurements

        assert [(one.scorer, one.value) for one in made] == [("harm", 0.4), ("refusal", 0.6)]

    def test_several_reducers_of_one_scorer_are_told_apart(self) -> None:
        """The same metric reduced in two ways over epochs names the way."""
        made = finding(
            log(
                results=results(
                    score("match", reducer="mean", accuracy=0.4), score("match", reducer="max", accuracy=0.9)
                )
            )
        ).measurements

        assert [one.scorer for one in made] == ["match/mean", "match/max"]

    def test_unscored_samples_do_not_count(self) -> None:
        """The count is of what was scored, epochs counted."""
        scored = score(accuracy=0.5) | {"scored_samples": 20, "unscored_samples": 5}
        (one,) = finding(log(spec={"config": {"epochs": 4}}, results=results(scored, total=100))).measurements

        assert one.samples == 80

    def test_more_measurements_than_fit_are_counted(self) -> None:
        """A log with hundreds of metrics still makes a report that fits an event, and says what is left out."""
        many = results(*(score(f"subject_{number:03}" + "語" * 200, accuracy=0.5) for number in range(300)))
        made = draft(log(results=many))
        assert made.event_id is not None
        assert made.time is not None
        assert isinstance(made.body, Finding)

        envelope_for(
            made.body, kind=made.kind, action=made.action, source="urn:x", event_id=made.event_id, time=made.time
        )

        assert "further measurements are in the log only" in made.body.summary


class TestRun:
    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            ("success", RunOutcome.SUCCESS),
            ("error", RunOutcome.ERROR),
            ("cancelled", RunOutcome.CANCELLED),
            ("started", RunOutcome.UNFINISHED),
        ],
    )
    def test_how_it_ended_is_told(self, status: str, outcome: RunOutcome) -> None:
        """Each of Inspect's statuses has its word, and a run without results has no measurements."""
        made = finding(log(status=status))

        assert made.run is not None
        assert made.run.outcome is outcome
        assert made.measurements == ()

    def test_success_without_a_score_says_so(self) -> None:
        """A run that completed and scored nothing is no good news: the title says it."""
        assert finding(log(results=results())).title == "wmdp_bio on openai/gpt-4o completed without a score"

    def test_samples_that_were_lost_are_told(self) -> None:
        """80 to run and 78 run are both kept, and the summary says so."""
        made = finding(log(results=results(score(accuracy=0.5), total=80, completed=78)))

        assert made.run is not None
        assert (made.run.samples_total, made.run.samples_completed) == (80, 78)
        assert "78 of 80 samples were run to the end." in made.summary

    def test_a_total_of_zero_is_unknown(self) -> None:
        """Old logs say 0 samples: that is not a count."""
        made = finding(log(results=results(score(accuracy=0.5), total=0)))

        assert made.run is not None
        assert (made.run.samples_total, made.run.samples_completed, made.measurements[0].samples) == (None, None, None)

    def test_a_partial_result_is_told_as_one(self) -> None:
        """A cancelled run's scores are kept with the word that they are not the end."""
        made = finding(log(status="cancelled", results=results(score(accuracy=0.5), total=80, completed=10)))

        assert len(made.measurements) == 1
        assert "Measured so far" in made.summary

    @pytest.mark.parametrize(
        ("created", "utc"),
        [
            ("2026-10-01T05:00:00-05:00", datetime(2026, 10, 1, 10, tzinfo=UTC)),
            ("2026-10-01T10:00:00+00:00", datetime(2026, 10, 1, 10, tzinfo=UTC)),
            ("2026-10-01T10:00:00", datetime(2026, 10, 1, 10, tzinfo=UTC)),
        ],
    )
    def test_times_are_utc(self, created: str, utc: datetime) -> None:
        """A time with an offset is converted, one without counts as UTC."""
        made = finding(log(spec={"created": created}, status="started", stats={}))

        assert made.observed_at == utc

    def test_an_invalidated_log_says_so(self) -> None:
        """Samples marked invalid are mentioned beside the scores that still count them."""
        assert "marks samples of this run as invalid" in finding(log(invalidated=True)).summary

    @pytest.mark.parametrize("model", ["", "none/none", "None"])
    def test_a_run_without_a_model_is_refused(self, model: str) -> None:
        """A finding is about a system: a log that names none is refused, unless the institute names it."""
        with pytest.raises(InvalidEvent) as refused:
            finding(log(spec={"model": model}))

        assert [(one.field, one.code) for one in refused.value.problems] == [("system", ProblemCode.MISSING)]
        assert finding(log(spec={"model": model}), replace(LABELS, system="x/agent")).system.name == "x/agent"
        assert finding(log(), replace(LABELS, system="x/agent")).system.name != "x/agent"


class TestNames:
    @pytest.mark.parametrize(
        ("spec", "expected"),
        [
            ({"task": "inspect_evals/wmdp_bio"}, ("inspect_evals", "wmdp_bio")),
            ({"task": "cvebench"}, (None, "cvebench")),
            ({"task": "wmdp_bio", "task_registry_name": "inspect_evals/wmdp_bio"}, ("inspect_evals", "wmdp_bio")),
            ({"task": "security_guide", "task_registry_name": "security_guide"}, (None, "security_guide")),
        ],
    )
    def test_a_task_has_its_name_and_its_package(self, spec: dict[str, str], expected: tuple[str | None, str]) -> None:
        """The registry knows tasks without their package's name; both are kept apart."""
        made = finding(log(spec=spec)).evaluation

        assert (made.package, made.name) == expected

    def test_a_development_version_is_kept(self) -> None:
        """Odd version numbers are taken as they are."""
        made = finding(log(spec={"packages": {"inspect_ai": "0.3.138.dev45+g23fb0e7e"}}))

        assert made.run is not None
        assert made.run.framework == "inspect_ai 0.3.138.dev45+g23fb0e7e"

    def test_a_dirty_revision_is_marked(self) -> None:
        """Code that differs from its commit is not that commit."""
        revision = {"type": "git", "origin": "git@example.org:x.git", "commit": "abc123", "dirty": True}
        made = finding(log(spec={"revision": revision}))

        assert made.run is not None
        assert made.run.revision == "abc123-dirty"

    @given(name=st.text(max_size=3000), model=st.text(max_size=3000), error=st.text(max_size=5000))
    def test_any_name_makes_a_finding(self, name: str, model: str, error: str) -> None:
        """Whatever a log calls its task and model, and whatever its error says, texts stay within their limits."""
        made = finding(log(spec={"task": name, "model": f"m{model}"}, status="error", error=error))

        assert Finding.model_validate_json(made.model_dump_json()) == made


class TestConditions:
    @pytest.mark.parametrize(
        ("scorers", "judge"),
        [
            (["choice"], "rule"),
            (["inspect_ai/match", "includes"], "rule"),
            (["model_graded_fact"], "model"),
            (["includes", "model_graded_qa"], "model"),
            (["vul_exploit_scorer"], "unknown"),
            ([], "unknown"),
        ],
    )
    def test_who_judged_is_told_where_known(self, scorers: list[str], judge: str) -> None:
        """Inspect's graders by model and by rule are known; a task's own scorer may be either."""
        made = finding(log(results=results(*(score(name, accuracy=0.5) for name in scorers))))

        assert made.conditions.judge == judge

    @pytest.mark.parametrize(
        ("arguments", "languages"),
        [
            ({"language": "EN_US"}, ("en-US",)),
            ({"language": ["sw", "zh_CN"]}, ("sw", "zh-CN")),
            ({"lang": "ja"}, ("ja",)),
            ({"language": "python"}, ()),
            ({"language": "go"}, ()),
            ({"language": None}, ()),
            ({}, ()),
        ],
    )
    def test_the_language_of_a_task_is_taken_where_it_is_one(
        self, arguments: dict[str, Any], languages: tuple[str, ...]
    ) -> None:
        """A task's language argument names a language of people or of programming: only the first kind counts."""
        assert finding(log(spec={"task_args": arguments})).conditions.languages_tested == languages

    def test_the_scaffold_is_the_solver_or_the_plan(self) -> None:
        """A solver given to the run goes before the steps of the task's plan."""
        plan = {"steps": [{"solver": "system_message", "params": {}}, {"solver": "generate", "params": {}}]}

        assert finding(log(plan=plan)).conditions.scaffold == "system_message, generate"
        assert finding(log(plan=plan, spec={"solver": "agents/react"})).conditions.scaffold == "agents/react"


class TestErrors:
    def test_a_crash_tells_its_first_line(self) -> None:
        """What is published of an error is its first line, whether its breaks are real or escaped."""
        made = finding(log(status="error", error="RuntimeError('disk full\\nprompt: how to …')"))

        assert made.run is not None
        assert made.run.error == "RuntimeError('disk full…"
        assert "Its error begins: RuntimeError('disk full" in made.summary

    @pytest.mark.parametrize(
        "secret",
        [
            "sk-proj-abcdefghijklmnop1234",
            "Bearer abc.def-ghi",
            "OPENAI_API_KEY=hunter2hunter2",
            "password: hunter2",
            "https://me:hunter2@example.org/",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
            "someone@example.org",
            "/home/someone/keys/private.pem",
        ],
    )
    def test_what_looks_like_a_secret_is_taken_out(self, secret: str) -> None:
        """Keys, tokens, passwords, addresses and paths do not leave with an error's text."""
        line = error_line(f"AuthenticationError: refused {secret} (401)")

        assert secret not in line
        assert "hunter2" not in line
        assert line.startswith("AuthenticationError: refused")

    def test_known_secrets_are_taken_out(self) -> None:
        """Values that the caller knows for secret go, whatever they look like."""
        assert error_line("no such user: margaret", secrets=["margaret"]) == "no such user: [redacted]"

    def test_an_ordinary_error_is_left_as_it_is(self) -> None:
        """What is no secret stays readable."""
        message = "PrerequisiteError: skimage.transform.resize needs version 2.1 of numpy (model openai/gpt-4o)"

        assert error_line(message) == message

    @given(st.text(max_size=10_000))
    def test_an_error_is_one_short_line(self, message: str) -> None:
        """Whatever an exception says, one line of at most 300 characters is published."""
        line = error_line(message)

        assert len(line) <= 300
        assert len(line.splitlines()) <= 1


def test_the_same_log_gives_the_same_draft() -> None:
    """The adapter is pure: no clock and no chance in what it makes."""

    def made() -> Iterator[Draft]:
        whole: EvalLog = log(results=results(score(accuracy=0.5, stderr=0.05)))
        for _ in range(2):
            yield draft(whole)

    first, second = made()

    assert first == second
