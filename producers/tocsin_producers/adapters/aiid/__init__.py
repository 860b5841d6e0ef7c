"""Incidents of the AI Incident Database (AIID), with the classifications that people gave them."""

from __future__ import annotations

from tocsin_producers.adapters.aiid.adapter import AIID, AiidAdapter, looks_like_aiid
from tocsin_producers.adapters.aiid.row import LABELS, LABELS_OF_TANGIBLE_HARM

__all__ = ["AIID", "LABELS", "LABELS_OF_TANGIBLE_HARM", "AiidAdapter", "looks_like_aiid"]
