"""A real service on a real socket, and clients that speak to it as add-ins do."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.addins.service.limits import Limits
from arsheet.addins.service.server import Served, prepare, server_of


@contextmanager
def running(path: Path | None = None, limits: Limits | None = None, **options: Any) -> Iterator[Served]:
    """A service in a thread of this process."""
    served, sock = prepare(path=path, limits=limits, port=_free(), **options)
    server = server_of(served)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()
        assert not thread.is_alive()


def _free() -> int:
    """A free port, so that tests do not meet at the usual one."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Client:
    """One keep-alive connection with the token."""

    def __init__(self, served: Served, language: str = "zh", timeout: float = 30) -> None:
        self.served, self.language = served, language
        self.connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def post(self, endpoint: str, /, **body: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON."""
        said = {"protocol": 1, "client": "pane", "language": self.language, **body}
        return self.raw(f"/api/{endpoint}", json.dumps(said).encode())

    def raw(self, path: str, data: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of any body."""
        known = {"Authorization": f"Bearer {self.served.token}", "Content-Type": "application/json", **headers}
        self.connection.request("POST", path, data, known)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def good(self, endpoint: str, /, **body: Any) -> dict[str, Any]:
        """The answer to a request that must succeed."""
        status, answer = self.post(endpoint, **body)
        assert status == 200, answer
        return answer

    def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes."""
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()

    def call(self, fn: str, *args: Any, book: str = "", **more: Any) -> dict[str, Any]:
        """The answer of one function."""
        return self.good("call", book=book, calls=[{"fn": fn, "args": list(args)}], **more)["results"][0]


def packed(rows: list[list[Any]]) -> tuple[str, str]:
    """Digest and text of a range."""
    text = json.dumps(rows, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest(), text


def talk(served: Served, data: bytes, *, timeout: float = 5) -> bytes:
    """Bytes out, bytes back until the service closes or says no more."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=timeout) as sock:
        sock.sendall(data)
        return answer_of(sock)


def answer_of(sock: socket.socket) -> bytes:
    """One whole answer."""
    found = b""
    while b"\r\n\r\n" not in found:
        part = sock.recv(65536)
        if not part:
            return found
        found += part
    head, _, body = found.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        part = sock.recv(65536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body
