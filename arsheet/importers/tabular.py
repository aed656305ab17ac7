"""Plan the import of a list with headers: customers, invoices, receipts, applications, limits, orders, openings.

Nothing is written here: the plan says what would be appended, what was found, and the figures a person confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from arsheet.importers import balances, checks, customers, movements, preparing, suspicion, trial, units
from arsheet.importers.comparing import Sorted, sort_rows
from arsheet.importers.derived import Derived, applications_of_receipts, currencies_of_documents, settlements
from arsheet.importers.formulas import told_once
from arsheet.importers.ledger_form import columns_of, is_trial_balance
from arsheet.importers.locate import Located, locate
from arsheet.importers.plan import Counts, ImportPlan, Preview
from arsheet.importers.working import DATES, Draft, kinds_of, rounded
from arsheet.ledger.assembly.rows import currency_code
from arsheet.schema.decode import decode
from arsheet.schema.headers import normalise
from arsheet.schema.model import Column, TableSpec
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.schema.tables.declare import CUSTOMER_NAME
from arsheet.table import ArsheetError, Grid, Problem, Table

KINDS: Mapping[str, str] = {
    "customers": "customers",
    "invoices": "invoices",
    "opening": "invoices",
    "receipts": "receipts",
    "applications": "applications",
    "instalments": "instalments",
    "limits": "limits",
    "orders": "orders",
}
"""What can be imported -> the table it goes to."""
_GENERATED = {"opening": frozenset(("document_no",)), "applications": frozenset(("application_id",))}


def plan_import(
    kind: str,
    grid: Grid,
    existing: Mapping[str, Table],
    *,
    settings: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    currency: str | None = None,
    source_name: str = "",
    swap_dates: Iterable[str] = (),
) -> ImportPlan:
    """What importing ``grid`` into the tables of a workbook (``existing``, typed, by key) would do.

    ``mapping``: header -> column key ("" ignores the header), over what the aliases say. ``currency``: of the rows that
    state none (else the base currency). ``swap_dates``: headers or keys of date columns whose day and month were
    swapped and are to be put right. ``settings``: texts by key; ``as_of`` as an ISO date dates openings without a date.

    ArsheetError: ``import_kind_unknown``, ``header_row_not_found``, ``header_not_in_file``, ``column_key_unknown``,
    ``currency_unknown``, ``date_column_not_in_file``.
    """
    chosen = dict(settings or {})
    spec, extra = TABLES[_target(kind)], columns_of(kind, _extra(_target(kind)))
    located = _located(grid, spec, extra, mapping or {})
    _no_trial_balance(kind, located)
    draft, headers, unknown = _draft(located, spec, extra, chosen, kind)
    checks.say_without_rows(draft, grid.sheet, located.header_row)
    swaps = _swap_keys(swap_dates, headers)
    suspicion.swap(draft, swaps)
    parents = trial.prepare(draft) if kind == "opening" else ()
    preparing.fill_amount(draft, kind)
    if kind == "invoices":
        movements.fill_openings(draft)
        balances.cross_check(draft, headers)
    elif kind == "opening":
        trial.check(draft)
    given = _code(currency)
    if given is None:
        units.take_currency(draft, located.raw, located.units, _money(located, spec, extra))
    preparing.fill_currency(draft, given)
    before = checks.due_before_document(draft)
    dates = [key for key in draft.mapped if draft.kinds[key] == "day" and key not in swaps]
    suspicion.say_suspicions(draft, sorted(dates, key=list(draft.columns).index), len(before))
    checks.say_due_before_document(draft, before)
    planned = _plan_rows(kind, draft, existing, chosen)
    preview = Preview(
        tables=planned.counts,
        headers=headers,
        unknown_headers=unknown,
        new_customers=tuple(planned.created.column("customer_id")) if planned.created is not None else (),
        settlements=planned.derived.sums,
        numbers_made=planned.numbers,
        header_row=located.header_row,
        total_rows=tuple(sorted((*located.totals, *parents))),
        footer_rows=located.footers,
        swapped=swaps,
        sheets=(grid.sheet,),
    )
    return ImportPlan(kind, source_name, draft.table(), planned.appended, tuple(draft.problems), preview)


@dataclass(frozen=True, slots=True)
class _Planned:
    created: Table | None
    derived: Derived
    numbers: int
    appended: tuple[Table, ...]
    counts: dict[str, Counts]


def _plan_rows(kind: str, draft: Draft, existing: Mapping[str, Table], settings: Mapping[str, str]) -> _Planned:
    """The steps from decoded cells to rows to append."""
    table = draft.spec.key
    preparing.fill_dates(draft, kind, settings)
    generated = _GENERATED.get(kind, frozenset())
    by_name = frozenset(("customer_id",)) if "customer_name" in draft.mapped or table == "customers" else frozenset()
    preparing.refuse_incomplete(draft, generated | by_name)
    created = _customers(kind, draft, existing)
    numbers = 0
    if kind == "opening":
        preparing.mark_opening(draft)
        numbers = preparing.number_openings(draft)
    elif kind == "invoices":
        numbers = preparing.number_openings(draft, draft.opening) if draft.opening else 0
        movements.say_openings(draft)
    elif kind == "applications":
        numbers = preparing.number_applications(draft)
    lines = ("document_no", "applied_amount") if table == "receipts" else ()
    received = movements.receipts_among(draft, existing)
    movements.name_credits(draft)
    found = sort_rows(draft, existing.get(table), lines=lines)
    derived = Derived()
    if table == "invoices":
        derived = settlements(draft, found, existing)
        if received.draft is not None:
            derived.receipts = received.draft.picked(received.found.new) if received.found.new else None
            derived.counts = {"receipts": _counts(received.draft, received.found, existing), **derived.counts}
        checks.say_open_amounts(draft)
        checks.say_terms(draft, existing.get("terms"), settings)
    elif table == "receipts":
        derived = applications_of_receipts(draft, found, existing)
    checks.say_decimals(draft)
    counts = {} if created is None else {"customers": Counts(rows_read=len(created), rows_new=len(created))}
    counts |= {table: _counts(draft, found, existing), **derived.counts}
    tables = (created, draft.picked(found.new) if found.new else None, derived.receipts, derived.applications)
    return _Planned(created, derived, numbers, tuple(each for each in tables if each is not None), counts)


def _customers(kind: str, draft: Draft, existing: Mapping[str, Table]) -> Table | None:
    """Fills in customer ids and returns the customers to create; a customers file names its own."""
    if kind == "customers":
        ids, names = draft.columns["customer_id"], draft.columns["name"]
        for row in draft.standing():
            if ids[row] is None:
                ids[row] = names[row]
        return None
    if "customer_id" not in draft.columns:
        return None
    created = customers.resolve(draft, existing.get("customers"))
    if any(column.key == "customer_id" and column.required for column in draft.spec.columns):
        for row in draft.standing():
            if draft.columns["customer_id"][row] is None:
                draft.refuse(row, "row_without_required_value", "customer_id", read="")
    return created


def _no_trial_balance(kind: str, located: Located) -> None:
    """A trial balance has no documents: it is imported as opening."""
    keys = set(located.match.mapping)
    if kind != "invoices" or not is_trial_balance(located.raw.header) or {"document_no", "document_date"} & keys:
        return
    raise ArsheetError(
        "trial_balance_is_opening",
        "这是科目余额表（有期初和期末余额，没有单据）；请按期初导入：arsheet import opening",
        "This is a trial balance (opening and closing balances, no documents); import it as opening items",
        facts={"sheet": located.raw.place.sheet if located.raw.place is not None else ""},
    )


def _target(kind: str) -> str:
    if kind not in KINDS:
        raise ArsheetError(
            "import_kind_unknown",
            f"不能导入“{kind}”；可以导入：{'、'.join(KINDS)}",
            f"cannot import {kind!r}; it is one of {', '.join(KINDS)}",
            exit_code=2,
            facts={"read": kind, "allowed": list(KINDS)},
        )
    return KINDS[kind]


def _extra(table: str) -> tuple[Column, ...]:
    """The columns that a file may have beside those of the table."""
    extra = IMPORT_COLUMNS.get(table, ())
    if table in ("limits", "orders"):
        extra = (*extra, CUSTOMER_NAME)
    return extra


def _located(grid: Grid, spec: TableSpec, extra: tuple[Column, ...], mapping: Mapping[str, str]) -> Located:
    """The table in the grid, with the caller's headers checked."""
    columns = (*spec.columns, *extra)
    keys = {column.key for column in columns}
    for header, key in mapping.items():
        if key and key not in keys:
            zh, en = "、".join(each.zh for each in columns), ", ".join(each.en for each in columns)
            raise ArsheetError(
                "column_key_unknown",
                f"--map {header}={key}：{spec.zh}没有“{key}”这一列；可用：{zh}",
                f"--map {header}={key}: {spec.en} has no column {key!r}; it has {en}",
                exit_code=2,
                facts={"header": header, "read": key},
            )
    located = locate(grid, spec, extra=extra, overrides=mapping)
    present = {normalise(text) for text in located.raw.header}
    for header in mapping:
        if normalise(header) not in present:
            raise ArsheetError(
                "header_not_in_file",
                f"--map：文件中没有表头“{header}”；有：{'、'.join(filter(None, located.raw.header))}",
                f"--map: the file has no header {header!r}; it has {', '.join(filter(None, located.raw.header))}",
                exit_code=2,
                facts={"header": header},
            )
    return located


def _draft(
    located: Located, spec: TableSpec, extra: tuple[Column, ...], settings: Mapping[str, str], kind: str
) -> tuple[Draft, dict[str, str], tuple[str, ...]]:
    """The decoded rows, header -> key, and the headers not known."""
    mapping = dict(located.match.mapping)
    if "customer_name" in {column.key for column in extra}:
        mapping = preparing.names_only(mapping, located.match, located.raw.header)
    scaled = units.scaled(located.raw, located.units, _money(located, spec, extra), spec.key)
    decoded = decode(scaled.raw, spec, mapping, extra=extra)
    assert decoded.table.place is not None
    draft = Draft(
        spec,
        {key: list(column) for key, column in zip(decoded.table.header, decoded.table.columns, strict=True)},
        decoded.table.place,
        kinds_of((*spec.columns, *extra)),
        set(mapping),
        settings.get("base_currency") or "CNY",
    )
    preparing.keep_spellings(draft, located.raw, mapping)
    draft.problems.extend((*located.problems, *scaled.problems))
    draft.refused.update(row for row, sheet_row in enumerate(draft.place.rows) if sheet_row in scaled.refused)
    told = told_once(decoded.problems, tuple(draft.columns), draft.place)
    draft.problems.extend(problem for problem in told if not _is_filled_in(problem, mapping, kind))
    draft.complained = {(each.row, each.column) for each in decoded.problems if each.row is not None}
    if kind == "invoices":
        movements.find_openings(draft, located.raw, mapping)
    return draft, {located.raw.header[at]: key for key, at in mapping.items()}, decoded.unknown_headers


def _money(located: Located, spec: TableSpec, extra: tuple[Column, ...]) -> dict[str, int]:
    """The columns of amounts by key, first the one that says what a document comes to."""
    kinds = {column.key: column.kind for column in (*spec.columns, *extra)}
    found = {key: at for key, at in located.match.mapping.items() if kinds[key] == "money"}
    return {key: found[key] for key in sorted(found, key=lambda key: (*units.FIRST, key).index(key))}


def _is_filled_in(problem: Problem, mapping: Mapping[str, int], kind: str) -> bool:
    """Whether the column that is missing is one the import fills in from others."""
    if problem.code != "column_missing":
        return False
    sources = {
        "customer_id": ("customer_name", "name", "account_name"),
        "amount": ("open_amount", "debit", "credit", "closing_debit", "closing_credit", "opening_balance"),
        "document_date": ("due_date", "customer_id", "customer_name", "account_name")
        if kind == "opening"
        else ("due_date",),
    }
    if problem.column in _GENERATED.get(kind, ()):
        return True
    return any(key in mapping for key in sources.get(problem.column, ()))


def _code(currency: str | None) -> str | None:
    if not currency:
        return None
    code = currency_code(currency, "")
    if not code:
        raise ArsheetError(
            "currency_unknown",
            f"币种“{currency}”无法识别；请用三位代码，例如 USD",
            f"the currency {currency!r} is not known; use a three-letter code such as USD",
            exit_code=2,
            facts={"read": currency},
        )
    return code


def _swap_keys(columns: Iterable[str], headers: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of columns named by header or key."""
    by_name = {normalise(header): key for header, key in headers.items()} | {key: key for key in headers.values()}
    kinds = {column.key: column.kind for table in TABLES.values() for column in table.columns} | {"settled_on": "date"}
    found = []
    for name in columns:
        key = by_name.get(name) or by_name.get(normalise(name))
        if key is None or kinds.get(key) != "date":
            raise ArsheetError(
                "date_column_not_in_file",
                f"--swap-dates：文件中没有日期列“{name}”",
                f"--swap-dates: the file has no date column {name!r}",
                exit_code=2,
                facts={"read": name},
            )
        found.append(key)
    return tuple(dict.fromkeys(found))


def _counts(draft: Draft, found: Sorted, existing: Mapping[str, Table]) -> Counts:
    """The figures of the file's own table."""
    amounts: list[Decimal | None] = draft.column("amount")
    currencies = _currencies(draft, existing)
    kinds = draft.column("kind") if "kind" in draft.columns else [None] * len(draft)

    def total(rows: Iterable[int], *, exact: bool = False) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for row in rows:
            amount = amounts[row]
            if amount is not None:
                value = amount if exact else rounded(_signed(amount, kinds[row]), currencies[row])
                sums[currencies[row]] = sums.get(currencies[row], Decimal(0)) + value
        return dict(sorted(sums.items()))

    dates = draft.column(DATES[draft.spec.key]) if draft.spec.key in DATES else []
    days = [day for row, day in enumerate(dates) if day is not None and row not in draft.taken]
    repeated = set(found.repeated)
    everything = [row for row in range(len(draft)) if row not in draft.taken]
    return Counts(
        rows_read=len(everything),
        rows_new=len(found.new),
        rows_known=len(found.known),
        rows_different=len(found.different),
        rows_repeated=len(found.repeated),
        rows_refused=len(draft.refused),
        rows_unreadable=sum(amounts[row] is None for row in draft.refused),
        sum_read=total(everything, exact=True),
        sum_new=total(found.new),
        sum_known=total(found.known),
        sum_different=total(found.different),
        sum_unrepeated=total(row for row in everything if row not in repeated),
        sum_refused=total(draft.refused),
        earliest=min(days, default=None),
        latest=max(days, default=None),
    )


def _signed(amount: Decimal, kind: object) -> Decimal:
    """The amount as the ledger will hold it: credit notes, write-offs and refunds are negative, typed either way."""
    return -abs(amount) if kind in ("credit_note", "write_off", "refund") else amount


def _currencies(draft: Draft, existing: Mapping[str, Table]) -> list[str]:
    """The currency of each row; of instalments and applications that of their document."""
    if "currency" in draft.columns:
        return [draft.currency(row) or str(draft.columns["currency"][row]) for row in range(len(draft))]
    if "document_no" not in draft.columns:
        return [draft.base] * len(draft)
    of_document = currencies_of_documents(existing, draft.base)
    return [of_document.get(number, draft.base) for number in draft.columns["document_no"]]
