"""Adapters: reports out of files that were never made for Tocsin, such as evaluation logs."""

from __future__ import annotations

from tocsin_producers.adapters.protocol import HEAD_BYTES, Adapter, Draft, Labels, Unread
from tocsin_producers.adapters.registry import adapter_for
from tocsin_producers.adapters.sniff import looks_like_inspect_log

__all__ = ["HEAD_BYTES", "Adapter", "Draft", "Labels", "Unread", "adapter_for", "looks_like_inspect_log"]
