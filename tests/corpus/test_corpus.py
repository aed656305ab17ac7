"""Every workbook of a folder reads with the figures that openpyxl and calamine agree on, or is refused with a code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arsheet.hosts.child import read_guarded
from tests.corpus import figures
from tests.corpus.conftest import files

ROOT = Path(__file__).resolve().parents[2]
BATCH = 40
SECONDS = 30


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """The figures of all files, read in batches; files that took their batch down are read alone, guarded."""
    paths = [str(path) for path in files(request.config).values()]
    wanted = {str(item.callspec.params["workbook"]) for item in request.session.items if _of_corpus(item)}
    paths = [path for path in paths if path in wanted]
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(paths), BATCH):
        found |= {each["path"]: each for each in _run(paths[start : start + BATCH])}
    for path in paths:
        if path not in found:
            alone = {name: value for each in _run([path]) for name, value in each.items()}
            found[path] = {**alone, **figures.read(path, read_guarded)}
    return found


def _of_corpus(item: pytest.Item) -> bool:
    return "workbook" in getattr(getattr(item, "callspec", None), "params", {})


def _run(paths: list[str]) -> Iterator[dict[str, Any]]:
    command = [sys.executable, str(Path(figures.__file__)), *paths]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1", "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=4 * SECONDS, env=settings)
        said = done.stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    for line in said.decode("utf-8").splitlines():
        if line.startswith("{") and line.endswith("}"):
            yield json.loads(line)


def close(a: float, b: float) -> bool:
    """Equal but for the order in which floats were added."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1)


def test_the_figures_are_those_the_readers_agree_on(workbook: Path, results: dict[str, dict[str, Any]]) -> None:
    said = results[str(workbook)]
    assert said["seconds"] < SECONDS
    calamine, openpyxl = said.get("calamine"), said.get("openpyxl")
    agreed = calamine and openpyxl and openpyxl[0] - openpyxl[1] == calamine[0] and close(openpyxl[2], calamine[2])
    if "refused" in said:
        assert re.search(r"[\u4e00-\u9fff]", said["zh"])
        assert said["en"]
        assert not agreed or said["what"].endswith("twice"), said
        return
    cells, errors, total = said["ours"]
    if agreed:
        assert (cells, errors) == (openpyxl[0], openpyxl[1]), said
        assert close(total, openpyxl[2]), said
    elif calamine:
        assert cells - errors == calamine[0], said
        assert close(total, calamine[2]), said
    else:
        pytest.fail(f"read, but calamine cannot: {said}")
