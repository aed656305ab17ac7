"""Speed and memory of the ledger against pandas, polars and DuckDB in the same run."""

from __future__ import annotations

import gc
import importlib.util
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import pipelines
from benchmarks.data import Columns, make

ID_COLUMNS = (
    "invoice",
    "invoice_customer",
    "receipt",
    "receipt_customer",
    "applied_receipt",
    "applied_invoice",
    "customer",
)
PREFIX = {"invoice": "INV-", "applied_invoice": "INV-", "receipt": "R", "applied_receipt": "R"}


def timed(work: Callable[[], Any], rounds: int, least: float = 0.02) -> list[float]:
    """Seconds of one run in each round; a round repeats short work until ``least`` seconds are over."""
    out = []
    for _ in range(rounds):
        gc.collect()
        count, spent = 0, 0.0
        started = time.perf_counter()
        while spent < least:
            work()
            count += 1
            spent = time.perf_counter() - started
        out.append(spent / count)
    return out


def in_turn(works: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median seconds of each piece of work, round robin, so that a noisy minute hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            times[name] += timed(work, 1)
    return {name: statistics.median(values) for name, values in times.items()}


def ids_of(columns: Columns, kind: str) -> dict[str, Any]:
    """Int arrays, or arrow texts."""
    if kind == "int":
        return {name: getattr(columns, name) for name in ID_COLUMNS}
    import pyarrow as pa

    return {
        name: pa.array(pipelines.texts(getattr(columns, name), PREFIX.get(name, "C")).tolist()) for name in ID_COLUMNS
    }


def run(sizes: tuple[int, ...] = (2_000, 1_000_000), growth: int = 5_000_000) -> Iterator[dict[str, Any]]:
    """One result after the other."""
    for size in sizes:
        yield from _kernels(size)
    largest = max(sizes)
    for kind in ("int", "str"):
        yield _builds(largest, kind)
    yield _memory(largest)
    if growth:
        yield _growth(largest, growth)


def _kernels(size: int) -> Iterator[dict[str, Any]]:
    columns = make(size)
    source = pipelines.tables(columns)
    frames, lazy, connection = (
        pipelines.pandas_frames(source), pipelines.polars_frames(source), pipelines.duckdb_tables(source)
    )  # fmt: skip
    ledger = pipelines.arsheet_build(columns, ids_of(columns, "int"))
    order = np.argsort(columns.customer)
    works: dict[str, Callable[[], Any]] = {
        "arsheet": lambda: pipelines.arsheet_report(ledger, columns.limit[order]),
        "pandas": lambda: pipelines.pandas_report(frames),
        "polars": lambda: pipelines.polars_report(lazy),
        "duckdb": lambda: pipelines.duckdb_report(connection),
    }
    expected = works["pandas"]()
    different = {name: pipelines.differing(expected, work()) for name, work in works.items()}
    prototype = _prototype(columns, source)
    if prototype is not None:
        works |= {name: work for name, (work, _) in prototype.items()}
        different |= {name: pipelines.differing(expected, result()) for name, (_, result) in prototype.items()}
    medians = in_turn(works, 15 if size < 100_000 else 5)
    yield {
        "name": f"kernel_{size}",
        "ratio": round(medians["pandas"] / medians["arsheet"], 2),
        "asked": ">= 60" if size <= 2_000 else ">= 8 (aim 10)",
        "times_polars": round(medians["polars"] / medians["arsheet"], 2),
        "times_duckdb": round(medians["duckdb"] / medians["arsheet"], 2),
        "milliseconds": {name: round(value * 1e3, 3) for name, value in medians.items()},
        "figures_that_differ": {name: wrong for name, wrong in different.items() if wrong},
    }
    if prototype is not None:
        for name in ("pandas", "polars", "duckdb"):
            yield {
                "name": f"{name}_pipeline_{size}",
                "ratio": round(medians[name] / medians[f"prototype_{name}"], 3),
                "asked": "<= 1 (noise aside)",
                "milliseconds": {name: round(medians[name] * 1e3, 2),
                                 "prototype": round(medians[f"prototype_{name}"] * 1e3, 2)},
            }  # fmt: skip


def _prototype(columns: Columns, source: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Somebody else's pipelines for the same job, where they are at hand."""
    path = Path(__file__).resolve().parents[2].parent / "shared" / "prototypes" / "engine" / "engines.py"
    if not path.exists():
        return None
    import pyarrow as pa

    spec = importlib.util.spec_from_file_location("engines", path)
    if spec is None or spec.loader is None:
        return None
    engines = importlib.util.module_from_spec(spec)
    sys.modules["engines"] = engines
    try:
        spec.loader.exec_module(engines)
    except ImportError:  # it needs packages that we do not
        return None
    names = {
        "inv": (
            "invoices",
            {"inv_id": "invoice", "cust": "customer", "inv_date": "day", "due": "due", "amount": "amount"},
        ),
        "alloc": ("applied", {"rec_id": "receipt", "inv_id": "invoice", "alloc_date": "day", "amount": "amount"}),
        "rec": ("receipts", {"rec_id": "receipt", "cust": "customer", "rec_date": "day", "amount": "amount"}),
        "cust": ("customers", {"cust": "customer", "limit_amt": "limit"}),
    }
    given = {key: pa.table({ours: source[table][theirs] for ours, theirs in columns_.items()})
             for key, (table, columns_) in names.items()}  # fmt: skip
    out = {}
    for name, load, report in (
        ("pandas", engines.pandas_load, engines.pandas_run),
        ("polars", engines.polars_load, engines.polars_run),
        ("duckdb", engines.duckdb_load, engines.duckdb_run),
    ):
        loaded = load(given)

        def work(report: Any = report, loaded: Any = loaded) -> Any:
            return report(loaded)

        def result(work: Any = work) -> dict[str, Any]:
            canon = engines.canon(work())
            return dict(zip(pipelines.FIGURES, [canon[key] for key in engines.COLS[1:]], strict=True))

        out[f"prototype_{name}"] = (work, result)
    return out


def _builds(size: int, kind: str) -> dict[str, Any]:
    columns = make(size)
    ids = ids_of(columns, kind)
    frames = pipelines.pandas_frames(pipelines.tables(columns, kind))
    medians = in_turn(
        {"build": lambda: pipelines.arsheet_build(columns, ids), "pandas": lambda: pipelines.pandas_report(frames)}, 5
    )
    return {
        "name": f"build_{kind}_{size}",
        "ratio": round(medians["build"] / medians["pandas"], 3),
        "asked": "<= 0.5",
        "milliseconds": {name: round(value * 1e3, 1) for name, value in medians.items()},
    }


def _memory(size: int) -> dict[str, Any]:
    peaks = {}
    for engine in ("arsheet", "pandas"):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", engine, str(size)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[1],
        )  # fmt: skip
        peaks[engine] = json.loads(done.stdout)
    return {
        "name": f"memory_{size}",
        "ratio": round(peaks["arsheet"]["report"] / max(peaks["pandas"]["report"], 0.1), 3),
        "asked": "<= 0.5",
        "mebibytes": peaks,
    }


def _growth(small: int, large: int) -> dict[str, Any]:
    seconds = {}
    for size in (small, large):
        columns = make(size)
        ledger = pipelines.arsheet_build(columns, ids_of(columns, "int"))
        limit = columns.limit[np.argsort(columns.customer)]
        pipelines.arsheet_report(ledger, limit)
        seconds[size] = statistics.median(timed(lambda: pipelines.arsheet_report(ledger, limit), 5))  # noqa: B023
    exponent = math.log(seconds[large] / seconds[small]) / math.log(large / small)
    return {
        "name": "growth_5m",
        "ratio": round(exponent, 3),
        "asked": "exponent <= 1.1",
        "milliseconds": {str(size): round(value * 1e3, 1) for size, value in seconds.items()},
    }
