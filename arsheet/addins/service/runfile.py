"""Where a running service says how to reach it: port and token in a file of the user's own (0600)."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from arsheet import __version__
from arsheet.addins.service import PROTOCOL


@dataclass(frozen=True, slots=True)
class Running:
    """A service that says it is there."""

    port: int
    token: str
    pid: int
    protocol: int = PROTOCOL
    version: str = __version__


def path() -> Path:
    """The run file: ``ARSHEET_RUN_DIR``, else the user's run folder of the platform."""
    return folder() / "service.json"


def folder() -> Path:
    """The user's folder for what runs now: never in a place that others can write to."""
    said = os.environ.get("ARSHEET_RUN_DIR")
    if said:
        return Path(said)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "arsheet" / "run"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "arsheet" / "run"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "arsheet"
    return Path.home() / ".cache" / "arsheet" / "run"


def write(running: Running, place: Path | None = None) -> Path:
    """Writes the run file in one step, readable by its owner alone."""
    target = place or path()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="service-", suffix=".tmp")  # made with 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(running), file)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def read(place: Path | None = None) -> Running | None:
    """What the run file says; None where there is none, or no private one of our own."""
    target = place or path()
    try:
        with target.open(encoding="utf-8") as file:
            about = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
                return None
            said = json.load(file)
        return Running(
            int(said["port"]), str(said["token"]), int(said["pid"]), int(said["protocol"]), str(said["version"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove(token: str, place: Path | None = None) -> None:
    """Takes the run file away, if it is still that of the service with this token."""
    found = read(place)
    if found is not None and found.token == token:
        (place or path()).unlink(missing_ok=True)


def answers(running: Running, *, timeout: float = 2.0) -> bool:
    """Whether the service that a run file tells of is there and takes its token."""
    connection = HTTPConnection("127.0.0.1", running.port, timeout=timeout)
    headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/hello", json.dumps({"protocol": running.protocol}), headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
