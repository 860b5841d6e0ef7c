"""The network's files as they were last in force, kept beside the state: a restart goes on with them if it must.

A set of files with a fault changes nothing while services run. Were one of them killed then, it could not start again,
and nobody would be told of anything: so it starts with the last good set, and says so.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from tocsin_alerting.network_files import stamps

_CURRENT = "current"
_KEPT = 3
"""A process that starts may be reading the one before the last."""


class KeptNetwork:
    """A folder with the last good sets; several processes may keep the same set in it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, network_dir: Path, version: str) -> None:
        """Copy the files that a version was just read from, unless they change meanwhile.

        Raises:
            OSError: there is no room, or no right to write.
        """
        if self._name() == version:
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        before, source = stamps(network_dir), network_dir.resolve()
        # The name begins with a dot: what a process that was killed leaves here is no set.
        copy = Path(mkdtemp(prefix=".", dir=self._folder))
        try:
            for name, *_ in before:
                target = copy / Path(name).relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(name, target)
            if stamps(network_dir) != before:
                return
            if not (self._folder / version).is_dir():
                copy.rename(self._folder / version)
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        pointer = self._folder / f".{_CURRENT}-{os.getpid()}"
        pointer.write_text(version, encoding="utf-8")
        pointer.replace(self._folder / _CURRENT)
        self._tidy()

    def folder(self) -> Path | None:
        """Where the last good set lies; None where none was kept."""
        name = self._name()
        return self._folder / name if name is not None and (self._folder / name).is_dir() else None

    def _name(self) -> str | None:
        try:
            return (self._folder / _CURRENT).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def _tidy(self) -> None:
        sets = [each for each in self._folder.iterdir() if each.is_dir() and not each.name.startswith(".")]
        current = self._name()
        old = sorted((each for each in sets if each.name != current), key=lambda each: each.stat().st_mtime)
        for each in old[: max(len(old) - _KEPT + 1, 0)]:
            shutil.rmtree(each, ignore_errors=True)
