"""Starts real processes that work on a book, and ends them with kill -9: a job a line on stdin, a result on stdout.

A job: {"do", "book", "stop_at"?, "delay"?, "from": "start" | "lock"}. The result: {"ended": "killed" | exit status}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import arsheet.hosts.xlsx  # noqa: F401 -- so that no process pays for importing it
from arsheet import run
from tests.run.helping import AS_OF, clock_at


def work(job: dict[str, str]) -> None:
    """The work of one process."""
    book, file = Path(job["book"]), job.get("file", "")
    if job["do"] == "refresh":
        run.refresh(book, AS_OF, clock=clock_at())
    elif job["do"] == "import":
        run.write_import(run.plan_import("receipts", file, book, clock=clock_at()), clock=clock_at())
    elif job["do"] == "undo":
        run.undo(book, clock=clock_at())
    else:
        raise SystemExit(f"cannot {job['do']}")


def carry_out(job: dict[str, str]) -> dict[str, object]:
    """One process, ended at its step or after its delay."""
    lock = Path(job["book"]).with_suffix(".arsheet") / "lock"
    child = os.fork()
    if not child:
        if job.get("stop_at"):
            os.environ["ARSHEET_STOP_AT"] = job["stop_at"]
        try:
            work(job)
            os._exit(0)
        except BaseException as error:  # the parent wants to know, and nothing else may run in the child
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(9)
    begun, status = time.monotonic(), None
    if "delay" in job:
        while job["from"] == "lock" and time.monotonic() < begun + 20 and not (lock.exists() and lock.stat().st_size):
            status = os.waitpid(child, os.WNOHANG)
            if status[0]:
                return {"ended": os.waitstatus_to_exitcode(status[1])}
            time.sleep(0.0005)
        time.sleep(float(job["delay"]))
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"ended": "killed" if code == -signal.SIGKILL else code, "seconds": time.monotonic() - begun}


def main() -> None:
    """Jobs until stdin ends."""
    for line in sys.stdin:
        print(json.dumps(carry_out(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
