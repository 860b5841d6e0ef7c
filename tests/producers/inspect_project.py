"""An institute's own evaluations, and Inspect run on them as institutes do: a command in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = """
import anyio
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelAPI, ModelOutput, get_model, modelapi
from inspect_ai.scorer import match
from inspect_ai.solver import generate, solver


@modelapi(name="offline")
class Offline(ModelAPI):
    async def generate(self, input, tools, tool_choice, config):
        return ModelOutput.from_content(self.model_name, "yes")

    async def count_tokens(self, input, config=None):
        return 1


@solver
def crash():
    async def solve(state, generate):
        raise RuntimeError("the disk is full" + chr(10) + "state of the sample: PROTECTED")

    return solve


@solver
def hang():
    async def solve(state, generate):
        print("HANGING", flush=True)
        await anyio.sleep(120)
        return state

    return solve


def made(solver):
    samples = [Sample(input="Is it?", target="yes"), Sample(input="Is it not?", target="no")]
    return Task(dataset=samples, solver=solver, scorer=match(), model=get_model("offline/small"))


@task
def answering():
    return made(generate())


@task
def crashing():
    return made(crash())


@task
def hanging():
    return made(hang())
"""

_LIMIT_SECONDS = 100


@dataclass(frozen=True)
class Ended:
    """An evaluation that has ended."""

    status: int
    said: str
    logs: list[Path]


def command(*arguments: str, python: str = sys.executable) -> list[str]:
    """`inspect` of an environment, with output that a test can read."""
    return [python, "-m", "inspect_ai", *arguments, "--display", "plain", "--log-dir", "logs"]


class Project:
    """A folder with tasks, in which evaluations are run."""

    def __init__(self, folder: Path, *, python: str = sys.executable) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tasks.py").write_text(SOURCE, encoding="utf-8")
        self.folder = folder
        self.python = python

    def evaluate(self, task: str, variables: Mapping[str, str], *, how: str = "eval") -> Ended:
        """Run a task to its end."""
        ended = subprocess.run(
            command(how, f"tasks.py@{task}", python=self.python),
            cwd=self.folder,
            env=self._environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, self.logs())

    def interrupt(self, task: str, variables: Mapping[str, str]) -> Ended:
        """Run a task that hangs, and press Ctrl-C."""
        output = self.folder / "output.txt"
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [self.python, "-c", _INTERRUPTIBLE, *command("eval", f"tasks.py@{task}", python=self.python)[2:]],
                cwd=self.folder,
                env=self._environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        try:
            deadline = time.monotonic() + _LIMIT_SECONDS
            while "HANGING" not in output.read_text(errors="replace"):
                assert process.poll() is None, output.read_text(errors="replace")
                assert time.monotonic() < deadline, output.read_text(errors="replace")
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            status = process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
        return Ended(status, output.read_text(errors="replace"), self.logs())

    def logs(self) -> list[Path]:
        """The logs that were written so far, oldest first."""
        return sorted((self.folder / "logs").glob("*.eval"))

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        own = {name: content for name, content in os.environ.items() if not name.startswith(("TOCSIN_", "INSPECT_"))}
        # No proxy answers: whoever looks for a network finds none.
        return {**own, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", **variables}


_INTERRUPTIBLE = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
module, sys.argv = sys.argv[1], sys.argv[1:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
"""A process that a background job started ignores Ctrl-C, and so do its children, unless told otherwise."""
