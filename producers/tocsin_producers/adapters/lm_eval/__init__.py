"""Findings out of results of EleutherAI's Language Model Evaluation Harness: one for each task that measured something.

Three layouts: that of 0.4 (`results_<time>.json`), of 0.3 (no date, no name of the model but in its arguments), and of
v0 (results and versions only). `higher_is_better` is about ability and never about safety: it is not read at all.
Prompts, templates, and all arguments of the model but its name and revision stay out of a finding.
"""

from __future__ import annotations

from tocsin_producers.adapters.lm_eval.form import LM_EVAL, LmEvalForm
from tocsin_producers.adapters.lm_eval.samples_file import LM_EVAL_SAMPLES

__all__ = ["LM_EVAL", "LM_EVAL_SAMPLES", "LmEvalForm"]
