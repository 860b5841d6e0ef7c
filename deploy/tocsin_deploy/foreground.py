"""Runs the local stack for as long as somebody watches: up, the demonstration, a live table, and down in order."""

from __future__ import annotations

import signal
import time
from types import FrameType

from rich.console import Console
from rich.live import Live

from tocsin_deploy.demo_run import run_demo
from tocsin_deploy.operator_tokens import sign_in_link
from tocsin_deploy.screen import status_table
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.stack import LocalStack, StackError
from tocsin_schemas import Clock

_REFRESH_SECONDS = 1.0


def watch(settings: DeploySettings, console: Console, *, demo: bool, detach: bool, clock: Clock) -> None:
    """Start the stack, run the demonstration if asked, and stay until interrupted.

    Args:
        settings: of the deployment.
        console: where people look.
        demo: publish the demonstration, if the store holds no alert yet.
        detach: leave the stack running and return.
        clock: the time of day.

    Raises:
        StackError: a part did not come up, or the supervisor ended.
    """
    interruption = _Interruption()
    stack = LocalStack(settings)
    try:
        stack.up(lambda line: console.print(f"· {line}", highlight=False), detach=detach)
    except _InterruptedError:
        console.print("· stopped")
        return
    leave_running = False
    try:
        if demo:
            run_demo(settings, console, clock=clock, only_if_empty=True)
        _say_where(settings, console)
        if detach:
            leave_running = True
        else:
            console.print("Ctrl-C stops everything.\n")
            _stay(stack, console, clock=clock)
    except _InterruptedError:
        console.print("· stopping")
    finally:
        if not leave_running:
            interruption.ignore()
            stack.down()
            console.print("· stopped")


class _InterruptedError(Exception):
    """Somebody asked to stop."""


class _Interruption:
    """Ctrl-C, SIGTERM and SIGHUP, once: a second one must not cut the stopping short and leave processes behind."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        for number in self._SIGNALS:
            # Under nohup SIGHUP is ignored, and stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._raise)

    def ignore(self) -> None:
        for number in self._SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _raise(self, _number: int, _frame: FrameType | None) -> None:
        self.ignore()
        raise _InterruptedError


def _stay(stack: LocalStack, console: Console, *, clock: Clock) -> None:
    if not console.is_terminal:
        console.print(status_table(stack.statuses(), now=clock()))
        while not stack.supervisor_ended():
            time.sleep(_REFRESH_SECONDS)
    else:
        with Live(status_table(stack.statuses(), now=clock()), console=console, auto_refresh=False) as live:
            while not stack.supervisor_ended():
                time.sleep(_REFRESH_SECONDS)
                live.update(status_table(stack.statuses(), now=clock()), refresh=True)
    raise StackError("the supervisor ended: see log/supervisord.log in the state folder")


def _say_where(settings: DeploySettings, console: Console) -> None:
    lines = (
        f"alerts        {settings.web_url}/",
        f"sign in       {sign_in_link(settings)}",
        f"outbox        {settings.web_url}/outbox (messages as they would be sent; sign in first)",
        f"HTTP door     {settings.door_url}/v1/findings, {settings.door_url}/v1/incidents",
        f"Kafka         {settings.bootstrap_servers}",
        f"logs, state   {settings.state}",
    )
    console.print()
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    console.print()
