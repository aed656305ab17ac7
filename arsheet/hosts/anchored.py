"""What hangs on the cells of replaced rows: comments, threaded comments and links go where their row goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from arsheet.hosts.comments import NOTE, SHAPE, Place, moved_shape, put_back, related, shape_place, taken
from arsheet.hosts.drafting import Draft
from arsheet.hosts.edits import ReplaceRows
from arsheet.hosts.following import LINK, Change
from arsheet.hosts.keeping import value_at
from arsheet.hosts.protocol import key_text
from arsheet.hosts.reading import Area, parse_area, read_package
from arsheet.hosts.sheetxml import SheetXml, refusal
from arsheet.table import column_letter

_COMMENT = re.compile(rb"""(<(?:\w+:)?(?:comment|threadedComment)\b[^>]*?\bref=["'])([A-Z]+\d+)(["'])""")


def follow_rows(
    draft: Draft, sheet: SheetXml, edit: ReplaceRows, header: Sequence[str], change: Change, columns: Sequence[str]
) -> None:
    """Let comments and links of the replaced rows follow the row of the same key (by default the first column).

    A link whose row is gone goes too and is named in the report. A comment whose row is gone waits in the report, like
    the values beside that row, and comes back with it; where nobody keeps what waits, the edit is refused.
    """
    table = change.before
    last = max(table.area.last_row, change.area.last_row)
    area = Area(table.area.first_row, change.columns[0], last, change.columns[-1])
    commented = [place for place in _commented(draft, sheet.name) if _holds(area, place)]
    linked = [at for m in LINK.finditer(sheet.tail) if (at := parse_area(m[1].decode())) and area.contains(at)]
    waited = [(key, name) for key, values in edit.restored.items() for name in values if name.startswith(NOTE)]
    if not commented and not linked and not waited:
        return
    keys = _Keys(draft, edit, header, change)
    rows = keys.moves() | _ends(change)
    left = table.area.first_column
    place = {name.casefold(): left + i for i, name in enumerate(columns)}
    across = {left + i: place.get(name.casefold()) for i, name in enumerate(table.columns)}

    def target(at: Place) -> Place | None:
        row, column = rows.get(at[0]), across.get(at[1])
        return None if row is None or column is None else (row, column)

    moves = {at: target(at) for at in commented}
    lost = sorted(at for at, to in moves.items() if to is None)
    gone = {at: key for at in lost if edit.waits and across.get(at[1]) is not None and (key := keys.gone(at[0]))}
    _refuse(sheet.name, [at for at in lost if at not in gone])
    waiting = _waiting(draft, edit, table.name)
    for spot, key in gone.items():
        name = table.columns[spot[1] - left]
        waiting.setdefault(key, {})[NOTE + name] = taken(draft, sheet.name, spot)
    followed = {at: to for at, to in moves.items() if to is not None and to != at}
    if followed:
        _move_comments(draft, sheet.name, followed)
    there = {to for to in moves.values() if to is not None}
    for key, name in waited:
        back = (keys.after.get(key), place.get(name.removeprefix(NOTE).casefold()))
        if back[0] is None or back[1] is None or (back[0], back[1]) in there:
            continue
        if put_back(draft, sheet.name, (back[0], back[1]), str(edit.restored[key][name])):
            waiting.get(key, {}).pop(name, None)
    if edit.waits:
        draft.report.waiting[table.name] = {key: values for key, values in waiting.items() if values}
    if linked:
        _move_links(draft, sheet, area, target)


def _waiting(draft: Draft, edit: ReplaceRows, table: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """What waits beside the table so far."""
    found = draft.report.waiting.get(table)
    held = edit.restored if found is None else found
    return {key: dict(values) for key, values in held.items()}


def _refuse(sheet: str, lost: Sequence[Place]) -> None:
    if not lost:
        return
    refs = [f"{column_letter(column)}{row}" for row, column in lost]
    raise refusal(
        "comment_of_absent_row",
        f"“{sheet}”{'、'.join(refs[:5])} 有批注，而它所在的行这次没有了；未修改，请先移走或删除批注",
        f"{sheet!r}: {', '.join(refs[:5])} has a comment and its row is no longer there; "
        "not patched, move or delete the comment first",
        cells=refs,
    )


def _ends(change: Change) -> dict[int, int]:
    """Where the header and the totals go."""
    table = change.before
    totals = {table.last_data_row + i: change.last_row + i for i in range(1, table.totals_rows + 1)}
    return totals | ({table.area.first_row: table.area.first_row} if table.header else {})


def _holds(area: Area, place: Place) -> bool:
    return area.contains(Area(*place, *place))


class _Keys:
    """The keys of a table's rows before and after, as far as each stands once."""

    def __init__(self, draft: Draft, edit: ReplaceRows, header: Sequence[str], change: Change) -> None:
        table = change.before
        names = [name.casefold() for name in edit.key] or [table.columns[0].casefold()]
        old_at = {name.casefold(): table.area.first_column + i for i, name in enumerate(table.columns)}
        new_at = {name.casefold(): i for i, name in enumerate(header)}
        self.before: dict[int, tuple[str, ...]] = {}
        self.after: dict[tuple[str, ...], int] = {}
        self.counts: Counter[tuple[str, ...]] = Counter()
        if any(name not in old_at or name not in new_at for name in names):
            return
        grid = read_package(draft.package, Path(draft.package.name)).grid(table.sheet)
        before = {
            row: tuple(key_text(value_at(grid, row, old_at[name])) for name in names)
            for row in range(table.first_data_row, table.last_data_row + 1)
        }
        after = [tuple(key_text(values[new_at[name]]) for name in names) for values in edit.rows]
        old_counts, self.counts = Counter(before.values()), Counter(after)
        self.before = {row: key for row, key in before.items() if any(key) and old_counts[key] == 1}
        self.after = {key: row for row, key in enumerate(after, table.first_data_row) if self.counts[key] == 1}

    def moves(self) -> dict[int, int]:
        """Old row -> new row."""
        return {row: self.after[key] for row, key in self.before.items() if key in self.after}

    def gone(self, row: int) -> tuple[str, ...] | None:
        """The key of an old row that no new row has."""
        key = self.before.get(row)
        return key if key is not None and not self.counts[key] else None


def _commented(draft: Draft, sheet: str) -> set[Place]:
    found = set()
    for part in related(draft.package, sheet, "comments", "threadedComment"):
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
        at = shape_place(match[0])
        to = moves.get(at) if at is not None else None
        return match[0] if to is None else moved_shape(match[0], to)

    package = draft.package
    for part in related(package, sheet, "comments", "threadedComment"):
        draft.parts[part] = _COMMENT.sub(address, draft.part(part))
    for part in related(package, sheet, "vmlDrawing"):
        before = draft.part(part)
        after = SHAPE.sub(shape, before)
        if after != before:
            draft.parts[part] = after


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
