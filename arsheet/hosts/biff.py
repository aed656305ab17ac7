"""What an old .xls (BIFF in an OLE file) says that calamine does not: error cells and hidden rows, by sheet.

Only the records that matter are looked at (Microsoft [MS-CFB] and [MS-XLS]: BoundSheet8, BoolErr, Formula, Row).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from arsheet.hosts.scanning import ErrorAt, Scan

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_BOF, _EOF, _BOUNDSHEET, _BOOLERR, _FORMULA, _ROW = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006, 0x0208
_HIDDEN_ROW = 0x20
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""


def scan_xls(data: bytes) -> list[Scan]:
    """One Scan a worksheet, in the order of the tabs. ValueError for a file that is broken inside."""
    try:
        stream = _workbook(data)
        starts = []
        for kind, body in _records(stream, 0):
            if kind == _BOUNDSHEET and len(body) > 5 and body[5] == 0:
                starts.append(struct.unpack("<L", body[:4])[0])
        return [_sheet(stream, start) for start in starts]
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from None


def _sheet(stream: bytes, start: int) -> Scan:
    errors: list[ErrorAt] = []
    hidden: list[int] = []
    for kind, body in _records(stream, start):
        if kind == _ROW and len(body) >= 14 and body[12] & _HIDDEN_ROW:
            hidden.append(int.from_bytes(body[:2], "little") + 1)
            continue
        code = None
        if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
            code = body[6]
        elif kind == _FORMULA and body[6:7] == b"\2" and body[12:14] == b"\xff\xff":
            code = body[8]
        if code is not None:
            row, column = struct.unpack("<HH", body[:4])
            errors.append((row + 1, column, _ERRORS.get(code, f"#ERR{code}!")))
    return Scan(tuple(errors), frozenset(hidden))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream; what is nested in it (a chart) is passed over."""
    depth = 0
    wanted = (_BOUNDSHEET, _BOOLERR, _FORMULA, _ROW)
    unpack, end = struct.Struct("<HH").unpack_from, len(stream) - 4
    while at <= end:
        kind, length = unpack(stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1 and kind in wanted:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(data: bytes) -> bytes:
    """The stream that holds the workbook, out of the sectors of the OLE file."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sector size")
    size = 1 << shift
    directory_start, cutoff, mini_start = (struct.unpack_from("<L", data, at)[0] for at in (48, 56, 60))
    fat = _fat(data, size)

    def joined(start: int) -> bytes:
        return b"".join(data[(n + 1) * size : (n + 2) * size] for n in _chain(fat, start))

    directory = joined(directory_start)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    named = {}
    for entry in entries:
        length = struct.unpack_from("<H", entry, 64)[0]
        named[entry[: max(length - 2, 0)].decode("utf-16-le", "replace").casefold()] = entry
    found = named.get("workbook") or named.get("book")
    if found is None:
        raise ValueError("no workbook stream")
    start, length = struct.unpack_from("<LL", found, 116)
    if length >= cutoff:
        return joined(start)[:length]
    store, table = joined(struct.unpack_from("<L", entries[0], 116)[0]), joined(mini_start)
    mini = struct.unpack(f"<{len(table) // 4}L", table)
    return b"".join(store[n * 64 : n * 64 + 64] for n in _chain(mini, start))[:length]


def _fat(data: bytes, size: int) -> tuple[int, ...]:
    """The table of sectors: which follows which."""
    sectors = [n for n in struct.unpack_from("<109L", data, 76) if n < _END]
    following, limit = struct.unpack_from("<L", data, 68)[0], len(data) // size
    while following < _END and limit > 0:
        *more, following = struct.unpack_from(f"<{size // 4}L", data, (following + 1) * size)
        sectors += [n for n in more if n < _END]
        limit -= 1
    table = b"".join(data[(n + 1) * size : (n + 2) * size] for n in sectors[: len(data) // size])
    return struct.unpack(f"<{len(table) // 4}L", table[: len(table) // 4 * 4])


def _chain(table: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors from one on; ValueError where they run in a circle."""
    steps = 0
    while start < _END:
        yield start
        start, steps = table[start], steps + 1
        if steps > len(table):
            raise ValueError("sectors in a circle")
