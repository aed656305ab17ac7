"""Several sheets of one file in one import: a sheet a month with the same headers, planned one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from arsheet.importers.ledger_form import columns_of
from arsheet.importers.locate import header_of
from arsheet.importers.plan import Counts, ImportPlan, Preview, merged
from arsheet.importers.tabular import KINDS
from arsheet.schema.headers import normalise
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.table import Grid, Place, Table


def alike(kind: str, grids: Sequence[Grid]) -> tuple[list[Grid], list[str]]:
    """The grids to import, in their order, and the sheets left out that could be read as this table too.

    The sheet that names most columns says which headers; every sheet with just these headers goes with it.
    """
    spec = TABLES[KINDS[kind]]
    extra = columns_of(kind, IMPORT_COLUMNS.get(spec.key, ()))
    found = [header_of(grid, spec, extra) for grid in grids]
    best = max(range(len(grids)), key=lambda at: len(found[at][1]))
    if not found[best][1]:
        return [grids[best]], []
    same = {normalise(text) for text in found[best][0] if text}
    chosen, left = [], []
    for at, (grid, (texts, keys)) in enumerate(zip(grids, found, strict=True)):
        if at == best or (keys and {normalise(text) for text in texts if text} == same):
            chosen.append(grid)
        elif keys:
            left.append(grid.sheet)
    return chosen, left


def plan_each(
    grids: Iterable[Grid], existing: Mapping[str, Table], plan: Callable[[Grid, Mapping[str, Table]], ImportPlan]
) -> list[ImportPlan]:
    """A plan a sheet; each counts the rows of the sheets before it as known."""
    plans: list[ImportPlan] = []
    tables = dict(existing)
    parts = {name: (table,) for name, table in existing.items()}
    for grid in grids:
        made = plan(grid, tables)
        plans.append(made)
        tables = merged(tables, made)
        for added in made.appended:
            parts[added.name] = (*parts.get(added.name, ()), added)
            tables[added.name] = replace(tables[added.name], facts={"parts": parts[added.name]})
    return plans


def joined(plans: Sequence[ImportPlan], left: Sequence[str] = ()) -> ImportPlan:
    """One plan of several, for writing and for its preview; the cells of its problems are those of each plan."""
    first = plans[0]
    if len(plans) == 1:
        return replace(first, preview=replace(first.preview, sheets_left=tuple(left)))
    appended: dict[str, Table] = {}
    for plan in plans:
        for table in plan.appended:
            appended[table.name] = _under(appended[table.name], table) if table.name in appended else table
    order = {name: at for at, name in enumerate(("customers", *sorted({plan.source.name for plan in plans})))}
    tables = sorted(appended.values(), key=lambda table: order.get(table.name, len(order)))
    problems = tuple(problem for plan in plans for problem in plan.problems)
    return replace(first, appended=tuple(tables), problems=problems, preview=_preview(plans, left))


def _under(above: Table, below: Table) -> Table:
    """Two tables of one declaration as one."""
    columns = tuple([*first, *second] for first, second in zip(above.columns, below.columns, strict=True))
    place = None
    if above.place is not None and below.place is not None:
        place = Place(above.place.sheet, [*above.place.rows, *below.place.rows], above.place.columns)
    return replace(above, columns=columns, place=place)


def _preview(plans: Sequence[ImportPlan], left: Sequence[str]) -> Preview:
    previews = [plan.preview for plan in plans]
    tables: dict[str, Counts] = {}
    settlements: dict[str, tuple[int, Decimal]] = {}
    for each in previews:
        for name, counts in each.tables.items():
            tables[name] = _added(tables[name], counts) if name in tables else counts
        for currency, (count, total) in each.settlements.items():
            known = settlements.get(currency, (0, Decimal(0)))
            settlements[currency] = (known[0] + count, known[1] + total)
    return replace(
        previews[0],
        tables=tables,
        headers={header: key for each in previews for header, key in each.headers.items()},
        unknown_headers=tuple(dict.fromkeys(text for each in previews for text in each.unknown_headers)),
        new_customers=tuple(text for each in previews for text in each.new_customers),
        settlements=settlements,
        numbers_made=sum(each.numbers_made for each in previews),
        total_rows=tuple(row for each in previews for row in each.total_rows),
        footer_rows=tuple(row for each in previews for row in each.footer_rows),
        sheets=tuple(name for each in previews for name in each.sheets),
        sheets_left=tuple(left),
    )


def _added(first: Counts, second: Counts) -> Counts:
    """The figures of two sheets together."""
    out: dict[str, Any] = {}
    for each in fields(Counts):
        one, two = getattr(first, each.name), getattr(second, each.name)
        if each.name.startswith("rows_"):
            out[each.name] = one + two
        elif each.name.startswith("sum_"):
            names = sorted({*one, *two})
            out[each.name] = {name: one.get(name, Decimal(0)) + two.get(name, Decimal(0)) for name in names}
        else:
            known = [day for day in (one, two) if day is not None]
            out[each.name] = (min if each.name == "earliest" else max)(known) if known else None
    return Counts(**out)
