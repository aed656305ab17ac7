"""kill -9 at every step and at any moment: the old workbook or the new one, the journal whole, nothing left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from arsheet import run
from arsheet.journal import record
from arsheet.journal.store import Journal
from arsheet.run.saving import digest_of_file, writing
from arsheet.run.session import open_session
from tests.run.helping import AS_OF, add_receipt, clock_at, folder_of, make_book, sha, whole

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kill -9 is a posix word")]
ROOT = Path(__file__).resolve().parents[2]
FILES = ("opened", "half_written", "written", "synced", "checked", "replaced")
BEFORE = ("locked", "opened", "intended", *(f"version_{name}" for name in FILES), "kept",
          *(f"workbook_{name}" for name in FILES[:-1]))  # fmt: skip
AFTER = ("workbook_replaced", "saved", "recorded", "tidied")
RECEIPTS = "receipt_no,date,customer_id,amount\nK1,2026-03-30,C001,10\nK2,2026-03-31,C001,20\n"
KILLS = 200


class Nursery:
    """One process that starts and ends others."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.run.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip

    def do(self, **job: Any) -> dict[str, Any]:
        """Carries a job out."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        """Ends the process."""
        self.process.communicate()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """The nursery of this file."""
    found = Nursery()
    yield found
    found.close()


def prepared(folder: Path, do: str) -> tuple[Path, dict[str, str]]:
    """A book and the job that works on it."""
    fresh = do == "first_import"
    path = make_book(folder, 0 if fresh else 100)
    file = folder / "in.csv"
    file.write_text(RECEIPTS, encoding="utf-8")
    if do == "undo":
        run.refresh(path, AS_OF, clock=clock_at(1))
    return path, {"do": "import" if fresh else do, "book": str(path), "file": str(file)}


def next_run(path: Path) -> None:
    """What every run does before anything else."""
    book_id = open_session(path, only=()).settings["book_id"]
    with writing(path, book_id, clock_at(5)(ZoneInfo("Asia/Shanghai"))):
        pass


def told(path: Path, old: str, new: str, before: int) -> str:
    """Which workbook it is, with the record saying the same."""
    now = sha(path)
    assert now in (old, new)
    with Journal(folder_of(path)) as journal:
        actions = record.actions(journal)[before:]
    assert len(actions) <= 1
    states = [each.state for each in actions]
    assert states == ["done"] if now == new else states in ([], ["not_done"]), (states, now == new)
    return "new" if now == new else "old"


@pytest.mark.parametrize("do", ["refresh", "import", "undo", "first_import"])
def test_every_step(tmp_path: Path, nursery: Nursery, do: str) -> None:
    start, job = prepared(tmp_path / "start", do)
    old, before = sha(start), len(run.log(start))
    final = tmp_path / "final"
    shutil.copytree(start.parent, final)
    assert nursery.do(**{**job, "book": str(final / start.name)}) ["ended"] == 0  # fmt: skip
    fixed = do != "first_import"  # a first write gives the book an id of its own
    new = sha(final / start.name)
    assert new != old
    reached = set()
    for step in (*BEFORE, *AFTER):
        folder = tmp_path / step
        shutil.copytree(start.parent, folder)
        path = folder / start.name
        ended = nursery.do(**{**job, "book": str(path)}, stop_at=step)["ended"]
        if ended == 0 and step.startswith("version_"):
            continue  # the old content is kept already
        assert ended == "killed", step
        reached.add(step)
        assert digest_of_file(path) == old if step in BEFORE else digest_of_file(path) != old, step
        next_run(path)
        whole(path)
        kind = told(path, old, new if fixed or step in BEFORE else sha(path), before)
        assert kind == ("old" if step in BEFORE else "new"), step
        if do in ("refresh", "import"):
            again = nursery.do(**{**job, "book": str(path)})
            assert again["ended"] == 0, step
            whole(path)
    assert reached >= set(BEFORE) - {each for each in BEFORE if each.startswith("version_")} | set(AFTER)
    assert do == "undo" or "version_replaced" in reached


def test_two_hundred_kills_at_any_moment(tmp_path: Path, record_property: Any) -> None:
    """Half of them at any moment of a run, half in the moments of the save; two processes at a time."""
    starts = {do: prepared(tmp_path / do, do) for do in ("refresh", "import")}
    news = {}
    nurseries = [Nursery(), Nursery()]
    seconds = {}
    for do, (path, job) in starts.items():
        folder = tmp_path / f"final-{do}"
        shutil.copytree(path.parent, folder)
        seconds[do] = nurseries[0].do(**{**job, "book": str(folder / path.name)})["seconds"]
        news[do] = sha(folder / path.name)
    tally: Counter[str] = Counter()
    faults: list[BaseException] = []

    def half(own: Nursery, numbers: range) -> None:
        chance = random.Random(numbers.start)
        for number in numbers:
            do = ("refresh", "import")[number // 2 % 2]
            start, job = starts[do]
            source = "lock" if number // 4 % 2 else "start"
            folder = tmp_path / f"kill-{number}"
            shutil.copytree(start.parent, folder)
            path = folder / start.name
            delay = chance.uniform(0, 0.12 if source == "lock" else seconds[do] * 1.1)
            ended = own.do(**{**job, "book": str(path)}, delay=delay, **{"from": source})["ended"]
            try:
                assert ended in ("killed", 0)
                next_run(path)
                whole(path)
                kind = told(path, sha(start), news[do], 1)
                tally[f"{source} {'killed' if ended == 'killed' else 'ended'} {kind}"] += 1
            except BaseException as fault:
                faults.append(fault)
            shutil.rmtree(folder)

    threads = [
        threading.Thread(target=half, args=(own, range(at, KILLS, 2))) for at, own in enumerate(nurseries)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in nurseries:
        own.close()
    record_property("kills", dict(tally))
    print(dict(tally))
    if faults:
        raise faults[0]
    assert tally.total() == KILLS
    assert sum(count for name, count in tally.items() if "killed" in name) > KILLS // 2
    assert sum(count for name, count in tally.items() if name.endswith("old")) > 20
    assert sum(count for name, count in tally.items() if name.endswith("new")) > 5


def test_a_save_by_a_person_after_the_crash_leaves_it_unclear(tmp_path: Path, nursery: Nursery) -> None:
    from tests.run.helping import set_cell

    path, job = prepared(tmp_path, "refresh")
    assert nursery.do(**job, stop_at="workbook_replaced")["ended"] == "killed"
    set_cell(path, "应收单", {"B2": "改过"})
    add_receipt(path, "N1")
    assert [each.state for each in run.log(path)] == ["done", "unclear", "done"]
    whole(path)
