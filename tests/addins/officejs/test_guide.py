"""`arsheet officejs guide`: a certificate that is taken for localhost alone, manifests, steps in two languages."""

from __future__ import annotations

import datetime as dt
import json
import socket
import ssl
import stat
import sys
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from arsheet.addins.officejs.certificate import DAYS, make_certificate
from arsheet.addins.officejs.guide import STEPS, USUAL_PORT, write_guide
from arsheet.cli import main

pytest.importorskip("cryptography")


def clock(zone: ZoneInfo) -> dt.datetime:
    """A fixed moment."""
    return dt.datetime(2026, 11, 21, 9, tzinfo=zone)


def test_the_port_is_the_one_that_the_service_tries() -> None:
    server = pytest.importorskip("arsheet.addins.service.server")
    assert server.USUAL_PORT == USUAL_PORT


def test_the_authority_vouches_for_this_machine_alone_and_cannot_sign_again(tmp_path: Path) -> None:
    from cryptography import x509

    made = make_certificate(tmp_path, clock=clock)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert {str(getattr(name, "value", name)) for name in limits.value.permitted_subtrees or ()} == {
        "localhost", "127.0.0.1/32", "::1/128"
    }  # fmt: skip
    assert authority.not_valid_after_utc - authority.not_valid_before_utc == dt.timedelta(days=DAYS)
    keys = [path for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [made.key], "the key of the authority is nowhere"
    if sys.platform != "win32":
        assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


@pytest.mark.parametrize(("name", "taken"), [("localhost", True), ("127.0.0.1", True), ("example.com", False)])
def test_a_client_that_trusts_it_takes_localhost_and_nothing_else(tmp_path: Path, name: str, taken: bool) -> None:
    made = make_certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    client = ssl.create_default_context(cafile=str(made.authority))
    near, far = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as sock:
                sock.recv(1)
        except (ssl.SSLError, OSError):
            far.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        if taken:
            with client.wrap_socket(near, server_hostname=name) as sock:
                assert sock.version() in ("TLSv1.2", "TLSv1.3")
                sock.send(b"x")
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                client.wrap_socket(near, server_hostname=name)
    finally:
        near.close()
        thread.join(10)


def test_the_guide_writes_what_its_steps_name(tmp_path: Path) -> None:
    done = write_guide(tmp_path / "out", port=50123, clock=clock)
    assert done.base_url == "https://localhost:50123"
    for language in ("zh", "en"):
        text = (done.folder / STEPS[language]).read_text("utf-8")
        assert "{" not in text
        assert "arsheet serve --port 50123 --https" in text
        for path in (done.certificate.authority, done.certificate.certificate, done.certificate.key):
            assert str(path.resolve()) in text
        assert "manifest.xml" in text
    assert "https://localhost:50123/taskpane.html" in (done.folder / "manifest.xml").read_text("utf-8")
    assert all(path.is_file() for path in done.files)


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "x"
    done = CliRunner().invoke(main, ["officejs", "guide", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert said["url"] == f"https://localhost:{USUAL_PORT}"
    assert sorted(said["files"]) == sorted(path.name for path in out.iterdir())


def test_made_again_it_replaces_the_key(tmp_path: Path) -> None:
    first = make_certificate(tmp_path).key.read_bytes()
    assert make_certificate(tmp_path).key.read_bytes() != first
