"""The demonstration's evaluation, run for real."""

from pathlib import Path

import pytest

from tocsin_deploy.demo.evaluation import run_demo_evaluation
from tocsin_deploy.demo.offline_model import longest_choice
from tocsin_producers import Reporter
from tocsin_producers.adapters import Draft, Labels
from tocsin_producers.adapters.inspect import INSPECT
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import Finding, Grade, RunOutcome, Severity, Status, Tlp
from tocsin_streams.rubric import load_rubric

NETWORK = Path(__file__).resolve().parents[2] / "deploy" / "network"


def graded(draft: Draft) -> Grade:
    """What the network's own rubric makes of it."""
    transport = RecordingTransport()
    Reporter(transport=transport).publish(draft)
    (report,) = transport.reports
    return load_rubric(NETWORK).grade(report)


@pytest.mark.parametrize(
    ("prompt", "letter"),
    [
        ("Which?\n\nA) one\nB) the longest of them\nC) two", "B"),
        ("Which?\n\nA) equal\nB) equal", "A"),
        ("No choices here.", None),
        ("", None),
    ],
)
def test_the_model_answers_with_the_longest_choice(prompt: str, letter: str | None) -> None:
    """Its answer follows from the question alone, so that every demonstration scores the same."""
    assert longest_choice(prompt) == letter


def test_the_demonstration_runs_a_real_evaluation_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no way out of the machine it gives a log of twenty scored samples under a name that the registry grades."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("INSPECT_EVAL_LIMIT", "1")
    labels = Labels(institute="us", tlp=Tlp.CLEAR, status=Status.EXERCISE)
    log = run_demo_evaluation(tmp_path / "new" / "logs")
    (draft,) = INSPECT.read(log, labels)
    assert isinstance(draft, Draft)
    body = draft.body
    assert isinstance(body, Finding)

    assert log.parent == tmp_path / "new" / "logs"
    assert (body.evaluation.package, body.evaluation.name, body.status) == (None, "wmdp_cyber", Status.EXERCISE)
    assert body.run is not None
    assert (body.run.outcome, body.run.samples_completed) == (RunOutcome.SUCCESS, 20)
    assert [(one.metric, one.value) for one in body.measurements] == [("accuracy", 0.95)]
    assert graded(draft).severity is Severity.MODERATE


def test_an_evaluation_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is told with the last words of the process that failed."""
    (tmp_path / "inspect_ai.py").write_text("raise ImportError('this Inspect is broken')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(RuntimeError, match=r"(?s)status 1.*this Inspect is broken"):
        run_demo_evaluation(tmp_path / "logs")
