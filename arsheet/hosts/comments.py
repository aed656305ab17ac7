"""A comment taken off its cell and kept as text, and put back on another: its words, its thread and its shape.

What is kept is JSON: ``text`` (the words) and, where the file knew them, ``comment``, ``author``, ``threads`` and
``shape``.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from arsheet.hosts.drafting import Draft
from arsheet.hosts.package import Package
from arsheet.table import column_letter

Place = tuple[int, int]
"""Row (from 1) and column (from 0) of a cell."""

NOTE = "\x1fnote "
"""What leads the name of a column where a comment waits, not a value."""

SHAPE = re.compile(rb"<((?:\w+:)?)shape\b.*?</\1shape>", re.S)
_SHAPE_ROW = re.compile(rb"(<(?:\w+:)?Row>\s*)(\d+)(\s*</(?:\w+:)?Row>)")
_SHAPE_COLUMN = re.compile(rb"(<(?:\w+:)?Column>\s*)(\d+)(\s*</(?:\w+:)?Column>)")
_SHAPE_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)([^<]*)(</)")
_SHAPE_ID = re.compile(rb"""(\bid=["']_x0000_s)(\d+)(["'])""")
_AUTHOR = re.compile(r"<(?:\w+:)?author\b[^>]*?(?:/>|>([^<]*)</)")
_AUTHORS = re.compile(r"(<(?:\w+:)?authors\b[^>]*?)(/>|>)")
_TEXT = re.compile(r"<(?:\w+:)?t\b[^>]*>([^<]*)</(?:\w+:)?t>")
_PREFIX = re.compile(r"[<\s]/?(\w+):\w+[\s=/>]")
_KINDS = ("comments", "threadedComment", "vmlDrawing")
_PLAIN_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s1" type="#_x0000_t202" '
    'fillcolor="#ffffe1" o:insetmode="auto" style="position:absolute;'
    'margin-left:60pt;margin-top:2pt;width:108pt;height:60pt;z-index:1;visibility:hidden"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>1, 15, 0, 2, 3, 15, 4, 4</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>0</x:Row><x:Column>0</x:Column></x:ClientData></v:shape>"
)
"""The box of a comment whose own box is not known."""


def related(package: Package, sheet: str, *kinds: str) -> list[str]:
    """The parts of these kinds that a sheet names."""
    return [r.target for r in package.relations(package.sheet(sheet).part) if r.kind in kinds and r.target in package]


def moved_shape(shape: bytes, to: Place) -> bytes:
    """The shape of a comment at another cell; as it is if it does not say where it stands."""
    at = shape_place(shape)
    if at is None:
        return shape
    down, right = to[0] - at[0], to[1] - at[1]
    text = _SHAPE_ROW.sub(rb"\g<1>%d\g<3>" % (to[0] - 1), shape)
    text = _SHAPE_COLUMN.sub(rb"\g<1>%d\g<3>" % to[1], text)
    return _SHAPE_ANCHOR.sub(lambda m: m[1] + _anchor(m[2], down, right) + m[3], text)


def shape_place(shape: bytes) -> Place | None:
    """The cell whose comment a shape shows."""
    row, column = _SHAPE_ROW.search(shape), _SHAPE_COLUMN.search(shape)
    return None if row is None or column is None else (int(row[2]) + 1, int(column[2]))


def _anchor(text: bytes, down: int, right: int) -> bytes:
    numbers = text.split(b",")
    if len(numbers) != 8 or not all(n.strip().lstrip(b"-").isdigit() for n in numbers):
        return text
    moved = [int(n) for n in numbers]
    for i, by in ((0, right), (2, down), (4, right), (6, down)):
        moved[i] = max(moved[i] + by, 0)
    return b", ".join(b"%d" % n for n in moved)


def taken(draft: Draft, sheet: str, at: Place) -> str:
    """Takes the comment of a cell off the sheet; what is to be kept of it."""
    ref = f"{column_letter(at[1])}{at[0]}"
    said: dict[str, Any] = {"text": ""}
    for part in related(draft.package, sheet, "comments"):
        text = draft.part(part).decode()
        for found in _entries(text, "comment", ref):
            names = [unescape(name or "") for name in _AUTHOR.findall(text)]
            number = re.search(r'\bauthorId=["\'](\d+)', found)
            author = names[int(number[1])] if number and int(number[1]) < len(names) else ""
            words = "".join(unescape(piece) for piece in _TEXT.findall(found))
            said |= {"text": words, "comment": found, "author": author}
            text = text.replace(found, "", 1)
        draft.parts[part] = text.encode()
    for part in related(draft.package, sheet, "threadedComment"):
        text = draft.part(part).decode()
        for found in _entries(text, "threadedComment", ref):
            said.setdefault("threads", []).append(found)
            text = text.replace(found, "", 1)
        draft.parts[part] = text.encode()
    for part in related(draft.package, sheet, "vmlDrawing"):
        drawn = draft.part(part)
        for match in list(SHAPE.finditer(drawn)):
            if shape_place(match[0]) == at:
                said["shape"] = match[0].decode()
                draft.parts[part] = draft.part(part).replace(match[0], b"", 1)
    return json.dumps(said, ensure_ascii=False)


def _entries(text: str, name: str, ref: str) -> list[str]:
    """The elements of a part that belong to a cell."""
    pattern = rf'<((?:\w+:)?){name}\b[^>]*?\bref=["\']{ref}["\'][^>]*?(?:/>|>.*?</\1{name}>)'
    return [match[0] for match in re.finditer(pattern, text, re.S)]


def put_back(draft: Draft, sheet: str, at: Place, kept: str) -> bool:
    """Puts a comment that waited on a cell; False where the sheet has no place for it yet, and it goes on waiting."""
    said = json.loads(kept)
    package, ref = draft.package, f"{column_letter(at[1])}{at[0]}"
    places = [next(iter(related(package, sheet, kind)), "") for kind in _KINDS]
    listed, threaded, drawing = [draft.part(part).decode() if part else "" for part in places]
    text, shape = said.get("comment") or _comment(said["text"], listed), said.get("shape") or _PLAIN_SHAPE
    if not listed or not drawing or "_x0000_t202" not in drawing or not _understood(shape, drawing):
        return False
    if not _understood(text, listed) or "</" not in listed or not re.search(r"<(?:\w+:)?commentList\b", listed):
        return False
    threads = said.get("threads", []) if threaded else []
    if said.get("threads") and not (threads and all(_understood(thread, threaded) for thread in threads)):
        return False
    listed, number = _author(listed, said.get("author", ""))
    text = re.sub(r'(\bauthorId=["\'])\d*', rf"\g<1>{number}", _at(text, ref), count=1)
    draft.parts[places[0]] = _inside(listed, "commentList", text).encode()
    if threads:
        draft.parts[places[1]] = _inside(threaded, "ThreadedComments", "".join(_at(t, ref) for t in threads)).encode()
    drawn = _numbered(moved_shape(shape.encode(), at), drawing.encode())
    end = drawing.rindex("</")
    draft.parts[places[2]] = drawing[:end].encode() + drawn + drawing[end:].encode()
    return True


def _comment(words: str, listed: str) -> str:
    """A comment of plain words, in the manner of the part."""
    found = re.search(r"<((?:\w+:)?)commentList\b", listed)
    p = found[1] if found else ""
    said = f'<{p}text><{p}t xml:space="preserve">{escape(words)}</{p}t></{p}text>'
    return f'<{p}comment ref="A1" authorId="0">{said}</{p}comment>'


def _at(text: str, ref: str) -> str:
    return re.sub(r'(\bref=["\'])[A-Z]+\d+', rf"\g<1>{ref}", text, count=1)


def _understood(text: str, part: str) -> bool:
    """Whether every prefix that a text uses is declared by itself or by the outermost element of a part."""
    root = re.search(r"<[A-Za-z][^>]*>", part)
    declared = text + (root[0] if root else "")
    return all(f"xmlns:{prefix}=" in declared for prefix in set(_PREFIX.findall(text)) - {"xml", "xmlns"})


def _author(listed: str, name: str) -> tuple[str, int]:
    """The part with the author among its authors, and the author's number."""
    names = [unescape(text or "") for text in _AUTHOR.findall(listed)]
    if name in names:
        return listed, names.index(name)
    found = _AUTHORS.search(listed)
    if found is None:
        return listed, 0
    p = re.match(r"<(\w+:)?", found[1])
    prefix = (p[1] or "") if p else ""
    entry = f"<{prefix}author>{escape(name)}</{prefix}author>"
    return _inside(listed, "authors", entry), len(names)


def _inside(part: str, name: str, text: str) -> str:
    """A part with a text at the end of an element, which may be closed in its own tag."""
    end = re.search(rf"</(?:\w+:)?{name}>", part)
    if end is not None:
        return part[: end.start()] + text + part[end.start() :]
    return re.sub(
        rf"<((?:\w+:)?){name}\b([^>]*?)/>",
        lambda m: f"<{m[1]}{name}{m[2]}>{text}</{m[1]}{name}>",
        part,
        count=1,
    )


def _numbered(shape: bytes, drawing: bytes) -> bytes:
    """A shape under a number that no other has."""
    used = {int(match[2]) for match in _SHAPE_ID.finditer(drawing)}
    own = _SHAPE_ID.search(shape)
    if own is None or (int(own[2]) not in used and int(own[2]) > 1):
        return shape
    number = max(used, default=1024) + 1
    return _SHAPE_ID.sub(rb"\g<1>%d\g<3>" % number, shape, count=1)
