"""The environment of the scripts: a .venv beside them with arsheet at pinned versions. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", flush=True)


def prepare(extras: str = "") -> Path:
    """Makes or updates .venv and returns its Python; ``extras`` such as "test"."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更新，现在是 {sys.version.split()[0]}\n"
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}"
        )
    stamp = VENV / f".arsheet-{extras or 'run'}"
    wanted = _digest()
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return PYTHON
    if not PYTHON.exists():
        say("建立 .venv / making .venv")
        _make_venv()
    say("安装依赖（首次约一分钟）/ installing packages (about a minute the first time)")
    started = time.monotonic()
    target = f"{ROOT}[{extras}]" if extras else str(ROOT)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", str(ROOT / "constraints.txt"), "--editable", target]
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode:
        raise SystemExit("安装失败，请检查网络后重试 / installing failed; check the network and try again")
    say(f"完成，{time.monotonic() - started:.0f} 秒 / done in {time.monotonic() - started:.0f} s")
    stamp.write_text(wanted)
    return PYTHON


def _make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, ImportError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            "无法建立虚拟环境；Debian/Ubuntu 请先安装 python3-venv\n"
            "the virtual environment cannot be made; on Debian or Ubuntu install python3-venv first"
        ) from error


def _digest() -> str:
    texts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*texts, sys.version.encode()])).hexdigest()


def run_inside(script: str, arguments: list[str], extras: str = "") -> int:
    """Runs a script of this folder with the Python of .venv."""
    python = prepare(extras)
    return subprocess.run([str(python), str(ROOT / "scripts" / script), *arguments], cwd=Path.cwd()).returncode


def inside() -> bool:
    """Whether this already is the Python of .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()
