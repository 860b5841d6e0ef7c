"""From what the command line names to files: a file, a folder of them, a pattern, or standard input."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tocsin_schemas import Problem, ProblemCode

STDIN = "-"
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read."""

    path: Path
    name: str
    """What its row calls it."""
    found: bool = False
    """Whether it was found in a folder and not named: then it may be no report, and that is no fault."""
    problem: Problem | None = None
    """Why there is nothing to read."""

    @classmethod
    def named(cls, path: Path) -> Source:
        """A file that somebody named."""
        return cls(path, str(path))


def sources(arguments: Sequence[Path], *, stdin: BinaryIO, folder: Path) -> list[Source]:
    """The files, in the order of the arguments; those of a folder by name, its folders' included, hidden ones not.

    Args:
        arguments: as given. A pattern that the shell did not expand is expanded here, unless a file is called so.
        stdin: what `-` stands for.
        folder: a private folder to keep standard input in while it is read.

    Raises:
        OSError: standard input cannot be kept.
    """
    return [source for argument in arguments for source in _sources(argument, stdin, folder)]


def _sources(argument: Path, stdin: BinaryIO, folder: Path) -> Iterator[Source]:
    if str(argument) == STDIN:
        kept = folder / "stdin"
        with kept.open("ab") as file:  # a second `-` finds the end of the input and adds nothing
            shutil.copyfileobj(stdin, file)
        yield Source(kept, "(standard input)")
    elif argument.is_dir():
        yield from _inside(argument)
    elif _WILD & set(str(argument)) and not argument.exists():
        yield from _matching(argument)
    else:
        yield Source.named(argument)


def _inside(folder: Path) -> Iterator[Source]:
    files = sorted(_walk(folder))
    if not files:
        problem = Problem("(file)", "is a folder without files.", "Name files, or the folder that holds them.")
        yield Source(folder, str(folder), problem=problem)
    yield from (Source(file, str(file), found=True) for file in files)


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(where) / name for name in files if not name.startswith("."))


def _matching(pattern: Path) -> Iterator[Source]:
    matches = glob.glob(str(pattern), recursive=True)  # noqa: PTH207 - a Path's own takes no absolute pattern
    found = [Path(path) for path in sorted(matches)]
    if not found:
        problem = Problem("(file)", "is a pattern that no file matches.", "Check it.", ProblemCode.UNREADABLE_FILE)
        yield Source(pattern, str(pattern), problem=problem)
    for path in found:
        yield from _inside(path) if path.is_dir() else (Source.named(path),)
