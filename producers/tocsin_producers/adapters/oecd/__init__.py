"""Incidents in the OECD's common reporting framework (AI Papers No. 34, 2025): its 29 criteria, as CSV or as JSON.

Criteria are known by number or by name. What grading needs beside them (whether the harm happened, how firmly it is
tied to the system) has columns of its own and is never read into the prose.
"""

from __future__ import annotations

from tocsin_producers.adapters.oecd.csv_files import OECD_CSV, OecdCsv
from tocsin_producers.adapters.oecd.form import OECD, OecdForm

__all__ = ["OECD", "OECD_CSV", "OecdCsv", "OecdForm"]
