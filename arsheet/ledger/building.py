"""Builds the ledger from clean columns: ids interned once, lines sorted once, applications resolved to lines once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from arsheet.ledger.application import resolve
from arsheet.ledger.columns import Applications, Customers, Disputes, Documents, DueLines, Limits, Receipts
from arsheet.ledger.intern import Array, Index, as_column, texts_of
from arsheet.ledger.store import EXACT_FLOAT, Accounts, Ledger, Lines, SeveralLines
from arsheet.table import FAR_DAY, NO_DAY, ArsheetError, Problem

_NONE = np.zeros(0, np.int64)
MOST = 4e18
"""Sums of int64 minor units stay exact below this."""
NO_RECEIPTS = Receipts(ids=_NONE, customers=_NONE, dates=_NONE.astype(np.int32), amounts=_NONE)
NO_APPLICATIONS = Applications(sources=_NONE, documents=_NONE, amounts=_NONE)


def build(
    *,
    documents: Documents,
    customers: Customers | None = None,
    lines: DueLines | None = None,
    receipts: Receipts = NO_RECEIPTS,
    applications: Applications = NO_APPLICATIONS,
    disputes: Disputes | None = None,
    limits: Limits | None = None,
    base_currency: str = "CNY",
    currencies: tuple[str, ...] | None = None,
    rates: Mapping[str, Sequence[tuple[int, Decimal]]] | None = None,
    instalment_application: str = "due_order",
    problems: Sequence[Problem] = (),
) -> Ledger:
    """The ledger of these columns. Raises ArsheetError when a document or receipt number occurs twice.

    Applications that cannot stand (unknown source or document, more than is open) are problems of the ledger; what of
    them fits is kept.
    """
    found: list[Problem] = list(problems)
    document_index, receipt_index = Index(documents.ids), Index(receipts.ids)
    _refuse_duplicates("invoices", document_index, documents.ids)
    _refuse_duplicates("receipts", receipt_index, receipts.ids)

    customers, document_customer, receipt_customer = _customers(customers, documents, receipts, found)
    count = int(as_column(customers.ids).size)
    accounts, document_account, receipt_account = _accounts(
        count, document_customer, receipt_customer, documents, receipts
    )
    sorted_lines, several, line_of_document = _sorted_lines(documents, document_account, lines, document_index)
    uses, more = resolve(
        documents=documents,
        lines=sorted_lines,
        line_of_document=line_of_document,
        several=several,
        receipts=receipts,
        applications=applications,
        document_index=document_index,
        receipt_index=receipt_index,
        document_account=document_account,
        receipt_account=receipt_account,
        accounts=accounts,
    )
    found.extend(more)
    total = _within_range(sum(map(_most, (sorted_lines.amount, receipts.amounts, uses.reduces))))
    return Ledger(
        base_currency=base_currency,
        currencies=currencies or (base_currency,),
        customers=customers,
        customer_ids=tuple(texts_of(as_column(customers.ids))),
        documents=documents,
        document_ids=as_column(documents.ids),
        receipts=receipts,
        receipt_ids=as_column(receipts.ids),
        accounts=accounts,
        lines=sorted_lines,
        uses=uses,
        receipt_account=receipt_account,
        document_account=document_account,
        line_bounds=np.searchsorted(sorted_lines.account, np.arange(len(accounts) + 1)),
        several=several,
        disputes=disputes,
        limits=limits,
        rates=dict(rates or {}),
        instalment_application=instalment_application,
        exact_in_float=total < EXACT_FLOAT / 4,
        problems=tuple(found),
    )


def _within_range(total: float) -> float:
    """The total itself, or a refusal where int64 could not hold a sum."""
    if total >= MOST:
        raise ArsheetError(
            "amounts_exceed_the_ledger",
            "金额合计超过台账能精确表示的范围（约 4×10^18 分），请检查金额的单位",
            "the amounts add up to more than the ledger holds exactly (about 4e18 minor units); check their unit",
            facts={"total": f"{total:.3g}"},
        )
    return total


def _most(amounts: Array) -> float:
    """Not less than Σ |amounts|: a cheap bound where it is small, else the sum itself."""
    if not amounts.size:
        return 0.0
    bound = float(max(abs(int(amounts.min())), abs(int(amounts.max())))) * amounts.size
    return bound if bound < EXACT_FLOAT / 12 else float(np.abs(amounts.astype(np.float64)).sum())


def _refuse_duplicates(table: str, index: Index, ids: object) -> None:
    if index.duplicates.size:
        row = int(index.duplicates[0])
        text = texts_of(as_column(ids)[row : row + 1])[0]
        raise ArsheetError(
            "duplicate_id",
            f"{table} 中编号重复：{text}（第 {row + 1} 条）",
            f"duplicate number in {table}: {text} (record {row + 1})",
            exit_code=3,
            facts={"table": table, "id": text, "row": row},
        )


def _customers(
    customers: Customers | None, documents: Documents, receipts: Receipts, found: list[Problem]
) -> tuple[Customers, Array, Array]:
    """The customers sorted by id, with those that only documents or receipts name; and the codes of both."""
    known = customers or Customers(ids=np.zeros(0, "S8"))
    column = as_column(known.ids)
    of_documents, of_receipts = as_column(documents.customers), as_column(receipts.customers)
    if customers is None:
        column = _unique([of_documents, of_receipts])
        known = Customers(ids=column)
    else:
        column, known = _sorted(column, known)
    index = Index(column)
    if index.duplicates.size:
        _refuse_duplicates("customers", index, column)
    document_code, receipt_code = index.get(of_documents), index.get(of_receipts)
    if (document_code < 0).any() or (receipt_code < 0).any():
        extra = _unique([of_documents[document_code < 0], of_receipts[receipt_code < 0]])
        found.extend(
            Problem("customer_not_in_customers", "customers", facts={"customer_id": text}) for text in texts_of(extra)
        )
        known = _extended(known, column, extra)
        column, known = _sorted(as_column(known.ids), known)
        index = Index(column)
        document_code, receipt_code = index.get(of_documents), index.get(of_receipts)
    return known, document_code, receipt_code


def _unique(columns: list[Array]) -> Array:
    filled = [column for column in columns if column.size]
    if not filled:
        return np.zeros(0, "S8")
    if len({column.dtype.kind for column in filled}) > 1:
        filled = [as_column(texts_of(column)) for column in filled]
    return np.unique(np.concatenate(filled))


def _sorted(column: Array, customers: Customers) -> tuple[Array, Customers]:
    order = np.argsort(column, kind="stable")
    if bool((order == np.arange(order.size)).all()):
        return column, replace(customers, ids=column)
    rows = order.tolist()
    return column[order], Customers(
        ids=column[order],
        names=None if customers.names is None else [customers.names[row] for row in rows],
        dimensions={key: [values[row] for row in rows] for key, values in customers.dimensions.items()},
    )


def _extended(customers: Customers, column: Array, extra: Array) -> Customers:
    blanks = [""] * extra.size
    if column.dtype.kind != extra.dtype.kind and column.size:
        column, extra = as_column(texts_of(column)), as_column(texts_of(extra))
    return Customers(
        ids=np.concatenate([column, extra]) if column.size else extra,
        names=None if customers.names is None else [*customers.names, *blanks],
        dimensions={key: [*values, *blanks] for key, values in customers.dimensions.items()},
    )


def _accounts(
    customers: int, document_customer: Array, receipt_customer: Array, documents: Documents, receipts: Receipts
) -> tuple[Accounts, Array, Array]:
    """One account per customer and currency that occurs; one per customer while there is only the base currency."""
    if documents.currencies is None and receipts.currencies is None:
        zeros = np.zeros(customers, np.int32)
        return Accounts(np.arange(customers, dtype=np.int32), zeros), document_customer, receipt_customer
    width = 1 << 16
    of_documents = document_customer.astype(np.int64) * width
    of_receipts = receipt_customer.astype(np.int64) * width
    if documents.currencies is not None:
        of_documents = of_documents + documents.currencies
    if receipts.currencies is not None:
        of_receipts = of_receipts + receipts.currencies
    pairs, codes = np.unique(np.concatenate([of_documents, of_receipts]), return_inverse=True)
    codes = codes.astype(np.int32)
    accounts = Accounts((pairs // width).astype(np.int32), (pairs % width).astype(np.int32))
    return accounts, codes[: of_documents.size], codes[of_documents.size :]


def _sorted_lines(
    documents: Documents, account: Array, lines: DueLines | None, index: Index
) -> tuple[Lines, SeveralLines | None, Array]:
    """Lines in order, the documents with several of them, and the line of each document that has one (else -1)."""
    count = index.size
    if lines is None or not lines.documents.size:
        order, owner, due = _order(account, documents.due, index)
        line_of_document = np.empty(count, np.int32)
        line_of_document[order] = np.arange(count, dtype=np.int32)
        return (
            Lines(
                account=owner,
                document=order.astype(np.int32, copy=False),
                date=documents.dates[order].astype(np.int32, copy=False),
                due=due,
                amount=documents.amounts[order],
            ),
            None,
            line_of_document,
        )
    return _instalment_lines(documents, account, lines, index)


def _instalment_lines(
    documents: Documents, account: Array, lines: DueLines, index: Index
) -> tuple[Lines, SeveralLines | None, Array]:
    count = index.size
    per_document = np.bincount(lines.documents, minlength=count)
    whole = np.flatnonzero(per_document == 0)
    document = np.concatenate([whole, lines.documents]).astype(np.int32)
    due = np.concatenate([documents.due[whole], lines.due]).astype(np.int32)
    amount = np.concatenate([documents.amounts[whole], lines.amounts]).astype(np.int64)
    sequence = np.concatenate([np.zeros(whole.size, np.int32), lines.sequences]).astype(np.int32)
    triggered = _with_default(lines.triggered, whole.size, NO_DAY)
    retention = _with_default(lines.retention, whole.size, False)
    rank = np.empty(count, np.int64)
    rank[_by_id(index)] = np.arange(count)
    order = np.lexsort((sequence, rank[document], due, account[document]))
    document, due, amount, sequence = document[order], due[order], amount[order], sequence[order]
    several = per_document[document] > 1
    line_of_document = np.full(count, -1, np.int32)
    single = np.flatnonzero(~several)
    line_of_document[document[single]] = single
    grouped = np.flatnonzero(several)
    grouped = grouped[np.lexsort((sequence[grouped], due[grouped], document[grouped]))]
    starts = np.flatnonzero(np.r_[True, document[grouped][1:] != document[grouped][:-1]]) if grouped.size else grouped
    return (
        Lines(
            account=account[document],
            document=document,
            date=documents.dates[document].astype(np.int32),
            due=due,
            amount=amount,
            sequence=sequence,
            triggered=None if triggered is None else triggered[order],
            retention=None if retention is None else retention[order],
            several=several,
        ),
        SeveralLines(document[grouped][starts], starts, grouped.astype(np.int32)) if grouped.size else None,
        line_of_document,
    )


def _with_default(values: Array | None, count: int, default: int | bool) -> Array | None:
    if values is None:
        return None
    return np.concatenate([np.full(count, default, values.dtype), values])


def _by_id(index: Index) -> Array:
    """Rows in the order of their ids."""
    keys = index.numbers if index.numbers is not None else index.keys
    return np.argsort(keys, kind="stable")


def _order(account: Array, due: Array, index: Index) -> tuple[Array, Array, Array]:
    """Rows by (account, due date, id), with the account and due day of each place."""
    count = index.size
    if not count:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32)
    awaited = due == FAR_DAY
    some_awaited = bool(awaited.any())
    last = int(due.max() if not some_awaited else due.max(where=~awaited, initial=0))
    first = min(int(due.min()), last)
    days = (np.minimum(due, last + 1) if some_awaited else due).astype(np.int64) - first
    span = last - first + 2
    accounts = int(account.max()) + 1
    if index.low is not None and span <= _RADIX and accounts <= _RADIX:
        order = _by_counting(account, days, index)
    elif accounts.bit_length() + span.bit_length() + count.bit_length() <= 63:
        order = _by_packing(account, days, span.bit_length(), index)
    else:
        rank = np.empty(count, np.int64)
        rank[_by_id(index)] = np.arange(count)
        order = np.lexsort((rank, days, account))
    return order, account[order].astype(np.int32), due[order].astype(np.int32)


_RADIX = 1 << 16
"""numpy sorts 16-bit numbers stably by counting, in time proportional to their number."""


def _by_counting(account: Array, days: Array, index: Index) -> Array:
    """The address table holds the rows in the order of their ids; two stable counting sorts do the rest."""
    rows = index.table[index.table >= 0]
    rows = rows[np.argsort(days.astype(np.uint16)[rows], kind="stable")]
    return rows[np.argsort(account.astype(np.uint16)[rows], kind="stable")]


def _by_packing(account: Array, days: Array, day_bits: int, index: Index) -> Array:
    """Values packed into 63 bits are sorted, which beats sorting their positions; ties are put in order by id."""
    row_bits = index.size.bit_length()
    packed = (((account.astype(np.int64) << day_bits) | days) << row_bits) | np.arange(index.size)
    packed.sort()
    return _ties_by_id(packed & ((1 << row_bits) - 1), packed >> row_bits, index)


def _ties_by_id(order: Array, group: Array, index: Index) -> Array:
    """Rows of one account and due date put in the order of their ids; the others are in place already."""
    tied = np.flatnonzero(group[1:] == group[:-1])
    if not tied.size:
        return order
    member = np.zeros(order.size, bool)
    member[tied] = True
    member[tied + 1] = True
    places = np.flatnonzero(member)
    rows = order[places]
    if index.numbers is not None:
        inner = np.lexsort((index.numbers[rows], group[places]))
    else:
        words = index.words[rows].byteswap()  # big-endian words compare as the bytes do
        inner = np.lexsort((*(words[:, column] for column in range(words.shape[1] - 1, -1, -1)), group[places]))
    order[places] = rows[inner]
    return order
