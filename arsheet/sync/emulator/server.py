"""The emulator's HTTP face on loopback: token endpoint, Sheets, Drive, faults, and the page that shows a sheet."""

from __future__ import annotations

import contextlib
import gzip
import json
import secrets
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from arsheet.sync.emulator import faults, page
from arsheet.sync.emulator.drive_api import DriveApi
from arsheet.sync.emulator.errors import GoogleError
from arsheet.sync.emulator.people import Books
from arsheet.sync.emulator.rsa import process_key
from arsheet.sync.emulator.sheets_api import SheetsApi
from arsheet.sync.emulator.tokens import Refused
from arsheet.sync.emulator.world import Logged, Quota, World

SERVICE_ACCOUNT = "arsheet-sync@arsheet-emulator.iam.gserviceaccount.com"
_HTML_502 = (
    b"<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n<p><b>502.</b> <ins>That is "
    b"an error.</ins>\n<p>The server encountered a temporary error and could not complete your request.\n</html>\n"
)


class _Handler(BaseHTTPRequestHandler):
    """One connection; kept alive between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world: World
    sheets: SheetsApi
    drive: DriveApi
    books: Books

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: the log is `Emulator.requests`."""

    def _handle(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size) if size else b""
        if self.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        parts = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(parts.path)
        query = urllib.parse.parse_qs(parts.query, keep_blank_values=True)
        record = Logged(self.command, path, query, size, self.world.clock())
        if page.is_page(path):
            self._page(path, query, raw)
            return
        for hook in list(self.world.before):
            hook(record)
        fault = self.world.faults.take(record.operation)
        record.fault = fault.kind if fault else ""
        self.world.log.append(record)
        if fault and self._spoiled(fault, record):
            return
        status, body, headers = self._answer(record, raw)
        if fault and fault.kind in (faults.CUT_AFTER, faults.HANG_AFTER):
            if fault.kind == faults.HANG_AFTER:
                self.world.closing.wait(fault.seconds)
            self._cut()
            return
        self._send(record, status, body, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _spoiled(self, fault: faults.Fault, record: Logged) -> bool:
        """Whether the fault strikes before the request takes effect, and has been dealt with."""
        if fault.kind == faults.CUT_BEFORE:
            self._cut()
        elif fault.kind == faults.HANG:
            self.world.closing.wait(fault.seconds)
            self._cut()
        elif fault.kind in ("status", "html"):
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            message, status = fault.words
            if fault.kind == "html":
                headers["Content-Type"] = "text/html; charset=UTF-8"
                self._send(record, fault.code, _HTML_502.replace(b"502", str(fault.code).encode()), headers)
            else:
                problem = GoogleError(fault.code, message, status, reason=fault.reason)
                self._send(record, fault.code, problem.body(), headers)
        else:
            return False
        return True

    def _answer(self, record: Logged, raw: bytes) -> tuple[int, Any, dict[str, str]]:
        """Let the right interface answer, under the lock that every change takes."""
        world = self.world
        try:
            if record.path == "/token" and record.method == "POST":
                return 200, world.tokens.exchange(raw, self.headers.get("Host", "")), {}
            with world.lock:
                grant = world.tokens.grant(self.headers.get("Authorization", ""))
                record.who = grant.who
                if record.path.startswith("/v4/spreadsheets"):
                    status, body = self.sheets.answer(record.method, record.path, record.query, raw, grant)
                elif record.path.startswith(("/drive/", "/upload/drive/")):
                    status, body = self.drive.answer(record.method, record.path, record.query, raw, grant)
                else:
                    raise GoogleError(404, "Not Found", "NOT_FOUND")
        except Refused as refused:
            return refused.code, refused.body(), {}
        except GoogleError as problem:
            status, body = problem.code, problem.body()
        if world.check is not None:
            world.check(record.method, record.path, raw, status, body)
        mime = record.query.get("mimeType", ["application/octet-stream"])[0]
        return status, body, {"Content-Type": mime} if isinstance(body, bytes) else {}

    def _page(self, path: str, query: dict[str, list[str]], raw: bytes) -> None:
        status, kind, body = page.answer(self.books, self.command, path, query, raw, dict(self.headers.items()))
        self._send(None, status, body, {"Content-Type": kind})

    def _send(self, record: Logged | None, status: int, body: Any, headers: dict[str, str]) -> None:
        if isinstance(body, bytes):
            data = body
        else:
            data = b"" if body is None else (json.dumps(body, ensure_ascii=False) + "\n").encode("utf-8")
        if record is not None:
            record.status, record.answered = status, len(data)
        try:
            self.send_response(status)
            self.send_header("Content-Type", headers.pop("Content-Type", "application/json; charset=UTF-8"))
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # the caller has gone: its timeout was shorter than the answer
            self.close_connection = True

    def _cut(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, caller: Any) -> None:
        """A connection that the caller broke is no error of the emulator; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, caller)


class Emulator:
    """Google Sheets on loopback: `with Emulator() as google:` then `google.base_url`, `google.books`, `google.faults`.

    `clock` gives epoch seconds (tokens, times, quota). `service_accounts_own_files` lets a service account create
    files, as Google did until 2025; by default that is refused with the storage quota error, as Google does now.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        service_accounts_own_files: bool = False,
        quota: Quota | None = None,
    ) -> None:
        self.world = World(clock)
        self.world.service_accounts_own_files = service_accounts_own_files
        if quota is not None:
            self.world.quota = quota
        self.books = Books(self.world)
        members = {
            "world": self.world,
            "sheets": SheetsApi(self.world),
            "drive": DriveApi(self.world),
            "books": self.books,
        }
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), members))
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Where it listens: in the place of both `https://sheets.googleapis.com` and `https://www.googleapis.com`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def token_uri(self) -> str:
        """The token endpoint, as it stands in the key file."""
        return f"{self.base_url}/token"

    @property
    def faults(self) -> faults.Faults:
        """The faults to come: `google.faults.add("503", match=":batchUpdate")`."""
        return self.world.faults

    @property
    def requests(self) -> list[Logged]:
        """Every API and token request so far, in order."""
        return self.world.log

    @property
    def before(self) -> list[Callable[[Logged], None]]:
        """Called with each request before it is looked at: a place to let a person edit in between."""
        return self.world.before

    def service_account_info(self, email: str = SERVICE_ACCOUNT) -> dict[str, str]:
        """What a service-account key file holds, for an account that this emulator knows."""
        key, key_id = process_key(), secrets.token_hex(20)
        self.world.tokens.add_account(email, key_id, key)
        self.world.service_accounts.add(email)
        return {
            "type": "service_account",
            "project_id": "arsheet-emulator",
            "private_key_id": key_id,
            "private_key": key.pem(),
            "client_email": email,
            "client_id": "100000000000000000000",
            "token_uri": self.token_uri,
            "universe_domain": "googleapis.com",
        }

    def authorized_user_info(self, email: str, scopes: tuple[str, ...]) -> dict[str, str]:
        """What an authorised-user file holds, for a person who has consented to `scopes`."""
        user = self.world.tokens.add_user(email, frozenset(scopes))
        return {"type": "authorized_user", **user, "token_uri": self.token_uri}

    def revoke(self, email: str) -> None:
        """Delete an account's key or consent: its tokens end, new ones are refused."""
        with self.world.lock:
            self.world.tokens.revoke(email)

    def watch(self, check: Callable[[str, str, bytes, int, Any], None] | None) -> None:
        """Let `check(method, path, body, status, answer)` see every API exchange: how tests hold it to the API's own
        description; None ends it.
        """
        self.world.check = check

    def start(self) -> Emulator:
        """Begin to answer, on a thread of its own."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop answering and free the port; hung requests are let go."""
        self.world.closing.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
