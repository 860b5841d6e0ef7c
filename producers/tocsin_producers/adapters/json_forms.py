"""The kinds of JSON objects that were made for something else and hold results or incidents."""

from __future__ import annotations

from tocsin_producers.adapters.lm_eval import LM_EVAL
from tocsin_producers.adapters.protocol import JsonForm

FORMS: tuple[JsonForm, ...] = (LM_EVAL,)
"""In this order: the first that recognises an object reads it."""
