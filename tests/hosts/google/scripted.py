"""A loopback server that answers as it is told: the ways a network, a proxy or Google's front ends fail."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.auth.credentials import AnonymousCredentials

from arsheet.hosts.google.calls import Calls
from arsheet.hosts.google.pacing import Clock, Limits
from arsheet.hosts.google.relay import Relay


@dataclass
class Answer:
    """One answer; ``way``: send, cut (close without a word), hang (say nothing until the end)."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    way: str = "send"
    kind: str = "application/json; charset=UTF-8"


def error(status: int, message: str, *, reason: str = "", headers: dict[str, str] | None = None) -> Answer:
    """An error in Google's form."""
    said: dict[str, Any] = {"code": status, "message": message, "status": "X"}
    if reason:
        said["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return Answer(status, {"error": said}, headers or {})


class Scripted:
    """The server: answers in turn, the last one again and again; what was asked is in ``asked``."""

    def __init__(self, *answers: Answer):
        self.answers = list(answers)
        self.asked: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.over = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                script.asked.append((self.command, self.path, self.rfile.read(length), dict(self.headers)))
                answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
                if answer.way == "hang":
                    script.over.wait(5)
                if answer.way in ("hang", "cut"):
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Scripted:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Waits:
    """A clock whose sleeps pass at once; ``slept`` has them."""

    def __init__(self, *, jitter: Callable[[float, float], float] = lambda low, high: high):
        self.time, self.slept = 0.0, []
        self.clock = Clock(now=lambda: self.time, sleep=self.sleep, uniform=jitter)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


SHORT = Limits(connect=2.0, read=0.3, deadline=600.0)


def calls_to(script: Scripted, waits: Waits, *, limits: Limits = SHORT, credentials: Any = None) -> Calls:
    """Calls that reach the script instead of Google."""
    return Calls(
        credentials or AnonymousCredentials(),
        account="job@example.com",
        relay=Relay.of(script.url),
        limits=limits,
        clock=waits.clock,
    )
