"""What Slack would refuse in a message: structure by Slack's own types, lengths by its documentation."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

_TEXT_LIMITS = {"header": 150, "section": 3_000, "context": 2_000}
BLOCKS = 50
ALL_TEXT = 13_200
"""Undocumented; slackapi/bolt-js#2509."""


@functools.cache
def _validator(specs: Path) -> Draft7Validator:
    return Draft7Validator(json.loads((specs / "slack_blocks.schema.json").read_text(encoding="utf-8")))


def units(text: str) -> int:
    """UTF-16 units, as Slack's clients count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def faults_in(blocks: list[dict[str, Any]], specs: Path | None) -> list[str]:
    """Everything that is wrong with a message's blocks."""
    found = list(_lengths(blocks))
    if specs is not None:
        found += [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in _errors(blocks, specs)
        ]
    return found


def _errors(blocks: list[dict[str, Any]], specs: Path) -> Iterable[Any]:
    return _validator(specs).iter_errors(blocks)


def _lengths(blocks: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(blocks) <= BLOCKS:
        yield f"{len(blocks)} blocks; 1 to {BLOCKS} are taken"
    total, actions = 0, []
    for number, block in enumerate(blocks):
        texts = list(_texts(block))
        total += sum(units(text) for text in texts)
        for text in texts:
            if not text.strip():
                yield f"block {number}: an empty text"
        kind = block.get("type", "")
        if kind == "section" and not {"text", "fields"} & set(block):
            yield f"block {number}: a section without text and fields"
        if "text" in block and units(block["text"]["text"]) > _TEXT_LIMITS.get(kind, 3_000):
            yield f"block {number}: the {kind}'s text is {units(block['text']['text'])} long"
        fields = block.get("fields", [])
        if "fields" in block and not 1 <= len(fields) <= 10:
            yield f"block {number}: {len(fields)} fields; 1 to 10 are taken"
        for one in fields:
            if units(one["text"]) > 2_000:
                yield f"block {number}: a field is {units(one['text'])} long"
        elements = block.get("elements", [])
        if "elements" in block and not 1 <= len(elements) <= (25 if kind == "actions" else 10):
            yield f"block {number}: {len(elements)} elements"
        for element in elements:
            if element.get("type") == "button":
                actions.append((number, element.get("action_id")))
                yield from _button(number, element)
        if units(block.get("block_id", "")) > 255:
            yield f"block {number}: block_id too long"
    for one in {action for action in actions if actions.count(action) > 1}:
        yield f"block {one[0]}: action_id {one[1]!r} twice"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    for name in {name for name in ids if ids.count(name) > 1}:
        yield f"block_id {name!r} twice"
    if total > ALL_TEXT:
        yield f"{total} characters in all blocks"


def _button(number: int, element: dict[str, Any]) -> Iterator[str]:
    limits = (
        ("text", element["text"]["text"], 75),
        ("value", element.get("value", ""), 2_000),
        ("url", element.get("url", ""), 3_000),
        ("action_id", element.get("action_id", ""), 255),
        ("accessibility_label", element.get("accessibility_label", ""), 75),
    )
    for name, text, limit in limits:
        if units(text) > limit:
            yield f"block {number}: the button's {name} is {units(text)} long"


def _texts(block: dict[str, Any]) -> Iterator[str]:
    parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
    for part in parts:
        if not isinstance(part, dict):
            continue
        text = part.get("text")
        if isinstance(text, str):
            yield text
        elif isinstance(text, dict):
            yield text["text"]
