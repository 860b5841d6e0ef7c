"""What an alert compares, compactly, for Slack: results that differ, and an exercise's results by language."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.messages import comparison, words
from tocsin_alerting.messages.foreign import one_line, slack_mrkdwn, width
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import Phrase
from tocsin_alerting.messages.view import AlertView

_SECTION, _TABLE, _LINE = 700, 1_400, 400
"""Three sections or one table: with everything else a message stays well below what Slack refuses (see `slack`)."""


def compared(language: Language, view: AlertView) -> list[dict[str, Any]]:
    """The blocks that show it; none where the alert compares nothing."""
    blocks = []
    found = view.divergence
    if found is not None:
        blocks.append(
            _section(
                language,
                words.LABELS["differences"],
                [
                    f"{each.metric}: {each.one_name} {each.one}; {each.other_name} {each.other}; {each.test}"
                    for each in found.differences
                ],
            )
        )
        differing = [f"{line.label}: {line.text}" for line in found.differing] or [
            language.gettext("nothing that is stated")
        ]
        blocks.append(_section(language, words.LABELS["differing"], differing))
        if found.equal:
            equal = [f"{line.label}: {line.said[0][1]}" for line in found.equal]
            blocks.append(_section(language, words.LABELS["equal"], equal))
    if view.comparison is not None:
        table = view.comparison
        rows = [f"{comparison.row_name(row)}: {comparison.compact(language, row)}" for row in table.rows]
        note = language.sentences((comparison.mark_explained(language), comparison.explained(language, table)))
        blocks.append(_section(language, words.LABELS["comparison"], rows, note=note, room=_TABLE))
    return blocks


def _section(
    language: Language, heading: Phrase, lines: list[str], *, note: str = "", room: int = _SECTION
) -> dict[str, Any]:
    kept = [f"*{language.say(heading)}*"]
    room -= width(kept[0]) + width(note)
    for position, line in enumerate(lines):
        shown = f"• {slack_mrkdwn(one_line(line), _LINE)}"
        room -= width(shown) + 1
        if room < 0:
            kept.append(words.and_more(language, len(lines) - position))
            break
        kept.append(shown)
    if note:
        kept.append(slack_mrkdwn(note, _LINE))
    return {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(kept)}}
