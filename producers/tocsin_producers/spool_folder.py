"""The spool's folder: one file per report, in order, whole or not there, shared by the processes of one machine.

    pending/00000000000000000042-<digest>.json   a CloudEvent that waits; the number is its place in the order
    refused/…                                    what will never be taken, each beside a .reason.json
    lock, sending.lock                           held while a name is given out, and while reports are sent
    hold.json                                    until when the receiver asked to be left alone

A file is written under another name, flushed to the disk and renamed: a process may be killed at any instant.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from tocsin_schemas import Problem

_NAME = re.compile(r"(\d{20})-[0-9a-f]{16}\.json")
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_POLL_SECONDS = 0.02


class SpoolError(Exception):
    """The spool could not keep a report: the disk is full, or the folder cannot be written. The report is not kept."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A report that was moved aside, with the reason."""

    path: Path
    reason: str


class SpoolFolder:
    """Keeps files of bytes in order, on disk, across crashes."""

    def __init__(self, path: Path) -> None:
        """Use this folder; it is made when first needed."""
        self.path = path
        self._pending = path / "pending"
        self._refused = path / "refused"

    def append(self, value: bytes) -> Path:
        """Keep one report behind all that wait; on return it is on the disk.

        Raises:
            SpoolError: it could not be kept.
        """
        with self._usable("keep the report"):
            self._make()
            with self._locked("lock"):
                name = f"{self._last_number() + 1:020d}-{sha256(value).hexdigest()[:16]}.json"
                return _write(self._pending / name, value)

    def waiting(self) -> list[Path]:
        """The files that wait, first first.

        Raises:
            SpoolError: the folder cannot be read.
        """
        with self._usable("be read"):
            return _reports_in(self._pending)

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting()

    def remove(self, path: Path) -> None:
        """Forget a report that was taken."""
        path.unlink(missing_ok=True)
        _sync_folder(self._pending)

    def set_aside(self, path: Path, problems: Sequence[Problem]) -> Refused:
        """Move a report out of the way for good, with the reason beside it."""
        self._refused.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        target = self._refused / path.name
        reason = "; ".join(str(problem) for problem in problems)
        listed = [
            {"field": one.field, "message": one.message, "fix": one.fix, "code": one.code.value} for one in problems
        ]
        # The reason first: a file that lies aside without one would be a riddle.
        _write(target.with_suffix(".reason.json"), json.dumps({"reason": reason, "problems": listed}).encode())
        path.replace(target)
        _sync_folder(self._refused)
        _sync_folder(self._pending)
        return Refused(target, reason)

    def refused(self) -> list[Refused]:
        """What was moved aside, first first.

        Raises:
            SpoolError: the folder cannot be read.
        """
        with self._usable("be read"):
            return [Refused(path, _reason(path)) for path in _reports_in(self._refused)]

    def hold(self, until: datetime) -> None:
        """Remember that the receiver asked to be left alone until then, over restarts too.

        Raises:
            SpoolError: the folder cannot be written.
        """
        with self._usable("be written"):
            self._make()
            with self._locked("lock"):
                _write(self.path / "hold.json", json.dumps({"until": until.isoformat()}).encode())

    def held_until(self) -> datetime | None:
        """Until when the receiver asked to be left alone, as far as is remembered.

        Raises:
            SpoolError: the folder cannot be read.
        """
        try:
            with self._usable("be read"):
                until = datetime.fromisoformat(json.loads(_content(self.path / "hold.json") or b"{}")["until"])
        except (ValueError, KeyError, TypeError):
            # Not ours, or spoilt: to ask once too early does no harm.
            return None
        return until if until.tzinfo is not None else None

    @contextlib.contextmanager
    def sending(self, *, wait_seconds: float) -> Iterator[bool]:
        """Be the one process that sends; says whether the turn came within the time."""
        self._make()
        deadline = time.monotonic() + wait_seconds
        with contextlib.ExitStack() as stack:
            while not (turn := self._enter(stack)) and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
            yield turn

    def _enter(self, stack: contextlib.ExitStack) -> bool:
        try:
            stack.enter_context(self._locked("sending.lock", block=False))
        except BlockingIOError:
            return False
        return True

    def sweep(self) -> None:
        """Clear away what killed processes left half-written; nobody was told that it is kept. For who has the turn."""
        with self._locked("lock"):
            for folder in (self._pending, self._refused, self.path):
                for left in folder.glob(".part-*"):
                    left.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _usable(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SpoolError(
                f"the spool at {self.path} cannot {what} ({error.strerror}); make room there, let this user read and "
                "write it, or set TOCSIN_SPOOL_DIR to another folder"
            ) from error

    def _make(self) -> None:
        if not self._pending.is_dir():
            self.path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._pending.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
            _sync_folder(self.path)

    @contextlib.contextmanager
    def _locked(self, name: str, *, block: bool = True) -> Iterator[None]:
        file = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE_FILE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if block else fcntl.LOCK_NB))
            yield
        finally:
            # The lock goes with the descriptor, however the process ends; threads have descriptors of their own.
            os.close(file)

    def _last_number(self) -> int:
        names = [path.name for path in self.waiting()] + [one.path.name for one in self.refused()]
        return max((int(name[:20]) for name in names), default=0)


def _reports_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name)) if folder.exists() else []


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _reason(path: Path) -> str:
    try:
        return str(json.loads(path.with_suffix(".reason.json").read_bytes())["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return "the note with the reason cannot be read"


def _write(path: Path, value: bytes) -> Path:
    part = path.with_name(f".part-{os.getpid()}-{threading.get_ident()}-{path.name}")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _PRIVATE_FILE)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(value)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return path


def _sync_folder(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
