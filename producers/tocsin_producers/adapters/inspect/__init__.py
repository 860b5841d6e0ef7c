"""Findings out of Inspect's evaluation logs: `.eval` and `.json`, finished, crashed, cancelled or still running.

A log may hold sensitive text: prompts, answers, tool output, tracebacks, arguments. Only facts of its header are
published (what was run on which model, how it ended, the metrics), never a sample.
"""

from __future__ import annotations

from tocsin_producers.adapters.digests import digest_of_file as digest_of
from tocsin_producers.adapters.inspect.adapter import INSPECT, InspectAdapter
from tocsin_producers.adapters.inspect.finding import finding_from_log
from tocsin_producers.adapters.inspect.log import read_header

__all__ = ["INSPECT", "InspectAdapter", "digest_of", "finding_from_log", "read_header"]
