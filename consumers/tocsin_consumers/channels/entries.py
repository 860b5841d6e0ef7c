"""Where webhooks and Apprise go to: entries by name, in the environment or in a file that only the notifier reads.

Contacts name an entry; the place itself is a secret and never stands in the network's files, in the store or in a log.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Entries:
    """Values by name: the environment's, else the file's, which is read at each look: secrets are rotated."""

    def __init__(self, environment: Mapping[str, str], *, file: Path | None = None) -> None:
        """Look at the file once.

        Raises:
            ValueError: it cannot be read, or others may read it.
        """
        self._environment = environment
        self._file = file
        self._filed()

    def get(self, name: str) -> str | None:
        """A value; None where it is not set, or empty.

        Raises:
            ValueError: the file cannot be read by now, or others may read it.
        """
        value = self._environment.get(name) or self._filed().get(name) or ""
        return value.strip() or None

    def names(self, beginning: str) -> bool:
        """Whether anything is set whose name begins like this."""
        return any(
            name.startswith(beginning) and value for name, value in {**self._filed(), **self._environment}.items()
        )

    def _filed(self) -> dict[str, str]:
        if self._file is None:
            return {}
        try:
            if self._file.stat().st_mode & _OTHERS:
                raise ValueError(f"{self._file}: others may read it, and it holds secrets: chmod 600")
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{self._file}: cannot be read: {type(error).__name__}") from None
        pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
        return {name.strip(): value.strip() for name, _, value in pairs}
