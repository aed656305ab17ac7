"""arsheet serve as a process: where it says it runs, a second one, a clean end, and without its packages."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from arsheet.addins.service import runfile
from arsheet.cli import main
from tests.run.helping import make_book

ARSHEET = (sys.executable, "-c", "from arsheet.cli import main; main()")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and file modes of POSIX")


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A service of its own process, and what it printed as JSON."""
    environment = {**os.environ, "ARSHEET_RUN_DIR": str(folder)}
    command = [*ARSHEET, "serve", "--json", *arguments]
    made = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert made.stdout is not None
        line = made.stdout.readline()
        yield made, json.loads(line) if line else {}
    finally:
        made.terminate()
        made.communicate(timeout=20)


def wait_for(running: runfile.Running) -> None:
    """Until the service answers."""
    until = time.monotonic() + 20
    while not runfile.answers(running):
        assert time.monotonic() < until
        time.sleep(0.05)


def first_page(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """The answer to a plain GET."""
    connection.request("GET", "/")
    return connection.getresponse()


def wait_for_port(port: int) -> None:
    """Until something listens on a port of this machine."""
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


@posix
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_where_it_runs_and_ends_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    with process(tmp_path) as (made, said):
        place = tmp_path / "service.json"
        running = runfile.read(place)
        assert running is not None
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert said["port"] == running.port
        assert said["link"] == f"{said['url']}/#token={running.token}"
        assert len(running.token) >= 43  # 256 bits
        wait_for(running)
        made.send_signal(end)
        _, errors = made.communicate(timeout=20)
        assert made.returncode == 0
        assert errors == ""
        assert not place.exists()


@posix
def test_a_second_service_says_so_and_one_for_a_workbook_does_not_mind(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    folder = tmp_path / "run"
    with process(folder) as (_, _said):
        running = runfile.read(folder / "service.json")
        assert running is not None
        wait_for(running)
        command = [*ARSHEET, "serve", "--quiet"]
        second = subprocess.run(
            command, env={**os.environ, "ARSHEET_RUN_DIR": str(folder)}, capture_output=True, text=True, check=False
        )
        assert second.returncode == 7
        assert str(running.port) in second.stderr
        assert "已在运行" in second.stderr
        with process(folder, str(book)) as (_, beside):
            assert beside["port"] != running.port
            assert runfile.read(folder / "service.json") == running
        assert runfile.read(folder / "service.json") == running


@posix
def test_a_run_file_of_a_service_that_is_gone_is_replaced(tmp_path: Path) -> None:
    runfile.write(runfile.Running(1, "old", 1), tmp_path / "service.json")
    with process(tmp_path):
        found = runfile.read(tmp_path / "service.json")
        assert found is not None
        assert found.token != "old"


@posix
def test_a_run_file_that_others_can_read_is_not_ours(tmp_path: Path) -> None:
    place = runfile.write(runfile.Running(1, "x", 1), tmp_path / "service.json")
    assert runfile.read(place) is not None
    place.chmod(0o644)
    assert runfile.read(place) is None
    place.write_text("{")
    place.chmod(0o600)
    assert runfile.read(place) is None
    assert runfile.read(tmp_path / "none.json") is None


@posix
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_over_tls_with_the_certificate_of_the_guide(tmp_path: Path, name: str) -> None:
    pytest.importorskip("cryptography")
    from arsheet.addins.officejs.certificate import make_certificate

    made = make_certificate(tmp_path / "certificate")
    with process(tmp_path, "--https", str(made.certificate), str(made.key)) as (_, said):
        assert said["url"].startswith("https://")
        token = said["link"].partition("#token=")[2]
        trusting = ssl.create_default_context(cafile=str(made.authority))
        wait_for_port(said["port"])
        connection = http.client.HTTPSConnection(name, said["port"], timeout=20, context=trusting)
        body = {"protocol": 1, "client": "officejs", "calls": [{"fn": "AR_AMOUNT_CN", "args": [1234]}]}
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Origin": f"https://{name}:{said['port']}",
        }  # fmt: skip
        connection.request("POST", "/api/call", json.dumps({**body, "book": "", "ranges": {}}), headers)
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["results"] == [{"v": "壹仟贰佰叁拾肆元整"}]
        connection.request("GET", "/manifest.xml")
        manifest = connection.getresponse().read().decode()
        assert said["url"] in manifest
        assert "http://localhost" not in manifest
        connection.request("POST", "/api/call", json.dumps(body), {**headers, "Authorization": "Bearer x"})
        refused = connection.getresponse()
        assert refused.status == 401
        assert json.loads(refused.read())["zh"]
        connection.close()
        for context in (ssl.create_default_context(), None):  # who does not trust it, and who speaks plainly
            kind = http.client.HTTPSConnection if context is not None else http.client.HTTPConnection
            options: dict[str, Any] = {"context": context} if context is not None else {}
            stranger = kind(name, said["port"], timeout=20, **options)
            with pytest.raises((OSError, http.client.HTTPException)):
                first_page(stranger)
            stranger.close()
    assert not (tmp_path / "service.json").exists(), "the clients that take the address from there speak no TLS"


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.crt").write_text("no certificate")
    (tmp_path / "a.key").write_text("no key")
    done = CliRunner().invoke(main, ["serve", "--json", "--https", str(tmp_path / "a.crt"), str(tmp_path / "a.key")])
    assert done.exit_code == 8
    said = json.loads(done.output)
    assert said["error"] == "certificate_not_usable"
    assert "officejs guide" in said["zh"]


def test_only_its_own_run_file_is_taken_away(tmp_path: Path) -> None:
    place = runfile.write(runfile.Running(1, "mine", 1), tmp_path / "service.json")
    runfile.remove("another", place)
    assert place.exists()
    runfile.remove("mine", place)
    assert not place.exists()


def test_two_starts_have_two_tokens(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        with process(tmp_path) as (_, said):
            tokens.append(said["link"])
    assert tokens[0] != tokens[1]


def test_without_its_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else real(name))
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 8
    assert 'pip install "arsheet[serve]"' in result.stderr
    assert "缺少 uvicorn" in result.stderr


@pytest.mark.parametrize("origin", ["*", "https://", "evil.example", "https://a.example/path", "https://*.office.com"])
def test_an_origin_has_to_be_exact(origin: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--allow-origin", origin])
    assert result.exit_code == 2


def test_a_workbook_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["serve", str(tmp_path / "none.xlsx")])
    assert result.exit_code == 3
    assert "找不到文件" in result.stderr


def test_a_port_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setenv("ARSHEET_RUN_DIR", str(tmp_path))
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        result = CliRunner().invoke(main, ["serve", "--port", str(sock.getsockname()[1])])
    assert result.exit_code == 7
    assert "端口" in result.stderr
