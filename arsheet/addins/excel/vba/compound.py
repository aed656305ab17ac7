"""A compound file (OLE2) of version 3, which holds the streams of a VBA project: [MS-CFB]."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4096
"""Bytes of a sector, of a mini sector, and the size from which a stream has sectors of its own (2.2)."""
END_OF_CHAIN, FAT_SECTOR, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
NO_STREAM = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1
FAT_SECTORS_IN_HEADER = 109
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(slots=True)
class _Entry:
    """A directory entry (2.6.1)."""

    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM
    color: int = BLACK
    start: int = END_OF_CHAIN
    size: int = 0

    def packed(self) -> bytes:
        """The 128 bytes of the entry; class, state and times stay zero."""
        name = self.name.encode("utf-16-le") + b"\0\0"
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), self.kind, self.color)
        tree = struct.pack("<III", self.left, self.right, self.child)
        start = 0 if self.kind == STORAGE else self.start
        return head + tree + bytes(16) + struct.pack("<IQQ", 0, 0, 0) + struct.pack("<IQ", start, self.size)


@dataclass(slots=True)
class _Sectors:
    """The sectors after the header, and the chain that each belongs to (2.3)."""

    content: bytearray = field(default_factory=bytearray)
    fat: list[int] = field(default_factory=list)

    def add(self, data: bytes, filler: bytes = b"\0") -> int:
        """Appends a chain of sectors; returns its first sector."""
        if not data:
            return END_OF_CHAIN
        count = -(-len(data) // SECTOR)
        first = len(self.fat)
        self.content += data.ljust(count * SECTOR, filler)
        self.fat += [*range(first + 1, first + count), END_OF_CHAIN]
        return first


def compound_file(tree: Mapping[str, Any]) -> bytes:
    """The file of a tree whose leaves are bytes (streams) and whose branches are mappings (storages)."""
    entries = _entries(tree)
    sectors = _Sectors()
    mini, mini_fat = _streams(entries, sectors)
    root = entries[0]
    root.start, root.size = sectors.add(mini), len(mini)
    mini_table = b"".join(struct.pack("<I", number) for number in mini_fat)
    mini_start = sectors.add(mini_table, b"\xff")
    directory_start = sectors.add(_directory(entries))
    return _with_fat(sectors, directory_start, mini_start, -(-len(mini_table) // SECTOR))


def _entries(tree: Mapping[str, Any]) -> list[_Entry]:
    """All entries, the root first, each storage with its children as a search tree."""
    entries = [_Entry("Root Entry", ROOT)]

    def add(parent: int, branch: Mapping[str, Any]) -> None:
        for name, value in branch.items():
            storage = isinstance(value, Mapping)
            entries.append(_Entry(name, STORAGE if storage else STREAM, b"" if storage else value))
            entries[parent].children.append(len(entries) - 1)
            if storage:
                add(len(entries) - 1, value)

    add(0, tree)
    for entry in entries:
        ordered = sorted(entry.children, key=lambda at: _order(entries[at].name))
        entry.child = _search_tree(entries, ordered, 0, len(ordered).bit_length() - 1)
        entry.size = len(entry.data)
    return entries


def _order(name: str) -> tuple[int, str]:
    """Siblings are ordered by length, then by upper-case letters (2.6.4)."""
    return len(name.encode("utf-16-le")), name.upper()


def _search_tree(entries: list[_Entry], ordered: Sequence[int], depth: int, deepest: int) -> int:
    """A balanced tree of siblings; only its last, incomplete level is red, so black heights are equal (2.6.4)."""
    if not ordered:
        return NO_STREAM
    middle = len(ordered) // 2
    root = entries[ordered[middle]]
    root.color = RED if depth == deepest and depth else BLACK
    root.left = _search_tree(entries, ordered[:middle], depth + 1, deepest)
    root.right = _search_tree(entries, ordered[middle + 1 :], depth + 1, deepest)
    return ordered[middle]


def _streams(entries: Sequence[_Entry], sectors: _Sectors) -> tuple[bytes, list[int]]:
    """Places the streams: long ones in sectors, short ones in the mini stream, which is returned with its chains."""
    mini, mini_fat = bytearray(), list[int]()
    for entry in entries:
        if entry.kind != STREAM or not entry.data:
            continue
        if len(entry.data) >= CUTOFF:
            entry.start = sectors.add(entry.data)
            continue
        count = -(-len(entry.data) // MINI_SECTOR)
        entry.start = len(mini_fat)
        mini += entry.data.ljust(count * MINI_SECTOR, b"\0")
        mini_fat += [*range(entry.start + 1, entry.start + count), END_OF_CHAIN]
    return bytes(mini), mini_fat


def _directory(entries: Sequence[_Entry]) -> bytes:
    """The directory, filled up to whole sectors with unallocated entries (2.6.3)."""
    packed = b"".join(entry.packed() for entry in entries)
    unused = bytes(68) + struct.pack("<III", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
    return packed + unused * (-len(entries) % (SECTOR // len(unused)))


def _with_fat(sectors: _Sectors, directory_start: int, mini_start: int, mini_sectors: int) -> bytes:
    """The header (2.2), the sectors, and the table of their chains in sectors of its own (2.3)."""
    per_sector = SECTOR // 4
    count = 1
    while len(sectors.fat) + count > count * per_sector:
        count += 1
    if count > FAT_SECTORS_IN_HEADER:
        raise ValueError("a compound file of more than 7 MB needs a DIFAT chain, which a VBA project never does")
    places = list(range(len(sectors.fat), len(sectors.fat) + count))
    table = sectors.fat + [FAT_SECTOR] * count
    table += [FREE] * (count * per_sector - len(table))
    header = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x003E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, count, directory_start, 0, CUTOFF)
    header += struct.pack("<IIII", mini_start, mini_sectors, END_OF_CHAIN, 0)
    header += b"".join(struct.pack("<I", at) for at in (*places, *[FREE] * (FAT_SECTORS_IN_HEADER - count)))
    return header + bytes(sectors.content) + b"".join(struct.pack("<I", number) for number in table)
