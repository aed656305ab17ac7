"""The obfuscation of a project's protection fields (CMG, DPB, GC): [MS-OVBA] 2.4.3.2."""

from __future__ import annotations

import struct

VERSION = 2


def obfuscate(data: bytes, *, project_id: str, seed: int) -> str:
    """The bytes of a protection field as the hexadecimal text that stands in the PROJECT stream.

    ``seed`` is free to choose (0-255); a fixed one keeps builds equal byte by byte.
    """
    key = sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ VERSION, seed ^ key]
    plain, older, newer = key, out[1], out[2]
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        encoded = byte ^ ((older + plain) & 0xFF)
        out.append(encoded)
        older, newer, plain = newer, encoded, byte
    return "".join(f"{byte:02X}" for byte in out)
