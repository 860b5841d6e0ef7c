"""Findings out of results of the Evaluation Harness: real ones of three layouts, and what is done to such files."""

import json
import math
import time
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.producers.adapted import LABELS, drafts, findings, harness, read, unread, written
from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_producers.adapters.lm_eval import LM_EVAL
from tocsin_schemas import Finding, InvalidEvent, ProblemCode, RunOutcome, Status, Tlp

WHEN = datetime(2023, 4, 3, tzinfo=UTC)
NAMED = replace(LABELS, system="EleutherAI/gpt-neo", observed_at=WHEN)
DIGEST = f"sha256:{'0' * 64}"


def one(content: dict[str, Any], labels: Labels = LABELS) -> Finding:
    """The finding of results with one task."""
    (draft,) = LM_EVAL.read(content, labels, digest=DIGEST)
    assert isinstance(draft, Draft), draft
    assert isinstance(draft.body, Finding)
    return draft.body


def task(**metrics: object) -> dict[str, Any]:
    """Results of WMDP-Bio with these metrics; `__` stands for the comma before a filter."""
    return harness({"wmdp_bio": {name.replace("__", ","): value for name, value in metrics.items()}})


def refused(content: dict[str, Any], labels: Labels = LABELS) -> Unread:
    """What is wrong with the one task of these results."""
    (item,) = LM_EVAL.read(content, labels, digest=DIGEST)
    assert isinstance(item, Unread)
    return item


class TestRealFiles:
    def test_the_present_layout(self, sample_data: Path) -> None:
        """Each task is a finding with its metrics, error, number of samples, revision, date and the file's digest."""
        path = sample_data / "lm_eval" / "every_eval_ever__results_2026-01-21T03-44-18.458309.json"
        first, second = findings(path)
        (measured,) = second.measurements

        assert [first.evaluation.name, second.evaluation.name] == ["math_perturbed_full", "math_rephrased_full"]
        assert (second.evaluation.package, second.evaluation.version) == ("lm_eval", "1.0")
        assert (measured.metric, measured.value, measured.samples) == ("exact_match", 0.0004, 5000)
        assert measured.stderr == pytest.approx(0.00028281, rel=1e-4)
        assert second.system.name == "RylanSchaeffer/mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1"
        assert second.system.version == "82047f5e5d5245c1b3a4cd75ad98aa441d6487cd"
        assert second.observed_at == datetime(2026, 1, 21, 2, 59, 43, 859322, tzinfo=UTC)
        assert second.run is not None
        assert (second.run.framework, second.run.revision) == ("lm_eval 0.4.9.2", "1f84a09f")
        assert (second.run.outcome, second.run.samples_completed) == (RunOutcome.SUCCESS, 5000)
        assert second.conditions.elicitation == "0-shot"
        assert [one.digest for one in second.evidence] == [f"sha256:{sha256(path.read_bytes()).hexdigest()}"]

    def test_the_layout_of_0_3(self, sample_data: Path) -> None:
        """The model and its revision are in its arguments; the date, which no file of that time has, is asked for."""
        path = sample_data / "lm_eval" / "pythia__12b-5shot_step143000.json"
        made = findings(path, replace(LABELS, observed_at=WHEN))
        with pytest.raises(InvalidEvent) as refusal:
            read(path)

        assert len(made) == len(json.loads(path.read_bytes())["results"]) == 65
        assert {(one.system.name, one.system.version) for one in made} == {("EleutherAI/pythia-v1.1-12b", "step143000")}
        assert {one.observed_at for one in made} == {WHEN}
        assert {one.conditions.elicitation for one in made} == {"5-shot"}
        assert [problem.field for problem in refusal.value.problems] == ["observed_at"]

    def test_the_layout_of_v0(self, sample_data: Path) -> None:
        """Of results and versions alone the system and the date are asked for, and nothing else is made up."""
        path = sample_data / "lm_eval" / "arc_challenge-v2.0-res.json"
        (made,) = findings(path, NAMED)
        with pytest.raises(InvalidEvent) as refusal:
            read(path)

        assert [(one.metric, one.scorer, one.samples) for one in made.measurements] == [
            ("acc", None, None),
            ("acc_norm", None, None),
        ]
        assert (made.system.name, made.system.version, made.evaluation.version) == ("EleutherAI/gpt-neo", None, "2.0")
        assert made.run is not None
        assert (made.run.started_at, made.run.samples_total, made.run.revision) == (None, None, None)
        assert made.conditions.elicitation is None
        assert [problem.field for problem in refusal.value.problems] == ["system", "observed_at"]
        assert {problem.code for problem in refusal.value.problems} == {ProblemCode.MISSING}

    def test_everything_a_report_lacks_is_told_once_a_file(self, sample_data: Path) -> None:
        """Sixty-five tasks without label and institute are one refusal, not sixty-five."""
        with pytest.raises(InvalidEvent) as refusal:
            read(sample_data / "lm_eval" / "pythia__12b-5shot_step143000.json", Labels())

        assert [problem.field for problem in refusal.value.problems] == ["institute", "tlp", "observed_at"]


class TestSystem:
    @pytest.mark.parametrize(
        ("arguments", "name", "version"),
        [
            ("pretrained=example/base,peft=example/lora,revision=v2", "example/lora", "v2"),
            ("base_model=x/y,pretrained=example/aurora", "example/aurora", None),
            ("model=gpt-4o,base_url=http://10.0.0.1/,api_key=sk-abc", "gpt-4o", None),
            ({"pretrained": "example/aurora", "revision": "v3", "max_length": 2048}, "example/aurora", "v3"),
        ],
    )
    def test_it_is_named_by_the_arguments_where_only_they_do(
        self, arguments: object, name: str, version: str | None
    ) -> None:
        """An adapter goes before its base, and no other argument is published."""
        made = one(harness(model_name="", config={"model": "hf", "model_args": arguments}))

        assert (made.system.name, made.system.version) == (name, version)
        assert "10.0.0.1" not in made.model_dump_json()
        assert "sk-abc" not in made.model_dump_json()

    @pytest.mark.parametrize("name", ["/home/alice/ckpt", "./out/ckpt", "~/ckpt", "C:\\models\\ckpt", "../ckpt"])
    def test_a_folder_names_no_system(self, name: str) -> None:
        """A path says nothing to anybody else and may say who ran it: the system's name is asked for."""
        content = harness(model_name=name)
        with pytest.raises(InvalidEvent) as refusal:
            list(LM_EVAL.read(content, LABELS, digest=DIGEST))

        assert "folder" in refusal.value.problems[0].message
        assert name not in str(refusal.value)
        assert one(content, NAMED).system.name == "EleutherAI/gpt-neo"

    def test_what_the_file_says_goes_first(self) -> None:
        """The command line fills gaps; it relabels nothing."""
        made = one(harness(), NAMED)

        assert made.system.name == "example/aurora-3"
        assert made.observed_at.year == 2026

    @pytest.mark.parametrize(
        ("revision", "commit", "version"),
        [
            ("main", "82047f", "82047f"),
            ("v2", "82047f", "v2 (commit 82047f)"),
            ("main", "", "main"),
            (None, None, None),
        ],
    )
    def test_its_version_is_the_most_exact_that_is_known(
        self, revision: object, commit: object, version: str | None
    ) -> None:
        """`main` names whatever it was on that day; the commit beside it names the weights."""
        config = {"model_args": "pretrained=example/aurora-3", "model_revision": revision, "model_sha": commit}

        assert one(harness(config=config)).system.version == version


class TestMetrics:
    def test_each_metric_of_each_filter_is_a_measurement(self) -> None:
        """The filter stands as scorer; `none` is the harness' word for no filter."""
        made = one(
            task(
                exact_match__strict="",
                **{
                    "exact_match,strict-match": 0.4,
                    "exact_match_stderr,strict-match": 0.01,
                    "exact_match,flexible-extract": 0.5,
                    "exact_match_stderr,flexible-extract": "N/A",
                    "acc,none": 1,
                    "alias": "x",
                    "samples": 7,
                },
            )
        )

        assert [(one.metric, one.scorer, one.value, one.stderr) for one in made.measurements] == [
            ("acc", None, 1.0, None),
            ("exact_match", "flexible-extract", 0.5, None),
            ("exact_match", "strict-match", 0.4, 0.01),
        ]
        assert "exact_match by strict" in made.summary

    @pytest.mark.parametrize("value", [math.nan, math.inf, None, "N/A", [0.5], {"a": 1}])
    def test_what_is_no_finite_number_is_named_and_left_out(self, value: object) -> None:
        """NaN, and what a task may return beside numbers, is no measurement and no reason to lose the others."""
        (draft,) = LM_EVAL.read(task(acc__none=value, f1__none=0.5), LABELS, digest=DIGEST)
        assert isinstance(draft, Draft)
        assert isinstance(draft.body, Finding)

        assert [one.metric for one in draft.body.measurements] == ["f1"]
        assert "no finite number for it: acc" in draft.body.summary
        assert draft.note == "no finite number for acc"

    def test_a_run_without_a_finite_number_says_so(self) -> None:
        """A finding without measurements goes to people; it is not passed over."""
        made = one(task(acc__none=math.nan))

        assert made.measurements == ()
        assert "gave no finite number" in made.title

    @pytest.mark.parametrize("value", ["0.71", "1e-3", True, False])
    def test_numbers_in_quotes_are_refused(self, value: object) -> None:
        """The harness writes numbers: a file with something else was touched, and is mended rather than guessed at."""
        item = refused(task(acc__none=value))

        assert [problem.field for problem in item.problems] == ["results.wmdp_bio.acc,none"]
        assert "Write it as a number" in item.problems[0].fix

    def test_a_negative_error_is_refused(self) -> None:
        """No standard error is below 0."""
        item = refused(task(acc__none=0.5, acc_stderr__none=-0.1))

        assert item.problems[0].field == "results.wmdp_bio.acc_stderr,none"

    def test_one_wrong_task_costs_no_other(self) -> None:
        """The task is named; the others are published."""
        content = harness({"a": {"acc,none": "0.5"}, "b": {"acc,none": 0.5}, "c\nd": [], "e": {"acc,none": 0.25}})
        items = list(LM_EVAL.read(content, LABELS, digest=DIGEST))

        assert [(type(item), item.part) for item in items] == [
            (Unread, "a"),
            (Draft, "b"),
            (Unread, "c d"),
            (Draft, "e"),
        ]

    def test_more_metrics_than_fit(self) -> None:
        """What exceeds a report is counted; nothing is cut off without a word."""
        (draft,) = LM_EVAL.read(
            harness({"t": {f"m{number:04},none": 0.5 for number in range(1000)}}), LABELS, digest=DIGEST
        )
        assert isinstance(draft, Draft)
        assert isinstance(draft.body, Finding)
        kept = len(draft.body.measurements)

        assert 0 < kept <= 200
        assert f"{1000 - kept} further measurements" in draft.body.summary
        assert f"{1000 - kept} further measurements" in draft.note

    def test_higher_is_better_changes_nothing(self) -> None:
        """It is about ability: read as safety it would turn WMDP upside down."""
        as_is, turned, absent = harness(), harness(higher_is_better={"wmdp_bio": {"acc": False}}), harness()
        del absent["higher_is_better"]

        assert one(as_is) == one(turned) == one(absent)


class TestSamplesAndGroups:
    def test_a_limited_run_says_so(self) -> None:
        """The number of samples is of those that were run, not of those that there are."""
        made = one(harness(**{"n-samples": {"wmdp_bio": {"original": 1273, "effective": 100}}}))

        assert made.measurements[0].samples == 100
        assert "100 of its 1273 samples were run" in made.summary

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (harness(**{"n-samples": {"wmdp_bio": 100}}), 100),
            (harness({"wmdp_bio": {"acc,none": 0.7, "sample_len": 90}}, **{"n-samples": {}}), 90),
            (harness(**{"n-samples": None}), None),
        ],
    )
    def test_versions_count_samples_in_different_places(self, content: dict[str, Any], expected: int | None) -> None:
        """A number alone, a length beside the metrics, or nothing."""
        assert one(content).measurements[0].samples == expected

    @pytest.mark.parametrize("count", [-1, 1.5, "1273", True, 1e30])
    def test_a_number_of_samples_that_is_none_is_refused(self, count: object) -> None:
        """A wrong n would make a wrong interval."""
        item = refused(harness(**{"n-samples": {"wmdp_bio": {"original": 1273, "effective": count}}}))

        assert item.problems[0].field == "n-samples.wmdp_bio.effective"

    def test_a_group_with_numbers_is_a_finding_and_a_heading_is_none(self) -> None:
        """A group's samples are those of its tasks together; an alias alone measured nothing."""
        content = harness(
            {
                "wmdp": {"acc,none": 0.5, "acc_stderr,none": 0.01, "alias": "wmdp"},
                "wmdp_bio": {"acc,none": 0.6},
                "wmdp_cyber": {"acc,none": 0.4},
                "heading": {" ": " ", "alias": "heading"},
            },
            group_subtasks={"wmdp": ["wmdp_bio", "inner"], "inner": ["wmdp_cyber", "wmdp"], "heading": ["wmdp"]},
            **{"n-samples": {"wmdp_bio": {"effective": 1273}, "wmdp_cyber": {"effective": 1987}}},
        )
        made = [item.body for item in LM_EVAL.read(content, LABELS, digest=DIGEST) if isinstance(item, Draft)]

        assert [getattr(body, "evaluation").name for body in made] == ["wmdp", "wmdp_bio", "wmdp_cyber"]  # noqa: B009
        assert getattr(made[0], "measurements")[0].samples == 1273 + 1987  # noqa: B009
        assert "a group of 2 tasks: wmdp_bio, wmdp_cyber" in getattr(made[0], "summary")  # noqa: B009

    def test_how_the_model_was_asked_is_a_condition(self) -> None:
        """Shots, template, system prompt and repeats change results; their texts stay in the file."""
        made = one(
            harness(
                **{"n-shot": {"wmdp_bio": 5}},
                configs={"wmdp_bio": {"output_type": "multiple_choice", "repeats": 3}},
                chat_template="{{ secret template }}",
                system_instruction="secret instruction",
                fewshot_as_multiturn=True,
            )
        )

        assert made.conditions.elicitation == "5-shot, chat template, system prompt, examples as turns of a chat"
        assert made.conditions.judge == "rule"
        assert made.run is not None
        assert (made.run.epochs, made.run.samples_completed, made.measurements[0].samples) == (3, 3 * 1273, 3 * 1273)
        assert "Each sample was run 3 times" in made.summary
        assert "secret" not in made.model_dump_json()


class TestIdentity:
    def test_the_same_results_make_the_same_report_whatever_their_layout_on_disk(self, tmp_path: Path) -> None:
        """Order of fields, spaces, a byte order mark, a line among others: the ids are those of the run."""
        content = harness()
        backwards = {name: content[name] for name in reversed(content)}
        files = [
            written(tmp_path / "results.json", content),
            written(tmp_path / "indented.json", json.dumps(backwards, indent=2).encode()),
            written(tmp_path / "marked.json", b"\xef\xbb\xbf" + json.dumps(content).encode()),
            written(tmp_path / "lines.jsonl", json.dumps(content).encode() + b"\n"),
        ]
        made = [drafts(path)[0] for path in files]

        assert len({draft.event_id for draft in made}) == 1
        assert len({draft.series for draft in made}) == 1
        assert made[3].part == "line 1, wmdp_bio"
        for path, draft in zip(files[:3], made, strict=False):
            assert isinstance(draft.body, Finding)
            assert draft.body.evidence[0].digest == f"sha256:{sha256(path.read_bytes()).hexdigest()}"

    def test_what_came_out_anew_is_a_new_report_of_the_series(self) -> None:
        """Scored again, or labelled for more readers: another id in the same series. An exercise is a series apart."""

        def ids(content: dict[str, Any], labels: Labels = LABELS) -> tuple[object, object]:
            (draft,) = LM_EVAL.read(content, labels, digest=DIGEST)
            assert isinstance(draft, Draft)
            return draft.series, draft.event_id

        first, again = ids(harness()), ids(harness({"wmdp_bio": {"acc,none": 0.72, "acc_stderr,none": 0.0127}}))
        wider = ids(harness(), replace(LABELS, tlp=Tlp.CLEAR))
        exercise = ids(harness(), replace(LABELS, status=Status.EXERCISE))
        other_model = ids(harness(model_name="example/aurora-4"))

        assert first[0] == again[0] == wider[0]
        assert len({first[1], again[1], wider[1], exercise[1], other_model[1]}) == 5
        assert len({first[0], exercise[0], other_model[0]}) == 3

    @given(
        st.dictionaries(
            st.text(min_size=1, max_size=20),
            st.dictionaries(
                st.sampled_from(["acc,none", "acc_stderr,none", "f1,strict", "alias", " ", "acc", "f1_stderr,strict"]),
                st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=5), st.booleans()),
                max_size=5,
            ),
            max_size=5,
        ),
        st.sampled_from(["versions", "n-samples", "n-shot", "configs", "group_subtasks", "config", "date", "git_hash"]),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
    def test_whatever_the_file_holds_each_task_has_one_outcome_and_always_the_same(
        self, results: dict[str, Any], spoilt: str, content: object
    ) -> None:
        """A draft that fits an envelope, a row with field and fix, or a refusal of the file; and pure."""

        def outcome() -> list[Draft | Unread] | tuple[object, ...]:
            try:
                return list(LM_EVAL.read(harness(results, **{spoilt: content}), LABELS, digest=DIGEST))
            except InvalidEvent as error:
                return error.problems

        made = outcome()

        assert made
        assert made == outcome()
        assert all(item.problems[0].fix for item in made if isinstance(item, Unread))


class TestFiles:
    def test_ten_thousand_tasks(self, tmp_path: Path) -> None:
        """A large run is read in seconds, every task by itself and with an id of its own."""
        names = [f"task_{number}" for number in range(10_000)]
        content = harness(
            {name: {"acc,none": 0.5, "acc_stderr,none": 0.01} for name in names},
            **{"n-samples": {name: {"original": 100, "effective": 100} for name in names}},
        )
        began = time.perf_counter()
        made = drafts(written(tmp_path / "results.json", content))

        assert len({draft.event_id for draft in made}) == 10_000
        assert time.perf_counter() - began < 60

    @pytest.mark.parametrize(
        ("content", "field"),
        [
            (b'{"results": {"a": {"acc": 0.1}, "a": {"acc": 0.2}}, "versions": {}}', "a"),
            (b'{"results": {"a": ' + b"[" * 5000 + b"]" * 5000 + b'}, "versions": {}}', "(event)"),
            (b'{"results": {"a": {"acc": 0.1}}, "versions": {"a": "\xff"}}', "(event)"),
            (b'{"results": {}, "versions": {}}', "results"),
            (b'{"results": {"a": {"alias": "a"}}, "versions": {}}', "results"),
            (b'{"results": {"a": {"acc": 0.1}}, "versions": {}, "config": [1]}', "config"),
            (b'{"results": {"a": {"acc": 0.1}}, "versions": {}, "date": "today"}', "date"),
            (b'{"results": {"a": {"acc": 0.1}}, "versions": {}, "date": 3391296.96}', "date"),
        ],
    )
    def test_a_spoilt_file_is_refused_with_the_field(self, tmp_path: Path, content: bytes, field: str) -> None:
        """Names given twice, depth, wrong encoding, nothing measured, a clock that is no date: each is named."""
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "results.json", content), NAMED)

        assert refusal.value.problems[0].field == field
        assert refusal.value.problems[0].fix

    @pytest.mark.parametrize(
        "name", ["samples_wmdp_bio_2026-01-21T03-44-18.458309.jsonl", "samples_wmdp_bio.jsonl", "kept.txt"]
    )
    def test_single_samples_are_refused_as_a_whole(self, tmp_path: Path, name: str) -> None:
        """They are prompts and answers. One row says which file to publish instead, and repeats nothing of them."""
        line = json.dumps({"doc_id": 0, "doc": {"question": "secret"}, "target": "1", "resps": [["secret"]]}).encode()
        path = written(tmp_path / name, b"\n".join([line] * 1000))
        with pytest.raises(InvalidEvent) as refusal:
            read(path)

        assert "results_" in refusal.value.problems[0].fix
        assert ("2026-01-21T03-44-18.458309.json beside it" in refusal.value.problems[0].fix) is ("2026" in name)
        assert "secret" not in str(refusal.value)

    def test_results_are_known_by_what_they_hold(self, tmp_path: Path) -> None:
        """Called anything, with what names them far from their beginning, and in a list with others."""
        content = {"configs": {"filler": {"description": "x" * 20_000}}, **harness()}
        path = written(tmp_path / "anything.dat", [content, harness({"bad": []}), {"nothing": "known"}])
        items = list(adapter_for(path).read(path, LABELS))

        assert [item.part for item in items] == ["item 1, wmdp_bio", "item 2, bad", "item 3"]
        assert [item.part for item in unread(path)] == ["item 2, bad", "item 3"]
