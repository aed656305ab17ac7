"""Replace and append the rows of an Excel table inside a patched sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import unescape
from typing import Any

from arsheet.hosts.anchored import follow_rows
from arsheet.hosts.beside import widened
from arsheet.hosts.cells import encode
from arsheet.hosts.drafting import Draft
from arsheet.hosts.edits import AppendRows, ReplaceRows
from arsheet.hosts.following import Change, layout, merges
from arsheet.hosts.keeping import Kept, moved_formula
from arsheet.hosts.package import parse_xml
from arsheet.hosts.protocol import key_text
from arsheet.hosts.reading import Area, TableInfo, parse_area
from arsheet.hosts.rowcells import Target, encode_rows
from arsheet.hosts.sheetxml import FORMULA_TEXT, Cell, SheetXml, refusal
from arsheet.table import WorkbookError, column_letter

_SUBTOTAL = re.compile(r"SUBTOTAL\((10[1-5]|109),\w+\[.+\]\)")


def replace_rows(draft: Draft, edit: ReplaceRows) -> None:
    """Give a table new data rows and, if asked, new columns."""
    table = draft.table(edit.table)
    sheet = draft.sheet(table.sheet)
    header = tuple(edit.header) or table.columns
    as_made = table
    if edit.waits:
        table, edit = widened(draft, sheet, table, edit, _walls(draft, sheet, table))
    _check_header(draft, table, header, edit)
    columns = layout(table.columns, header, edit.keep)
    left = table.area.first_column
    last_row = table.first_data_row + max(len(edit.rows), 1) - 1
    bare = Change(table, last_row, left + len(columns) - 1)
    change = _settle_below(draft, sheet, bare)
    _check_right(draft, sheet, change)
    _check_shape(sheet, table, change)

    new = _replacing(draft, sheet, table, edit, header, columns)
    if columns != list(as_made.columns):
        new[table.area.first_row] = _header_cells(sheet, table, columns)
        folded = {name.casefold() for name in columns}
        gone = tuple(n for n in table.columns if n.casefold() not in folded)
        draft.report.dropped_columns[table.name] = gone
    _totals(sheet, table, change, columns, edit.rows, header, new)
    follow_rows(draft, sheet, edit, header, change, columns)
    _write(draft, sheet, change, new)
    draft.finish(change, columns, frozenset(header))


def _replacing(
    draft: Draft, sheet: SheetXml, table: TableInfo, edit: ReplaceRows, header: Sequence[str], columns: Sequence[str]
) -> dict[int, bytes]:
    """The new data rows by number, each with its cells in their order, those that a person keeps among them."""
    kept = Kept(draft, sheet, table, edit, columns)
    styles = _styles(draft, sheet, table, columns, edit.styles)
    left = table.area.first_column
    place = {name.casefold(): left + i for i, name in enumerate(columns)}
    written = [place[name.casefold()] for name in header]
    targets = [Target(column_letter(at), styles[at - left]) for at in written]
    rows = edit.rows or [(None,) * len(header)]
    encoded = enumerate(encode_rows(rows, targets, table.first_data_row, draft.epoch), table.first_data_row)
    if not edit.keep and written == sorted(written):
        return {row: "".join(cells).encode() for row, cells in encoded}
    new: dict[int, bytes] = {}
    for (row, texts), values in zip(encoded, rows, strict=True):
        cells = {column: text.encode() for column, text in zip(written, texts, strict=True)}
        if edit.keep:
            kept.place(cells, row, tuple(key_text(v) for v in kept.pick(header, values)), place)
        new[row] = _joined(cells)
    if edit.keep:
        draft.report.waiting[table.name] = kept.waiting()
    return new


def _joined(cells: Mapping[int, bytes]) -> bytes:
    return b"".join(cells[column] for column in sorted(cells))


def append_rows(draft: Draft, edit: AppendRows) -> None:
    """Add rows to a table under the headers given."""
    table = draft.table(edit.table)
    sheet = draft.sheet(table.sheet)
    place = {name.casefold(): table.area.first_column + i for i, name in enumerate(table.columns)}
    unknown = [name for name in edit.header if name.casefold() not in place]
    if unknown:
        raise WorkbookError(
            "column_not_found",
            f"表“{table.name}”没有列：{'、'.join(unknown)}",
            f"Table {table.name!r} has no column {', '.join(unknown)}",
            facts={"table": table.name, "columns": list(table.columns), "missing": unknown},
        )
    if not edit.rows:
        return
    first = _first_blank(sheet, table)
    last_row = max(table.last_data_row, first + len(edit.rows) - 1)
    change = _settle_below(draft, sheet, Change(table, last_row, table.area.last_column))
    _check_shape(sheet, table, change)
    asked = {place[n.casefold()]: draft.style_of(table.sheet, ref) for n, ref in edit.styles.items()}
    targets = [place[name.casefold()] for name in edit.header]
    model = sheet.cells(table.last_data_row)
    new: dict[int, bytes] = {}
    for row, values in enumerate(edit.rows, first):
        new[row] = _appended(draft, sheet, table, row, dict(zip(targets, values, strict=True)), model, asked)
    _totals(sheet, table, change, table.columns, (), (), new)
    _write(draft, sheet, change, new, append_from=first)
    draft.finish(change, table.columns, frozenset())


def _appended(
    draft: Draft,
    sheet: SheetXml,
    table: TableInfo,
    row: int,
    values: Mapping[int, Any],
    model: Mapping[int, Cell],
    asked: Mapping[int, str],
) -> bytes:
    cells = sheet.cells(row) if row <= table.last_data_row else {}
    out: dict[int, bytes] = {}
    for column in range(table.area.first_column, table.area.last_column + 1):
        own, above = cells.get(column), model.get(column)
        pattern = own or above
        style = asked.get(column, pattern.style if pattern else sheet.default_style(row, column))
        value = values.get(column)
        if value is None and own is not None:
            out[column] = own.raw
        elif value is None and above is not None and above.has_formula:
            out[column] = moved_formula(sheet, above, row, column, keep_value=False)
        else:
            out[column] = encode(value, f"{column_letter(column)}{row}", style, draft.epoch).encode()
    return _joined(out)


def _first_blank(sheet: SheetXml, table: TableInfo) -> int:
    columns = range(table.area.first_column, table.area.last_column + 1)
    for row in range(table.last_data_row, table.first_data_row - 1, -1):
        cells = sheet.cells(row)
        if any(c in columns and cell.has_content and not cell.has_formula for c, cell in cells.items()):
            return row + 1
    return table.first_data_row


def _check_header(draft: Draft, table: TableInfo, header: Sequence[str], edit: ReplaceRows) -> None:
    folded = [name.casefold() for name in header]
    known = {name.casefold() for name in table.columns}
    wrong = not all(name.strip() for name in header) or len(set(folded)) != len(folded)
    wrong = wrong or any(k.casefold() not in known or k.casefold() in folded for k in edit.keep)
    wrong = wrong or any(k.casefold() not in folded for k in edit.key) or bool(edit.keep and not edit.key)
    if wrong:
        raise ValueError(f"{table.name}: header, key and keep do not fit: {header}, {edit.key}, {edit.keep}")
    if not table.header and set(folded) | {k.casefold() for k in edit.keep} != known:
        raise refusal(
            "table_without_header", f"表“{table.name}”没有表头，不能改列", f"Table {table.name!r} has no header row"
        )
    if table.part and parse_xml(draft.package.part(table.part), draft.package.name).get("tableType") == "queryTable":
        raise refusal(
            "table_from_query", f"表“{table.name}”来自外部查询，未修改", f"Table {table.name!r} is filled by a query"
        )


def _settle_below(draft: Draft, sheet: SheetXml, change: Change) -> Change:
    """Decide what happens to the cells under the table: nothing, moved along, or the edit is refused."""
    table, below = change.before, change.below
    if change.delta == 0:
        return change
    occupied = [
        row for row in sheet.rows
        if row >= below.first_row
        and any(c in change.columns and cell.has_content for c, cell in sheet.cells(row).items())
    ]  # fmt: skip
    walls = [wall for wall in _walls(draft, sheet, table) if wall.overlaps(below)]
    if not occupied and not walls:
        return change
    if not walls and _may_shift(draft, sheet, change, occupied):
        return Change(table, change.last_row, change.last_column, change.delta)
    nearest = min([*occupied, *(max(wall.first_row, below.first_row) for wall in walls)])
    if change.area.last_row < nearest:
        return change
    raise refusal(
        "cells_below_table",
        f"“{sheet.name}”中表“{table.name}”下方第 {nearest} 行有内容，表格无法向下扩展；未修改",
        f"{sheet.name!r}: row {nearest} below table {table.name!r} is in use and cannot be moved; not patched",
        row=nearest,
        table=table.name,
    )


def _walls(draft: Draft, sheet: SheetXml, table: TableInfo) -> list[Area]:
    """What a table must never grow into: other tables, pivot tables, merged cells, commented cells."""
    package = draft.package
    areas = [t.area for t in draft.tables.values() if t.sheet == sheet.name and t.name != table.name]
    areas += [area for area in merges(sheet.tail) if area.first_row > table.area.last_row]
    for relation in package.relations(package.sheet(sheet.name).part):
        if relation.kind in ("pivotTable", "comments") and relation.target in package:
            for element in parse_xml(package.part(relation.target), package.name).iter("{*}location", "{*}comment"):
                area = parse_area(str(element.get("ref")))
                if area is not None:
                    areas.append(area)
    return areas


def _may_shift(draft: Draft, sheet: SheetXml, change: Change, occupied: Iterable[int]) -> bool:
    """Whether the cells below may move: plain values, nothing beside them, and no formula that reads them."""
    below = change.below
    for row in occupied:
        for column, cell in sheet.cells(row).items():
            if cell.has_content and (column not in change.columns or cell.has_formula):
                return False
    quoted = {sheet.name, sheet.name.replace("'", "''")}
    package = draft.package
    workbook = package.part(package.workbook_part).decode("utf-8", "replace")
    texts = re.findall(r"<definedName\b[^>]*>([^<]*)<", workbook)
    for other in package.sheets:
        own = other.name == sheet.name
        xml = b"".join(sheet.rows.values()) + sheet.tail if own else package.part(other.part)
        found = re.findall(rb"<(?:\w+:)?(?:f|formula\d?)\b[^>]*>([^<]*)<", xml)
        texts += [
            t for t in (unescape(x.decode("utf-8", "replace")) for x in found) if own or any(q in t for q in quoted)
        ]
    return not any(_reads(text, below) for text in texts)


def _reads(formula: str, below: Area) -> bool:
    for ref in re.findall(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?", formula):
        area = parse_area(ref)
        if area is not None and area.overlaps(below):
            return True
    return False


def _check_right(draft: Draft, sheet: SheetXml, change: Change) -> None:
    old = change.before.area
    if change.last_column <= old.last_column:
        return
    fresh = Area(old.first_row, old.last_column + 1, max(old.last_row, change.area.last_row), change.last_column)
    walls = [wall for wall in _walls(draft, sheet, change.before) if wall.overlaps(fresh)]
    used = any(
        column in range(fresh.first_column, fresh.last_column + 1) and cell.has_content
        for row in sheet.rows if fresh.first_row <= row <= fresh.last_row
        for column, cell in sheet.cells(row).items()
    )  # fmt: skip
    if walls or used:
        raise refusal(
            "cells_right_of_table",
            f"“{sheet.name}”中表“{change.before.name}”右侧有内容，无法增加列；未修改",
            f"{sheet.name!r}: the cells to the right of table {change.before.name!r} are in use; not patched",
            table=change.before.name,
        )


def _check_shape(sheet: SheetXml, table: TableInfo, change: Change) -> None:
    area = change.area
    if area.last_row > 1_048_576 or area.last_column > 16_383:
        raise refusal("sheet_full", f"“{sheet.name}”放不下这些行", f"{sheet.name!r} cannot hold that many rows")
    replaced = Area(
        table.first_data_row, change.columns[0], max(area.last_row, table.area.last_row), change.columns[-1]
    )
    sheet.check_blocks([replaced])
    for merged in merges(sheet.tail):
        if merged.overlaps(replaced):
            raise refusal(
                "merge_in_replaced_rows",
                f"“{sheet.name}”中表“{table.name}”的数据行里有合并单元格 {merged.ref}；未修改，请先取消合并",
                f"{sheet.name!r}: the rows of table {table.name!r} hold the merged cells {merged.ref}; "
                "not patched, unmerge them first",
                range=merged.ref,
            )


def _styles(
    draft: Draft, sheet: SheetXml, table: TableInfo, columns: Sequence[str], asked: Mapping[str, str]
) -> list[str]:
    old = {name.casefold(): table.area.first_column + i for i, name in enumerate(table.columns)}
    wanted = {name.casefold(): draft.style_of(table.sheet, ref) for name, ref in asked.items()}
    styles = []
    for i, name in enumerate(columns):
        column = old.get(name.casefold(), min(table.area.first_column + i, table.area.last_column))
        styles.append(wanted.get(name.casefold(), sheet.style(table.first_data_row, column)))
    return styles


def _header_cells(sheet: SheetXml, table: TableInfo, columns: Sequence[str]) -> bytes:
    left, row = table.area.first_column, table.area.first_row
    old = {name.casefold(): left + i for i, name in enumerate(table.columns)}
    cells = {}
    for i, name in enumerate(columns):
        style = sheet.style(row, old.get(name.casefold(), min(left + i, table.area.last_column)))
        cells[left + i] = encode(name, f"{column_letter(left + i)}{row}", style).encode()
    return _joined(cells)


def _totals(
    sheet: SheetXml,
    table: TableInfo,
    change: Change,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    header: Sequence[str],
    new: dict[int, bytes],
) -> None:
    """Move the totals row by column name and bring the stored results of its subtotals up to date."""
    left = table.area.first_column
    at_of = {name.casefold(): i for i, name in enumerate(header)}
    for offset in range(table.totals_rows):
        cells = sheet.cells(table.last_data_row + 1 + offset)
        target = change.last_row + 1 + offset
        out: dict[int, bytes] = {}
        for i, name in enumerate(table.columns):
            at = next((j for j, other in enumerate(columns) if other.casefold() == name.casefold()), None)
            cell = cells.get(left + i)
            if cell is None or at is None:
                continue
            raw = cell.at(target, left + at)
            found = FORMULA_TEXT.search(cell.inner)
            if found:
                text = unescape(found[1].decode())
                if "[" not in text and re.search(r"[A-Z]\$?\d", text):
                    raise refusal(
                        "totals_row_formula",
                        f"“{sheet.name}”{cell.ref} 的汇总公式不是按列名写的，无法移动；未修改",
                        f"{sheet.name!r}: the totals formula in {cell.ref} names cells, not columns; not patched",
                        cell=cell.ref,
                    )
                if (source := at_of.get(name.casefold())) is not None:
                    raw = _with_subtotal(raw, text, [row[source] for row in rows])
            out[left + at] = raw
        new[target] = _joined(out)


def _with_subtotal(raw: bytes, text: str, values: Sequence[Any]) -> bytes:
    found = _SUBTOTAL.fullmatch(text)
    if not found:
        return raw
    numbers = [v for v in values if isinstance(v, (int, float, Decimal)) and not isinstance(v, bool)]
    exact = [Decimal(repr(v)) if isinstance(v, float) else Decimal(v) for v in numbers]
    filled = sum(v is not None and v != "" for v in values)
    total = sum(exact, Decimal(0))
    result = {
        "101": total / len(exact) if exact else None,
        "102": len(exact),
        "103": filled,
        "104": max(exact, default=Decimal(0)),
        "105": min(exact, default=Decimal(0)),
        "109": total,
    }[found[1]]
    if result is None:
        return raw
    raw = re.sub(rb"<v>[^<]*</v>|<v\s*/>", b"", raw)
    raw = re.sub(rb"""(<c\b[^>]*?)\s+t=["']\w+["']""", rb"\1", raw, count=1)
    return raw.replace(
        b"</c>", f"<v>{result:f}</v></c>".encode() if isinstance(result, Decimal) else b"<v>%d</v></c>" % result
    )


def _write(
    draft: Draft,
    sheet: SheetXml,
    change: Change,
    new: dict[int, bytes],
    *,
    append_from: int | None = None,
) -> None:
    """Put the new cells in place of the old ones, row by row; cells outside the table's columns stay."""
    table, columns = change.before, change.columns
    first, last = table.first_data_row, max(table.area.last_row, change.area.last_row)
    height = sheet.height(first)
    old = {row for row in sheet.rows if first <= row <= last and append_from is None}
    if change.shift:
        for row in [row for row in sheet.rows if row > table.area.last_row]:
            below = {c: x.at(row + change.shift, c) for c, x in sheet.cells(row).items() if c in columns}
            new[row + change.shift] = _joined(below)
            old.add(row)
    rewritten = {row: cells for row, cells in new.items() if row not in sheet.rows}
    for row in sorted((old | new.keys()) - rewritten.keys()):
        fresh, (left, right, computed) = new.get(row, b""), sheet.around(row, columns)
        rewritten[row] = left + fresh + right
        still = sheet.parsed(row, fresh) if computed else {}
        for cell in computed:
            if cell.column not in still or not still[cell.column].has_formula:
                draft.forget_formula(sheet.name, cell.ref)
    new.clear()
    for row in list(rewritten):  # a hundred thousand rows are not held twice
        sheet.put_row(row, rewritten.pop(row), unhide=row <= last, height=height)
