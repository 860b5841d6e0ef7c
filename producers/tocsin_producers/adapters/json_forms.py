"""The kinds of JSON objects that were made for something else and hold results or incidents."""

from __future__ import annotations

from tocsin_producers.adapters.every_eval_ever import EVERY_EVAL_EVER
from tocsin_producers.adapters.lm_eval import LM_EVAL
from tocsin_producers.adapters.oecd import OECD
from tocsin_producers.adapters.protocol import JsonForm

FORMS: tuple[JsonForm, ...] = (LM_EVAL, EVERY_EVAL_EVER, OECD)
"""In this order: the first that recognises an object reads it."""
