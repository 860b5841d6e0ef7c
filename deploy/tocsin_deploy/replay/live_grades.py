"""The grades that were given when the reports came: what lies in the assessments topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import ValidationError

from tocsin_schemas import Grade, InvalidEvent, from_kafka
from tocsin_streams.decision import Message

Key = tuple[str, str]
"""CloudEvents source and id of a report."""


class LiveGrades:
    """The grade of each report that counts: its first, for a report graded again later changes nothing at the desk."""

    def __init__(self) -> None:
        self._grades: dict[Key, Grade] = {}
        self.again: Counter[str] = Counter()
        """Assessments beyond the first of their report, by the version of the rubric that made them."""
        self.unreadable: list[str] = []
        """Where what is no assessment lies: `topic[partition]@offset`."""

    def __len__(self) -> int:
        return len(self._grades)

    def add(self, messages: Iterable[Message]) -> None:
        """Take in assessments, each series in the order of its partition."""
        for message in messages:
            try:
                data = from_kafka(message.headers, message.value).data
                self._add(data if isinstance(data, dict) else {})
            except (InvalidEvent, ValidationError, KeyError):
                self.unreadable.append(f"{message.topic}[{message.partition}]@{message.offset}")

    def of(self, source: str, report: str) -> Grade | None:
        """The grade that was given to a report, if it is there still."""
        return self._grades.get((source, report))

    def rubrics(self) -> Counter[str]:
        """How many reports each version of the rubric has graded."""
        return Counter(grade.rubric for grade in self._grades.values())

    def _add(self, data: dict[str, object]) -> None:
        key = (str(data["source"]), str(data["report"]))
        if data.get("grade") is None:
            # A retraction; without the field it is no assessment at all.
            _ = data["retraction"]
            return
        # Only the grade is read: the report lies in its own topic, and is checked there.
        grade = Grade.model_validate(data["grade"])
        if key in self._grades:
            self.again[grade.rubric] += 1
        else:
            self._grades[key] = grade
