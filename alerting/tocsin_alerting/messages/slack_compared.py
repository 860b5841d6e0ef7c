"""What an alert compares, compactly, for Slack: results that differ, and an exercise's results by language."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.messages import comparison, words
from tocsin_alerting.messages.foreign import one_line, slack_mrkdwn, width
from tocsin_alerting.messages.view import AlertView

_SECTION, _TABLE, _LINE = 700, 1_400, 400
"""Three sections or one table: with everything else a message stays well below what Slack refuses (see `slack`)."""


def compared(view: AlertView) -> list[dict[str, Any]]:
    """The blocks that show it; none where the alert compares nothing."""
    blocks = []
    found = view.divergence
    if found is not None:
        blocks.append(
            _section(
                words.LABELS["differences"],
                [
                    f"{each.metric}: {each.one_name} {each.one}; {each.other_name} {each.other}; {each.test}"
                    for each in found.differences
                ],
            )
        )
        differing = [f"{line.label}: {line.text}" for line in found.differing] or ["nothing that is stated"]
        blocks.append(_section(words.LABELS["differing"], differing))
        if found.equal:
            blocks.append(_section(words.LABELS["equal"], [f"{line.label}: {line.said[0][1]}" for line in found.equal]))
    if view.comparison is not None:
        table = view.comparison
        rows = [f"{comparison.row_name(row)}: {comparison.compact(row)}" for row in table.rows]
        note = f"{comparison.MARK} differs from English. {comparison.explained(table)}"
        blocks.append(_section(words.LABELS["comparison"], rows, note=note, room=_TABLE))
    return blocks


def _section(heading: str, lines: list[str], *, note: str = "", room: int = _SECTION) -> dict[str, Any]:
    kept = [f"*{heading}*"]
    room -= width(kept[0]) + width(note)
    for position, line in enumerate(lines):
        shown = f"• {slack_mrkdwn(one_line(line), _LINE)}"
        room -= width(shown) + 1
        if room < 0:
            kept.append(words.and_more(len(lines) - position))
            break
        kept.append(shown)
    if note:
        kept.append(slack_mrkdwn(note, _LINE))
    return {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(kept)}}
