"""The hook itself: each task that ends is reported, and each that did not end by itself is reported as what it is."""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from inspect_ai.hooks import Hooks, RunEnd, TaskEnd, TaskStart
from inspect_ai.log import EvalError, EvalLog

from tocsin_producers.hook.beside import beside
from tocsin_producers.hook.logs import route_logs
from tocsin_producers.hook.switch import VARIABLES, Decision, Readiness, decide
from tocsin_schemas.logs import get_logger

if TYPE_CHECKING:
    from tocsin_producers.hook.publication import Publication

_SETTLE_SECONDS = 10.0
_SETTLE_SECONDS_INTERRUPTED = 2.0
"""Whoever pressed Ctrl-C is waiting; what was not sent by then is on the disk."""

_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt at a task, by the run it belongs to."""

    run_id: str
    log: EvalLog
    """Its header; at its beginning, as much of it as there is."""


class TocsinHooks(Hooks):
    """Publishes the result of every task of every evaluation in this process.

    Inspect does not call `on_task_end` when a task crashes or is cancelled: those are found at the end of the run.
    """

    def __init__(self, *, open_publication: Callable[[frozenset[str]], Publication] | None = None) -> None:
        """Publish as the environment says, or by what `open_publication` makes, given values that must not appear."""
        # Made while Inspect is being imported: no event loop is there yet, and no variables from an .env file.
        self._seen: tuple[str | None, ...] | None = None
        self._decision = Decision(Readiness.UNCONFIGURED)
        self._begun: dict[str, _Attempt] = {}
        self._reported: dict[str, _Attempt] = {}
        self._publication: Publication | None = None
        self._open_publication = open_publication or _publication_from_env
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
        """Remember what began, in case nothing else is ever heard of it, and be ready before it ends."""
        if self._publication is None:
            # A second Ctrl-C while a hook is at work can leave Inspect hanging at its exit: the less there is to do
            # then, the better. Nothing is connected by it.
            threading.Thread(target=self._opened, name="tocsin-hook", daemon=True).start()
        self._begun[data.eval_id] = _Attempt(data.run_id, EvalLog(eval=data.spec, plan=data.plan))

    async def on_task_end(self, data: TaskEnd) -> None:
        """Report the task's result."""
        await self._report(data.run_id, data.log)

    async def on_run_end(self, data: RunEnd) -> None:
        """Report what ended otherwise, then wait a moment for what is on its way."""
        for log in data.logs:
            if log.eval.eval_id not in self._reported:
                await self._report(data.run_id, log)
        cancelled = anyio.current_effective_deadline() == -math.inf
        # With neither logs nor an exception nor a cancelled scope Inspect is about to call again, with the exception.
        if data.logs or data.exception is not None or cancelled:
            for begun in self._unheard_of(data.run_id):
                await self._report(data.run_id, _broken_off(begun.log, data.exception, cancelled=cancelled))
            self._forget(data.run_id)
        publication, self._publication = self._publication, None
        if publication is not None:
            seconds = _SETTLE_SECONDS if not cancelled else _SETTLE_SECONDS_INTERRUPTED
            await beside(lambda: publication.finish(seconds))

    async def _report(self, run_id: str, log: EvalLog) -> None:
        # Noted first: an interrupted wait leaves the thread at work, and Inspect tells of the end of the run again.
        self._begun.pop(log.eval.eval_id, None)
        self._reported[log.eval.eval_id] = _Attempt(run_id, _header(log))
        await beside(lambda: self._keep(log))

    def _forget(self, run_id: str) -> None:
        self._begun = {eval_id: one for eval_id, one in self._begun.items() if one.run_id != run_id}
        self._reported = {eval_id: one for eval_id, one in self._reported.items() if one.run_id != run_id}

    def _unheard_of(self, run_id: str) -> list[_Attempt]:
        """Attempts that began and of which nothing else was said, save those that a later attempt made up for."""
        made_up_for = {one.log.eval.task_id for one in self._reported.values()}
        return [one for one in self._begun.values() if one.run_id == run_id and one.log.eval.task_id not in made_up_for]

    def _keep(self, log: EvalLog) -> None:
        self._opened().keep(log, evidence=_local_file(log.location))

    def _opened(self) -> Publication:
        # Tasks end side by side, each in a thread of its own.
        with self._lock:
            if self._publication is None:
                self._publication = self._open_publication(_secrets(os.environ))
            return self._publication


def _publication_from_env(secrets: frozenset[str]) -> Publication:
    route_logs()
    # Late: the reporter and its vendors are needed by evaluations that publish, and by no other.
    from tocsin_producers.hook.publication import Publication

    return Publication.from_env(secrets=secrets)


def _broken_off(log: EvalLog, exception: BaseException | None, *, cancelled: bool) -> EvalLog:
    """The log of a task that began and of which Inspect gave no log at the end: the whole run failed or was stopped."""
    if cancelled or (exception is not None and not isinstance(exception, Exception)):
        return log.model_copy(update={"status": "cancelled"})
    if exception is None:
        return log
    error = EvalError(message=repr(exception), traceback="", traceback_ansi="")
    return log.model_copy(update={"status": "error", "error": error})


def _header(log: EvalLog) -> EvalLog:
    """The log without its samples, which may be large and are not needed."""
    return log.model_copy(update={"samples": None, "reductions": None})


def _local_file(location: str) -> Path | None:
    """The log's file, where it is on this machine and not in a store such as S3."""
    path = location.removeprefix("file://")
    return Path(path) if path and "://" not in path and Path(path).is_file() else None


def _secrets(environ: Mapping[str, str]) -> frozenset[str]:
    return frozenset(content for name, content in environ.items() if content and _SECRET_NAMES.search(name))
