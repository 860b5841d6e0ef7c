"""A provider's HTTP server on the loopback: records every request, and fails on demand."""

from __future__ import annotations

import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.standins.faults import ConnectionDropped, Fault, HtmlError, Slow, TakenWithoutAnswer


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    """Monotonic seconds."""


@dataclass(frozen=True)
class Response:
    """An answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    # A burst of connections must not be refused: that would be a fault nobody asked for.
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of ours; what matters is in the records."""


class StandIn(ABC):
    """A server that runs inside `with`; subclasses say what a request means."""

    def __init__(self, *, port: int = 0) -> None:
        """Listen on a port of 127.0.0.1; 0 takes a free one."""
        self._port = port
        self._changed = threading.Condition()
        self._faults: deque[tuple[str | None, Fault]] = deque()
        self._lasting: dict[str | None, Fault] = {}
        self._closing = threading.Event()
        self._server: _Server | None = None
        self.requests: list[Request] = []
        """Every request, those that were failed included."""
        self.violations: list[str] = []
        """What was sent that the provider's specification does not allow."""

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None, "use it inside `with`"
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", self._port), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def fail_next(self, fault: Fault, *, times: int = 1, destination: str | None = None) -> None:
        """Fail the next requests, for one destination or for any."""
        with self._changed:
            self._faults.extend([(destination, fault)] * times)

    def fail_always(self, fault: Fault, *, destination: str | None = None) -> None:
        """Fail every request from now on, for one destination or for all, until `heal`."""
        with self._changed:
            self._lasting[destination] = fault

    def heal(self) -> None:
        """Work again."""
        with self._changed:
            self._faults.clear()
            self._lasting.clear()

    def wait_for(self, what: Callable[[], Any], *, within: float = 10.0) -> Any:
        """What `what` gives once it gives something true; it is looked at after every request.

        Raises:
            AssertionError: it did not in time.
        """
        deadline = time.monotonic() + within
        with self._changed:
            while True:
                found = what()
                if found:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not within {within:g} s; {len(self.requests)} requests: {found!r}")
                self._changed.wait(min(left, 0.25))

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """What the provider would answer, its own state changed accordingly."""

    @abstractmethod
    def destination_of(self, request: Request) -> str | None:
        """Whom the request is for."""

    @abstractmethod
    def fault_answer(self, fault: Fault, request: Request) -> Response:
        """The provider's own form of a failure."""

    def _take(self, request: Request) -> tuple[Response | None, float]:
        """The answer, or None for none, and for how long to keep silent before it."""
        with self._changed:
            self.requests.append(request)
            fault = self._fault_for(request)
            try:
                if fault is None:
                    return self.answer(request), 0.0
                if isinstance(fault, Slow):
                    return self.answer(request), fault.seconds
                if isinstance(fault, TakenWithoutAnswer):
                    self.answer(request)
                    return None, fault.seconds
                if isinstance(fault, ConnectionDropped):
                    return None, 0.0
                if isinstance(fault, HtmlError):
                    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
                    return Response(fault.status, page, {"Content-Type": "text/html"}), 0.0
                return self.fault_answer(fault, request), 0.0
            finally:
                self._changed.notify_all()

    def _fault_for(self, request: Request) -> Fault | None:
        destination = self.destination_of(request)
        for position, (whose, fault) in enumerate(self._faults):
            if whose in (None, destination):
                del self._faults[position]
                return fault
        return self._lasting.get(destination, self._lasting.get(None))


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, dict(self.headers.items()), body, time.monotonic())
            response, silence = stand_in._take(request)
            stand_in._closing.wait(silence)
            if response is None:
                self.close_connection = True
                return
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST  # noqa: N815 - http.server's own names

        def log_message(self, *_: object) -> None:
            """Say nothing: the test speaks."""

    return Handler
