"""The hook itself: each task that ends is reported, and each that did not end by itself is reported as what it is."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inspect_ai.hooks import Hooks, RunEnd, TaskEnd, TaskStart
from inspect_ai.log import EvalError, EvalLog

from tocsin_producers.hook.beside import beside
from tocsin_producers.hook.logs import route_logs
from tocsin_producers.hook.switch import VARIABLES, Decision, Readiness, decide
from tocsin_schemas.logs import get_logger

if TYPE_CHECKING:
    from tocsin_producers.hook.publication import Publication

_SETTLE_SECONDS = 10.0
_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A task that began and has not been reported."""

    run_id: str
    log: EvalLog
    """As much of a log as there is at the beginning."""


class TocsinHooks(Hooks):
    """Publishes the result of every task of every evaluation in this process.

    Inspect does not call `on_task_end` when a task crashes or is cancelled: those are found at the end of the run.
    """

    def __init__(self) -> None:
        # Made while Inspect is being imported: no event loop is there yet, and no variables from an .env file.
        self._seen: tuple[str | None, ...] | None = None
        self._decision = Decision(Readiness.UNCONFIGURED)
        self._begun: dict[str, _Begun] = {}
        self._reported: dict[str, str] = {}
        self._publication: Publication | None = None
        self._lock = threading.Lock()
        self._log = get_logger()

    def enabled(self) -> bool:
        """Whether evaluations are published; says once what stands in the way, where something was set."""
        # Asked at every event of every sample, so that the answer is kept as long as the variables are the same.
        seen = tuple(os.environ.get(name) for name in VARIABLES)
        if seen != self._seen:
            self._seen = seen
            self._decision = decide(os.environ)
            if self._decision.advice is not None:
                route_logs()
                say = self._log.error if self._decision.readiness is Readiness.INVALID else self._log.warning
                say(self._decision.advice)
        return self._decision.readiness is Readiness.READY

    async def on_task_start(self, data: TaskStart) -> None:
        """Remember what began, in case nothing else is ever heard of it."""
        self._begun[data.eval_id] = _Begun(data.run_id, EvalLog(eval=data.spec, plan=data.plan))

    async def on_task_end(self, data: TaskEnd) -> None:
        """Report the task's result."""
        await self._report(data.run_id, data.log)

    async def on_run_end(self, data: RunEnd) -> None:
        """Report what ended otherwise, then wait a moment for what is on its way."""
        for log in data.logs:
            if log.eval.eval_id not in self._reported:
                await self._report(data.run_id, log)
        for begun in [one for one in self._begun.values() if one.run_id == data.run_id]:
            await self._report(data.run_id, _broken_off(begun.log, data.exception))
        self._reported = {eval_id: run_id for eval_id, run_id in self._reported.items() if run_id != data.run_id}
        publication, self._publication = self._publication, None
        if publication is not None:
            await beside(lambda: publication.finish(_SETTLE_SECONDS))

    async def _report(self, run_id: str, log: EvalLog) -> None:
        await beside(lambda: self._keep(log))
        self._begun.pop(log.eval.eval_id, None)
        self._reported[log.eval.eval_id] = run_id

    def _keep(self, log: EvalLog) -> None:
        self._opened().keep(log, evidence=_local_file(log.location))

    def _opened(self) -> Publication:
        # Tasks end side by side, each in a thread of its own.
        with self._lock:
            if self._publication is None:
                route_logs()
                # Late: the reporter and its vendors are needed by evaluations that publish, and by no other.
                from tocsin_producers.hook.publication import Publication

                self._publication = Publication.from_env(secrets=_secrets(os.environ))
            return self._publication


def _broken_off(log: EvalLog, exception: BaseException | None) -> EvalLog:
    """The log of a task that began and of which Inspect gave no log at the end: the whole run failed or was stopped."""
    if exception is None or not isinstance(exception, Exception):
        return log.model_copy(update={"status": "cancelled"})
    error = EvalError(message=repr(exception), traceback="", traceback_ansi="")
    return log.model_copy(update={"status": "error", "error": error})


def _local_file(location: str) -> Path | None:
    """The log's file, where it is on this machine and not in a store such as S3."""
    path = location.removeprefix("file://")
    return Path(path) if path and "://" not in path and Path(path).is_file() else None


def _secrets(environ: Mapping[str, str]) -> frozenset[str]:
    return frozenset(content for name, content in environ.items() if content and _SECRET_NAMES.search(name))
