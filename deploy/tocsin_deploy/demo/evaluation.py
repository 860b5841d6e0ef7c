"""Runs a small real evaluation with Inspect, there and then, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_TASK = Path(__file__).with_name("task.py")
_LIMIT_SECONDS = 120
_LAST_LINES = 15


def run_demo_evaluation(log_dir: Path) -> Path:
    """Evaluate the offline model and give the log's file. Takes a few seconds, most of them to import Inspect.

    It runs in a process of its own, as an institute's does: Inspect changes the working folder and takes the terminal
    over. The hook stays off there; the caller publishes the log.

    Args:
        log_dir: where the log is written; made when it is not there.

    Raises:
        RuntimeError: the evaluation did not end well; the message holds what it said last.
        OSError: the folder cannot be made.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    before = set(log_dir.glob("*.eval"))
    environment = {**os.environ, "TOCSIN_HOOK_DISABLED": "1", "INSPECT_DISPLAY": "none", "INSPECT_LOG_LEVEL": "error"}
    # Settings of the user's own evaluations are not this one's.
    for name in ("INSPECT_EVAL_MODEL", "INSPECT_EVAL_LIMIT", "INSPECT_EVAL_LOG_FORMAT", "INSPECT_LOG_FORMAT"):
        environment.pop(name, None)
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__, str(log_dir.resolve())],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LIMIT_SECONDS,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"the demonstration's evaluation took longer than {_LIMIT_SECONDS} s") from error
    written = sorted(set(log_dir.glob("*.eval")) - before)
    if ended.returncode != 0 or not written:
        said = "\n".join(ended.stdout.splitlines()[-_LAST_LINES:])
        raise RuntimeError(f"the demonstration's evaluation ended with status {ended.returncode}:\n{said}")
    return written[-1]


def _evaluate(log_dir: str) -> int:
    """What the process of its own does: exit status 0 when every question was put and scored."""
    # Late: the caller only starts this process, and Inspect takes seconds to import.
    from inspect_ai import eval as evaluate
    from inspect_ai.model import get_model

    from tocsin_deploy.demo import offline_model  # noqa: F401 - registers the model's provider

    # By a relative path: Inspect looks tasks up from the working folder, and absolute paths it does not find.
    os.chdir(_TASK.parent)
    (log,) = evaluate(
        _TASK.name, model=get_model("tocsin-offline/longest-choice"), log_dir=log_dir, log_format="eval", display="none"
    )
    return 0 if log.status == "success" else 1


if __name__ == "__main__":
    sys.exit(_evaluate(sys.argv[1]))
