"""The service as a process: its socket on the loopback, its run file, and a clean end."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import getpid
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from arsheet.addins.service import runfile
from arsheet.addins.service.app import app
from arsheet.addins.service.guard import Access
from arsheet.addins.service.limits import Limits
from arsheet.addins.service.state import State
from arsheet.table import ArsheetError

USUAL_PORT = 47_310
"""Tried first where no port is asked for, so that a sideloaded manifest finds the service again."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Served:
    """A service about to run: where it is reached and with what."""

    host: str
    port: int
    url: str
    token: str
    state: State
    access: Access

    @property
    def link(self) -> str:
        """The page with the token behind the #: a browser does not send that part to anybody."""
        return f"{self.url}/#token={self.token}"


class TimedProtocol(H11Protocol):
    """HTTP/1.1 whose request lines and headers have to arrive in time."""

    seconds = Limits().header_seconds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection: its first request has begun."""
        super().connection_made(transport)
        self.access_log = False  # it would hold what stands behind the ? of an address
        self._waits: asyncio.TimerHandle | None = None
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Bytes: whether they end the headers decides whether there is still a clock running."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._stop()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """An answer is out; what has come meanwhile of the next request counts from now."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        begun = self.conn.trailing_data[0] or self.cycle is None
        if self.conn.their_state is h11.IDLE and begun:
            if self._waits is None:
                self._waits = self.loop.call_later(self.seconds, self._give_up)
        else:
            self._stop()

    def _stop(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _give_up(self) -> None:
        self._waits = None
        if not self.transport.is_closing():
            self.transport.close()


def prepare(
    *,
    path: Path | None = None,
    port: int = 0,
    host: str = LOOPBACK,
    language: str = "zh",
    tls: bool = False,
    guests: Iterable[str] = (),
    limits: Limits | None = None,
) -> tuple[Served, socket.socket]:
    """Binds the socket and makes the token of this start. Raises ArsheetError ``port_taken`` (7)."""
    sock = _bind(host, port)
    taken = sock.getsockname()[1]
    names = sorted({"localhost", _name(host), "[::1]" if ":" in host else LOOPBACK})
    scheme = "https" if tls else "http"
    hosts = frozenset(f"{name}:{taken}" for name in names)
    access = Access(
        secrets.token_urlsafe(32), hosts, frozenset(f"{scheme}://{each}" for each in hosts), frozenset(guests)
    )
    state = State(access.token, path=path, language=language, limits=limits)
    shown = "localhost" if tls else _name(host)
    return Served(host, taken, f"{scheme}://{shown}:{taken}", access.token, state, access), sock


def _name(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for attempt in (port,) if port else (USUAL_PORT, 0):
        # named as TCP, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # there this option would let two services share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, attempt))
            sock.listen(128)
        except OSError as error:
            sock.close()
            last = error
            continue
        return sock
    raise ArsheetError(
        "port_taken",
        f"端口 {port} 不能用；请换一个：arsheet serve --port N",
        f"Port {port} cannot be used; choose another with arsheet serve --port N",
        exit_code=7,
    ) from last


def already_running() -> runfile.Running | None:
    """The service that the run file tells of, if it answers."""
    found = runfile.read()
    return found if found is not None and runfile.answers(found) else None


def check_certificate(certificate: Path, key: Path) -> None:
    """Raises ArsheetError ``certificate_not_usable`` (8) for files that are no certificate with its key."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        raise ArsheetError(
            "certificate_not_usable",
            f"{certificate.name} 和 {key.name} 不是一对可用的证书和密钥；请用 arsheet officejs guide 重新生成",
            f"{certificate.name} and {key.name} are no certificate with its key; arsheet officejs guide makes new ones",
            exit_code=8,
        ) from error


def server_of(served: Served, *, certificate: tuple[Path, Path] | None = None) -> uvicorn.Server:
    """The server of a prepared service."""
    limits = served.state.limits
    protocol = type("Timed", (TimedProtocol,), {"seconds": limits.header_seconds})
    files: dict[str, Any] = {}
    if certificate is not None:
        files = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])}
    config = uvicorn.Config(
        app(served.state, served.access, served.url),
        http=protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=3,
        limit_concurrency=limits.connections,
        h11_max_incomplete_event_size=limits.header,
        **files,
    )
    return uvicorn.Server(config)


def serve(
    served: Served,
    sock: socket.socket,
    *,
    certificate: tuple[Path, Path] | None = None,
    announce: bool = True,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Runs until Ctrl-C or SIGTERM. ``announce``: writes the run file, and takes it away at the end."""
    server = server_of(served, certificate=certificate)
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        if announce:
            runfile.write(runfile.Running(served.port, served.token, getpid()))
        ready()
        server.run(sockets=[sock])
    except KeyboardInterrupt:
        pass  # this is how a person ends it
    finally:
        if announce:
            runfile.remove(served.token)
        sock.close()
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(0)
