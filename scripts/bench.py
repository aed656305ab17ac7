"""Measures, each a ratio to something measured in the same run: python3 scripts/bench.py engine [--json]"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", choices=["engine"])
    parser.add_argument("--json", action="store_true", help="one object a line")
    parser.add_argument("--sizes", default="2000,1000000", help="documents, rising")
    parser.add_argument(
        "--growth", type=int, default=5_000_000, help="the larger size of the growth row; 0 leaves it out"
    )
    options = parser.parse_args()
    if not environment.inside() and not os.environ.get("ARSHEET_BENCH_HERE"):
        return environment.run_inside("bench.py", sys.argv[1:], "test")
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    from benchmarks import engine

    sizes = tuple(int(part) for part in options.sizes.split(","))
    for row in engine.run(sizes, options.growth):
        if options.json:
            print(json.dumps(row, ensure_ascii=False), flush=True)
        else:
            figures = {key: value for key, value in row.items() if key not in ("name", "ratio", "asked")}
            print(f"{row['name']:28} {row['ratio']:>9}  asked {row['asked']:20} {figures}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
