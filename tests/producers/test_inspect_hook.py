"""The Inspect hook: what it hears from Inspect, and what the network hears from it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import anyio
import pytest
from inspect_ai.hooks import RunEnd, TaskEnd, TaskStart
from inspect_ai.log import EvalLog

from tests.fixtures.clock import HandClock
from tests.fixtures.ports import free_ports
from tests.producers.inspect_logs import LABELS, log, results, score
from tests.producers.inspect_project import Ended, Project
from tests.system.topic_contents import values_in
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics
from tocsin_producers import Reporter, Spool
from tocsin_producers.adapters import Draft
from tocsin_producers.adapters.inspect import INSPECT
from tocsin_producers.hook.courier import Courier
from tocsin_producers.hook.inspect_hooks import TocsinHooks
from tocsin_producers.hook.publication import Publication
from tocsin_producers.testing import RecordingTransport
from tocsin_schemas import FINDINGS, Finding, Report, RunOutcome, from_json, read_report

ENOUGH = {"TOCSIN_INSTITUTE": "gb", "TOCSIN_TLP": "TLP:AMBER"}


class Heard:
    """The hook as Inspect has it, and what it handed over."""

    def __init__(self, transport: RecordingTransport, spool: Spool, clock: HandClock) -> None:
        self.transport = transport
        self.secrets: Collection[str] = ()

        def opened(secrets: frozenset[str]) -> Publication:
            self.secrets = secrets
            reporter = Reporter(transport=transport, institute="gb", spool=spool, clock=clock)
            courier = Courier(reporter=reporter, transport=transport, spool=spool, clock=clock)
            return Publication(courier=courier, labels=LABELS, spool_path=spool.folder.path, secrets=secrets)

        self.hooks = TocsinHooks(open_publication=opened)

    async def start(self, of: EvalLog) -> None:
        """A task begins."""
        spec = of.eval
        await self.hooks.on_task_start(TaskStart(None, spec.run_id, spec.eval_id, spec, of.plan))

    async def end(self, of: EvalLog) -> None:
        """A task ends by itself."""
        await self.hooks.on_task_end(TaskEnd(None, of.eval.run_id, of.eval.eval_id, of))

    async def run_end(self, *logs: EvalLog, exception: BaseException | None = None) -> None:
        """The run ends."""
        await self.hooks.on_run_end(RunEnd(None, "Run1", exception, list(logs)))  # type: ignore[arg-type]  # EvalLogs is a list

    @property
    def outcomes(self) -> list[RunOutcome]:
        """How the reported runs ended, in order."""
        bodies = [report.body for report in self.transport.reports]
        return [body.run.outcome for body in bodies if isinstance(body, Finding) and body.run is not None]


@pytest.fixture
def heard(transport: RecordingTransport, spool: Spool, clock: HandClock) -> Heard:
    """A hook whose network is a recording."""
    return Heard(transport, spool, clock)


DONE = log(results=results(score(accuracy=0.5)))
CRASHED = log(status="error", error="RuntimeError('boom')")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
class TestWhatInspectTells:
    def test_a_task_that_ends_is_reported_once(self, heard: Heard, backend: str) -> None:
        """The end of the task is reported; the end of the run adds nothing to it."""

        async def told() -> None:
            await heard.start(DONE)
            await heard.end(DONE)
            await heard.run_end(DONE)

        anyio.run(told, backend=backend)

        assert heard.outcomes == [RunOutcome.SUCCESS]

    def test_a_crash_is_found_at_the_end_of_the_run(self, heard: Heard, backend: str) -> None:
        """Inspect tells no end of a task that crashed: its log at the end of the run does."""

        async def told() -> None:
            await heard.start(CRASHED)
            await heard.run_end(CRASHED)

        anyio.run(told, backend=backend)

        assert heard.outcomes == [RunOutcome.ERROR]

    @pytest.mark.parametrize(
        ("exception", "outcome"),
        [(RuntimeError("boom"), RunOutcome.ERROR), (KeyboardInterrupt(), RunOutcome.CANCELLED)],
        ids=["failed", "interrupted"],
    )
    def test_a_task_without_any_log_is_reported_as_what_stopped_it(
        self, heard: Heard, backend: str, exception: BaseException, outcome: RunOutcome
    ) -> None:
        """A run that fails as a whole gives no logs, and Inspect calls twice: once without and once with the reason."""

        async def told() -> None:
            await heard.start(DONE)
            await heard.run_end()
            await heard.run_end(exception=exception)

        anyio.run(told, backend=backend)

        assert heard.outcomes == [outcome]

    def test_a_task_missing_among_the_logs_is_reported_as_unfinished(self, heard: Heard, backend: str) -> None:
        """Of a task that began, and is not among the logs of a run that ended, no more is claimed than that."""
        other = log(spec={"eval_id": "Ev2", "task_id": "Task2"}, results=results(score(accuracy=0.5)))

        async def told() -> None:
            await heard.start(DONE)
            await heard.start(other)
            await heard.end(other)
            await heard.run_end(other)

        anyio.run(told, backend=backend)

        assert sorted(heard.outcomes) == [RunOutcome.SUCCESS, RunOutcome.UNFINISHED]

    def test_an_attempt_that_was_made_up_for_is_not_reported_after_its_retry(self, heard: Heard, backend: str) -> None:
        """A retry within the run has the last word on its task."""
        retried = log(spec={"eval_id": "Ev2"}, results=results(score(accuracy=0.5)))

        async def told() -> None:
            await heard.start(DONE)
            await heard.start(retried)
            await heard.end(retried)
            await heard.run_end(retried)

        anyio.run(told, backend=backend)

        assert heard.outcomes == [RunOutcome.SUCCESS]

    @pytest.mark.parametrize("logs", [[log(status="cancelled")], []], ids=["with-logs", "without"])
    def test_a_cancelled_run_is_reported_although_its_awaits_are_cancelled(
        self, heard: Heard, backend: str, logs: list[EvalLog]
    ) -> None:
        """After Ctrl-C Inspect calls hooks in a scope that is cancelled already; the report is made there too."""

        async def told() -> None:
            await heard.start(DONE)
            with anyio.CancelScope() as scope:
                scope.cancel()
                await heard.run_end(*logs)

        anyio.run(told, backend=backend)

        assert heard.outcomes == [RunOutcome.CANCELLED]

    def test_tasks_side_by_side_are_all_reported(self, heard: Heard, backend: str) -> None:
        """Several tasks that end at once share one way out."""
        logs = [log(spec={"eval_id": f"Ev{number}", "task_id": f"Task{number}"}) for number in range(5)]

        async def told() -> None:
            async with anyio.create_task_group() as group:
                for one in logs:
                    group.start_soon(heard.end, one)
            await heard.run_end(*logs)

        anyio.run(told, backend=backend)

        assert len(set(heard.transport.ids)) == len(heard.transport.ids) == 5

    def test_a_log_without_a_model_harms_nothing(self, heard: Heard, backend: str) -> None:
        """What makes no finding is said in the log and raises nothing into the evaluation."""
        odd = log(spec={"model": "none/none"})

        async def told() -> None:
            await heard.start(odd)
            await heard.end(odd)
            await heard.run_end(odd)

        anyio.run(told, backend=backend)

        assert heard.transport.sent == []


def test_keys_of_the_environment_do_not_leave_with_an_error(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of the environment's keys are taken out of what is published, whatever they look like."""
    monkeypatch.setenv("LOCAL_MODEL_KEY", "correct horse battery")

    async def told() -> None:
        await heard.run_end(log(status="error", error="refused: correct horse battery"))

    anyio.run(told)
    (report,) = heard.transport.reports

    assert "correct horse battery" in heard.secrets
    assert isinstance(report.body, Finding)
    assert report.body.run is not None
    assert report.body.run.error == "refused: [redacted]"


def test_it_is_asked_at_every_event_and_says_once_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong label is told in one line, however often Inspect asks; set right, the hook is on."""
    hooks = TocsinHooks()
    for name, content in {**ENOUGH, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "k:1", "TOCSIN_TLP": "AMBER"}.items():
        monkeypatch.setenv(name, content)
    answers = {hooks.enabled() for _ in range(50)}
    said = caplog.text
    monkeypatch.setenv("TOCSIN_TLP", "TLP:AMBER")

    assert answers == {False}
    assert said.count("TOCSIN_TLP must be one of") == 1
    assert hooks.enabled()


@pytest.fixture(scope="module")
def bootstrap_servers(broker: LocalBroker) -> str:
    """The session's broker."""
    return broker.bootstrap_servers


@pytest.fixture
def network(bootstrap_servers: str, topic_prefix: str) -> dict[str, str]:
    """The variables of an institute whose network has its topics."""
    apply_topics(bootstrap_servers, topic_prefix)
    return {
        **ENOUGH,
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "TOCSIN_TOPIC_PREFIX": topic_prefix,
    }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An institute's evaluations."""
    return Project(tmp_path / "project")


@pytest.fixture
def kept(tmp_path: Path, clock: HandClock) -> Spool:
    """The spool of the institute's machine."""
    return Spool(tmp_path / "machine" / "spool", clock=clock)


def on_this_machine(variables: dict[str, str], spool: Spool) -> dict[str, str]:
    """The variables, and where the machine keeps what waits."""
    return {**variables, "TOCSIN_SPOOL_DIR": str(spool.folder.path)}


def arrived(network: dict[str, str]) -> list[Report]:
    """The findings that lie in the network's topic."""
    topic = FINDINGS.name(network["TOCSIN_TOPIC_PREFIX"])
    values = values_in(network["TOCSIN_KAFKA_BOOTSTRAP_SERVERS"], topic)
    return [read_report(from_json(value)) for value in values]


def waiting(spool: Spool) -> list[Report]:
    """The findings that wait on the machine."""
    return [read_report(from_json(path.read_bytes())) for path in spool.folder.waiting()]


def outcome(report: Report) -> RunOutcome:
    """How the reported run ended."""
    assert isinstance(report.body, Finding)
    assert report.body.run is not None
    return report.body.run.outcome


def from_its_log(ended: Ended) -> Draft:
    """What publishing the log by hand would make."""
    (made,) = INSPECT.read(ended.logs[-1], LABELS)
    assert isinstance(made, Draft)
    return made


@pytest.mark.kafka
class TestRealEvaluations:
    def test_an_evaluation_publishes_its_result(self, project: Project, network: dict[str, str], kept: Spool) -> None:
        """With three variables set, `inspect eval` puts its result into the topic, as its log would be published."""
        ended = project.evaluate("answering", on_this_machine(network, kept))
        (report,) = arrived(network)
        by_hand = from_its_log(ended)

        assert ended.status == 0, ended.said
        assert (report.envelope.id, report.envelope.subject) == (by_hand.event_id, by_hand.series)
        assert report.body == by_hand.body
        assert kept.is_empty()

    def test_a_crash_publishes_an_error_report(self, project: Project, network: dict[str, str], kept: Spool) -> None:
        """A task that crashes is reported with the first line of its error, and nothing of its samples."""
        ended = project.evaluate("crashing", on_this_machine(network, kept))
        (report,) = arrived(network)

        assert outcome(report) is RunOutcome.ERROR
        assert "the disk is full" in report.envelope.to_json().decode()
        assert "PROTECTED" not in report.envelope.to_json().decode()
        assert report.envelope.id == from_its_log(ended).event_id

    @pytest.mark.slow
    def test_an_eval_set_publishes_each_result_once(
        self, project: Project, network: dict[str, str], kept: Spool
    ) -> None:
        """Eval sets hand the hook headers only; they are reported like any other."""
        ended = project.evaluate("answering", on_this_machine(network, kept), how="eval-set")
        (report,) = arrived(network)

        assert ended.status == 0, ended.said
        assert report.envelope.id == from_its_log(ended).event_id

    def test_a_dead_broker_disturbs_nothing_and_the_result_arrives_later(
        self, project: Project, network: dict[str, str], kept: Spool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The evaluation ends as it would, one line says where the result waits, and it is delivered afterwards."""
        (nobody,) = free_ports(1)
        away = {**network, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}"}
        ended = project.evaluate("answering", on_this_machine(away, kept))
        (waits,) = waiting(kept)
        for name, content in on_this_machine(network, kept).items():
            monkeypatch.setenv(name, content)
        with Reporter.from_env() as reporter:
            drained = reporter.flush()

        assert ended.status == 0, ended.said
        assert ended.said.count("Results of this evaluation are") == 1
        assert "Traceback" not in ended.said
        assert drained.sent == 1
        assert [report.envelope.id for report in arrived(network)] == [waits.envelope.id]

    @pytest.mark.slow
    def test_what_waited_goes_with_the_next_evaluation(
        self, project: Project, network: dict[str, str], kept: Spool
    ) -> None:
        """Nobody need send the spool by hand: the next evaluation takes it along, in order."""
        (nobody,) = free_ports(1)
        away = {**network, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}"}
        project.evaluate("crashing", on_this_machine(away, kept))
        project.evaluate("answering", on_this_machine(network, kept))

        assert sorted(map(outcome, arrived(network))) == [RunOutcome.ERROR, RunOutcome.SUCCESS]
        assert kept.is_empty()


@pytest.mark.slow
class TestWithoutANetwork:
    def test_an_interrupted_evaluation_is_reported_and_ends(self, project: Project, kept: Spool) -> None:
        """Ctrl-C leaves a report that the run was cancelled, and a process that ends."""
        (nobody,) = free_ports(1)
        variables = {**ENOUGH, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}"}
        ended = project.interrupt("hanging", on_this_machine(variables, kept))
        (report,) = waiting(kept)

        assert outcome(report) is RunOutcome.CANCELLED
        assert report.envelope.id == from_its_log(ended).event_id

    def test_without_variables_it_is_silent(self, project: Project, kept: Spool) -> None:
        """An evaluation that is none of the network's business publishes and says nothing."""
        ended = project.evaluate("answering", {"TOCSIN_SPOOL_DIR": str(kept.folder.path)})

        assert ended.status == 0, ended.said
        assert "tocsin" not in ended.said.lower()
        assert kept.is_empty()

    def test_a_wrong_label_is_said_once_and_the_evaluation_goes_on(self, project: Project, kept: Spool) -> None:
        """A label that is none is one clear line, not a failed evaluation."""
        (nobody,) = free_ports(1)
        variables = {**ENOUGH, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}", "TOCSIN_TLP": "AMBER"}
        ended = project.evaluate("answering", on_this_machine(variables, kept))

        assert ended.status == 0, ended.said
        assert " ".join(ended.said.split()).count("TOCSIN_TLP must be one of") == 1
        assert kept.is_empty()

    def test_it_can_be_turned_off(self, project: Project, kept: Spool) -> None:
        """With TOCSIN_HOOK_DISABLED=1 nothing is published, and nothing kept."""
        (nobody,) = free_ports(1)
        variables = {**ENOUGH, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}", "TOCSIN_HOOK_DISABLED": "1"}
        ended = project.evaluate("answering", on_this_machine(variables, kept))

        assert ended.status == 0, ended.said
        assert kept.is_empty()
