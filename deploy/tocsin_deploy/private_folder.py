"""A folder for its owner's eyes only: what lies below it holds protected texts and keys."""

from __future__ import annotations

from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make the folder if it is not there, and close it to everybody but its owner."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
