"""What each source table held at the last Refresh, kept on the sheet 刷新版本, and whether that still holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import marshal
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from arsheet.run import fingerprint
from arsheet.schema import layout
from arsheet.schema.freshness import COUNTED, DASHBOARD_CELL, FLAG_CELL, REPORT_CELL, SPEC, WATCHED, summed
from arsheet.schema.headers import match_headers
from arsheet.schema.tables import TABLES, VIEWS
from arsheet.schema.words import label
from arsheet.table import CellError, Table

if TYPE_CHECKING:
    from arsheet.run.session import Session

_EPOCH_1900 = dt.date(1899, 12, 30).toordinal()
_EPOCH_1904 = dt.date(1904, 1, 1).toordinal()
_PLAIN = frozenset((type(None), str, int, float, bool))
_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Mark:
    """A table at one moment: filled cells, sum of its numbers (dates as serials), digest of the columns that count."""

    filled: int
    total: float
    digest: str
    numbers: int | None = None
    """The check numbers of ``schema/fingerprint``; None where this table has none that is sure."""
    texts: int | None = None


def mark_of(raw: Table, known: Collection[int], summed: Collection[int], *, date1904: bool = False) -> Mark:
    """The mark of a table as read from its host; ``known``: the columns that the declaration understands."""
    digest = hashlib.blake2b(digest_size=16)
    filled, sums = 0, []
    for at, column in enumerate(raw.columns):
        kinds = set(map(type, column))
        values = list(column)
        filled += len(values) - values.count(None)
        if at in summed and not kinds <= {str, type(None)}:
            sums.append(_sum(values, kinds, date1904))
        if at in known:
            digest.update(_bytes(str(raw.header[at]), values, kinds))
    return Mark(filled, math.fsum(sums), digest.hexdigest())


def _sum(values: list[Any], kinds: set[type], date1904: bool) -> float:
    """What a spreadsheet's SUM gives for these cells, errors left out."""
    if kinds <= {int, float, type(None)}:
        return math.fsum(filter(None, values))
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    if kinds <= {dt.date, type(None)}:
        days = [value.toordinal() for value in values if value is not None]
        return float(sum(days) - len(days) * epoch)
    return math.fsum(_number(value, epoch) for value in values if value is not None and not isinstance(value, str))


def _number(value: Any, epoch: int) -> float:
    if isinstance(value, (bool, CellError)):
        return 0.0
    if isinstance(value, dt.datetime):
        clock = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
        return value.toordinal() - epoch + clock.total_seconds() / _SECONDS
    if isinstance(value, dt.date):
        return value.toordinal() - epoch
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / _SECONDS
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / _SECONDS
    return float(value)


def _bytes(header: str, values: list[Any], kinds: set[type]) -> bytes:
    """A column as bytes, the same for the same values; whole numbers are the same as int and float."""
    if int in kinds:
        values = [float(value) if type(value) is int else value for value in values]
    if not kinds <= _PLAIN:
        known = {value: (type(value).__name__, repr(value)) for value in set(values) if type(value) not in _PLAIN}
        values = [known[value] if type(value) not in _PLAIN else value for value in values]
    return marshal.dumps((header, values), 2)


def note(session: Session, key: str, raw: Table, mapping: Mapping[str, int]) -> None:
    """Keeps the mark of a table that was just read; ``mapping``: column key -> its place, as the headers were read."""
    if key in WATCHED:
        added, spec, epoch = {mapping[name] for name in summed(key) if name in mapping}, TABLES[key], _epoch(session)
        mark = mark_of(raw, set(mapping.values()), added, date1904=epoch == _EPOCH_1904)
        numbers = fingerprint.numbers_of(raw, mapping, spec, lambda value: _number(value, epoch))
        session.marks[key] = replace(mark, numbers=numbers, texts=fingerprint.texts_of(raw, mapping, spec))


def _epoch(session: Session) -> int:
    return _EPOCH_1904 if getattr(getattr(_host(session), "book", None), "date1904", False) else _EPOCH_1900


def _settings_now(session: Session) -> int | None:
    """The check number of the settings as they stand in the book."""
    spec = TABLES["settings"]
    if spec.table_name.casefold() not in {name.casefold() for name in session.host.tables()}:
        return None
    raw, epoch = session.host.read(spec.table_name), _epoch(session)
    mapping = match_headers([str(text or "") for text in raw.header], spec).mapping
    return fingerprint.settings_of(raw, mapping, lambda value: _number(value, epoch))


def _marks(session: Session) -> dict[str, Mark]:
    """Those of the tables and of the settings: what these mean, not which cells they fill (a save may add an id)."""
    meant = repr(sorted(item for item in session.settings.items() if item[0] not in ("book_id", "language")))
    digest = hashlib.blake2b(meant.encode(), digest_size=16).hexdigest()
    return {**session.marks, "settings": Mark(0, 0.0, digest)}


def _host(session: Session) -> Any:
    """The host itself, also while a recorder stands before it."""
    return getattr(session.host, "inner", session.host)


def _places(session: Session) -> dict[str, dict[str, str]]:
    """Table key -> column key -> its address on the sheet 刷新版本; empty in a book without that sheet."""
    if SPEC.table_name.casefold() not in {name.casefold() for name in session.host.tables()}:
        return {}
    raw = session.host.read(SPEC.table_name)
    mapping = match_headers([str(text or "") for text in raw.header], SPEC).mapping
    if raw.place is None or "key" not in mapping:
        return {}
    keys = {TABLES[key].table_name.casefold(): key for key in WATCHED}
    found = {}
    for row, name in enumerate(raw.columns[mapping["key"]]):
        key = keys.get(str(name or "").casefold())
        if key is not None:
            found[key] = {column: raw.place.cell(row, at) for column, at in mapping.items()}
    return found


def _sheet(session: Session) -> str:
    place = session.host.read(SPEC.table_name).place
    return place.sheet if place is not None else SPEC.sheet(session.language)


def stored_digests(session: Session) -> dict[str, str]:
    """Table key -> the digest of the last Refresh; empty before it, and in a book that keeps none."""
    if SPEC.table_name.casefold() not in {name.casefold() for name in session.host.tables()}:
        return {}
    raw = session.host.read(SPEC.table_name)
    mapping = match_headers([str(text or "") for text in raw.header], SPEC).mapping
    if not {"key", "digest"} <= set(mapping):
        return {}
    keys = {TABLES[key].table_name.casefold(): key for key in WATCHED}
    pairs = zip(raw.columns[mapping["key"]], raw.columns[mapping["digest"]], strict=True)
    return {keys[str(name).casefold()]: str(text) for name, text in pairs if str(name).casefold() in keys and text}


def is_stale(session: Session) -> bool | None:
    """Whether a source table differs from what the last Refresh read; None where the book does not say."""
    stored = stored_digests(session)
    if not stored:
        return None
    return any(mark.digest != stored.get(key, "") for key, mark in _marks(session).items())


def refreshed_at(session: Session) -> str:
    """When the reports were written last, as their sheet says it; "" before the first Refresh."""
    if SPEC.table_name.casefold() not in {name.casefold() for name in session.host.tables()}:
        return ""
    cell = session.host.read_cells(_sheet(session), [layout.STAMP_CELL])[layout.STAMP_CELL]
    word = label("refreshed_at", session.language)
    parts = [part for part in str(cell or "").split("    ") if part.startswith(word)]
    return parts[0][len(word) :].lstrip("：: ") if parts else ""


def queue_fresh(session: Session, stamp: str) -> None:
    """Queues what the tables hold now as the state of the last Refresh; every report says that it is up to date."""
    places = _places(session)
    if not places:
        return
    stored: dict[str, Any] = {layout.STAMP_CELL: stamp}
    results: dict[str, Any] = {FLAG_CELL: 0}
    marks = _marks(session)
    marks["settings"] = replace(marks["settings"], texts=_settings_now(session))
    for key, cells in places.items():
        if key not in marks:
            continue
        mark = marks[key]
        checks: dict[str, Any] = {"texts": mark.texts}
        then: dict[str, Any] = {"digest": mark.digest}
        if key in COUNTED:
            checks |= {"numbers": mark.numbers}
            then |= {"filled": mark.filled, "total": mark.total}
        same = {"changed": 0} | {f"{name}_now": value for name, value in then.items() if name != "digest"}
        same |= {f"{name}_now": "" if value is None else value for name, value in checks.items()}
        stored |= {cells[name]: value for name, value in {**then, **checks}.items() if name in cells}
        results |= {cells[name]: value for name, value in same.items() if name in cells}
    sheet = _sheet(session)
    session.host.set_cells(sheet, stored)
    _set_results(session, {sheet: results, **_reports(session, "")})


def queue_changed(session: Session) -> None:
    """Queues the words 数据已变请刷新 for a save that changes source tables of a book that was refreshed before."""
    if not stored_digests(session):
        return
    _set_results(session, {_sheet(session): {FLAG_CELL: 1}, **_reports(session, label("stale", session.language))})


def _reports(session: Session, words: str) -> dict[str, dict[str, Any]]:
    """The cell of each report of the book."""
    book = getattr(_host(session), "book", None)
    out = {}
    for key in VIEWS:
        spec = TABLES[key]
        sheet = spec.sheet(session.language)
        if key == "dashboard":
            if book is not None and sheet in book.sheet_names:
                out[sheet] = {DASHBOARD_CELL: words}
        elif key not in (*layout.PAGES, SPEC.key) and book is not None and (info := book.table(spec.table_name)):
            out[info.sheet] = {REPORT_CELL: words}
    return out


def _set_results(session: Session, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Results of formula cells, in a host that keeps them; an open application works them out itself."""
    set_results = getattr(_host(session), "set_results", None)
    if set_results is not None:
        for sheet, cells in values.items():
            set_results(sheet, cells)
