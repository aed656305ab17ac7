"""The tabs of an online spreadsheet, made from the declared views, and what the workbook puts into them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from arsheet.actions.refresh import reports
from arsheet.functions.registry import Version
from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.items import shared_keys
from arsheet.ledger.store import Ledger
from arsheet.schema.encode import column_cells, places, view_columns
from arsheet.schema.model import Column, TableSpec
from arsheet.schema.tables import TABLES, expand
from arsheet.sync.columns import SERIAL_ZERO, Amounts, Days
from arsheet.sync.model import ColumnView, Owner, TabData, TabView, row_key
from arsheet.sync.privacy import published_text
from arsheet.sync.remote import Cell
from arsheet.sync.scope import taken
from arsheet.sync.told import finding, some
from arsheet.table import EPOCH, Table, column_letter, from_day

REPORTS = tuple(key for key, spec in TABLES.items() if spec.published and spec.group != "online")
"""The reports that are published, in the order of the schema."""
TITLES: Mapping[str, tuple[str, str]] = MappingProxyType({"overdue_aging": ("账龄", "Aging")})
"""Tabs that are named otherwise than the sheet."""
SOON_DAYS = 7
_KINDS = {"days": "int", "rate": "number", "choice": "text", "flag": "text", "percent": "percent"}
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Published:
    """What decides about the tabs of one spreadsheet: whose customers (None: all), phones, notes from elsewhere.

    ``back`` gives what was typed last by row key, for a row that was handed over and comes back.
    """

    language: str = "zh"
    customers: frozenset[str] | None = None
    phones: bool = False
    overrides: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    seeds: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    back: Callable[[], Mapping[str, Mapping[str, Cell]]] = lambda: _NONE
    tabs: Collection[str] = field(default_factory=tuple)

    def wants(self, view: TabView) -> bool:
        """Whether a tab is asked for; those that carry the entries always are."""
        always = ("google_data", "follow_up", "replies", "about")
        names = {name.casefold() for name in self.tabs}
        return not names or view.key in always or bool(names & {view.key, view.zh.casefold(), view.en.casefold()})


def views(language: str = "zh", *, own: bool = True) -> tuple[TabView, ...]:
    """Every tab under the default settings; ``own``: of a salesperson or region (see ``view_of``)."""
    keys = ("google_data", *REPORTS, "follow_up", "replies", "about", "conflicts")
    return tuple(view_of(TABLES[key], language, own=own) for key in keys)


def view_of(spec: TableSpec, language: str, columns: Sequence[Column] = (), *, own: bool = True) -> TabView:
    """The tab of a declared view. ``own``: a row that is new to this spreadsheet brings along what was typed elsewhere,
    so people's columns are seeded; where everybody's rows are shown anyway they are people's alone."""
    zh, en = TITLES.get(spec.key, (spec.zh, spec.en))
    return TabView(
        spec.key,
        zh,
        en,
        tuple(_column_view(spec, column, language, own) for column in (columns or expand(spec))),
        spec.keys,
        protected=True,
        people=any(column.owner == "user" for column in spec.columns),
        append_only_rows=spec.key in ("conflicts", "replies"),
        ordered=spec.key in REPORTS or spec.key == "about",
        carried=spec.key == "about",
    )


def _column_view(spec: TableSpec, column: Column, language: str, own: bool) -> ColumnView:
    owner: Owner = "machine"
    if column.owner == "user":
        owner = "append" if column.landing.startswith("disputes.") else "seeded" if own else "user"
    return ColumnView(
        column.key,
        column.zh,
        column.en,
        _kind(column),
        owner,
        column.landing,
        column.published,
        formula_of(column, language) if column.lookup else "",
        tuple((choice.zh, choice.en) for choice in column.choices) if column.owner == "user" else (),
    )


def _kind(column: Column) -> str:
    """The kind of a column's cells. What people type stays the text they typed, whatever the locale of the sheet; a
    look-up of a text has no format, for a formula in a cell of plain text may stay a text."""
    if column.owner == "user":
        return "text"
    kind = _KINDS.get(column.kind, column.kind)
    return "any" if column.lookup and kind in ("text", "id") else kind


def formula_of(column: Column, language: str) -> str:
    """The look-up of a column, with {key} for the row's key; blank where there is nothing to be found.

    The answer of the system is found by the key and by the text of the row's cells as they stand: as soon as a person
    types something else, the answer to the former text is gone. The row is INDEX(…, ROW()), so sorting is no matter.
    """
    view, key = column.lookup.split(".")
    spec = TABLES[view]
    sheet, keys, values = f"'{spec.sheet(language)}'!", _letters(spec, spec.keys[0]), _letters(spec, key)
    wanted = "{key}"
    if view == "replies":
        follow = TABLES["follow_up"]
        cells = [f"INDEX({_letters(follow, name)},ROW())" for name in COLUMNS]
        wanted = '&"|"&'.join(["{key}", *(f"T({cell})&N({cell})" for cell in cells)])
    return f'=IFERROR(XLOOKUP({wanted},{sheet}{keys},{sheet}{values}),"")'


def _letters(spec: TableSpec, key: str) -> str:
    at = [column.key for column in expand(spec) if column.published].index(key)
    return f"${column_letter(at)}:${column_letter(at)}"


def tab_data(version: Version, published: Published) -> list[TabData]:
    """What a version of the workbook puts into the tabs of a spreadsheet that do not depend on what people typed."""
    as_of = int(version.stamp["as_of"])
    found = reports(version.ledger, version.settings, as_of)
    data = _data(version, found, as_of, published)
    tabs = [data]
    tabs += [_report(TABLES[key], found[key], published) for key in REPORTS]
    tabs.append(_follow_up(data, published))
    return [tab for tab in tabs if published.wants(tab.view)]


def twice_used(version: Version) -> frozenset[str]:
    """Document numbers that two customers use: each is a finding of the workbook, and none is published."""
    code = "document_no_used_by_two_customers"
    return frozenset(str(finding.facts.get("id")) for finding in version.findings if finding.code == code)


def _data(version: Version, found: Mapping[str, Table], as_of: int, published: Published) -> TabData:
    """The open items with what the follow-up looks up beside them."""
    spec, ledger, language = TABLES["google_data"], version.ledger, published.language
    items, hidden = found["open_items"], twice_used(version)
    numbers, sequences = items.column("document_no"), items.column("sequence")
    shown = [
        at
        for at, (customer, number) in enumerate(zip(items.column("customer_id"), numbers, strict=True))
        if number not in hidden and (published.customers is None or customer in published.customers)
    ]
    keys = [numbers[at] if sequences[at] is None else f"{numbers[at]}#{sequences[at]}" for at in shown]
    unclear = _unclear(keys, shared_keys(ledger))
    if unclear:
        clear = [place for place, key in enumerate(keys) if key not in unclear]
        keys, shown = [keys[place] for place in clear], [shown[place] for place in clear]
    columns: dict[str, Sequence[Cell]] = {"key": list(keys)}
    for column in spec.columns:
        if column.key in items:
            columns[column.key] = _cells(items, column, shown, published)
    customers = [items.column("customer_id")[at] for at in shown]
    currencies = [items.column("currency")[at] for at in shown]
    credit = found["credit"]
    limits = dict(zip(credit.column("customer_id"), column_cells(credit, "available", language), strict=True))
    soon = _due_soon(items, column_cells(items, "open", language), as_of)
    promised = _last_promises(ledger, as_of)
    columns["available"] = [limits.get(customer) for customer in customers]
    columns["due_soon"] = [soon.get(place, Decimal(0)) for place in zip(customers, currencies, strict=True)]
    columns["last_promise"] = [
        None if day is None else from_day(day)
        for day in (
            promised.get((customer, numbers[at]), promised.get((customer, "")))
            for customer, at in zip(customers, shown, strict=True)
        )
    ]
    view = view_of(spec, language)
    told = (
        [finding("sheet_keys_alike", view.title(language), keys=some(sorted(unclear)), alike=sorted(unclear))]
        if unclear
        else []
    )
    return TabData(view, keys, columns, problems=told)


def _unclear(keys: Sequence[str], shared: Collection[str]) -> set[str]:
    """Keys that a look-up of the spreadsheet cannot tell apart: it takes no notice of capitals."""
    unclear = set(shared).intersection(keys)
    folded = list(map(str.casefold, keys))
    if len(set(folded)) < len(folded):
        times = Counter(folded)
        unclear.update(key for key, same in zip(keys, folded, strict=True) if times[same] > 1)
    return unclear


def _due_soon(items: Table, open_: Sequence[Any], as_of: int) -> dict[tuple[str, str], Decimal]:
    """Customer and currency -> what falls due from the as-of date to seven days later."""
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for customer, currency, due, amount in zip(
        items.column("customer_id"), items.column("currency"), items.column("due_date"), open_, strict=True
    ):
        if due is not None and as_of <= due <= as_of + SOON_DAYS and amount > 0:
            found[customer, currency] += amount
    return found


def _last_promises(ledger: Ledger, as_of: int) -> dict[tuple[str, str], int]:
    """Customer and document ("" for all of them) -> the day of the promise made last by the as-of date."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for customer, promises in ledger.records.promises.items():
        for at, promise in enumerate(promises):
            if promise.made <= as_of:
                place = (customer, promise.document)
                if place not in found or (promise.made, at) >= found[place][:2]:
                    found[place] = (promise.made, promise.pay_by)
    return {place: day for place, (_, day) in found.items()}


def _report(spec: TableSpec, table: Table, published: Published) -> TabData:
    """A published report; its rows of other people's customers are left out."""
    language, columns = published.language, view_columns(spec, table)
    customer = "customer_id" if "customer_id" in table else "key"
    wanted = published.customers
    shown = [at for at, one in enumerate(table.column(customer)) if wanted is None or one in wanted]
    cells: dict[str, Sequence[Cell]] = {}
    for column in columns:
        if column.published:
            cells[column.key] = _cells(table, column, shown, published)
    for key in spec.keys:
        cells[key] = ["" if value is None else value for value in cells[key]]
    keys = [row_key(*parts) for parts in zip(*(cells[key] for key in spec.keys), strict=True)]
    return TabData(view_of(spec, language, columns), keys, cells)


def _cells(table: Table, column: Column, shown: Sequence[int], published: Published) -> Sequence[Cell]:
    """A column of a report for the rows that are shown; long ones of amounts and dates stay numbers."""
    kind = table.kinds[table.header.index(column.key)] if column.key in table and table.kinds else ""
    values = table.column(column.key) if kind else ()
    if kind == "money" and isinstance(values, np.ndarray) and len(decimals := set(places(table, column.key))) == 1:
        return Amounts(values[list(shown)], decimals.pop())
    if kind == "day":
        return Days([None if values[at] is None else int(values[at]) + EPOCH - SERIAL_ZERO for at in shown])
    cells = column_cells(table, column.key, published.language, column)
    return _scrubbed(column, [cells[at] for at in shown], published)


def _scrubbed(column: Column, values: list[Any], published: Published) -> list[Cell]:
    """Texts without numbers that are nobody's business; ids of documents and customers stay as they are."""
    if column.kind != "text":
        return values
    clean = partial(published_text, phones=published.phones)
    return [clean(value) if isinstance(value, str) else value for value in values]


def _follow_up(data: TabData, published: Published) -> TabData:
    """The keys of the data, what the look-ups should show, and notes that come along from another spreadsheet."""
    spec, own = TABLES["follow_up"], published.customers is not None
    view = view_of(spec, published.language, own=own)
    columns: dict[str, Sequence[Cell]] = {"key": data.keys}
    for column in spec.columns:
        if column.lookup.startswith("google_data."):
            columns[column.key] = data.columns[column.key]
        elif column.owner == "user" and own:
            columns[column.key] = [published.seeds.get(key, _NONE).get(column.key) for key in data.keys]
    return TabData(view, data.keys, columns, published.overrides, taken(published.language), published.back)
