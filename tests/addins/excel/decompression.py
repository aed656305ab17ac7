"""The reading side of the VBA project, written from [MS-OVBA] alone, so that the writer is not its own judge."""

from __future__ import annotations

import struct


def decompress(container: bytes) -> bytes:
    """[MS-OVBA] 2.4.1.3.1."""
    assert container[0] == 1, "no signature"
    out, at = bytearray(), 1
    while at < len(container):
        (header,) = struct.unpack_from("<H", container, at)
        size, signature, flag = (header & 0x0FFF) + 3, (header >> 12) & 7, header >> 15
        assert signature == 0b011
        end, at = at + size, at + 2
        assert end <= len(container)
        if not flag:
            assert end - at == 4096
            out += container[at:end]
            at = end
            continue
        begun = len(out)
        while at < end:
            flags = container[at]
            at += 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    out.append(container[at])
                    at += 1
                    continue
                (token,) = struct.unpack_from("<H", container, at)
                at += 2
                position = len(out) - begun
                bits = max(4, next(b for b in range(13) if 1 << b >= position))
                offset, length = (token >> (16 - bits)) + 1, (token & (0xFFFF >> bits)) + 3
                assert offset <= position, "a copy from before the chunk"
                for _ in range(length):
                    out.append(out[-offset])
        assert len(out) - begun <= 4096
    return bytes(out)


def revealed(field: str, project_id: str) -> bytes:
    """[MS-OVBA] 2.4.3.3: the data of a protection field."""
    raw = bytes.fromhex(field)
    seed, version, key = raw[0], raw[0] ^ raw[1], raw[0] ^ raw[2]
    assert version == 2
    assert key == sum(project_id.encode()) & 0xFF
    plain, older, newer = key, raw[1], raw[2]
    out = bytearray()
    for byte in raw[3:]:
        plain = byte ^ ((older + plain) & 0xFF)
        older, newer = newer, byte
        out.append(plain)
    out = out[(seed & 6) // 2 :]
    (length,) = struct.unpack("<I", out[:4])
    assert length == len(out) - 4
    return bytes(out[4:])
