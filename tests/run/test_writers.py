"""Two writers at once: what was said to be written is there, and who was not let in is told so."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arsheet.table import ArsheetError
from tests.run.helping import add_receipt, make_book, receipts, whole

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 200
ALLOWED = {"workbook_changed_meanwhile": 4, "book_locked": 7, "journal_busy": 7}


def write(path: Path, name: str, rounds: int) -> None:
    """One writer: each round tries until it is let in, waiting a moment after a refusal as a client would."""
    waits = random.Random(name)
    written, refused = [], []
    for number in range(rounds):
        for _ in range(2000):
            try:
                add_receipt(path, f"{name}{number}")
                written.append(f"{name}{number}")
                break
            except ArsheetError as error:
                refused.append([error.code, error.exit_code])
                time.sleep(waits.uniform(0.001, 0.02))
    print(json.dumps({"written": written, "refused": refused}))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="two processes as on a server")
def test_no_update_is_lost(tmp_path: Path) -> None:
    path = make_book(tmp_path, 0)
    code = "import sys; from pathlib import Path; from tests.run.test_writers import write\n"
    code += "write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path), name, str(ROUNDS // 2)], cwd=ROOT, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in ("A", "B")
    ]  # fmt: skip
    said = [json.loads(writer.communicate(timeout=300)[0]) for writer in writers]
    acknowledged = [number for each in said for number in each["written"]]
    refused = [pair for each in said for pair in each["refused"]]
    found = receipts(path)
    assert len(acknowledged) == ROUNDS, "every round was let in at last"
    assert sorted(found) == sorted(acknowledged)
    assert refused, "they did meet"
    assert all(ALLOWED.get(code) == exit_code for code, exit_code in refused)
    whole(path)
