"""The log: JSON by the line, under a run id, with nothing of what cells hold and nothing secret in it or anywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT, Fault
from arsheet.sync.log import LARGEST, RunLog, recent_runs
from tests.sync.cli.conftest import CANARY, Desk

TYPED = "金丝雀：老板说 12/25 付"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_runs_are_told_by_numbers_and_codes(ready: Desk) -> None:
    ready.type("000123", "争议说明", TYPED)
    said = ready.answer("run")
    mine = [line for line in lines(ready.log) if line["run"] == said["run_id"]]
    assert [line["event"] for line in mine][:1] == ["run_begin"]
    assert mine[-1]["event"] == "run_end"
    assert mine[-1]["exit"] == 0
    passed = next(line for line in mine if line["event"] == "pass")
    assert passed["pulled"] == 1
    passes = [line for line in mine if line["event"] == "pass"]  # a second one says that the entry has been written
    requests = said["targets"][0]["requests"]
    assert sum(line["requests"] for line in passes) == requests
    assert sum(line["event"] == "call" for line in mine) == requests
    if os.name == "posix":
        assert ready.log.stat().st_mode & 0o077 == 0


def test_no_secret_and_no_content_gets_out_on_any_path(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    info = json.loads(ready.key.read_text("utf-8"))
    body = "".join(info["private_key"].splitlines()[1:-1])
    secrets = (info["private_key_id"], body[:24], body[200:224], "BEGIN PRIVATE KEY", "user:proxypass")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:proxypass@127.0.0.1:9")
    outputs = []
    ready.type("000123", "争议说明", TYPED)
    ready.type("A2", "承诺日期", TYPED)
    outputs.append(ready.ask("run").output)
    for code in (400, 401, 403, 404, 429, 500, 503):
        ready.google.faults.add(Fault("status", match="/v4/", times=99, code=code, message=f"refused {TYPED}"))
        outputs += [ready.ask(command, "--patience", "0", "--json").output for command in ("run", "doctor")]
        ready.google.faults.clear()
    for fault in ("html_502", "cut_before", "cut_after"):
        ready.google.faults.add(fault, match="/v4/", times=99)
        outputs.append(ready.ask("run", "--patience", "0").output)
        ready.google.faults.clear()
    ready.google.revoke(SERVICE_ACCOUNT)
    outputs += [ready.ask(command).output for command in ("run", "plan", "doctor", "pull", "push")]
    for broken in (info | {"private_key": body[:100]}, info | {"token_uri": "https://evil.example/token"}):
        ready.write_key(broken)
        outputs += [ready.ask(command, "--json").output for command in ("run", "doctor")]
    ready.key.write_text(f'{{"private_key": "{body}', "utf-8")
    outputs += [ready.ask(command).output for command in ("run", "plan", "doctor")]
    log = ready.log.read_text("utf-8")
    for text in (*outputs, log):
        for secret in secrets:
            assert secret not in text
    for content in (CANARY, TYPED, "金丝雀", "000123", "50000", ready.sheet.id, SERVICE_ACCOUNT, "AR_", str(ready.key)):
        assert content not in log
    assert log.isascii()


def test_what_is_no_code_cannot_get_in(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "book.arsheet")
    log.event("pass", code=CANARY, sheet="AR 跟进", requests=3, name="A" * 99, amount=5000, seconds=1.23456)
    assert {key: value for key, value in lines(log.path)[0].items() if key not in ("at", "run")} == {
        "event": "pass", "code": "-", "sheet": "-", "requests": 3, "name": "-", "seconds": 1.235,
    }  # fmt: skip


def test_a_large_log_begins_anew_and_a_broken_line_is_passed_over(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    log.path.write_bytes(b"x" * (LARGEST + 1))
    log.event("run_end", exit=6, code="remote_unavailable", seconds=1.0)
    assert (tmp_path / "sync.1.jsonl").stat().st_size == LARGEST + 1
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"half": \n[]\n{"event": "run_end"}\n')
    assert [(run.exit_code, run.code) for run in recent_runs(log.path)] == [(6, "remote_unavailable")]
    assert recent_runs(tmp_path / "none.jsonl") == []


def test_a_log_that_cannot_be_written_stops_nothing(ready: Desk) -> None:
    ready.log.unlink()
    ready.log.mkdir()
    assert ready.answer("run")["exit_code"] == 0
