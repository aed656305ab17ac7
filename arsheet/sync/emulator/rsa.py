"""RSA with the standard library alone: a key for the emulator's service account, its PEM, and RS256 verification.

The key opens nothing but an emulator on this machine; it is no substitute for a cryptography library elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import textwrap
from dataclasses import dataclass
from functools import lru_cache

_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo of SHA-256, RFC 8017 §9.2
_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


@dataclass(frozen=True, slots=True)
class Key:
    """An RSA key pair: modulus, public and private exponent, and the two primes."""

    n: int
    e: int
    d: int
    p: int
    q: int

    def verifies(self, signed: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's RS256 signature of `signed`."""
        size = (self.n.bit_length() + 7) // 8
        if len(signature) != size:
            return False
        opened = pow(int.from_bytes(signature, "big"), self.e, self.n).to_bytes(size, "big")
        digest = _SHA256_PREFIX + hashlib.sha256(signed).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return hmac.compare_digest(opened, padded)

    def pem(self) -> str:
        """The private key as unencrypted PKCS #8 PEM: the form in a service-account file."""
        exponents = (self.d % (self.p - 1), self.d % (self.q - 1), pow(self.q, -1, self.p))
        inner = _sequence(*map(_integer, (0, self.n, self.e, self.d, self.p, self.q, *exponents)))
        algorithm = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption, no parameters
        outer = _sequence(_integer(0), algorithm, _tagged(0x04, inner))
        body = "\n".join(textwrap.wrap(base64.b64encode(outer).decode(), 64))
        return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


def _tagged(tag: int, body: bytes) -> bytes:
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def _integer(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _is_prime(number: int, rounds: int = 24) -> bool:
    """Miller-Rabin with random bases."""
    if any(number % small == 0 for small in _SMALL):
        return False
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    for _ in range(rounds):
        power = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(halvings - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _prime(bits: int) -> int:
    while True:
        candidate = secrets.randbits(bits) | (0b11 << (bits - 2)) | 1  # the product of two such has 2 * bits bits
        if (candidate - 1) % 65537 and _is_prime(candidate):
            return candidate


def new_key(bits: int = 2048) -> Key:
    """A fresh key pair."""
    p, q = _prime(bits // 2), _prime(bits // 2)
    while p == q:
        q = _prime(bits // 2)
    return Key(p * q, 65537, pow(65537, -1, (p - 1) * (q - 1)), p, q)


@lru_cache(maxsize=1)
def process_key() -> Key:
    """The key that the emulators of one process share, made when first needed."""
    return new_key()
