"""Peak memory of one report above its loaded inputs, in a process of its own: python -m benchmarks.memory ENGINE N"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks import pipelines
from benchmarks.data import make


def _status(key: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"{key} is not in /proc/self/status")


def peak_above(work: object) -> float:
    """MiB that the work needs at most above what is held when it starts (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()  # type: ignore[operator]
    return max(0.0, _status("VmHWM") - before)


def main() -> None:
    engine, size = sys.argv[1], int(sys.argv[2])
    columns = make(size)
    if engine == "pandas":
        frames = pipelines.pandas_frames(pipelines.tables(columns))
        small = pipelines.pandas_frames(pipelines.tables(make(2000)))
        pipelines.pandas_report(small)
        print(json.dumps({"report": round(peak_above(lambda: pipelines.pandas_report(frames)), 1)}))
        return
    from benchmarks.engine import ids_of

    tiny = make(2000)
    pipelines.arsheet_report(pipelines.arsheet_build(tiny, ids_of(tiny, "int")), tiny.limit[np.argsort(tiny.customer)])
    ids = ids_of(columns, "int")
    kept: list[object] = []
    built = peak_above(lambda: kept.append(pipelines.arsheet_build(columns, ids)))
    limit = columns.limit[np.argsort(columns.customer)]
    report = peak_above(lambda: pipelines.arsheet_report(kept[0], limit))
    print(json.dumps({"report": round(report, 1), "build": round(built, 1)}))


if __name__ == "__main__":
    main()
