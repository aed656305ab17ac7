"""The customers table, and the customers that only documents and receipts name."""

from __future__ import annotations

from dataclasses import dataclass

from arsheet.ledger.assembly.rows import first_of_each, optional
from arsheet.ledger.columns import Customers
from arsheet.ledger.intern import as_column
from arsheet.table import Problem, Table

DIMENSIONS = (
    "salesperson",
    "collector",
    "region",
    "class",
    "industry",
    "size_class",
    "related_party",
    "grade",
    "status",
    "terms",
)


@dataclass(frozen=True, slots=True)
class Book:
    """Customers by row: ids, names, and the texts that reports split by."""

    ids: list[str]
    names: list[str]
    dimensions: dict[str, list[str]]

    def terms(self) -> dict[str, str]:
        """The payment terms agreed with each customer."""
        return {text: terms for text, terms in zip(self.ids, self.dimensions["terms"], strict=True) if terms}


def read(table: Table | None, found: list[Problem]) -> Book:
    """The rows of the customers table that stand."""
    if table is None:
        return Book([], [], {key: [] for key in DIMENSIONS})
    keep = first_of_each(table, "customer_id", ("name",), "customer", found)
    ids = table.column("customer_id")
    rows = [row for row in range(len(table)) if keep[row] and ids[row] is not None]
    names = optional(table, "name")
    _parents(table, found)
    return Book(
        [ids[row] for row in rows],
        [names[row] or "" for row in rows],
        {key: [_text(values[row]) for row in rows] for key in DIMENSIONS for values in [optional(table, key)]},
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _parents(table: Table, found: list[Problem]) -> None:
    """A chain of parents that comes back to where it began has no head: each cycle is told once."""
    parent: dict[str, str] = {}
    rows: dict[str, int] = {}
    for row, (own, above) in enumerate(zip(table.column("customer_id"), optional(table, "parent_id"), strict=True)):
        if own and above and own not in parent:
            parent[own], rows[own] = above, row
    done: set[str] = set()
    for start in parent:
        path: list[str] = []
        at = start
        while at in parent and at not in done:
            done.add(at)
            path.append(at)
            at = parent[at]
        if at in path:
            cycle = [*path[path.index(at) :], at]
            found.append(
                Problem(
                    "customer_parents_form_a_cycle", "customers", rows[at], "parent_id", {"cycle": " → ".join(cycle)}
                )
            )


def columns(book: Book) -> Customers | None:
    """For the build; None when there is no table, so that the ledger takes the customers of the documents as known."""
    if not book.ids:
        return None
    return Customers(ids=as_column(book.ids), names=book.names, dimensions=book.dimensions)
