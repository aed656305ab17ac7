"""The same aging in SQL: 200,000 generated invoices, receipts and applications, and DuckDB beside the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.building import build
from arsheet.ledger.columns import Applications, Documents, Receipts
from arsheet.ledger.replay import replay
from arsheet.ledger.store import Ledger
from arsheet.table import FAR_DAY

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pytestmark = pytest.mark.slow

INVOICES, CUSTOMERS, RECEIPTS, FIRST, AS_OF = 200_000, 4_000, 90_000, 19_000, 20_000


@dataclass(frozen=True)
class Generated:
    """The columns, as the ledger and as tables of SQL."""

    ledger: Ledger
    sql: Any


@pytest.fixture(scope="module")
def generated() -> Generated:
    """Receipts are split over invoices so that no document and no receipt is used beyond what it is."""
    rng = np.random.default_rng(20_250_630)
    customer = rng.integers(0, CUSTOMERS, INVOICES)
    date = rng.integers(FIRST, AS_OF + 60, INVOICES).astype(np.int32)
    due = (date + rng.choice([0, 30, 45, 60, 90], INVOICES)).astype(np.int32)
    amount = rng.integers(100, 5_000_000, INVOICES).astype(np.int64)
    document = rng.permutation(INVOICES)[: INVOICES * 3 // 5]
    receipt = rng.integers(0, RECEIPTS, document.size)
    part = (amount[document] * rng.choice([0.25, 0.5, 1.0], document.size)).astype(np.int64)
    discount = np.where(rng.random(document.size) < 0.05, np.minimum(amount[document] - part, 150), 0)
    receipt_date = rng.integers(FIRST, AS_OF + 90, RECEIPTS).astype(np.int32)
    receipt_amount = np.bincount(receipt, part, RECEIPTS).astype(np.int64) + rng.integers(0, 2, RECEIPTS) * 12_345
    payer = rng.integers(0, CUSTOMERS, RECEIPTS)
    reversed_on = np.where(rng.random(document.size) < 0.03, AS_OF - rng.integers(-50, 200, document.size), FAR_DAY)
    ledger = build(
        documents=Documents(ids=np.arange(INVOICES), customers=customer, dates=date, due=due, amounts=amount),
        receipts=Receipts(ids=np.arange(RECEIPTS), customers=payer, dates=receipt_date, amounts=receipt_amount),
        applications=Applications(
            sources=receipt, documents=document, amounts=part, discounts=discount, reversed_on=reversed_on
        ),
    )
    assert ledger.problems == ()
    sql = duckdb.connect()
    _register(sql, "invoices", id=np.arange(INVOICES), customer=customer, date=date, due=due, amount=amount)
    _register(sql, "receipts", id=np.arange(RECEIPTS), customer=payer, date=receipt_date, amount=receipt_amount)
    _register(sql, "uses", receipt=receipt, invoice=document, amount=part, discount=discount, reversed_on=reversed_on)
    sql.execute(
        f"""
        create table live as
        select u.* from uses u join invoices i on i.id = u.invoice join receipts r on r.id = u.receipt
        where greatest(i.date, r.date) <= {AS_OF} and u.reversed_on > {AS_OF};
        create table opens as
        select i.id, i.customer, i.due, i.date,
               i.amount - coalesce((select sum(l.amount + l.discount) from live l where l.invoice = i.id), 0) as open
        from invoices i where i.date <= {AS_OF};
        create table frees as
        select r.customer, r.amount - coalesce((select sum(l.amount) from live l where l.receipt = r.id), 0) as free
        from receipts r where r.date <= {AS_OF};
        """
    )
    return Generated(ledger, sql)


def _register(sql: Any, name: str, **columns: Any) -> None:
    sql.register(name, pa.table({key: np.ascontiguousarray(values, np.int64) for key, values in columns.items()}))


def test_open_amounts(generated: Generated) -> None:
    ledger = generated.ledger
    wanted = np.zeros(INVOICES, np.int64)
    ids, opens = generated.sql.execute("select id, open::bigint as open from opens").fetchnumpy().values()
    wanted[ids] = opens
    assert np.array_equal(replay(ledger, AS_OF).open, wanted[ledger.lines.document])


CASES = {
    "due": ("due", AgingPolicy(), ["not_due", "1-30", "31-60", "61-90", "91+"], [0, 30, 60, 90]),
    "invoice": ("date", AgingPolicy(basis="invoice"), ["0-30", "31-60", "61-90", "91+"], [30, 60, 90]),
    "merged": ("due", AgingPolicy(not_due="merge", buckets="15,400"), ["0-15", "16-400", "401+"], [15, 400]),
}


@pytest.mark.parametrize("name", CASES)
def test_buckets_and_unapplied_per_customer(generated: Generated, name: str) -> None:
    base, policy, buckets, edges = CASES[name]
    sums = []
    for low, high in zip([None, *edges], [*edges, None], strict=True):
        above = "" if low is None else f"{AS_OF} - {base} > {low} and "
        below = "true" if high is None else f"{AS_OF} - {base} <= {high}"
        sums.append(f"coalesce(sum(open) filter (where {above}{below}), 0)::bigint")
    query = f"""
        with aged as (select customer, {", ".join(f"{text} as b{at}" for at, text in enumerate(sums))}
                      from opens group by customer),
             spare as (select customer, sum(free)::bigint as free from frees group by customer)
        select coalesce(a.customer, s.customer) as customer,
               {", ".join(f"coalesce(b{at}, 0) as b{at}" for at in range(len(buckets)))}, coalesce(free, 0) as free
        from aged a full join spare s on a.customer = s.customer
    """
    wanted = {str(row[0]): row[1:] for row in generated.sql.execute(query).fetchall()}
    report = aging(generated.ledger, AS_OF, policy)
    columns = [np.asarray(report.column(key)).tolist() for key in (*buckets, "unapplied")]
    found = {
        key: (*row[:-1], -row[-1]) for key, row in zip(report.column("key"), zip(*columns, strict=True), strict=True)
    }
    assert found == {key: row for key, row in wanted.items() if any(row)}


def test_invoices_oldest_first_in_sql(generated: Generated) -> None:
    """Unapplied money spread in the report only, with window functions."""
    query = """
        with pool as (select customer, greatest(sum(free), 0) as money from frees group by customer),
             ranked as (select o.customer, o.open, sum(o.open) over
                        (partition by o.customer order by o.due, o.id rows unbounded preceding) as upto
                        from opens o where o.open > 0)
        select r.customer, sum(least(greatest(r.upto - coalesce(p.money, 0), 0), r.open))::bigint
        from ranked r left join pool p on p.customer = r.customer group by r.customer
    """
    wanted = {str(customer): total for customer, total in generated.sql.execute(query).fetchall() if total}
    report = aging(generated.ledger, AS_OF, AgingPolicy(unapplied="fifo"))
    totals = zip(report.column("key"), np.asarray(report.column("total")).tolist(), strict=True)
    assert {key: total for key, total in totals if total} == wanted
