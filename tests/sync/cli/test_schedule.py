"""The units that schedulers get: each held to its scheduler's own reader where there is one, and none with a secret."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT
from arsheet.sync.schedule import KINDS, command_of, jitter_of, read_every, unit
from arsheet.table import ArsheetError
from tests.sync.cli.conftest import Desk

COMMAND = ("/opt/ar sheet/bin/arsheet", "sync", "run", "/data/应 收/50% $HOME.xlsx", "--target", '张"三')
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def test_periods() -> None:
    assert [read_every(text) for text in ("90s", "15m", "2h", " 1D ")] == [90, 900, 7200, 86400]
    for wrong in ("", "15", "m", "0m", "-5m", "1.5h", "32d", "15 minutes"):
        with pytest.raises(ArsheetError) as refused:
            read_every(wrong)
        assert refused.value.exit_code == 2
    assert jitter_of(900) == 90
    assert jitter_of(86_400) == 300


@pytest.mark.parametrize(
    ("every", "fields"),
    [("1m", "* * * * *"), ("15m", "*/15 * * * *"), ("1h", "0 * * * *"), ("6h", "0 */6 * * *"), ("1d", "30 7 * * *")],
)
def test_cron_says_the_period_and_the_shell_reads_the_command(every: str, fields: str) -> None:
    lines = unit("cron", every, COMMAND, at="07:30").files[0].text.splitlines()
    line = lines[-1]
    assert line.startswith(f"{fields} ")
    said = line[len(fields) + 1 :]
    assert not re.search(r"(?<!\\)%", said)  # cron takes a bare % for the end of the command
    words = shlex.split(said.replace(r"\%", "%"))
    assert words[: len(COMMAND)] == list(COMMAND)
    assert words[len(COMMAND)] == "--jitter"


@pytest.mark.parametrize("kind", ["cron", "systemd", "github"])
def test_a_period_that_the_scheduler_cannot_keep_is_refused(kind: Any) -> None:
    for every in ("7m", "5h", "2d", "90s"):
        with pytest.raises(ArsheetError) as refused:
            unit(kind, every, COMMAND)
        assert refused.value.exit_code == 2
    with pytest.raises(ArsheetError):
        unit("github", "1m", COMMAND)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("every", ["1m", "15m", "1h", "6h", "1d"])
def test_systemd_takes_the_unit(tmp_path: Path, every: str) -> None:
    made = unit("systemd", every, ("/bin/true", *COMMAND[1:]), name="arsheet-sync")
    for each in made.files:
        (tmp_path / each.name).write_bytes(each.data())
    files = [str(tmp_path / each.name) for each in made.files]
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *files]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = [line for line in (found.stdout + found.stderr).splitlines() if "arsheet-sync" in line]
    assert not said
    assert found.returncode == 0, found.stderr
    calendar = re.search(r"^OnCalendar=(.*)$", made.files[1].text, re.M)
    assert calendar is not None
    told = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", calendar[1]], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr


def test_the_systemd_unit_says_what_matters() -> None:
    service, timer = (each.text for each in unit("systemd", "1h", COMMAND).files)
    assert "Type=oneshot" in service
    assert "50%% $$HOME.xlsx" in service
    assert "Persistent=true" in timer
    assert "RandomizedDelaySec=300" in timer


def test_the_task_of_windows_is_whole_and_ignores_a_second_start(tmp_path: Path) -> None:
    file = unit("schtasks", "90m", COMMAND).files[0]
    path = tmp_path / file.name
    path.write_bytes(file.data())
    assert path.read_bytes()[:2] == b"\xff\xfe"
    root = ElementTree.parse(path).getroot()
    said = {each.tag.removeprefix(NAMESPACE): (each.text or "") for each in root.iter()}
    assert said["MultipleInstancesPolicy"] == "IgnoreNew"
    assert said["StartWhenAvailable"] == "true"
    assert said["Interval"] == "PT1H30M"
    assert said["RandomDelay"] == "PT5M"
    assert said["Command"] == COMMAND[0]
    assert said["Arguments"] == subprocess.list2cmdline(COMMAND[1:])
    assert "Password" not in said


def test_the_workflow_is_yaml_and_signs_in_without_a_key() -> None:
    yaml = pytest.importorskip("yaml", reason="a YAML reader is not on this machine")
    text = unit("github", "6h", COMMAND).files[0].text
    said = yaml.safe_load(text)
    on = said.get("on", said.get(True))  # YAML 1.1 reads the word on as a truth
    assert on["schedule"] == [{"cron": "0 */6 * * *"}]
    assert said["permissions"]["id-token"] == "write"
    assert said["concurrency"]["cancel-in-progress"] is False
    steps = said["jobs"]["sync"]["steps"]
    assert steps[0]["uses"].startswith("google-github-actions/auth@")
    assert "install -m 600" in steps[1]["run"]
    assert shlex.quote(COMMAND[3]) in steps[2]["run"]
    if shutil.which("sh"):
        for step in steps[1:]:
            checked = subprocess.run(["sh", "-n"], input=step["run"], capture_output=True, text=True, timeout=30)
            assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_a_unit_without_secrets(ready: Desk, kind: str, tmp_path: Path) -> None:
    result = ready.ask("schedule", "--kind", kind, "--every", "1h")
    assert result.exit_code == 0
    info = json.loads(ready.key.read_text("utf-8"))
    for secret in (info["private_key"][40:80], info["private_key_id"], info["client_email"], str(ready.key)):
        assert secret not in result.output
    assert str(ready.book) in result.stdout
    assert result.stderr.strip()
    said = ready.answer("schedule", "--kind", kind, "--every", "1h", "--out", tmp_path / "units")
    stored = sorted(path.name for path in (tmp_path / "units").iterdir())
    assert stored == sorted(each["name"] for each in said["files"])
    assert ready.answer("schedule", "--kind", kind, "--every", "soon", code=2)["error"] == "every_not_understood"


def test_the_printed_command_really_runs_a_pass(ready: Desk) -> None:
    done = subprocess.run(command_of(ready.book), capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    windows = command_of(ready.book, windows=True)
    assert windows[1] == "-c"
    done = subprocess.run(windows, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def cron_mail(desk: Desk) -> tuple[int, str]:
    """Runs the printed line of cron as cron does: by sh, with hardly any environment; its exit code and the mail."""
    line = desk.ask("schedule", "--kind", "cron", "--every", "1m").stdout.splitlines()[-1]
    command = line.removeprefix("* * * * * ").replace(r"\%", "%").replace("--jitter 6s", "--jitter 0s")
    assert command.endswith(">/dev/null")
    few = {"PATH": "/usr/bin:/bin", "HOME": str(desk.folder)}
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, env=few, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="cron is not on Windows")
def test_what_goes_wrong_under_cron_is_mailed_and_nothing_else(ready: Desk) -> None:
    ready.type("A2", "承诺日期", "2026-12-20")
    assert cron_mail(ready) == (0, "")

    ready.sheet.unshare(SERVICE_ACCOUNT)
    code, mail = cron_mail(ready)
    assert code == 5
    assert "总览" in mail
    assert "共享" in mail

    ready.sheet.share(SERVICE_ACCOUNT)
    ready.sheet.duplicate_row("AR_跟进", 1)
    code, mail = cron_mail(ready)
    assert code == 4
    assert "AR_跟进" in mail
    assert "→" in mail  # the cure
