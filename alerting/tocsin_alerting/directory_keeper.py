"""Keeps the network directory that is in force: what operators change is taken over while the services run.

A change is taken only whole. Files are looked at every few seconds; when they have changed, and have then stayed as
they are from one look to the next and while they were read, they are read and checked together. A set with a fault
changes nothing: the one before stays in force, and every fault is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from tocsin_alerting.kept_network import KeptNetwork
from tocsin_alerting.network_files import Stamps, stamps
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.policy.oncall.loading import FeedCopies
from tocsin_schemas.institutes import load_institutes
from tocsin_schemas.logs import get_logger

SECONDS_BETWEEN_LOOKS = 2.0
_TRIES_AT_THE_START = 5
_log = get_logger()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A set of files that was not taken."""

    digest: str
    """Of what is wrong with it: the same faults, the same digest."""
    faults: tuple[str, ...]
    """Each with its file, field and fix."""


class Copies(Protocol):
    """Copies of calendars that rotas follow and that lie elsewhere; `rota_feeds.StoredCopies` keeps them."""

    def stamps(self) -> Stamps:
        """Equal while the copies are."""
        ...

    def read(self) -> FeedCopies:
        """The last good copy of each calendar."""
        ...


def read_network(network_dir: Path, copies: Copies | None = None) -> Directory:
    """The directory of a network folder, with copies of the calendars that lie elsewhere.

    Raises:
        ValueError: the files cannot be used as they are written; the message says all that is wrong.
    """
    return load_directory(
        network_dir, load_institutes(network_dir), copies=copies.read() if copies is not None else None
    )


class DirectoryKeeper:
    """Gives the directory in force when it is called; `look` takes a new one over."""

    def __init__(
        self,
        network_dir: Path,
        *,
        copies: Copies | None = None,
        kept: KeptNetwork | None = None,
        on_refusal: Callable[[Refusal, Directory], None] | None = None,
    ) -> None:
        """Read the files for the first time.

        Args:
            network_dir: the folder with the files.
            copies: of calendars that rotas follow; without them such rotas have no shifts.
            kept: where the last good set is kept, to start with when the files have a fault; None: nowhere.
            on_refusal: is told of each set that is refused and of the directory that stays in force, once for the same
                faults; what it raises is logged, and it is told again at the next look.

        Raises:
            ValueError: they cannot be used as they are written, or do not stop changing, and no good set was kept.
        """
        self._network_dir = network_dir
        self._copies = copies
        self._kept = kept
        self._on_refusal = on_refusal
        self._looking = Lock()
        self._untold: Refusal | None = None
        self.refused: Refusal | None = None
        """The set that lies in the folder and was not taken; None where what lies there is in force."""
        self._seen: Stamps = ()
        self._taken: Stamps = ()
        try:
            self._directory = self._first()
        except (ValueError, OSError) as error:
            folder = kept.folder() if kept is not None else None
            if folder is None:
                raise
            self._directory = self._read_network(folder)
            self._refuse(tuple(str(error).splitlines()))
        else:
            self._keep()

    def _first(self) -> Directory:
        """What lies in the folder, once it stands still."""
        for _ in range(_TRIES_AT_THE_START):
            self._seen = self._taken = self._stamps()
            read = self._read_network(self._network_dir)
            if self._stamps() == self._taken:
                return read
        raise ValueError(
            f"{self._network_dir}: its files are changing while they are read. Start again when they are not."
        )

    def __call__(self) -> Directory:
        """The directory in force: a snapshot that never changes."""
        return self._directory

    def look(self) -> None:
        """Take over what lies in the folder, if it changed, stands still and is without fault."""
        with self._looking:
            found = self._stamps()
            settled, self._seen = found == self._seen, found
            if settled and found != self._taken:
                self._read(found)
            self._tell()

    @contextmanager
    def watching(self, *, seconds: float = SECONDS_BETWEEN_LOOKS) -> Iterator[None]:
        """Look again and again, in a thread of its own, for as long as the block lasts."""
        stop = Event()

        def watch() -> None:
            while not stop.wait(seconds):
                try:
                    self.look()
                except Exception:  # noqa: BLE001 - the service goes on with what it has, and the next look may do better
                    _log.exception("directory_look_failed")

        watcher = Thread(target=watch, name="directory", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()

    def _read(self, found: Stamps) -> None:
        try:
            read = self._read_network(self._network_dir)
        except (ValueError, OSError) as error:
            if self._stamps() == found:
                self._taken = found
                self._refuse(tuple(str(error).splitlines()))
            return
        if self._stamps() != found:
            # Written to meanwhile: what was read may be half of one set and half of another.
            return
        self._taken, self.refused, self._untold = found, None, None
        if read.version != self._directory.version:
            _log.info("directory_taken", policy=read.version, before=self._directory.version)
        self._directory = read
        self._keep()

    def _keep(self) -> None:
        if self._kept is None:
            return
        try:
            self._kept.keep(self._network_dir, self._directory.version)
        except OSError:
            # The service works without; a restart beside a broken set would not.
            _log.exception("directory_not_kept", policy=self._directory.version)

    def _stamps(self) -> Stamps:
        copies = self._copies.stamps() if self._copies is not None else ()
        return (*stamps(self._network_dir), *copies)

    def _read_network(self, folder: Path) -> Directory:
        return read_network(folder, self._copies)

    def _refuse(self, faults: tuple[str, ...]) -> None:
        digest = sha256("\n".join(faults).encode()).hexdigest()[:12]
        if self.refused is not None and self.refused.digest == digest:
            return
        self.refused = self._untold = Refusal(digest, faults)
        _log.error("directory_refused", digest=digest, faults=faults, in_force=self._directory.version)

    def _tell(self) -> None:
        if self._untold is None or self._on_refusal is None:
            return
        try:
            self._on_refusal(self._untold, self._directory)
        except Exception:  # noqa: BLE001 - the store may be away: it is told again at the next look
            _log.exception("refusal_not_told", digest=self._untold.digest)
            return
        self._untold = None
