"""Installs what the tests need and runs them all: python3 scripts/test.py [pytest arguments]

What cannot be had (no root, no Debian packages) is skipped by the tests that need it, which say why; the number of
skipped tests is printed at the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment

PACKAGES = {
    "soffice": ["libreoffice-calc", "python3-uno", "fonts-wqy-zenhei"],
    "pdftoppm": ["poppler-utils"],
    "chromium": ["chromium"],
    "node": ["nodejs", "npm"],
    "Xvfb": ["xvfb"],
    "xdotool": ["xdotool"],
}
"""A program -> the Debian packages that bring it."""
SHARED = environment.ROOT.parent / "shared" / "data"
DATA = {
    "ARSHEET_PEER_CASES": ("peer_cases", "kpi_cases"),
    "ARSHEET_WORKBOOKS": ("workbooks",),
    "ARSHEET_CASSETTES": ("gspread_cassettes",),
}
"""A setting of the tests -> the folders of data that others wrote."""


def main() -> int:
    """Prepares, runs the tests, then the checks."""
    python = environment.prepare("test")
    install_programs()
    arguments = sys.argv[1:]
    tests = run_tests(python, arguments)
    if arguments:
        return tests
    checks = subprocess.run([str(python), str(environment.ROOT / "scripts" / "check.py")]).returncode
    return tests or checks


def install_programs() -> None:
    """Debian packages for the tests that drive real programs, where this user may install them."""
    missing = [name for program, names in PACKAGES.items() if not shutil.which(program) for name in names]
    if not missing:
        return
    may = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may or os.environ.get("ARSHEET_NO_INSTALL"):
        environment.say(f"没有 {' '.join(missing)}，相关测试将跳过 / not installed, their tests will be skipped")
        return
    environment.say(f"安装 {' '.join(missing)} / installing")
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=settings, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *dict.fromkeys(missing)],
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode:
        environment.say("安装未成功，相关测试将跳过 / installing failed, their tests will be skipped")


def run_tests(python: Path, arguments: list[str]) -> int:
    """pytest over everything, or what the caller asks for."""
    command = [str(python), "-m", "pytest"]
    if not any(argument.startswith("-n") for argument in arguments):
        command += ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
    command += ["-rs"]
    found = {
        setting: os.pathsep.join(str(SHARED / name) for name in names if (SHARED / name).is_dir())
        for setting, names in DATA.items()
    }
    settings = {**found, **os.environ}
    return subprocess.run([*command, *arguments], cwd=environment.ROOT, env=settings).returncode


if __name__ == "__main__":
    raise SystemExit(main())
