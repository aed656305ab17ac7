"""What follows a table when its rows change: its own part, formats, validations, merges, links and chart caches."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arsheet.hosts.package import parse_xml
from arsheet.hosts.reading import Area, TableInfo, parse_area, unescape

_SQREF = re.compile(rb"""(\bsqref=["'])([^"']*)(["'])|(<(?:\w+:)?sqref>)([^<]*)(</)""")
_MERGE = re.compile(rb"""<mergeCell\b[^>]*?\bref=["']([^"']+)["'][^>]*?(?:/>|></mergeCell>)""")
LINK = re.compile(rb"""<hyperlink\b[^>]*?\bref=["']([^"']+)["'][^>]*?(?:/>|></hyperlink>)""")
_FILTER = re.compile(rb"""(<autoFilter\b[^>]*?\bref=["'])([^"']+)(["'][^>/]*)(?:/>|>(.*?)</autoFilter>)""", re.S)
_CHART_RANGE = re.compile(
    rb"(<(?:\w+:)?f>)([^<]*)(</(?:\w+:)?f>)(\s*<((?:\w+:)?(?:num|str|multiLvlStr)Cache)\b.*?</\5>)?", re.S
)


@dataclass(frozen=True, slots=True)
class Change:
    """How one table moved: its range before, its last data row before and after, and how far what is below moved."""

    before: TableInfo
    last_row: int
    last_column: int
    shift: int = 0

    @property
    def delta(self) -> int:
        """Rows gained (or lost, below zero)."""
        return self.last_row - self.before.last_data_row

    @property
    def area(self) -> Area:
        """The whole table after the change, totals included."""
        old = self.before.area
        return Area(old.first_row, old.first_column, self.last_row + self.before.totals_rows, self.last_column)

    @property
    def columns(self) -> range:
        """The sheet columns that belong to the table before or after."""
        return range(self.before.area.first_column, max(self.before.area.last_column, self.last_column) + 1)

    @property
    def below(self) -> Area:
        """Everything under the old table in its columns."""
        return Area(self.before.area.last_row + 1, self.columns[0], 1_048_576, self.columns[-1])

    def follow(self, area: Area) -> Area:
        """Where a range that describes cells of the sheet belongs after the change."""
        old = self.before
        if self.shift and self.below.contains(area):
            return Area(area.first_row + self.shift, area.first_column, area.last_row + self.shift, area.last_column)
        beside = area.last_column < old.area.first_column or area.first_column > old.area.last_column
        if (
            beside
            or area.first_row > old.last_data_row
            or area.last_row < old.last_data_row
            or area.last_row > 1_000_000
        ):
            return area
        if area.first_row < old.area.first_row:
            return area
        last = area.last_row + self.delta if area.last_row <= old.area.last_row else max(area.last_row, self.last_row)
        return Area(min(area.first_row, last), area.first_column, last, area.last_column)


def follow_tail(tail: bytes, change: Change) -> bytes:
    """The part of a sheet after its rows, with formats, validations, merges and links moved along."""

    def ranges(match: re.Match[bytes]) -> bytes:
        opening, text, closing = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        moved = [_follow_ref(ref, change.follow) for ref in text.decode().split()]
        return bytes(opening + " ".join(moved).encode() + closing)

    def below(match: re.Match[bytes]) -> bytes:
        moved = _follow_ref(match[1].decode(), _only_below(change)).encode()
        return match[0].replace(match[1], moved, 1)

    tail = _SQREF.sub(ranges, tail)
    return LINK.sub(below, _MERGE.sub(below, tail)) if change.shift else tail


def _only_below(change: Change) -> Callable[[Area], Area]:
    return lambda area: change.follow(area) if change.below.contains(area) else area


def _follow_ref(ref: str, rule: Callable[[Area], Area]) -> str:
    area = parse_area(ref)
    if area is None:
        return ref
    moved = rule(area)
    return (
        ref
        if moved == area
        else moved.ref
        if ":" in ref or moved.first_row != moved.last_row
        else moved.ref.split(":")[0]
    )


def follow_filter(tail: bytes, workbook: bytes, position: int, change: Change) -> tuple[bytes, bytes, bool]:
    """The filter of a sheet without a table over its new rows, here and in the workbook's hidden name for it.

    Its conditions go, as those of a table do; tells whether there were any.
    """
    found = _FILTER.search(tail)
    area = parse_area(found[2].decode()) if found else None
    if found is None or area is None or area.first_row != change.before.area.first_row:
        return tail, workbook, False
    last = change.last_row
    new = Area(area.first_row, area.first_column, last, area.last_column).ref
    tail = tail[: found.start()] + found[1] + new.encode() + found[3] + b"/>" + tail[found.end() :]

    def name(match: re.Match[bytes]) -> bytes:
        return bytes(match[1] + re.sub(rb"\$?\d+$", b"$%d" % last, match[2]) + match[3])

    own = rb"""(<definedName\b(?=[^>]*_xlnm\._FilterDatabase)(?=[^>]*\blocalSheetId=["']%d["'])[^>]*>)([^<]*)(<)"""
    return tail, re.sub(own % position, name, workbook), bool(found[4])


def merges(tail: bytes) -> list[Area]:
    """The merged ranges of a sheet."""
    return [area for m in _MERGE.finditer(tail) if (area := parse_area(m[1].decode())) is not None]


def layout(old: Sequence[str], header: Sequence[str], keep: Sequence[str]) -> list[str]:
    """The columns after a write: the user's order stays, columns of the user's own stay, new ones stand in turn."""
    folded = {name.casefold() for name in (*header, *keep)}
    result = [name for name in old if name.casefold() in folded]
    have = {name.casefold() for name in result}
    previous = ""
    for name in header:
        if name.casefold() not in have:
            at = next((i + 1 for i, other in enumerate(result) if other.casefold() == previous.casefold()), 0)
            result.insert(at, name)
            have.add(name.casefold())
        previous = name
    return result


def table_xml(
    xml: bytes, change: Change, columns: Sequence[str], written: frozenset[str], name: str
) -> tuple[bytes, bool]:
    """The part of a table with its new range and columns; tells whether a filter of the user was cleared."""
    from lxml import etree

    root = parse_xml(xml, name)
    root.set("ref", change.area.ref)
    cleared = False
    holder = root.find("{*}tableColumns")
    if columns != list(change.before.columns) or written:
        _columns_xml(holder, columns, written)
    for filters in root.findall("{*}autoFilter"):
        area = change.area
        filters.set("ref", Area(area.first_row, area.first_column, change.last_row, area.last_column).ref)
        if written:
            cleared = len(filters) > 0
            for child in list(filters):
                filters.remove(child)
    for sort in root.findall("{*}sortState"):
        root.remove(sort)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), cleared


def _columns_xml(holder: object, columns: Sequence[str], written: frozenset[str]) -> None:
    from lxml import etree

    assert isinstance(holder, etree._Element)
    old = {unescape(c.get("name") or "").casefold(): c for c in holder}
    next_id = max((int(c.get("id") or 0) for c in holder), default=0) + 1
    model = holder[0].tag
    for child in list(holder):
        holder.remove(child)
    for column in columns:
        element = old.get(column.casefold())
        if element is None:
            element = etree.Element(model)
            element.set("id", str(next_id))
            next_id += 1
        else:
            element = copy.deepcopy(element)
        element.set("name", column.replace("\r\n", "\n").replace("\n", "_x000a_"))
        if column in written:
            for formula in element.findall("{*}calculatedColumnFormula"):
                element.remove(formula)
        holder.append(element)
    holder.set("count", str(len(columns)))


def chart_xml(xml: bytes, sheets: frozenset[str], changes: Sequence[Change]) -> bytes:
    """A chart without the cached points of ranges on patched sheets; ranges that covered a whole table follow it.

    An application draws the chart from the cells when the cache is absent.
    """

    def judge(match: re.Match[bytes]) -> bytes:
        from xml.sax.saxutils import escape
        from xml.sax.saxutils import unescape as plain

        text = plain(match[2].decode(), {"&apos;": "'", "&quot;": '"'})
        found = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)", text)
        if not found:
            return match[0]
        sheet = (found[1] or found[2]).replace("''", "'")
        if sheet.casefold() not in sheets:
            return match[0]
        area = parse_area(found[3])
        for change in changes:
            if area and change.before.sheet == sheet and area.first_row >= change.before.area.first_row:
                area = change.follow(area)
        prefix = text[: found.start(3)]
        if area and area != parse_area(found[3]):
            start, end = area.ref.split(":")
            text = prefix + ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", corner) for corner in (start, end))
        return bytes(match[1] + escape(text).encode() + match[3])

    return _CHART_RANGE.sub(judge, xml)
