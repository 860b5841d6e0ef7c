"""What evidence hashes to. The same file has the same digest in every adapter, so that it is counted once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tocsin_producers.adapters.unreadable import unreadable


def digest_of(content: bytes) -> str:
    """What the bytes hash to: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_of_file(path: Path) -> str:
    """What the file's bytes hash to, as `sha256sum` says it.

    Raises:
        InvalidEvent: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        raise unreadable(path, error) from error
