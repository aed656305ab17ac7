"""Who sees what: a spreadsheet per salesperson or region with only their customers, one for the manager, one shared.

A customer belongs to its salesperson (地区 likewise); where the customer names none, to those its documents name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.folding import EntryLike, last_cells
from arsheet.ledger.store import Ledger
from arsheet.schema.tables.online import HANDED_OVER
from arsheet.sync.model import Target
from arsheet.sync.remote import Cell
from arsheet.table import Table

_PARTS = re.compile(r"[,，、;；/|\n]+")
OWN = ("person", "region")
"""Kinds of spreadsheets that show a part of the customers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one spreadsheet shows: ``kind`` of 同步目标, the names it is for, the tabs wanted (none: all)."""

    kind: str = "overview"
    names: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    mail: str = ""

    @property
    def whole(self) -> bool:
        """Whether it shows every customer."""
        return self.kind not in OWN

    @property
    def text(self) -> str:
        """As a target carries it: person:张三."""
        return f"{self.kind}:{'、'.join(self.names)}" if self.names else self.kind


def scopes(tables: Mapping[str, Table]) -> dict[str, Scope]:
    """Spreadsheet -> its scope, by the table 同步目标; a blank kind is an overview without a scope, else a person's."""
    rows = tables.get("sync_targets")
    if rows is None:
        return {}
    found = {}
    keys = ("spreadsheet_id", "kind", "scope", "tabs", "mail")
    for spreadsheet, kind, scope, tabs, mail in zip(*(rows.column(key) for key in keys), strict=True):
        if spreadsheet:
            names = _split(scope)
            found[spreadsheet_id(str(spreadsheet))] = Scope(
                str(kind or ("person" if names else "overview")), names, _split(tabs), str(mail or "")
            )
    return found


def spreadsheet_id(text: str) -> str:
    """The id of a spreadsheet, also of its whole address."""
    found = re.search(r"/spreadsheets/d/([\w-]+)", text)
    return found[1] if found else text.strip()


def targets(tables: Mapping[str, Table], language: str) -> tuple[Target, ...]:
    """The spreadsheets that a workbook names, in its order."""
    return tuple(
        Target(spreadsheet, "、".join(scope.names) or scope.kind, language, scope.text)
        for spreadsheet, scope in scopes(tables).items()
    )


def customers_of(ledger: Ledger, scope: Scope) -> frozenset[str] | None:
    """The customers that a scope shows; None for all. A person's or region's scope without a name shows none."""
    if scope.whole:
        return None
    key = "salesperson" if scope.kind == "person" else "region"
    wanted = {_fold(name) for name in scope.names}
    own = ledger.customers.dimensions.get(key)
    found, undecided = set(), set()
    for row, customer in enumerate(ledger.customer_ids):
        name = _fold(own[row]) if own is not None and row < len(own) else ""
        if name in wanted:
            found.add(customer)
        elif not name:
            undecided.add(row)
    documents = ledger.documents.dimensions.get(key)
    if undecided and documents is not None:
        lines, accounts = ledger.lines, ledger.accounts
        customer_of = accounts.customer[lines.account]
        mine = np.isin(customer_of, sorted(undecided))
        for customer_row, document in zip(customer_of[mine].tolist(), lines.document[mine].tolist(), strict=True):
            if _fold(documents[document]) in wanted:
                found.add(ledger.customer_ids[customer_row])
    return frozenset(found)


def handed_over(ledger: Ledger, shown: frozenset[str] | None, language: str) -> dict[str, Mapping[str, Cell]]:
    """Row key -> the cells that the job sets there, for documents of customers outside a scope.

    What people typed in such a row is emptied once it is durable, its state says 已移交, and the row stays. Rows that
    the sheet does not have are no matter: the merge looks for them.
    """
    if shown is None:
        return {}
    cells: dict[str, Cell] = dict.fromkeys(COLUMNS)
    cells["state"] = HANDED_OVER.word(language)
    lines = ledger.lines
    customers = ledger.accounts.customer[lines.account].tolist()
    return {
        ledger.line_name(line): cells
        for line, customer in enumerate(customers)
        if ledger.customer_ids[customer] not in shown
    }


def seeds(entries: Sequence[EntryLike], spreadsheet: str) -> dict[str, dict[str, Cell]]:
    """Row key -> what was typed last about it in other spreadsheets, for a row that is new to this one.

    A row whose last word was typed here is not there, and neither is a cell that holds nothing.
    """
    here = {entry.row_key: entry.no for entry in entries if entry.spreadsheet == spreadsheet}
    last = {entry.row_key: entry.no for entry in entries}
    found = {}
    for key, cells in last_cells(entries).items():
        kept = {
            column: value for column, value in cells.items() if value not in (None, "", HANDED_OVER.zh, HANDED_OVER.en)
        }
        if kept and last[key] > here.get(key, -1):
            found[key] = kept
    return found


def _split(text: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in _PARTS.split(str(text or "")) if part.strip())


def _fold(name: object) -> str:
    return str(name or "").strip().casefold()
