"""How large things may be, stated once; every refusal names the limit it applied."""

from __future__ import annotations

EVENT_BYTES = 64 * 1024
"""A report as published, envelope included. CloudEvents intermediaries need forward no more than 64 KiB."""

TITLE_CHARACTERS = 200
"""A title: one line of a message, below Slack's 150-character header once shortened by the renderer."""

TEXT_CHARACTERS = 8_000
"""A summary, description or other long text of a report."""

LINE_CHARACTERS = 500
"""A name, reference or other single-line text."""

ITEMS = 200
"""Entries in any list of a report."""

RAW_BYTES = 1024 * 1024
"""What a topic takes from a writer that bypasses the SDK: more than a report may have, so it can be dead-lettered."""

DEAD_LETTER_BYTES = 3 * 1024 * 1024
"""A dead letter: the largest raw value in base64, with its headers and reason."""

DEPTH = 32
"""Objects and lists within one another in an event; a report needs seven."""

PROBLEMS = 20
"""Problems that one refusal lists; more would hide the first, and outgrow a dead letter."""
