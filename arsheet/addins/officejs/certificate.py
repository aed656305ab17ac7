"""A certificate for localhost, signed by an authority of this machine alone whose key is thrown away at once.

What a person trusts can therefore sign nothing more, and even before that it could only have named this machine.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from arsheet.run.session import Clock, system_clock
from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

DAYS = 820
"""Apple's systems take no certificate that is valid for more than 825 days."""
_ISSUER = "arsheet (this computer only)"
AUTHORITY, CERTIFICATE, KEY = "arsheet-ca.crt", "localhost.crt", "localhost.key"
NAMES, ADDRESSES = ("localhost",), ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Made:
    """The three files: what to trust, and what the service is started with."""

    authority: Path
    certificate: Path
    key: Path


def make_certificate(folder: Path, *, clock: Clock = system_clock) -> Made:
    """Writes authority, certificate and key (readable by its owner alone) into a folder.

    Raises ArsheetError ``package_missing`` (8) without the package cryptography.
    """
    if importlib.util.find_spec("cryptography") is None:
        raise ArsheetError(
            "package_missing",
            "制作证书需要 cryptography：pip install cryptography",
            "Making a certificate needs cryptography: pip install cryptography",
            exit_code=8,
        )
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    start = clock(ZoneInfo("UTC")) - dt.timedelta(hours=1)  # a clock may be a little behind
    own_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(own_key, start)
    leaf = _leaf(key, own_key, authority, start)
    folder.mkdir(parents=True, exist_ok=True)
    pem = serialization.Encoding.PEM
    made = Made(folder / AUTHORITY, folder / CERTIFICATE, folder / KEY)
    made.authority.write_bytes(authority.public_bytes(pem))
    made.certificate.write_bytes(leaf.public_bytes(pem) + authority.public_bytes(pem))
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made.key.unlink(missing_ok=True)
    with os.fdopen(os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    return made


def _authority(key: ec.EllipticCurvePrivateKey, start: dt.datetime) -> x509.Certificate:
    """A root that may only vouch for this machine."""
    from cryptography import x509

    names: list[x509.GeneralName] = [x509.DNSName(name) for name in NAMES]
    names += [x509.IPAddress(ipaddress.ip_network(address)) for address in ADDRESSES]
    builder = _builder("arsheet (this computer only)", "arsheet (this computer only)", start).public_key(
        key.public_key()
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.NameConstraints(names, None), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return _signed(builder, key)


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    own_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    start: dt.datetime,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    names: list[x509.GeneralName] = [x509.DNSName(name) for name in NAMES]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    builder = _builder("localhost", _ISSUER, start).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    linked = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return _signed(builder.add_extension(linked, critical=False), own_key)


def _builder(subject: str, issuer: str, start: dt.datetime) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def name(words: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])

    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(start + dt.timedelta(days=DAYS))


def _usage(*, signs: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())
