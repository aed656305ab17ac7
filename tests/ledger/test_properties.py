"""Random ledgers: the columnar results are those of the slow oracle, and the invariants of the reports hold."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.account import account
from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.assembly import assemble
from arsheet.ledger.balance import balances
from arsheet.ledger.items import open_items
from arsheet.ledger.outlook import END, outlook
from arsheet.ledger.replay import applied, replay
from arsheet.ledger.store import Ledger
from arsheet.ledger.tie import totals
from arsheet.table import FAR_DAY, Table
from tests.oracle import Oracle
from tests.oracle_book import Application, Book, Dispute, Document, Part, Receipt

CUSTOMERS, CURRENCIES = ("C1", "C2", "C3"), ("CNY", "USD")
DAYS = st.integers(20_000, 20_200)
AS_OF = st.integers(19_990, 20_230)
AMOUNTS = st.integers(1, 20_000)
POLICIES = st.fixed_dictionaries(
    {
        "basis": st.sampled_from(("due", "invoice", "delivery", "original")),
        "edges": st.sampled_from(((30, 60, 90), (7,), (1, 2, 150), None)),
        "not_due": st.sampled_from(("own", "merge")),
        "credit_mode": st.sampled_from(("apply", "column", "own_date", "fifo")),
        "unapplied": st.sampled_from(("column", "fifo")),
        "years_step": st.sampled_from(("calendar", "365")),
    }
)


@st.composite
def parts(draw: st.DrawFn, date: int, amount: int) -> tuple[Part, ...]:
    """No instalments, or one to four that add up to the amount; the last may be below zero."""
    count = draw(st.integers(0, 4))
    made, left = [], amount
    for sequence in range(1, count + 1):
        own = left if sequence == count else draw(st.integers(0, 12_000)) * (1 if amount > 0 else -1)
        left -= own
        triggered = draw(st.sampled_from((None, None, FAR_DAY, date + draw(st.integers(0, 90)))))
        due = FAR_DAY if triggered == FAR_DAY else date + draw(st.integers(0, 120))
        made.append(Part(sequence, due, own, triggered))
    return tuple(made)


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    made: list[Document] = []
    for number in range(draw(st.integers(1, 7))):
        date, customer, currency = draw(DAYS), draw(st.sampled_from(CUSTOMERS)), draw(st.sampled_from(CURRENCIES))
        is_note = number > 0 and draw(st.integers(0, 3)) == 0
        amount = draw(AMOUNTS) * (-1 if is_note else 1)
        original = None
        if is_note and draw(st.booleans()):
            debits = [other for other in made if other.amount > 0]
            if debits:
                target = draw(st.sampled_from(debits))
                original, customer, currency = target.id, target.customer, target.currency
        made.append(
            Document(
                f"D{number}",
                customer,
                currency,
                date,
                date + draw(st.integers(0, 90)),
                amount,
                draw(parts(date, amount)) if not is_note or draw(st.integers(0, 3)) == 0 else (),
                original,
                draw(st.none() | st.integers(date, date + 40)),
                draw(st.none() | st.integers(date - 900, date)) if not is_note else None,
            )
        )
    return made


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Customers in two currencies, future documents, notes, instalments, refunds, late and reversed applications."""
    papers = draw(documents())
    money = []
    for number in range(draw(st.integers(0, 5))):
        date = draw(DAYS)
        amount = draw(AMOUNTS) * draw(st.sampled_from((1, 1, 1, 1, -1)))
        customer, currency = draw(st.sampled_from(CUSTOMERS)), draw(st.sampled_from(CURRENCIES))
        booked = draw(st.none() | st.integers(date, date + 30))
        money.append(Receipt(f"R{number}", customer, currency, date, amount, booked))
    uses = [draw(applications(papers, money)) for _ in range(draw(st.integers(0, 7)))] if money else []
    quarrels = []
    for _ in range(draw(st.integers(0, 2))):
        opened = draw(DAYS)
        closed = draw(st.none() | st.integers(opened, opened + 60))
        quarrels.append(
            Dispute(draw(st.sampled_from(papers)).id, opened, closed, draw(st.none() | st.integers(1, 5000)))
        )
    mode = draw(st.sampled_from(("due_order", "prorata")))
    return Book(tuple(papers), tuple(money), tuple(one for one in uses if one), tuple(quarrels), mode)


@st.composite
def applications(draw: st.DrawFn, papers: list[Document], money: list[Receipt]) -> Application | None:
    source: Any = draw(st.sampled_from([*money, *(paper for paper in papers if paper.amount < 0)]))
    fitting = [paper for paper in papers if paper.currency == source.currency and paper.id != source.id]
    if isinstance(source, Document):
        fitting = [paper for paper in fitting if paper.amount > 0]
    elif source.amount < 0:
        fitting = [paper for paper in fitting if paper.amount < 0]
    if not fitting:
        return None
    target = draw(st.sampled_from(fitting))
    day = max(source.date, target.date)
    if isinstance(source, Receipt) and target.amount < 0 and target.date > source.date:
        return None  # money is taken from a credit note that exists
    plain = target.amount < 0
    booked = draw(st.none() | st.integers(day, day + 40))
    known = getattr(source, "booked", None)
    return Application(
        source.id,
        target.id,
        draw(AMOUNTS) * (1 if target.amount > 0 else -1),
        0 if plain else draw(st.sampled_from((0, 0, 150))),
        0 if plain else draw(st.sampled_from((0, 0, 99))),
        draw(st.integers(0, 4)) if target.parts and not plain else 0,
        None if plain else draw(st.none() | st.integers(day - 20, day + 40)),
        draw(st.none() | st.integers(day, day + 90)),
        booked if booked is None or known is None else max(booked, known),
    )


def tables(book: Book) -> dict[str, Table]:
    """The book as the typed tables of a workbook."""

    def money(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-2)

    def kind(paper: Document) -> str:
        return "credit_note" if paper.amount < 0 else "invoice" if paper.base_date is None else "opening"

    invoices = [
        (
            paper.id,
            kind(paper),
            paper.customer,
            paper.currency,
            paper.date,
            paper.due,
            money(paper.amount),
            paper.original,
            paper.delivered,
            paper.base_date,
        )
        for paper in book.documents
    ]
    instalments = [
        (
            paper.id,
            part.sequence,
            None if part.due == FAR_DAY else part.due,
            money(part.amount),
            None if part.triggered is None else "验收",
            None if part.triggered == FAR_DAY else part.triggered,
        )
        for paper in book.documents
        for part in paper.parts
    ]
    receipts = [(one.id, one.customer, one.currency, one.date, money(one.amount), one.booked) for one in book.receipts]
    uses = [
        (
            one.source,
            one.document,
            one.sequence or None,
            one.date,
            *(money(value) for value in (one.amount, one.discount, one.difference)),
            one.reversed_on,
            one.booked,
        )
        for one in book.applications
    ]
    quarrels = [
        (one.document, None if one.amount is None else money(one.amount), one.opened, one.closed)
        for one in book.disputes
    ]
    headers = {
        "invoices": "document_no kind customer_id currency document_date due_date amount original_document "
        "delivered_on base_date",
        "instalments": "document_no sequence due_date amount event happened_on",
        "receipts": "receipt_no customer_id currency date amount booked_at",
        "applications": "source_no document_no sequence date amount discount difference reversed_on booked_at",
        "disputes": "document_no amount opened closed",
    }
    rows = [invoices, instalments, receipts, uses, quarrels]
    return {
        name: Table(name, tuple(keys.split()), tuple([row[at] for row in values] for at in range(len(keys.split()))))
        for (name, keys), values in zip(headers.items(), rows, strict=True)
    }


def build(book: Book) -> Ledger:
    return assemble(tables(book), {"instalment_application": book.instalment_application}).ledger


def key(ledger: Ledger, line: int) -> tuple[str, int]:
    sequence = ledger.lines.sequence
    return ledger.document_id(int(ledger.lines.document[line])), 0 if sequence is None else int(sequence[line])


def policy(chosen: dict[str, Any], known_at: int | None = None) -> AgingPolicy:
    edges = chosen["edges"]
    return AgingPolicy(
        buckets="years" if edges is None else ",".join(map(str, edges)),
        known_at=known_at,
        **{name: value for name, value in chosen.items() if name != "edges"},
    )


def aged(ledger: Ledger, as_of: int, chosen: AgingPolicy) -> dict[tuple[str, str], dict[str, int]]:
    left_out = ("key", "name", "currency", "not_due_memo")
    return {
        (record["key"], record["currency"]): {
            name: int(value) for name, value in record.items() if name not in left_out
        }
        for record in aging(ledger, as_of, chosen).records()
    }


@settings(max_examples=250, deadline=None)
@given(books(), AS_OF, st.none() | AS_OF)
def test_replay_is_the_oracle(book: Book, as_of: int, known_at: int | None) -> None:
    ledger, oracle = build(book), Oracle(book)
    state, parts_ = replay(ledger, as_of, known_at), applied(ledger, as_of, known_at)
    opens, taken = oracle.open(as_of, known_at), oracle.taken(as_of, known_at)
    for line in range(len(ledger.lines)):
        name = key(ledger, line)
        assert int(state.open[line]) == opens.get(name, 0)
        if name in taken:
            assert (int(parts_.receipts[line]), int(parts_.notes[line])) == taken[name]
    free = {ledger.receipt_id(row): value for row, value in enumerate(state.free.tolist())}
    assert free == oracle.free(as_of, known_at)


@settings(max_examples=250, deadline=None)
@given(books(), AS_OF, st.none() | AS_OF, POLICIES)
def test_aging_is_the_oracle_and_adds_up(book: Book, as_of: int, known_at: int | None, chosen: dict[str, Any]) -> None:
    ledger = build(book)
    found = aged(ledger, as_of, policy(chosen, known_at))
    assert found == Oracle(book).aging(as_of, known_at=known_at, **chosen)
    buckets = aging(ledger, as_of, policy(chosen, known_at)).facts["buckets"]
    for row in found.values():
        assert sum(row[name] for name in buckets) == row["total"]
        assert row["total"] + row["unapplied"] == row["net"]
    whole = {record["currency"]: record for record in totals(ledger, as_of, policy(chosen, known_at)).records()}
    for currency, record in whole.items():
        rows = [row for (_, own), row in found.items() if own == currency]
        assert int(record["open"]) == sum(row["total"] for row in rows)
        assert int(record["net"]) == sum(row["net"] for row in rows)


@settings(max_examples=200, deadline=None)
@given(books(), AS_OF)
def test_balances_and_the_account_are_the_oracle(book: Book, as_of: int) -> None:
    ledger, oracle = build(book), Oracle(book)
    wanted = oracle.balances(as_of)
    nets: dict[tuple[str, str], int] = defaultdict(int)
    for record in balances(ledger, as_of).records():
        own = (record["customer_id"], record["currency"])
        nets[own] = int(record["net"])
        for name in ("gross", "unapplied", "net", "overdue", "overdue_count", "invoiced", "received", "credited"):
            assert int(record[name]) == wanted[own][name], name
        assert (record["oldest_days"] or 0) == wanted[own]["oldest_days"]
    running = oracle.running(as_of)
    for code, customer in enumerate(ledger.customer_ids):
        for table in account(ledger, code, as_of - 40, as_of):
            closing = int(table.facts["closing"])
            assert closing == running.get((customer, str(table.facts["currency"])), 0)
            assert closing == nets[customer, str(table.facts["currency"])]


@settings(max_examples=150, deadline=None)
@given(books(), AS_OF, POLICIES)
def test_open_items_use_the_same_buckets(book: Book, as_of: int, chosen: dict[str, Any]) -> None:
    ledger = build(book)
    own = policy(chosen | {"credit_mode": "own_date", "unapplied": "column"})
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for record in open_items(ledger, as_of, own).records():
        assert int(record["amount"]) - int(record["received"]) - int(record["credited"]) == int(record["open"])
        sums[record["customer_id"], record["currency"], record["bucket"]] += int(record["open"])
    report = aging(ledger, as_of, own)
    for record in report.records():
        for bucket in report.facts["buckets"]:
            assert int(record[bucket]) == sums[record["key"], record["currency"], bucket]


@settings(max_examples=120, deadline=None)
@given(books(), AS_OF, POLICIES, st.integers(0, 2**32))
def test_the_order_of_unrelated_rows_does_not_matter(book: Book, as_of: int, chosen: dict[str, Any], seed: int) -> None:
    """Documents and receipts in any order; applications keep theirs, which decides between those of one day."""
    shuffled = replace(
        book,
        documents=tuple(random.Random(seed).sample(book.documents, len(book.documents))),
        receipts=tuple(random.Random(seed + 1).sample(book.receipts, len(book.receipts))),
    )
    original = [paper.id for paper in book.documents if paper.original]
    kept = [paper.id for paper in shuffled.documents if paper.original]
    one, other = build(book), build(shuffled)
    if original == kept:  # of two notes linked to one document and dated alike the first row goes first
        assert aged(one, as_of, policy(chosen)) == aged(other, as_of, policy(chosen))
        assert open_items(one, as_of).records() == open_items(other, as_of).records()


@settings(max_examples=120, deadline=None)
@given(books(), AS_OF, POLICIES)
def test_parted_by_customer_and_put_together_is_the_whole(book: Book, as_of: int, chosen: dict[str, Any]) -> None:
    owner = {paper.id: paper.customer for paper in book.documents}
    payer = owner | {one.id: one.customer for one in book.receipts}
    own = tuple(one for one in book.applications if payer[one.source] == owner[one.document])
    whole = replace(book, applications=own)
    together: dict[tuple[str, str], dict[str, int]] = {}
    for customer in CUSTOMERS:
        part = replace(
            whole,
            documents=tuple(paper for paper in book.documents if paper.customer == customer),
            receipts=tuple(one for one in book.receipts if one.customer == customer),
            applications=tuple(one for one in own if owner[one.document] == customer),
            disputes=tuple(one for one in book.disputes if owner[one.document] == customer),
        )
        together |= aged(build(part), as_of, policy(chosen))
    assert together == aged(build(whole), as_of, policy(chosen))


@settings(max_examples=150, deadline=None)
@given(books(), AS_OF, POLICIES)
def test_what_is_dated_later_changes_nothing_earlier(book: Book, as_of: int, chosen: dict[str, Any]) -> None:
    there = {paper.id for paper in book.documents if paper.date <= as_of}
    there |= {one.id for one in book.receipts if one.date <= as_of}
    oracle = Oracle(book)
    earlier = replace(
        book,
        documents=tuple(_as_known(paper, as_of) for paper in book.documents if paper.id in there),
        receipts=tuple(one for one in book.receipts if one.id in there),
        applications=tuple(
            replace(one, reversed_on=one.reversed_on if (one.reversed_on or FAR_DAY) <= as_of else None)
            for one in book.applications
            if {one.source, one.document} <= there and oracle._day(one) <= as_of
        ),
        disputes=tuple(one for one in book.disputes if one.document in there and one.opened <= as_of),
    )
    by_hand = {(one.source, one.document) for one in book.applications}
    if by_hand == {(one.source, one.document) for one in earlier.applications} or not any(
        paper.original for paper in book.documents
    ):  # what is used of a linked note by hand, whenever that is, is no longer taken off its document by itself
        assert aged(build(book), as_of, policy(chosen)) == aged(build(earlier), as_of, policy(chosen))


def _as_known(paper: Document, as_of: int) -> Document:
    return replace(
        paper,
        parts=tuple(
            replace(part, due=FAR_DAY, triggered=FAR_DAY)
            if part.triggered is not None and part.triggered > as_of
            else part
            for part in paper.parts
        ),
    )


@settings(max_examples=100, deadline=None)
@given(books(), AS_OF, POLICIES)
def test_by_another_dimension_the_sums_are_the_same(book: Book, as_of: int, chosen: dict[str, Any]) -> None:
    ledger = build(book)
    names = (*aging(ledger, as_of, policy(chosen)).facts["buckets"], "total", "unapplied", "net", "disputed", "pending")
    sums: list[dict[tuple[str, str], int]] = []
    for by in ("customer", "salesperson", "currency"):
        found: dict[tuple[str, str], int] = defaultdict(int)
        for record in aging(ledger, as_of, policy(chosen), by).records():
            for name in names:
                found[record["currency"], name] += int(record[name])
        sums.append({key: value for key, value in found.items() if value})
    assert sums[0] == sums[1] == sums[2]


@settings(max_examples=100, deadline=None)
@given(books(), AS_OF)
def test_open_less_what_comes_later_is_what_remains(book: Book, as_of: int) -> None:
    ledger = build(book)
    last = replay(ledger, END)
    records = outlook(ledger, as_of).records()
    for line, record in enumerate(records[: len(ledger.lines)]):
        assert record["open"] - record["future"] == record["remaining"]
        if int(ledger.lines.date[line]) <= as_of:
            assert record["remaining"] == int(last.open[line])
