"""Measures, each a ratio to something measured in the same run: bench.py engine|workbook|trust|cells|sync [--json]"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", choices=["engine", "workbook", "trust", "cells", "sync"])
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--sizes", default="2000,1000000", help="documents, rising")
    parser.add_argument(
        "--growth", type=int, default=5_000_000, help="the larger size of the growth row; 0 leaves it out"
    )
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the suite workbook")
    parser.add_argument("--mutants", type=int, default=5000, help="mutated workbooks of the suite trust")
    options = parser.parse_args()
    if not environment.inside() and not os.environ.get("ARSHEET_BENCH_HERE"):
        return environment.run_inside("bench.py", sys.argv[1:], "test")
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    for row in rows_of(options):
        if options.json:
            print(json.dumps(row, ensure_ascii=False), flush=True)
        elif "skipped" in row:
            print(f"{row['name']:28} skipped: {row['skipped']}", flush=True)
        else:
            figures = {key: value for key, value in row.items() if key not in ("name", "ratio", "asked")}
            print(f"{row['name']:28} {row['ratio']:>9}  asked {row['asked']:20} {figures}", flush=True)
    return 0


def rows_of(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of the suite that was asked for."""
    if options.suite == "trust":
        from benchmarks import trust

        yield from trust.run(options.mutants)
    elif options.suite == "cells":
        from benchmarks import cells

        yield from cells.run()
    elif options.suite == "sync":
        from benchmarks import sync

        yield from sync.run()
    elif options.suite == "workbook":
        from benchmarks import workbook

        yield from workbook.run(options.rows)
    else:
        from benchmarks import engine

        yield from engine.run(tuple(int(part) for part in options.sizes.split(",")), options.growth)


if __name__ == "__main__":
    raise SystemExit(main())
