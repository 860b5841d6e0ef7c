"""`make rubric-report`: writes docs/rubric-agreement.md, or with --check says whether it is what the rubric gives."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from pathlib import Path

from bench.rubric_report.cases import by_harm_level, by_severity, by_severity_seen_by_others, rows_of
from bench.rubric_report.page import page
from tocsin_streams.rubric import load_rubric

_CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = _CHECKOUT / "docs" / "rubric-agreement.md"


def main() -> int:
    """Write or check the page; exit status 1 where a check finds another, 2 where there is no data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page differs")
    parser.add_argument("--data", type=Path, help="JSON Lines of classified incidents", default=_data())
    parser.add_argument(
        "--network", type=Path, help="folder with rubric.yaml", default=_CHECKOUT / "deploy" / "network"
    )
    parser.add_argument("--out", type=Path, help="where to write", default=PAGE)
    asked = parser.parse_args()
    if not asked.data.is_file():
        print(f"no file {asked.data}: set TOCSIN_SAMPLE_DATA or give --data", file=sys.stderr)
        return 2
    text = made(asked.data, asked.network)
    if not asked.check:
        asked.out.write_text(text, encoding="utf-8")
        print(f"written: {asked.out}")
        return 0
    before = asked.out.read_text(encoding="utf-8") if asked.out.is_file() else ""
    if before == text:
        return 0
    sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), text.splitlines(True), "committed", "now"))
    print("docs/rubric-agreement.md is not what the rubric gives: run `make rubric-report`", file=sys.stderr)
    return 1


def made(data: Path, network: Path) -> str:
    """The page for these incidents and this rubric."""
    rows, rubric = rows_of(data), load_rubric(network)
    return page(by_severity(rows, rubric), by_severity_seen_by_others(rows, rubric), by_harm_level(rows, rubric))


def _data() -> Path:
    folder = os.environ.get("TOCSIN_SAMPLE_DATA") or _CHECKOUT / ".." / "shared" / "data"
    return Path(folder) / "aiid" / "cset_odd_ids.jsonl"


if __name__ == "__main__":
    raise SystemExit(main())
