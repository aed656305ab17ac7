"""A LibreOffice of its own for the tests: started with a private profile, spoken to over UNO, ended by its pid."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

DEBIAN = "/usr/lib/python3/dist-packages"


class NotHere(Exception):
    """LibreOffice or its Python bridge cannot be used; the text says why."""


def load_uno() -> Any:
    """The module uno; Debian's is for one minor version of Python only, and stands behind our own packages."""
    sys.path.append(DEBIAN)
    try:
        import uno
    except Exception as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise NotHere(f"python3-uno cannot be loaded into Python {version}: {error}") from error
    finally:
        sys.path.remove(DEBIAN)
    return uno


def _die_with_us() -> None:
    """The process is killed when the tests are, however they end (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Office:
    """One soffice process."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("soffice")
        if program is None:
            raise NotHere("soffice is not installed")
        binary = Path(os.path.realpath(program)).with_name("soffice.bin")  # not its starter, which would outlive us
        self.uno = load_uno()
        pipe = f"arsheet{uuid.uuid4().hex[:12]}"
        self._command = [
            str(binary if binary.exists() else program),
            "--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard",
            f"-env:UserInstallation=file://{folder}/profile",
            f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
        ]  # fmt: skip
        self._start()
        self.desktop = self._connect(pipe)

    def _start(self) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self._command, start_new_session=True, preexec_fn=_die_with_us, **quiet)

    def _connect(self, pipe: str) -> Any:
        local = self.uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except Exception:
                if self.process.poll() is not None:
                    self._start()  # the first start on a new profile may end to start again
                time.sleep(0.05)
                continue
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.end()
        raise NotHere("soffice did not answer within 90 seconds")

    def end(self) -> None:
        """Kill the process and what it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
