"""Ready units, without secrets, that run the sync: cron, systemd, Windows Task Scheduler, GitHub Actions."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from arsheet.sync.workflow import workflow
from arsheet.table import ArsheetError

Kind = Literal["cron", "systemd", "schtasks", "github"]
KINDS: tuple[Kind, ...] = ("cron", "systemd", "schtasks", "github")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_MODULE = ("-c", "from arsheet.cli import main; main()")
LONGEST_JITTER = 300
"""Seconds by which a start is spread at most, so that many books do not ask Google at the same second."""
_UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}
_EVERY = re.compile(r"(\d{1,5})\s*([smhd])", re.I)


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file of a unit: its name, its text, how it is stored (schtasks reads UTF-16 with CRLF)."""

    name: str
    text: str
    encoding: str = "utf-8"

    def data(self) -> bytes:
        """The bytes to store."""
        if self.encoding == "utf-16":
            return b"\xff\xfe" + self.text.replace("\n", "\r\n").encode("utf-16-le")
        return self.text.encode(self.encoding)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a scheduler needs: its files, and how they are put in place, in both languages."""

    kind: Kind
    files: tuple[UnitFile, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]


def read_every(text: str) -> int:
    """Seconds of a period such as 15m, 2h or 1d; raises ArsheetError ``every_not_understood`` (2)."""
    found = _EVERY.fullmatch(text.strip())
    seconds = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if seconds <= 0 or seconds > 31 * DAY:
        raise _refused(
            "every_not_understood",
            f"看不懂间隔“{text}”；请写成 15m、2h 或 1d（分钟、小时、天，最长 31 天）",
            f"{text!r} is no period; write it like 15m, 2h or 1d (minutes, hours, days, at most 31 days)",
        )
    return seconds


def jitter_of(seconds: int) -> int:
    """By how many seconds the starts of a period are spread: a tenth of it, at most five minutes."""
    return min(LONGEST_JITTER, seconds // 10)


def command_of(book: Path, targets: Sequence[str] = (), *, windows: bool = False) -> tuple[str, ...]:
    """The command that makes one pass of a book: this installation by its full path, which a scheduler needs."""
    program = Path(sys.executable)
    if windows:
        quiet = program.with_name("pythonw.exe")  # no console window opens on every run
        start: tuple[str, ...] = (str(quiet if quiet.exists() else program), *_MODULE)
    else:
        script = program.with_name("arsheet")
        start = (str(script),) if script.exists() else (str(program), *_MODULE)
    chosen = tuple(part for target in targets for part in ("--target", target))
    return (*start, "sync", "run", str(book), *chosen)


def unit(kind: Kind, every: str, command: Sequence[str], *, at: str = "07:00", name: str = "arsheet-sync") -> Unit:
    """The unit of one scheduler; ``at`` is the time of day where the period is in days.

    Raises ArsheetError (2) for a period that this scheduler cannot keep.
    """
    seconds, clock = read_every(every), _clock(at)
    if kind != "github" and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", name):
        raise _refused(
            "schedule_name_not_usable",
            f"名称“{name}”不可用：只能用字母、数字、点、减号和下划线",
            f"the name {name!r} cannot be used: letters, digits, dots, dashes and underscores only",
        )
    if kind == "cron":
        return _cron(seconds, command, clock)
    if kind == "systemd":
        return _systemd(seconds, command, clock, name)
    if kind == "schtasks":
        return _schtasks(seconds, command, clock, name)
    files = (UnitFile("arsheet-sync.yml", workflow(_fields(_at_least(seconds, 5 * MINUTE, "github"), clock), command)),)
    zh = (
        "存为 .github/workflows/arsheet-sync.yml；工作簿放在自托管运行器上（须连同旁边的 .arsheet 文件夹一起保留）",
        "推荐用 Workload Identity（OIDC），不保存任何密钥；cron 按 UTC 计时",
    )
    en = (
        "save it as .github/workflows/arsheet-sync.yml; the workbook stays on the self-hosted runner, with the "
        ".arsheet folder beside it",
        "workload identity (OIDC) is recommended, no key is kept anywhere; its cron counts in UTC",
    )
    return Unit("github", files, zh, en)


def _cron(seconds: int, command: Sequence[str], clock: tuple[int, int]) -> Unit:
    line = shlex.join((*command, "--jitter", f"{jitter_of(seconds)}s")).replace("%", r"\%")  # cron reads % as a newline
    text = (
        "# arsheet: no flock is needed, a run that finds another one at work ends at once with exit code 7\n"
        "# what went wrong goes to MAILTO; the log is BOOK.arsheet/sync.jsonl\n"
        f"{_fields(_at_least(seconds, MINUTE, 'cron'), clock)} {line} >/dev/null\n"
    )
    return Unit(
        "cron",
        (UnitFile("arsheet-sync.cron", text),),
        ("运行 crontab -e，把这一行加进去",),
        ("run crontab -e and add the line",),
    )


def _fields(seconds: int, clock: tuple[int, int]) -> str:
    """The five fields of cron; only periods that divide the hour or the day can be said in it."""
    hour, minute = clock
    if seconds < HOUR and HOUR % seconds == 0:
        return f"*/{seconds // MINUTE} * * * *" if seconds > MINUTE else "* * * * *"
    if seconds % HOUR == 0 and seconds < DAY and DAY % seconds == 0:
        return f"0 */{seconds // HOUR} * * *" if seconds > HOUR else "0 * * * *"
    if seconds == DAY:
        return f"{minute} {hour} * * *"
    raise _refused(
        "every_not_for_this_scheduler",
        "cron 只能表示能整除一小时或一天的间隔，如 5m、15m、30m、1h、2h、6h、1d；其他间隔请用 arsheet sync run --every",
        "cron can say only periods that divide an hour or a day, such as 5m, 15m, 30m, 1h, 2h, 6h or 1d; for any other "
        "use arsheet sync run --every",
    )


def _systemd(seconds: int, command: Sequence[str], clock: tuple[int, int], name: str) -> Unit:
    service = (
        "[Unit]\nDescription=arsheet: keep the online spreadsheets in step with the workbook\n"
        "Wants=network-online.target\nAfter=network-online.target\n\n"
        "[Service]\nType=oneshot\n"
        f"ExecStart={' '.join(_systemd_word(word) for word in command)}\n"
        "# 1: done, with findings; 7: another run is at work\nSuccessExitStatus=1 7\n"
        "TimeoutStartSec=30min\nUMask=0077\nNice=10\nNoNewPrivileges=yes\n"
        "# HTTPS_PROXY or ARSHEET_GOOGLE_KEY may stand in this file (chmod 600); without it nothing is missing\n"
        f"EnvironmentFile=-%h/.config/arsheet/{name}.env\n"
    )
    timer = (
        f"[Unit]\nDescription=arsheet: when {name}.service runs\n\n"
        f"[Timer]\nOnCalendar={_calendar(_at_least(seconds, MINUTE, 'systemd'), clock)}\nPersistent=true\n"
        f"RandomizedDelaySec={jitter_of(seconds)}\nAccuracySec=30\nUnit={name}.service\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    place = "~/.config/systemd/user"
    return Unit(
        "systemd",
        (UnitFile(f"{name}.service", service), UnitFile(f"{name}.timer", timer)),
        (
            f"把两个文件放到 {place}，然后运行：",
            f"systemctl --user daemon-reload && systemctl --user enable --now {name}.timer",
            "注销后也要继续运行时：loginctl enable-linger",
        ),
        (
            f"put both files into {place}, then run:",
            f"systemctl --user daemon-reload && systemctl --user enable --now {name}.timer",
            "to go on after logging out: loginctl enable-linger",
        ),
    )


def _calendar(seconds: int, clock: tuple[int, int]) -> str:
    hour, minute = clock
    if seconds < HOUR and HOUR % seconds == 0:
        return f"*-*-* *:00/{seconds // MINUTE}:00"
    if seconds % HOUR == 0 and seconds < DAY and DAY % seconds == 0:
        return f"*-*-* 00/{seconds // HOUR}:00:00"
    if seconds == DAY:
        return f"*-*-* {hour:02d}:{minute:02d}:00"
    raise _refused(
        "every_not_for_this_scheduler",
        "systemd 定时器请用能整除一小时或一天的间隔，如 15m、1h、6h、1d；其他间隔请用 arsheet sync run --every",
        "for a systemd timer use a period that divides an hour or a day, such as 15m, 1h, 6h or 1d; for any other use "
        "arsheet sync run --every",
    )


def _systemd_word(word: str) -> str:
    """A word of ExecStart: % and $ mean something there, and blanks end a word."""
    said = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return said if re.fullmatch(r"[\w@+=:,./%-]+", said, re.A) else f'"{said}"'


def _schtasks(seconds: int, command: Sequence[str], clock: tuple[int, int], name: str) -> Unit:
    hour, minute = clock
    period, spread = _duration(_at_least(seconds, MINUTE, "schtasks")), _duration(max(1, jitter_of(seconds)))
    start = f"2026-01-01T{hour:02d}:{minute:02d}:00"
    said = escape(subprocess.list2cmdline(command[1:]))
    text = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>arsheet: keep the online spreadsheets in step with the workbook</Description>
    <URI>\\{escape(name)}</URI>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>{period}</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>{start}</StartBoundary>
      <Enabled>true</Enabled>
      <RandomDelay>{spread}</RandomDelay>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT30M</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(command[0])}</Command>
      <Arguments>{said}</Arguments>
    </Exec>
  </Actions>
</Task>
"""
    return Unit(
        "schtasks",
        (UnitFile(f"{name}.xml", text, "utf-16"),),
        (f'用 --out 存成文件，再运行：schtasks /Create /TN {name} /XML "{name}.xml"', "登录期间按时运行，不保存密码"),
        (
            f'store it with --out, then run: schtasks /Create /TN {name} /XML "{name}.xml"',
            "it runs while you are logged on; no password is stored",
        ),
    )


def _duration(seconds: int) -> str:
    """An XML duration."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if count)
    return f"P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def _clock(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if not found:
        raise _refused(
            "at_not_understood",
            f"看不懂时间“{text}”；请写成 07:30",
            f"{text!r} is no time of day; write it like 07:30",
        )
    return int(found[1]), int(found[2])


def _at_least(seconds: int, least: int, kind: str) -> int:
    if seconds < least or seconds % MINUTE:
        raise _refused(
            "every_too_short",
            f"{kind} 的间隔须为整分钟，至少 {least // MINUTE} 分钟；更短请用 arsheet sync run --every",
            f"periods of {kind} are whole minutes, at least {least // MINUTE}; for less use arsheet sync run --every",
        )
    return seconds


def _refused(code: str, zh: str, en: str) -> ArsheetError:
    return ArsheetError(code, zh, en, exit_code=2)
