"""Findings out of records of Every Eval Ever: a real one, what its converters write, and what may be wrong with one."""

import json
import math
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.producers.adapted import LABELS, drafts, findings, harness, read, unread, written
from tocsin_producers.adapters import Draft, Labels, Unread
from tocsin_producers.adapters.every_eval_ever import EVERY_EVAL_EVER
from tocsin_schemas import Finding, InvalidEvent, ProblemCode, Status, Tlp

DIGEST = f"sha256:{'0' * 64}"
HASH = "ab" * 32


def result(**changes: Any) -> dict[str, Any]:
    """One result, in the words of version 0.2.2."""
    return {
        "evaluation_name": "wmdp_bio",
        "source_data": {"dataset_name": "wmdp", "source_type": "hf_dataset", "hf_repo": "cais/wmdp"},
        "evaluation_timestamp": "1768964383",
        "metric_config": {
            "metric_id": "accuracy",
            "metric_name": "acc",
            "metric_unit": "proportion",
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
        },
        "score_details": {
            "score": 0.71,
            "uncertainty": {"standard_error": {"value": 0.0127, "method": "analytic"}, "num_samples": 1273},
        },
        "generation_config": {"generation_args": {"reasoning": True}, "additional_details": {"num_fewshot": "5"}},
        **changes,
    }


def record(*results: Any, **changes: Any) -> dict[str, Any]:
    """A record of one run."""
    return {
        "schema_version": "0.2.2",
        "evaluation_id": "wmdp_bio/example_aurora-3/1770000000",
        "retrieved_timestamp": "1770000000.5",
        "source_metadata": {
            "source_name": "lm-evaluation-harness",
            "source_type": "evaluation_run",
            "source_organization_name": "Example Institute",
            "source_organization_url": "https://example.org",
            "evaluator_relationship": "first_party",
        },
        "eval_library": {"name": "lm_eval", "version": "0.4.9.2"},
        "model_info": {"name": "Aurora 3", "id": "example/aurora-3", "developer": "Example"},
        "evaluation_results": list(results) or [result()],
        **changes,
    }


def made(content: dict[str, Any], labels: Labels = LABELS) -> list[Draft | Unread]:
    """What a record makes."""
    return list(EVERY_EVAL_EVER.read(content, labels, digest=DIGEST))


def one(content: dict[str, Any], labels: Labels = LABELS) -> Finding:
    """The finding of a record with one result."""
    (draft,) = made(content, labels)
    assert isinstance(draft, Draft), draft
    assert isinstance(draft.body, Finding)
    return draft.body


def with_score(**details: Any) -> dict[str, Any]:
    """A record whose one result has these score details."""
    return record(result(score_details=details))


def test_a_real_record_makes_a_finding_for_each_result(sample_data: Path) -> None:
    """Version 0.2.0 names metrics in descriptions only, and says when the record was made, not when the runs were."""
    (path,) = (sample_data / "other_evals").iterdir()
    bodies = findings(path)

    assert [(body.evaluation.name, body.measurements[0].metric, body.measurements[0].value) for body in bodies] == [
        ("IFEval", "accuracy", 0.4486),
        ("BBH", "accuracy", 0.4224),
        ("MATH Level 5", "exact_match", 0.0249),
        ("GPQA", "accuracy", 0.2743),
        ("MUSR", "accuracy", 0.419),
        ("MMLU-PRO", "accuracy", 0.1946),
    ]
    assert {(body.system.name, body.system.developer) for body in bodies} == {
        ("TencentARC/LLaMA-Pro-8B-Instruct", "TencentARC")
    }
    assert bodies[0].observed_at == datetime(2026, 2, 10, 0, 14, 46, 623709, tzinfo=UTC)
    assert "does not say when the evaluation was run" in bodies[0].summary
    assert "by a third party" in bodies[0].summary
    assert "HF Open LLM v2, Hugging Face" in bodies[0].summary
    assert bodies[0].evidence[0].digest == f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    assert bodies[0].derived_from == (
        "every_eval_ever:hfopenllm_v2/TencentARC_LLaMA-Pro-8B-Instruct/1770682486.623709",
    )


def test_a_present_record_gives_all_it_has() -> None:
    """Metric, error, samples, time, library, shots, scale and who evaluated; ability is not called safety."""
    body = one(record())
    (measured,) = body.measurements

    assert (body.evaluation.name, body.evaluation.package) == ("wmdp_bio", "lm_eval")
    assert (measured.metric, measured.value, measured.stderr, measured.samples) == ("acc", 0.71, 0.0127, 1273)
    assert body.observed_at == datetime(2026, 1, 21, 2, 59, 43, tzinfo=UTC)
    assert body.run is not None
    assert body.run.framework == "lm_eval 0.4.9.2"
    assert body.conditions.elicitation == "5-shot, reasoning"
    assert "by the model's own developer" in body.summary
    assert "from 0 to 1, in proportion" in body.summary
    assert "says nothing of safety" in body.summary
    assert body.evidence[1].uri == "https://example.org"


@pytest.mark.parametrize(
    ("library", "changes", "expected"),
    [
        (
            "inspect_ai",
            {
                "evaluation_name": "avg_score on inspect_evals/agentharm for scorer combined",
                "metric_config": {"evaluation_description": "avg_score", "lower_is_better": False},
            },
            ("agentharm", "inspect_evals", "avg_score", "combined"),
        ),
        (
            "lm_eval",
            {
                "evaluation_name": "gsm8k/strict-match",
                "metric_config": {"evaluation_description": "exact_match (filter: strict-match)"},
            },
            ("gsm8k", "lm_eval", "exact_match", "strict-match"),
        ),
        (
            "helm",
            {"metric_config": {"metric_id": "helm.quasi_exact_match"}},
            ("wmdp_bio", "helm", "quasi_exact_match", None),
        ),
        ("unknown", {"metric_config": {"metric_name": "Exact Match"}}, ("wmdp_bio", None, "exact_match", None)),
        ("unknown", {"metric_config": {"evaluation_description": "How good it is"}}, ("wmdp_bio", None, "score", None)),
        ("unknown", {"metric_config": {"evaluation_description": "acc_norm"}}, ("wmdp_bio", None, "acc_norm", None)),
    ],
)
def test_what_converters_put_into_one_name_is_taken_apart(
    library: str, changes: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    """The registry knows tasks and metrics by the names of their frameworks."""
    body = one(record(result(**changes), eval_library={"name": library, "version": "1"}))
    (measured,) = body.measurements

    assert (body.evaluation.name, body.evaluation.package, measured.metric, measured.scorer) == expected


class TestUncertainty:
    def test_a_standard_deviation_gives_the_error_by_the_schemas_formula(self) -> None:
        """Its square root of n is the schema's own; the finding says where the error comes from."""
        body = one(with_score(score=0.5, uncertainty={"standard_deviation": 0.5, "num_samples": 100}))

        assert body.measurements[0].stderr == pytest.approx(0.05)
        assert "reckoned from the standard deviation" in body.summary

    def test_an_interval_gives_its_wider_side(self) -> None:
        """Where only an interval is given, the error is never made smaller than it says."""
        interval = {"lower": 0.402, "upper": 0.548, "confidence_level": 0.95}
        body = one(with_score(score=0.5, uncertainty={"confidence_interval": interval}))

        assert body.measurements[0].stderr == pytest.approx(0.05, rel=1e-3)
        assert "reckoned from the 95% interval" in body.summary

    @pytest.mark.parametrize(
        "uncertainty",
        [
            {},
            None,
            {"confidence_interval": {"lower": 0.4, "upper": 0.6}},
            {"confidence_interval": {"lower": 0.6, "upper": 0.7, "confidence_level": 0.95}},
            {"standard_deviation": 0.5},
            {"standard_error": None, "num_samples": 0},
        ],
    )
    def test_nothing_is_made_up(self, uncertainty: object) -> None:
        """Without a level, with the value outside, without n: the error stays unknown."""
        body = one(with_score(score=0.5, uncertainty=uncertainty))

        assert (body.measurements[0].stderr, body.measurements[0].samples) == (None, None)


class TestFaults:
    @pytest.mark.parametrize(
        ("details", "field"),
        [
            ({"score": "0.71"}, "score_details.score"),
            ({"score": True}, "score_details.score"),
            ({"score": [0.1]}, "score_details.score"),
            ({}, "score_details.score"),
            ({"score": 0.5, "uncertainty": {"standard_error": {"value": "0.1"}}}, "uncertainty.standard_error.value"),
            ({"score": 0.5, "uncertainty": {"standard_error": -0.1}}, "uncertainty.standard_error"),
            ({"score": 0.5, "uncertainty": {"num_samples": 1.5}}, "uncertainty.num_samples"),
            ({"score": 0.5, "uncertainty": [1]}, "score_details.uncertainty"),
        ],
    )
    def test_a_number_that_is_none_is_named(self, details: dict[str, Any], field: str) -> None:
        """The other results of the record are published."""
        items = made(record(result(score_details=details), result()))

        assert [type(item) for item in items] == [Unread, Draft]
        assert isinstance(items[0], Unread)
        assert items[0].problems[0].field.startswith("evaluation_results.0.")
        assert items[0].problems[0].field.endswith(field)
        assert items[0].problems[0].fix

    @pytest.mark.parametrize("score", [math.nan, math.inf, None])
    def test_a_result_without_a_number_says_so(self, score: object) -> None:
        """It goes to people as a finding without measurements."""
        body = one(with_score(score=score))

        assert body.measurements == ()
        assert "gave no number" in body.title

    def test_levels_are_named_and_unknown_is_no_level(self) -> None:
        """A score of -1 under `has_unknown_level` is not a measurement of -1."""
        config = {"score_type": "levels", "level_names": ["low", "high"], "has_unknown_level": True}
        high = one(record(result(metric_config=config, score_details={"score": 1})))
        unknown = one(record(result(metric_config=config, score_details={"score": -1})))

        assert "The level is called 'high'" in high.summary
        assert unknown.measurements == ()

    def test_a_value_outside_its_scale_is_told_and_not_changed(self) -> None:
        """Whether it can be graded the rubric judges."""
        body = one(with_score(score=8.0))

        assert body.measurements[0].value == 8.0
        assert "The value lies outside of it" in body.summary

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"schema_version": "0.3.0"}, "schema_version", ProblemCode.FUTURE_VERSION),
            ({"schema_version": 2}, "schema_version", ProblemCode.MISSING),
            ({"model_info": {}}, "system", ProblemCode.MISSING),
            ({"model_info": {"id": "/home/alice/model", "name": "./model"}}, "system", ProblemCode.MISSING),
            ({"model_info": "aurora"}, "model_info", ProblemCode.INVALID_VALUE),
            ({"evaluation_results": []}, "evaluation_results", ProblemCode.UNREADABLE_FILE),
            ({"evaluation_results": {}}, "evaluation_results", ProblemCode.UNREADABLE_FILE),
            ({"retrieved_timestamp": "yesterday"}, "retrieved_timestamp", ProblemCode.INVALID_VALUE),
            ({"source_metadata": []}, "source_metadata", ProblemCode.INVALID_VALUE),
        ],
    )
    def test_a_record_that_cannot_be_taken_is_refused_with_the_field(
        self, changes: dict[str, Any], field: str, code: ProblemCode
    ) -> None:
        """A later version, no model, nothing measured, no time: each names its field and its fix."""
        with pytest.raises(InvalidEvent) as refusal:
            made(record(**changes))

        assert (refusal.value.problems[0].field, refusal.value.problems[0].code) == (field, code)
        assert "alice" not in str(refusal.value)

    def test_options_fill_what_a_record_does_not_say(self) -> None:
        """A time given by the institute goes before the time at which the record was made."""
        when = datetime(2025, 5, 5, tzinfo=UTC)
        bare = result()
        del bare["evaluation_timestamp"]
        undated = record(bare, model_info={})
        del undated["retrieved_timestamp"]
        body = one(undated, replace(LABELS, system="example/aurora-3", observed_at=when))
        (missing,) = made({**undated, "model_info": {"id": "x"}})

        assert (body.system.name, body.observed_at) == ("example/aurora-3", when)
        assert one(record(bare), replace(LABELS, observed_at=when)).observed_at == when
        dated = record(bare, evaluation_timestamp="1768964383")
        assert one(dated, replace(LABELS, observed_at=when)).observed_at > when
        assert (
            one(record(bare, evaluation_timestamp="1768964383"), replace(LABELS, observed_at=when)).observed_at > when
        )
        assert isinstance(missing, Unread)
        assert (missing.problems[0].field, missing.problems[0].code) == ("observed_at", ProblemCode.MISSING)

    def test_prompts_and_commands_stay_in_the_record(self) -> None:
        """Only what a report has a field for leaves."""
        arguments = {
            "execution_command": "run --api-key secret",
            "prompt_template": "secret prompt",
            "agentic_eval_config": {"available_tools": [{"name": "bash", "description": "secret tool"}]},
        }
        judge = {"judges": [{"model_info": {"name": "j", "id": "j"}}], "input_prompt": "secret judge"}
        body = one(
            record(
                result(
                    generation_config={"generation_args": arguments},
                    metric_config={"metric_name": "acc", "llm_scoring": judge},
                )
            )
        )

        assert "secret" not in body.model_dump_json()
        assert (body.conditions.scaffold, body.conditions.judge) == ("tools: bash", "model")


class TestIdentity:
    def test_a_record_is_the_same_in_a_file_a_list_and_a_line(self, tmp_path: Path) -> None:
        """The format on disk makes no other report of it."""
        content = record()
        files = [
            written(tmp_path / "r.json", content),
            written(tmp_path / "l.json", [content]),
            written(tmp_path / "lines.jsonl", json.dumps(content).encode() + b"\n"),
            written(tmp_path / "i.json", json.dumps(dict(reversed(content.items())), indent=1).encode()),
        ]
        made_of = [drafts(path)[0] for path in files]

        assert len({(draft.event_id, draft.series) for draft in made_of}) == 1
        assert [draft.part for draft in made_of[:3]] == [
            "result 1: wmdp_bio",
            "item 1, result 1: wmdp_bio",
            "line 1, result 1: wmdp_bio",
        ]

    def test_a_record_fetched_again_stays_in_its_series(self) -> None:
        """Another record of the same run is a new report of the series; an exercise, another split or run is not."""

        def ids(content: dict[str, Any], labels: Labels = LABELS) -> tuple[object, object]:
            (draft,) = made(content, labels)
            assert isinstance(draft, Draft)
            return draft.series, draft.event_id

        first = ids(record())
        again = ids(record(evaluation_id="wmdp_bio/example_aurora-3/1779999999", retrieved_timestamp="1779999999"))
        wider = ids(record(), replace(LABELS, tlp=Tlp.CLEAR))
        exercise = ids(record(), replace(LABELS, status=Status.EXERCISE))
        split = ids(record(result(source_data={"dataset_name": "wmdp", "hf_split": "validation"})))
        later = ids(record(result(evaluation_timestamp="1768999999")))

        assert first[0] == again[0] == wider[0]
        assert len({first[0], exercise[0], split[0], later[0]}) == 4
        assert len({first[1], again[1], wider[1], exercise[1], split[1], later[1]}) == 6

    def test_a_record_of_a_run_names_the_series_of_its_own_results(self, tmp_path: Path) -> None:
        """The same run, published from the harness' file and as a record by somebody else, is of one origin."""
        (results,) = drafts(written(tmp_path / "results.json", harness()))
        body = one(record())

        assert results.series in body.derived_from
        assert results.series not in one(record(result(evaluation_name="wmdp_chem"))).derived_from
        assert results.series not in one(record(result(evaluation_timestamp="1768964384"))).derived_from

    def test_hashes_that_the_record_names_are_evidence(self) -> None:
        """A record of the same source by somebody else carries the same hash, and counts once."""
        body = one(
            record(
                dedupe_identity={"content_hash": HASH.upper(), "hash_algorithm": "sha256"},
                detailed_evaluation_results={
                    "checksum": HASH,
                    "hash_algorithm": "md5",
                    "file_path": "/home/alice/x.jsonl",
                },
            )
        )

        assert [item.digest for item in body.evidence] == [DIGEST, f"sha256:{HASH}", None]
        assert "alice" not in body.model_dump_json()

    @given(
        st.sampled_from(["model_info", "source_metadata", "evaluation_results", "retrieved_timestamp", "eval_library"]),
        st.sampled_from(["metric_config", "score_details", "source_data", "generation_config", "evaluation_name"]),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["id", "score", "uncertainty", "metric_name", "level_names", "num_samples", "x"]),
                    inner,
                    max_size=4,
                ),
            ),
            max_leaves=8,
        ),
    )
    def test_whatever_a_record_holds_it_has_one_outcome_and_always_the_same(
        self, spoilt: str, in_result: str, content: Any
    ) -> None:
        """A draft, a row with its field, or a refusal of the record; never a traceback."""

        def outcome() -> object:
            try:
                return made(record(result(**{in_result: deepcopy(content)}), **{spoilt: deepcopy(content)}))
            except InvalidEvent as error:
                return error.problems

        first = outcome()

        assert first
        assert repr(first) == repr(outcome())


def test_single_samples_are_refused_as_a_whole(tmp_path: Path) -> None:
    """They are prompts and answers: one row, which says what to publish instead and repeats nothing of them."""
    sample = {
        "schema_version": "0.2.2",
        "evaluation_id": "x",
        "model_id": "m",
        "sample_id": "1",
        "input": {"raw": "secret"},
    }
    path = written(tmp_path / "x_samples.jsonl", b"\n".join([json.dumps(sample).encode()] * 100))
    with pytest.raises(InvalidEvent) as refusal:
        read(path)
    rows = unread(written(tmp_path / "list.json", [{"title": "x" * 5000}, sample]))

    assert "evaluation_results" in refusal.value.problems[0].fix
    assert "secret" not in str(refusal.value)
    assert "single samples" in rows[1].problems[0].message
