"""Findings out of records of Every Eval Ever, the EvalEval coalition's exchange format: one for each result.

Versions 0.1 to 0.2 are read. `lower_is_better` is about ability, never about safety: it is told, and decides nothing.
Prompts, templates, commands and arguments stay out of a finding.
"""

from __future__ import annotations

from tocsin_producers.adapters.every_eval_ever.form import EVERY_EVAL_EVER, EveryEvalEverForm
from tocsin_producers.adapters.every_eval_ever.samples_file import EVERY_EVAL_EVER_SAMPLES

__all__ = ["EVERY_EVAL_EVER", "EVERY_EVAL_EVER_SAMPLES", "EveryEvalEverForm"]
