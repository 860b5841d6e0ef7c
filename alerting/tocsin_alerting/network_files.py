"""The files of a network directory as they stand at one moment, without reading them: whether they changed since."""

from __future__ import annotations

from pathlib import Path

Stamps = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, inode, size and time of change in nanoseconds: equal stamps, equal content."""

_SUFFIXES = frozenset({".yaml", ".yml", ".ics"})


def stamps(network_dir: Path) -> Stamps:
    """The stamps of the files that a network is made of, also in folders below; links are followed.

    None where there is no such folder.
    """
    found = []
    # A folder that is put in place as a whole, by a link to it, is looked through where it really is.
    folder = network_dir.resolve()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES and not path.name.startswith("."):
            try:
                stat = path.stat()
            except FileNotFoundError:
                # Moved away a moment ago: the next look sees what has come in its place.
                continue
            found.append((str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)
