"""Reports that only repeat what an override has looked at: they are no new evidence, and it stands for them too."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tocsin_alerting.policy.origins import origins_of
from tocsin_alerting.policy.testimony import Witness


def repeats_of(seen: Collection[str], testimonies: Iterable[Witness]) -> frozenset[str]:
    """Ids of the reports that another institute repeats from those that were looked at, and grades no graver.

    What an institute says itself once more, as a correction or in place of a report, is not repeated but said anew.

    Args:
        seen: ids of the reports that were looked at.
        testimonies: all reports that the alert ever gathered; what is no longer current ties others together still.
    """
    gathered = tuple(testimonies)
    origins = origins_of(gathered)
    looked_at: dict[str, list[Witness]] = {}
    for each in gathered:
        if each.report in seen and each.severity is not None:
            looked_at.setdefault(origins.of[each.report], []).append(each)
    return frozenset(
        each.report
        for each in gathered
        if each.report not in seen and _repeats(each, looked_at.get(origins.of[each.report], []))
    )


def _repeats(testimony: Witness, looked_at: list[Witness]) -> bool:
    if testimony.severity is None or any(one.institute == testimony.institute for one in looked_at):
        return False
    rank = testimony.severity.rank
    return any(one.severity is not None and rank <= one.severity.rank for one in looked_at)
