"""A file that the system would not let be read is refused like any other, with what to do about it."""

from __future__ import annotations

from pathlib import Path

from tocsin_schemas import InvalidEvent, ProblemCode, invalid


def unreadable(path: Path, error: OSError) -> InvalidEvent:
    """The refusal for a file that the system would not let be read."""
    if isinstance(error, FileNotFoundError):
        return invalid("(file)", "is not there.", "Check the path.", ProblemCode.UNREADABLE_FILE)
    if isinstance(error, IsADirectoryError):
        return invalid(
            "(file)",
            "is a directory.",
            f"Name the files in it, such as {path}/*.json.",
            ProblemCode.UNREADABLE_FILE,
        )
    return invalid(
        "(file)",
        f"cannot be read ({error.strerror or type(error).__name__}).",
        "Make it readable to this user.",
        ProblemCode.UNREADABLE_FILE,
    )
