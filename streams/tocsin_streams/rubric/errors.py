"""What is wrong with the network's rubric files, said to the operator who edits them."""

from __future__ import annotations

from pathlib import Path


class RubricError(ValueError):
    """A rubric file that cannot be used: names the file, the rule or evaluation, the field, the fault and the fix."""

    def __init__(
        self, path: Path, message: str, fix: str, *, entry: str | None = None, field: str | None = None
    ) -> None:
        self.path = path
        self.entry = entry
        self.field = field
        self.fix = fix
        where = ": ".join(part for part in (str(path), entry, field) if part)
        super().__init__(f"{where}: {message} {fix}")
