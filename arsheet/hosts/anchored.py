"""What hangs on the cells of replaced rows: comments, threaded comments and links go where their row goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from arsheet.hosts.drafting import Draft
from arsheet.hosts.edits import ReplaceRows
from arsheet.hosts.following import LINK, Change
from arsheet.hosts.keeping import value_at
from arsheet.hosts.package import Package
from arsheet.hosts.protocol import key_text
from arsheet.hosts.reading import Area, parse_area, read_package
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.table import column_letter

Place = tuple[int, int]
"""Row and column of a cell."""

_COMMENT = re.compile(rb"""(<(?:\w+:)?(?:comment|threadedComment)\b[^>]*?\bref=["'])([A-Z]+\d+)(["'])""")
_SHAPE = re.compile(rb"<((?:\w+:)?)shape\b.*?</\1shape>", re.S)
_SHAPE_ROW = re.compile(rb"(<(?:\w+:)?Row>\s*)(\d+)(\s*</(?:\w+:)?Row>)")
_SHAPE_COLUMN = re.compile(rb"(<(?:\w+:)?Column>\s*)(\d+)(\s*</(?:\w+:)?Column>)")
_SHAPE_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)([^<]*)(</)")


def follow_rows(
    draft: Draft, sheet: SheetXml, edit: ReplaceRows, header: Sequence[str], change: Change, columns: Sequence[str]
) -> None:
    """Let comments and links of the replaced rows follow the row of the same key (by default the first column).

    A link whose row is gone goes too and is named in the report; a comment is never dropped: then the edit is refused.
    """
    table = change.before
    last = max(table.area.last_row, change.area.last_row)
    area = Area(table.area.first_row, change.columns[0], last, change.columns[-1])
    commented = [place for place in _commented(draft, sheet.name) if _holds(area, place)]
    linked = [at for m in LINK.finditer(sheet.tail) if (at := parse_area(m[1].decode())) and area.contains(at)]
    if not commented and not linked:
        return
    rows = _moves(draft, edit, header, change) | _ends(change)
    left = table.area.first_column
    place = {name.casefold(): left + i for i, name in enumerate(columns)}
    across = {left + i: place.get(name.casefold()) for i, name in enumerate(table.columns)}

    def target(at: Place) -> Place | None:
        row, column = rows.get(at[0]), across.get(at[1])
        return None if row is None or column is None else (row, column)

    moves = {at: target(at) for at in commented}
    lost = sorted(at for at, to in moves.items() if to is None)
    if lost:
        refs = [f"{column_letter(column)}{row}" for row, column in lost]
        raise refusal(
            "comment_of_absent_row",
            f"“{sheet.name}”{'、'.join(refs[:5])} 有批注，而它所在的行这次没有了；未修改，请先移走或删除批注",
            f"{sheet.name!r}: {', '.join(refs[:5])} has a comment and its row is no longer there; "
            "not patched, move or delete the comment first",
            cells=refs,
        )
    followed = {at: to for at, to in moves.items() if to is not None and to != at}
    if followed:
        _move_comments(draft, sheet.name, followed)
    if linked:
        _move_links(draft, sheet, area, target)


def _ends(change: Change) -> dict[int, int]:
    """Where the header and the totals go."""
    table = change.before
    totals = {table.last_data_row + i: change.last_row + i for i in range(1, table.totals_rows + 1)}
    return totals | ({table.area.first_row: table.area.first_row} if table.header else {})


def _holds(area: Area, place: Place) -> bool:
    return area.contains(Area(*place, *place))


def _moves(draft: Draft, edit: ReplaceRows, header: Sequence[str], change: Change) -> dict[int, int]:
    """Old row -> new row, for keys that stand once before and once after."""
    table = change.before
    names = [name.casefold() for name in edit.key] or [table.columns[0].casefold()]
    old_at = {name.casefold(): table.area.first_column + i for i, name in enumerate(table.columns)}
    new_at = {name.casefold(): i for i, name in enumerate(header)}
    if any(name not in old_at or name not in new_at for name in names):
        return {}
    grid = read_package(draft.package, Path(draft.package.name)).grid(table.sheet)
    before = {
        row: tuple(key_text(value_at(grid, row, old_at[name])) for name in names)
        for row in range(table.first_data_row, table.last_data_row + 1)
    }
    after = [tuple(key_text(values[new_at[name]]) for name in names) for values in edit.rows]
    old_counts, new_counts = Counter(before.values()), Counter(after)
    rows = {key: row for row, key in enumerate(after, table.first_data_row) if new_counts[key] == 1}
    return {row: rows[key] for row, key in before.items() if any(key) and old_counts[key] == 1 and key in rows}


def _related(package: Package, sheet: str, kinds: tuple[str, ...]) -> list[str]:
    return [r.target for r in package.relations(package.sheet(sheet).part) if r.kind in kinds and r.target in package]


def _commented(draft: Draft, sheet: str) -> set[Place]:
    found = set()
    for part in _related(draft.package, sheet, ("comments", "threadedComment")):
        for match in _COMMENT.finditer(draft.part(part)):
            area = parse_area(match[2].decode())
            if area is not None:
                found.add((area.first_row, area.first_column))
    return found


def _move_comments(draft: Draft, sheet: str, moves: dict[Place, Place]) -> None:
    """Give comments their new addresses, and the shapes that show them."""

    def address(match: re.Match[bytes]) -> bytes:
        area = parse_area(match[2].decode())
        to = moves.get((area.first_row, area.first_column)) if area else None
        return match[0] if to is None else match[1] + f"{column_letter(to[1])}{to[0]}".encode() + bytes(match[3])

    def shape(match: re.Match[bytes]) -> bytes:
        row, column = _SHAPE_ROW.search(match[0]), _SHAPE_COLUMN.search(match[0])
        if row is None or column is None:
            return match[0]
        at = (int(row[2]) + 1, int(column[2]))
        to = moves.get(at)
        if to is None:
            return match[0]
        down, right = to[0] - at[0], to[1] - at[1]
        text = _SHAPE_ROW.sub(rb"\g<1>%d\g<3>" % (to[0] - 1), match[0])
        text = _SHAPE_COLUMN.sub(rb"\g<1>%d\g<3>" % to[1], text)
        return _SHAPE_ANCHOR.sub(lambda m: m[1] + _anchor(m[2], down, right) + m[3], text)

    package = draft.package
    for part in _related(package, sheet, ("comments", "threadedComment")):
        draft.parts[part] = _COMMENT.sub(address, draft.part(part))
    for part in _related(package, sheet, ("vmlDrawing",)):
        before = draft.part(part)
        after = _SHAPE.sub(shape, before)
        if after != before:
            draft.parts[part] = after


def _anchor(text: bytes, down: int, right: int) -> bytes:
    numbers = text.split(b",")
    if len(numbers) != 8 or not all(n.strip().lstrip(b"-").isdigit() for n in numbers):
        return text
    moved = [int(n) for n in numbers]
    for i, by in ((0, right), (2, down), (4, right), (6, down)):
        moved[i] = max(moved[i] + by, 0)
    return b", ".join(b"%d" % n for n in moved)


def _move_links(draft: Draft, sheet: SheetXml, area: Area, target: Callable[[Place], Place | None]) -> None:
    kept: list[bytes] = []
    dropped: list[str] = []

    def judge(match: re.Match[bytes]) -> bytes:
        at = parse_area(match[1].decode())
        if at is None or not area.contains(at):
            return match[0]
        to = target((at.first_row, at.first_column))
        if to is None or at.first_row != at.last_row or at.first_column != at.last_column:
            dropped.append(f"{sheet.name}!{match[1].decode()}")
        else:
            kept.append(match[0].replace(match[1], f"{column_letter(to[1])}{to[0]}".encode(), 1))
        return b""

    tail = LINK.sub(judge, sheet.tail)
    end = tail.index(b"</hyperlinks>")
    tail = tail[:end] + b"".join(kept) + tail[end:]
    sheet.tail = re.sub(rb"<hyperlinks\b[^>]*>\s*</hyperlinks>", b"", tail)
    draft.report.dropped_links += tuple(dropped)
