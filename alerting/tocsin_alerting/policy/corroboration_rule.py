"""The policy's `corroboration`, as operators write it: what an independent confirmation changes. It can only raise."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin_alerting.policy.corroboration import CERTAINTIES, URGENCIES, CorroborationRule
from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import Certainty, Severity, Urgency


class CorroborationPolicy(Record):
    """What an independent confirmation by another institute changes; never the severity."""

    certainty: dict[Certainty, Certainty] = CorroborationRule().certainty
    """What a certainty becomes; what is not listed stays."""
    urgency: dict[Severity, dict[Urgency, Urgency]] = {}  # noqa: RUF012 - pydantic copies it
    """By the alert's severity: what an urgency becomes. Severities that are not listed keep theirs."""
    page_again: tuple[Severity, ...] = ()
    """Severities at which everybody is asked anew; at the others people are told without being called."""

    def rule(self) -> CorroborationRule:
        """As it is applied."""
        return CorroborationRule(self.certainty, self.urgency, frozenset(self.page_again))

    def faults(self) -> Iterator[str]:
        """Steps that would lower what a confirmation can only raise."""
        for before, after in self.certainty.items():
            if CERTAINTIES.index(after) < CERTAINTIES.index(before):
                yield (
                    f"corroboration.certainty ({before}): '{after}' is less certain; a confirmation only raises. "
                    f"Use one from '{before}' on: {', '.join(CERTAINTIES)}."
                )
        for severity, steps in self.urgency.items():
            for sooner, later in ((after, before) for before, after in steps.items()):
                if URGENCIES.index(sooner) < URGENCIES.index(later):
                    yield (
                        f"corroboration.urgency ({severity}, {later}): '{sooner}' is less urgent; a confirmation only "
                        f"raises. Use one from '{later}' on: {', '.join(URGENCIES)}."
                    )
