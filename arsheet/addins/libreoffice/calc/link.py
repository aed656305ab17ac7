"""The connection to the local service: found or started, kept alive, tried once more, and never waited for long."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from typing import Any

from . import places
from .declared import both, declared

CONNECT_SECONDS = 2.0
CALL_SECONDS = 30.0
BUTTON_SECONDS = 180.0
START_SECONDS = 20.0
REST_SECONDS = 5.0
"""After a failure every cell is told at once for so long; else two thousand cells would wait one after the other."""
OTHERS_PYTHON = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "PYTHONSTARTUP", "UNO_PATH", "URE_BOOTSTRAP")
"""Set by LibreOffice for its own Python; another Python would load its libraries and fail."""


class ServiceError(Exception):
    """The service did not answer, or refused: a code, words in zh and en, and the HTTP status (0: no answer)."""

    def __init__(self, code: str, words: tuple[str, str], status: int = 0, answer: Any = None) -> None:
        super().__init__(code)
        self.code, self.status, self.answer = code, status, answer or {}
        self.zh, self.en = words

    def words(self, language: str) -> str:
        """The message in a language."""
        return self.zh if language == "zh" else self.en


class Link:
    """One keep-alive connection. ``epoch`` changes when another service answers, which knows nothing of our books."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._connection: HTTPConnection | None = None
        self._running: dict[str, Any] = {}
        self._rest_until = 0.0
        self._failure: ServiceError | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self.epoch = ""

    def post(self, name: str, body: dict[str, Any], *, seconds: float = CALL_SECONDS, patient: bool = False) -> Any:
        """The answer of ``/api/name``; raises ServiceError. ``patient``: a person waits, so a rest is cut short."""
        with self._lock:
            if not patient and self._failure is not None and time.monotonic() < self._rest_until:
                raise self._failure
            said = {"protocol": declared()["protocol"], "client": "libreoffice", **body}
            data = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
            try:
                answer = self._answer(name, data, seconds)
            except ServiceError as error:
                if error.status == 0:
                    self._failure, self._rest_until = error, time.monotonic() + REST_SECONDS
                raise
            self._failure = None
            return answer

    def alive(self) -> bool:
        """Whether a connection stands; nothing is asked."""
        return self._connection is not None

    def close(self) -> None:
        """Lets go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _answer(self, name: str, data: bytes, seconds: float) -> Any:
        fresh = self._connection is None
        if fresh:
            self._connect()
        try:
            status, text = self._asked(name, data, seconds)
        except socket.timeout:  # noqa: UP041 - another class before Python 3.10
            self.close()
            raise ServiceError("service_slow", both("service_slow")) from None
        except (OSError, HTTPException):
            self.close()
            if fresh:
                raise _down() from None
            return self._answer(name, data, seconds)  # the kept connection was dead; a new one is tried once
        if status == 401 and not fresh:
            self.close()
            return self._answer(name, data, seconds)  # another service took the port, with another token
        return _read(status, text)

    def _asked(self, name: str, data: bytes, seconds: float) -> tuple[int, bytes]:
        connection = self._connection
        assert connection is not None
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer {}".format(self._running["token"])}
        connection.request("POST", "/api/" + name, data, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connect(self) -> None:
        """To the service that the run file tells of, else to one that is started now."""
        if not self._reached():
            self._start()
        assert self._connection is not None

    def _reached(self) -> bool:
        running = places.read_private(places.run_file())
        if not running or not isinstance(running.get("port"), int) or not isinstance(running.get("token"), str):
            return False
        connection = HTTPConnection("127.0.0.1", running["port"], timeout=CONNECT_SECONDS)
        try:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            connection.close()
            return False
        self._running, self._connection, self.epoch = running, connection, running["token"]
        return True

    def _start(self) -> None:
        command = places.start_command()
        self._children = [each for each in self._children if each.poll() is None]  # those that ended are let go of
        try:
            child = subprocess.Popen(command, **_detached())
        except OSError:
            raise ServiceError("service_not_startable", both("service_not_startable", command=command[0])) from None
        self._children.append(child)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._reached():
                return
            ended = child.poll()
            if ended is not None and ended != ENDED_AS_ANOTHER_RUNS:
                raise ServiceError("service_ended", both("service_ended", code=ended))
            time.sleep(0.05)
        raise _down()


ENDED_AS_ANOTHER_RUNS = 7


def _down() -> ServiceError:
    return ServiceError("service_down", both("service_down"))


def _detached() -> dict[str, Any]:
    """A process that outlives LibreOffice's window and inherits nothing of its Python."""
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    quiet["env"] = {key: value for key, value in os.environ.items() if key not in OTHERS_PYTHON}
    quiet["close_fds"] = True
    if sys.platform == "win32":
        quiet["creationflags"] = 0x08000000 | 0x00000200  # no console window, a process group of its own
    else:
        quiet["start_new_session"] = True
    return quiet


def _read(status: int, text: bytes) -> Any:
    try:
        answer = json.loads(text.decode("utf-8"))
    except ValueError:
        answer = {}
    if status == 200:
        return answer
    if status == 426:
        raise ServiceError("protocol", both("update_addin"), status, answer)
    if isinstance(answer, dict) and answer.get("zh"):
        raise ServiceError(str(answer.get("error")), (str(answer["zh"]), str(answer.get("en"))), status, answer)
    raise ServiceError(f"http_{status}", both("service_failed", status=status), status, answer)
