"""Thirty hostile requests over a real socket: none gets past the guard, none takes the service down."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest

from arsheet.addins.service.limits import Limits
from arsheet.addins.service.server import Served
from tests.addins.service.serving import Client, answer_of, running, talk

BODY = b'{"protocol":1,"client":"pane"}'
CAP = 200_000
SMALL = Limits(body=CAP, body_seconds=0.6, header_seconds=0.6, header=8 * 1024)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with running(limits=SMALL) as service:
        yield service


def request(
    served: Served,
    *,
    line: str = "POST /api/hello HTTP/1.1",
    host: str | None = "127.0.0.1:{port}",
    token: str | None = "Bearer {token}",
    kind: str | None = "application/json",
    extra: tuple[str, ...] = (),
    body: bytes = BODY,
) -> bytes:
    """A request with one thing wrong."""
    head = [line]
    head += [f"Host: {host}"] if host is not None else []
    head += [f"Authorization: {token}"] if token is not None else []
    head += [f"Content-Type: {kind}"] if kind is not None else []
    head += [*extra, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    text = "\r\n".join(head).replace("{port}", str(served.port)).replace("{token}", served.token)
    return text.encode("latin-1") + body


def status_of(answer: bytes) -> int:
    """The status, 0 where the connection was closed without a word."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


HOSTS = {
    "another_site": "evil.example",
    "trailing_dot": "127.0.0.1.:{port}",
    "userinfo": "127.0.0.1:{port}@evil.example",
    "name_that_begins_like_it": "127.0.0.1.evil.example:{port}",
    "ipv4_mapped": "[::ffff:127.0.0.1]:{port}",
    "no_port": "127.0.0.1",
    "any_address": "0.0.0.0:{port}",
    "number_form": "2130706433:{port}",
}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
def test_host(served: Served, host: str) -> None:
    assert status_of(talk(served, request(served, host=host))) in (400, 421)


ORIGINS = {
    "another_site": "https://evil.example",
    "null": "null",
    "another_port": "http://127.0.0.1:1",
    "another_scheme": "https://127.0.0.1:{port}",
    "name_that_begins_like_it": "http://127.0.0.1:{port}.evil.example",
    "userinfo": "http://127.0.0.1:{port}@evil.example",
    "empty": "",
    "upper_case_and_path": "HTTP://127.0.0.1:{port}/",
}


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS.keys())
def test_origin(served: Served, origin: str) -> None:
    answer = talk(served, request(served, extra=(f"Origin: {origin}",)))
    assert status_of(answer) == 403
    assert b"access-control" not in answer.lower()


TOKENS = {
    "none": None,
    "wrong": "Bearer " + "x" * 43,
    "beginning_of_it": "Bearer {token}"[:-1] + "x",
    "longer": "Bearer {token}x",
    "another_scheme": "Basic {token}",
    "not_ascii": "Bearer \xe9\xff",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
def test_token(served: Served, token: str | None) -> None:
    answer = talk(served, request(served, token=token))
    assert status_of(answer) in (400, 401)
    assert served.token.encode() not in answer


def test_token_in_the_address_is_not_taken(served: Served) -> None:
    """The seventh: a token in a query would stand in logs and histories."""
    assert status_of(talk(served, request(served, line="POST /api/hello?token={token} HTTP/1.1", token=None))) == 400


METHODS = {
    "get_of_the_api": ({"line": "GET /api/hello HTTP/1.1"}, 405),
    "preflight": ({"line": "OPTIONS /api/call HTTP/1.1", "extra": ("Access-Control-Request-Method: POST",)}, 405),
    "form": ({"kind": "application/x-www-form-urlencoded"}, 415),
    "text_plain_as_a_page_may_send_it": ({"kind": "text/plain"}, 415),
}


@pytest.mark.parametrize(("change", "status"), METHODS.values(), ids=METHODS.keys())
def test_method_and_type(served: Served, change: dict[str, object], status: int) -> None:
    assert status_of(talk(served, request(served, **change))) == status  # type: ignore[arg-type]


def test_oversize_said(served: Served) -> None:
    head = request(served, body=b"").replace(b"Content-Length: 0", b"Content-Length: 999999999")
    answer = talk(served, head)
    assert status_of(answer) == 413
    assert "arsheet import" in answer.decode()


def test_oversize_in_chunks_that_say_nothing(served: Served) -> None:
    head = request(served, body=b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as sock:
        sock.sendall(head)
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        for _ in range(CAP // 0x8000 + 2):
            sock.sendall(chunk)
        assert status_of(answer_of(sock)) == 413


def test_slow_body(served: Served) -> None:
    head = request(served, body=b"").replace(b"Content-Length: 0", b"Content-Length: 30")
    began = time.monotonic()
    answer = talk(served, head + b'{"proto')
    assert status_of(answer) == 408
    assert time.monotonic() - began < 4


def test_slow_headers(served: Served) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as sock:
        for piece in (b"POST /api/he", b"llo HTTP/1.1\r\n", b"Host: 127"):
            sock.sendall(piece)
            time.sleep(0.15)
        assert sock.recv(1000) == b""
    assert time.monotonic() - began < 4


def test_slow_headers_of_a_second_request(served: Served) -> None:
    first = request(served).replace(b"Connection: close", b"Connection: keep-alive")
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as sock:
        sock.sendall(first)
        assert status_of(answer_of(sock)) == 200
        sock.sendall(b"POST /api/hello HT")
        began = time.monotonic()
        assert sock.recv(1000) == b""
    assert 0.3 < time.monotonic() - began < 4


def test_headers_without_end(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as sock:
        sock.sendall(b"POST /api/hello HTTP/1.1\r\n")
        answer = b""
        try:
            for _ in range(100):
                sock.sendall(b"X-Padding: " + b"x" * 1000 + b"\r\n")
            answer = answer_of(sock)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert status_of(answer) in (0, 400)


PATHS = ("/../../etc/passwd", "/assets/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%2fetc%2fpasswd",
         "//evil.example/", "/assets/..%5c..%5cwindows", "/\\..\\x", "/api%2fhello")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_path(served: Served, path: str) -> None:
    answer = talk(served, request(served, line=f"GET {path} HTTP/1.1", body=b""))
    assert status_of(answer) in (400, 404)
    assert b"root:" not in answer


def test_absolute_address_of_another_site(served: Served) -> None:
    answer = talk(served, request(served, line="GET http://evil.example/ HTTP/1.1", body=b""))
    assert status_of(answer) == 400


def test_two_hosts_two_origins_two_tokens(served: Served) -> None:
    own = f"http://127.0.0.1:{served.port}"
    assert status_of(talk(served, request(served, extra=("Host: evil.example",)))) in (400, 421)
    assert status_of(talk(served, request(served, extra=(f"Origin: {own}", "Origin: https://evil.example")))) == 403
    assert status_of(talk(served, request(served, extra=("Authorization: Bearer x",)))) == 401


def test_a_cross_site_fetch_without_origin(served: Served) -> None:
    assert status_of(talk(served, request(served, extra=("Sec-Fetch-Site: cross-site",)))) == 403


def test_no_host_at_all(served: Served) -> None:
    assert status_of(talk(served, request(served, line="POST /api/hello HTTP/1.0", host=None))) in (400, 421)


def test_what_is_no_http(served: Served) -> None:
    assert status_of(talk(served, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")) == 400


JSONS = (b"[" * 100_000, b'{"protocol":NaN}', b'{"protocol":1e999}', b'{"a":' * 20_000, b"\xff\xfe{}", b"null", b'"x"',
         b'{"protocol":' + b"9" * 5000 + b"}", b"")  # fmt: skip


@pytest.mark.parametrize("body", JSONS, ids=range(len(JSONS)))
def test_json(served: Served, body: bytes) -> None:
    answer = talk(served, request(served, body=body))
    assert status_of(answer) == 400
    assert b"Traceback" not in answer


def test_a_web_socket(served: Served) -> None:
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    line = request(served, line="GET / HTTP/1.1", extra=upgrade, body=b"")
    answer = talk(served, line.replace(b"Connection: close", b"Connection: Upgrade"))
    assert status_of(answer) != 101


def test_our_own_page_is_let_in(served: Served) -> None:
    own = f"http://127.0.0.1:{served.port}"
    answer = talk(served, request(served, extra=(f"Origin: {own}", "Sec-Fetch-Site: same-origin")))
    assert status_of(answer) == 200


def test_the_service_lives_on(served: Served) -> None:
    with Client(served) as client:
        assert client.good("hello")["protocol"] == 1


def test_log_without_bodies_tokens_or_queries(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    secret = "甲公司-canary-7391"
    with caplog.at_level(logging.DEBUG), Client(served) as client:
        client.post("call", book="b", calls=[{"fn": "AR_AMOUNT_CN", "args": [secret]}])
        client.post("book", book=secret, tables={"Invoices": secret})
        client.raw(
            "/api/hello", json.dumps({"protocol": 1, "x": secret}).encode(), Authorization=f"Bearer {secret[4:]}"
        )
        client.get(f"/?x={secret[4:]}")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("arsheet", "uvicorn")))
    assert "/api/call" in ours
    assert "canary" not in ours
    assert served.token not in ours


def test_loopback_only(served: Served) -> None:
    """Whatever other address this machine has, nobody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but the loopback")
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no address but the loopback")
    with pytest.raises((ConnectionError, TimeoutError)), socket.create_connection((own, served.port), timeout=2):
        pass


def test_a_guest_reads_files_and_nothing_else() -> None:
    guest = "https://excel.officeapps.live.com"
    with running(guests=(guest,)) as service, Client(service) as client:
        status, headers, _ = client.get("/functions.json?lang=en", Origin=guest)
        assert (status, headers["access-control-allow-origin"], headers["vary"]) == (200, guest, "Origin")
        assert client.raw("/api/hello", BODY, Origin=guest)[0] == 403
        assert client.get("/functions.json", Origin="https://evil.example")[0] == 403
