"""The run-length compression of VBA streams: [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct
from collections import defaultdict

SIGNATURE = b"\x01"
"""The first byte of a compressed container (2.4.1.1.1)."""
CHUNK = 4096
"""Bytes of text in one chunk (2.4.1.1.4)."""
SHORTEST_COPY = 3
_TRIES = 32
"""Earlier places of the same three bytes that are compared: a bound on time, not on correctness."""


def compress(data: bytes) -> bytes:
    """A compressed container of one chunk per 4,096 bytes (2.4.1.3.6)."""
    chunks = (_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))
    return SIGNATURE + b"".join(chunks)


def _chunk(text: bytes) -> bytes:
    """A chunk with its header: 12 bits of size - 3, the signature 0b011, and the flag "compressed" (2.4.1.1.5).

    What does not get smaller is stored raw and filled up with zero bytes (2.4.1.3.10): noise, never a text.
    """
    body = _tokens(text)
    if len(body) <= CHUNK:
        return struct.pack("<H", (len(body) + 2 - 3) | 0x3000 | 0x8000) + body
    return struct.pack("<H", (CHUNK + 2 - 3) | 0x3000) + text.ljust(CHUNK, b"\0")


def _tokens(text: bytes) -> bytes:
    """Groups of a flag byte and eight tokens, each a literal byte or a copy of earlier bytes (2.4.1.3.8)."""
    out = bytearray()
    seen: dict[bytes, list[int]] = defaultdict(list)
    at = 0
    while at < len(text):
        flags, group = 0, bytearray()
        for bit in range(8):
            if at >= len(text):
                break
            offset, length = _match(text, at, seen)
            if length:
                bits = offset_bits(at)
                group += struct.pack("<H", ((offset - 1) << (16 - bits)) | (length - SHORTEST_COPY))
                flags |= 1 << bit
            else:
                group.append(text[at])
            step = length or 1
            for place in range(at, at + step):
                seen[text[place : place + SHORTEST_COPY]].append(place)
            at += step
        out.append(flags)
        out += group
    return bytes(out)


def offset_bits(at: int) -> int:
    """Bits of a copy token for its offset, ``at`` bytes into the chunk; the rest hold its length (2.4.1.3.19.1)."""
    return max(4, (at - 1).bit_length())


def _match(text: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """The offset back to, and the length of, the longest copy found for the bytes from ``at``; (0, 0) for none."""
    limit = min((0xFFFF >> offset_bits(at)) + SHORTEST_COPY, len(text) - at)
    best = (0, 0)
    if limit < SHORTEST_COPY:
        return best
    for start in reversed(seen.get(text[at : at + SHORTEST_COPY], ())[-_TRIES:]):
        length = SHORTEST_COPY
        while length < limit and text[start + length] == text[at + length]:
            length += 1
        if length > best[1]:
            best = (at - start, length)
            if length == limit:
                break
    return best
