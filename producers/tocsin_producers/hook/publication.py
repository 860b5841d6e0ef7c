"""The reports of one run of Inspect on their way to the network, whatever becomes of the network."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Self

from inspect_ai.log import EvalLog

from tocsin_producers.adapters.inspect import digest_of, finding_from_log
from tocsin_producers.adapters.protocol import Labels
from tocsin_producers.connect import connect
from tocsin_producers.hook.courier import Courier
from tocsin_producers.reporter import Reporter
from tocsin_producers.settings import SettingsError, load_settings
from tocsin_producers.spool import Spool
from tocsin_producers.transports import TransportError
from tocsin_schemas import Clock, InvalidEvent, load_institutes, system_clock
from tocsin_schemas.logs import get_logger

_LONGEST_WAIT_SECONDS = 3.0


class Publication:
    """Makes findings of logs and gives them to a courier. Says in one line what did not go well, and raises nothing."""

    def __init__(self, *, courier: Courier | None, labels: Labels, spool_path: Path, secrets: Collection[str]) -> None:
        """Publish by this courier; without one nothing can be published, and why has been said."""
        self._courier = courier
        self._labels = labels
        self._spool_path = spool_path
        self._secrets = secrets
        self._log = get_logger()

    @classmethod
    def from_env(cls, *, secrets: Collection[str], clock: Clock = system_clock) -> Self:
        """The publication that the environment describes; nothing is connected yet.

        Args:
            secrets: values that must not appear in what is published.
            clock: the time of day.
        """
        try:
            settings = load_settings()
            # An evaluation waits less long than the SDK would: the spool has what was not taken by then.
            wait = min(settings.timeout_seconds, _LONGEST_WAIT_SECONDS)
            transport = connect(settings.model_copy(update={"timeout_seconds": wait}), clock=clock)
            institutes = None if settings.network_dir is None else load_institutes(settings.network_dir)
            signing_key = settings.signing_key()
        except (SettingsError, ValueError) as error:
            get_logger().error(f"Evaluations are not published to Tocsin: {error}")
            return cls(courier=None, labels=Labels(), spool_path=Path(), secrets=secrets)
        institute = settings.institute_id()
        spool = Spool(settings.spool_path(), clock=clock)
        reporter = Reporter(
            transport=transport,
            institute=institute,
            spool=spool,
            clock=clock,
            source=settings.source,
            institutes=institutes,
            signing_key=signing_key,
        )
        return cls(
            courier=Courier(reporter=reporter, transport=transport, spool=spool, clock=clock),
            labels=Labels(institute=institute, tlp=settings.tlp, status=settings.status, language=settings.language),
            spool_path=settings.spool_path(),
            secrets=secrets,
        )

    def keep(self, log: EvalLog, *, evidence: Path | None) -> None:
        """Put the finding of a log on the disk, and have it sent."""
        if self._courier is None:
            return
        task = log.eval.task
        try:
            digest = None if evidence is None else digest_of(evidence)
            draft = finding_from_log(log, self._labels, evidence_digest=digest, secrets=self._secrets)
            report = self._courier.keep(draft)
        except InvalidEvent as error:
            self._log.error(f"The result of {task} was not published to Tocsin: {error}")
        except TransportError as error:
            self._log.error(
                f"The result of {task} could be neither kept nor sent to Tocsin: {error} "
                "Publish its log with: tocsin publish FILE"
            )
        else:
            self._log.info("evaluation reported", report=report)

    def finish(self, seconds: float) -> None:
        """Wait a moment for what is on its way, and say in one line what is left to send later."""
        if self._courier is None:
            return
        waits = self._courier.settle(seconds=seconds)
        if waits is not None:
            self._log.warning(
                f"Results of this evaluation are kept for Tocsin at {self._spool_path} and will be sent later, because "
                f"{waits} They go with the next evaluation, or now with: tocsin spool send"
            )
        self._courier.close()
