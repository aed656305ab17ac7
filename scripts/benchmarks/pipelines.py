"""The same report in pandas, polars and DuckDB, as good as we can write it: what arsheet is measured against.

The job: open items at the as-of date, unapplied money and credit notes spread over the oldest items, five buckets,
utilisation of limits and DSO, one row per customer in the order of their ids.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from benchmarks.data import AS_OF, AS_OF_DAY, SALES_DAYS, Columns

FIGURES = ("b0", "b1", "b2", "b3", "b4", "open", "unapplied", "net", "utilisation", "dso")


def texts(column: Any, prefix: str) -> Any:
    """Int ids as text ids."""
    return np.char.add(prefix, column.astype("U"))


def tables(columns: Columns, ids: str = "int") -> dict[str, dict[str, Any]]:
    """The four tables; ``ids`` int or str."""

    def named(column: Any, prefix: str) -> Any:
        return column if ids == "int" else texts(column, prefix).tolist()

    def date(column: Any) -> Any:
        return column.astype("datetime64[D]")

    return {
        "invoices": {
            "invoice": named(columns.invoice, "INV-"), "customer": named(columns.invoice_customer, "C"),
            "day": date(columns.invoice_day), "due": date(columns.due_day), "amount": columns.amount,
        },
        "receipts": {
            "receipt": named(columns.receipt, "R"), "customer": named(columns.receipt_customer, "C"),
            "day": date(columns.receipt_day), "amount": columns.receipt_amount,
        },
        "applied": {
            "receipt": named(columns.applied_receipt, "R"), "invoice": named(columns.applied_invoice, "INV-"),
            "day": date(columns.applied_day), "amount": columns.applied_amount,
        },
        "customers": {"customer": named(columns.customer, "C"), "limit": columns.limit},
    }  # fmt: skip


def pandas_frames(source: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Frames with datetime64[s] days; text ids as pandas' own strings."""
    import pandas as pd

    def column(values: Any) -> Any:
        if isinstance(values, list):
            return pd.array(values, dtype="str")
        return values.astype("datetime64[s]") if values.dtype.kind == "M" else values

    frames = {}
    for name, columns in source.items():
        made = {key: column(values) for key, values in columns.items()}
        frames[name] = pd.DataFrame(made)
    return frames


def pandas_report(frames: dict[str, Any]) -> dict[str, Any]:
    """The report in pandas: filters, merges, group-bys and a pivot, one frame as the result."""
    import pandas as pd

    as_of = pd.Timestamp(AS_OF)
    invoices, applied, receipts = (frames[name] for name in ("invoices", "applied", "receipts"))
    invoices, applied, receipts = (frame[frame["day"] <= as_of] for frame in (invoices, applied, receipts))
    paid = applied.groupby("invoice", sort=False)["amount"].sum()
    invoices = invoices.assign(open=invoices["amount"] - invoices["invoice"].map(paid).fillna(0).astype("int64"))
    used = applied.groupby("receipt", sort=False)["amount"].sum()
    free = receipts["amount"] - receipts["receipt"].map(used).fillna(0).astype("int64")
    pool = free.groupby(receipts["customer"]).sum()
    credit = invoices[invoices["open"] < 0].groupby("customer")["open"].sum()
    pool = pool.sub(credit, fill_value=0).astype("int64")
    items = invoices.loc[invoices["open"] > 0, ["customer", "due", "invoice", "open"]]
    items = items.sort_values(["customer", "due", "invoice"])
    running = items.groupby("customer", sort=False)["open"].cumsum()
    left = (running - items["customer"].map(pool).fillna(0).astype("int64")).clip(lower=0)
    late = (as_of - items["due"]).dt.days
    items = items.assign(
        left=left.where(left < items["open"], items["open"]),
        bucket=np.searchsorted([0, 30, 60, 90], late.to_numpy(), side="left"),
    )
    wide = (
        items.groupby(["customer", "bucket"])["left"]
        .sum()
        .unstack(fill_value=0)
        .reindex(columns=range(5), fill_value=0)
    )
    recent = invoices[invoices["day"] > as_of - pd.Timedelta(days=SALES_DAYS)]
    out = frames["customers"].sort_values("customer").set_index("customer").join(wide)
    out["gross"] = items.groupby("customer")["open"].sum()
    out["pool"] = pool
    out["sales"] = recent.groupby("customer")["amount"].sum()
    money = [*range(5), "gross", "pool", "sales"]
    out[money] = out[money].fillna(0).astype("int64")
    out["open"] = out[list(range(5))].sum(axis=1)
    out["unapplied"] = (out["pool"] - out["gross"]).clip(lower=0)
    out["net"] = out["open"] - out["unapplied"]
    out["utilisation"] = out["net"] / out["limit"]
    out["dso"] = (out["net"] / out["sales"].where(out["sales"] > 0)) * SALES_DAYS
    return dict(zip(FIGURES, (out[key] for key in (*range(5), *FIGURES[5:])), strict=True))


def _finish(matrix: Any, gross: Any, pool: Any, sales: Any, limit: Any) -> dict[str, Any]:
    open_ = matrix.sum(axis=1)
    unapplied = np.maximum(pool - gross, 0)
    net = open_ - unapplied
    dso = np.full(net.size, np.nan)
    np.divide(net, sales, out=dso, where=sales > 0)
    columns = [*matrix.T, open_, unapplied, net, net / limit, dso * SALES_DAYS]
    return dict(zip(FIGURES, columns, strict=True))


def polars_frames(source: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Polars frames."""
    import polars as pl

    return {name: pl.DataFrame(columns) for name, columns in source.items()}


def polars_report(frames: dict[str, Any]) -> dict[str, Any]:
    """The report in polars, lazily."""
    import polars as pl

    c = pl.col
    lazy = {name: frame.lazy() for name, frame in frames.items()}
    invoices = lazy["invoices"].filter(c("day") <= AS_OF)
    applied = lazy["applied"].filter(c("day") <= AS_OF)
    receipts = lazy["receipts"].filter(c("day") <= AS_OF)
    paid = applied.group_by("invoice").agg(c("amount").sum().alias("paid"))
    open_ = invoices.join(paid, on="invoice", how="left").with_columns(open=c("amount") - c("paid").fill_null(0))
    used = applied.group_by("receipt").agg(c("amount").sum().alias("used"))
    free = (
        receipts.join(used, on="receipt", how="left")
        .group_by("customer")
        .agg((c("amount") - c("used").fill_null(0)).sum().alias("free"))
    )
    by = open_.group_by("customer").agg(
        credit=-c("open").filter(c("open") < 0).sum(),
        gross=c("open").filter(c("open") > 0).sum(),
        sales=c("amount").filter(c("day") > AS_OF - dt.timedelta(SALES_DAYS)).sum(),
    )
    known = lazy["customers"].join(free, on="customer", how="left").join(by, on="customer", how="left")
    known = known.with_columns(c("free", "credit", "gross", "sales").fill_null(0))
    known = known.with_columns(pool=c("free") + c("credit"))
    items = (
        open_.filter(c("open") > 0)
        .join(known.select("customer", "pool"), on="customer")
        .sort("customer", "due", "invoice")
    )
    running = c("open").cum_sum().over("customer")
    items = items.with_columns(left=pl.min_horizontal((running - c("pool")).clip(lower_bound=0), c("open")))
    late = (pl.lit(AS_OF) - c("due")).dt.total_days()
    edges = ((late <= 0), (late > 0) & (late <= 30), (late > 30) & (late <= 60), (late > 60) & (late <= 90), late > 90)
    sums = items.group_by("customer").agg(
        *(c("left").filter(edge).sum().alias(f"b{at}") for at, edge in enumerate(edges))
    )
    out = known.join(sums, on="customer", how="left").sort("customer").collect()
    matrix = np.column_stack([out[f"b{at}"].fill_null(0).to_numpy() for at in range(5)]).astype(np.int64)
    return _finish(matrix, *(out[key].to_numpy() for key in ("gross", "pool", "sales", "limit")))


def duckdb_tables(source: dict[str, dict[str, Any]]) -> Any:
    """A DuckDB connection that holds the tables."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    for name, columns in source.items():
        table = pa.table(columns)
        connection.register("incoming", table)
        connection.execute(f"create table {name} as select * from incoming")
        connection.unregister("incoming")
    return connection


SQL = f"""
with i as (
  select a.customer, a.invoice, a.due, a.day, a.amount, a.amount - coalesce(p.paid, 0) as open
  from invoices a left join (select invoice, sum(amount) paid from applied where day <= date '{AS_OF}' group by 1) p
  using (invoice) where a.day <= date '{AS_OF}'),
f as (
  select r.customer, sum(r.amount - coalesce(u.used, 0)) free
  from receipts r left join (select receipt, sum(amount) used from applied where day <= date '{AS_OF}' group by 1) u
  using (receipt) where r.day <= date '{AS_OF}' group by 1),
s as (
  select customer, coalesce(-sum(open) filter (open < 0), 0) credit, coalesce(sum(open) filter (open > 0), 0) gross,
         coalesce(sum(amount) filter (day > date '{AS_OF}' - {SALES_DAYS}), 0) sales from i group by 1),
k as (
  select c.customer, c.limit, coalesce(f.free, 0) + coalesce(s.credit, 0) pool, coalesce(s.gross, 0) gross,
         coalesce(s.sales, 0) sales from customers c left join f using (customer) left join s using (customer)),
o as (
  select i.customer, date '{AS_OF}' - i.due as late,
         least(greatest(sum(i.open) over (partition by i.customer order by i.due, i.invoice) - k.pool, 0),
               i.open) as rest
  from i join k using (customer) where i.open > 0),
b as (
  select customer, sum(rest) filter (late <= 0) b0, sum(rest) filter (late between 1 and 30) b1,
         sum(rest) filter (late between 31 and 60) b2, sum(rest) filter (late between 61 and 90) b3,
         sum(rest) filter (late > 90) b4 from o group by 1)
select cast(coalesce(b0, 0) as bigint) b0, cast(coalesce(b1, 0) as bigint) b1, cast(coalesce(b2, 0) as bigint) b2,
       cast(coalesce(b3, 0) as bigint) b3, cast(coalesce(b4, 0) as bigint) b4, cast(gross as bigint) gross,
       cast(pool as bigint) pool, cast(sales as bigint) sales, k.limit as credit_limit
from k left join b using (customer) order by k.customer
"""


def duckdb_report(connection: Any) -> dict[str, Any]:
    """The report in SQL."""
    out = connection.execute(SQL).fetchnumpy()
    matrix = np.column_stack([out[f"b{at}"] for at in range(5)]).astype(np.int64)
    return _finish(matrix, out["gross"], out["pool"], out["sales"], out["credit_limit"])


def arsheet_build(columns: Columns, ids: dict[str, Any]) -> Any:
    """The ledger from columns; ``ids`` are int arrays or arrow texts."""
    from arsheet.ledger.building import build
    from arsheet.ledger.columns import Applications, Customers, Documents, Receipts

    return build(
        documents=Documents(
            ids=ids["invoice"], customers=ids["invoice_customer"], dates=columns.invoice_day, due=columns.due_day,
            amounts=columns.amount,
        ),
        customers=Customers(ids=ids["customer"]),
        receipts=Receipts(
            ids=ids["receipt"], customers=ids["receipt_customer"], dates=columns.receipt_day,
            amounts=columns.receipt_amount,
        ),
        applications=Applications(
            sources=ids["applied_receipt"], documents=ids["applied_invoice"], amounts=columns.applied_amount,
            dates=columns.applied_day,
        ),
    )  # fmt: skip


def arsheet_report(ledger: Any, limit: Any) -> dict[str, Any]:
    """The same report from the ledger; what was memoised is dropped first."""
    from arsheet.ledger.aging import AgingPolicy, age
    from arsheet.ledger.credit import utilisation
    from arsheet.ledger.kpi import days_sales_outstanding, sales

    ledger.forget()
    aged = age(ledger, AS_OF_DAY, AgingPolicy(credit_mode="fifo", unapplied="fifo"))
    net = aged.gross - aged.unapplied
    dso = days_sales_outstanding(net, sales(ledger, AS_OF_DAY, SALES_DAYS), SALES_DAYS)
    columns = [*aged.matrix.T, aged.gross, aged.unapplied, net, utilisation(net, limit), dso]
    return dict(zip(FIGURES, columns, strict=True))


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Figures that are not equal: cents exactly, ratios within 1e-12."""
    wrong = []
    for key in FIGURES:
        first, second = np.asarray(one[key]), np.asarray(other[key])
        if key in ("utilisation", "dso"):
            same = np.allclose(first.astype(float), second.astype(float), rtol=1e-12, atol=0, equal_nan=True)
        else:
            same = np.array_equal(first.astype(np.int64), second.astype(np.int64))
        if not same:
            wrong.append(key)
    return wrong
