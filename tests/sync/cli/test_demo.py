"""demo sheets: the whole sync without a Google account, once for a script and with its page for a person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from arsheet.cli import main

PROGRAM = (sys.executable, "-c", "from arsheet.cli import main; main()", "demo", "sheets")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_once_types_a_promise_that_lands_in_the_workbook(language: str) -> None:
    result = CliRunner().invoke(main, ["demo", "sheets", "--once", "--json", "--lang", language])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["first_cells"] > 500
    assert said["pulled"] == 1
    assert said["landed"]["promises"] == 1
    assert said["new_promises"] == 1
    assert said["promised_for"] in said["reply"]
    assert said["waiting"] == 0
    assert len(said["tabs"]) >= 6


def test_it_says_in_words_what_happened(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "sheets", "--once", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "系统回复：已收到" in result.stdout
    assert (tmp_path / "应收款.xlsx").exists()
    assert not list(tmp_path.glob("**/*.json"))  # the key of the emulator is not left beside the workbook
    again = CliRunner().invoke(main, ["demo", "sheets", "--once", "--out", str(tmp_path), "--json"])
    assert json.loads(again.stdout)["error"] == "demo_book_exists"


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM ends a process at once on Windows")
def test_a_person_types_on_the_page_and_is_answered() -> None:
    running = subprocess.Popen((*PROGRAM, "--json", "--every", "1s"), stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        said = json.loads(running.stdout.readline())
        base, tab = said["url"].partition("/sheet/")[0], urllib.parse.unquote(said["url"].partition("#")[2])
        assert base.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(said["url"], timeout=10) as page:
            assert b"<html" in page.read()

        def rows() -> dict[str, dict[str, dict[str, str]]]:
            asked = urllib.parse.urlencode({"book": said["spreadsheet"], "tab": tab})
            with urllib.request.urlopen(f"{base}/page/tab?{asked}", timeout=10) as answer:
                found: dict[str, dict[str, dict[str, str]]] = json.load(answer)["rows"]
                return found

        heads = {cell["t"]: column for column, cell in rows()["0"].items()}
        amount, promised, reply = heads["未收金额"], heads["承诺日期"], heads["系统回复"]
        row = next(at for at, cells in rows().items() if cells[amount]["t"][:1] in "123456789")
        typed = json.dumps({"tab": tab, "row": int(row), "column": int(promised), "text": "看情况"}).encode()
        asked = urllib.parse.urlencode({"book": said["spreadsheet"]})
        headers = {"Content-Type": "application/json", "X-Arsheet": "page"}
        urllib.request.urlopen(urllib.request.Request(f"{base}/page/type?{asked}", typed, headers), timeout=10).close()
        until, answered = time.monotonic() + 30, ""
        while not answered and time.monotonic() < until:
            time.sleep(0.3)
            answered = rows()[row].get(reply, {}).get("t", "")
        assert "看情况" in answered
        running.terminate()
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.communicate()
