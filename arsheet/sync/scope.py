"""Who sees what: a spreadsheet per salesperson or region with only their customers, one for the manager, one shared.

A customer belongs to its salesperson (地区 likewise); where the customer names none, to those its documents name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.folding import EntryLike, last_cells
from arsheet.importers.followup.items import shared_keys
from arsheet.ledger.store import Ledger
from arsheet.schema.tables.online import HANDED_OVER
from arsheet.sync.model import Target
from arsheet.sync.remote import Cell
from arsheet.table import Table

_MARKS = (HANDED_OVER.zh, HANDED_OVER.en)
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
    held = _holders(ledger, scope.kind)
    return frozenset[str]().union(*(held[name][1] for name in map(_fold, scope.names) if name in held))


def unmatched_names(ledger: Ledger, scope: Scope) -> tuple[str, ...]:
    """The names of a salesperson's or region's scope that no customer and no document has: misspelt or out of date."""
    if scope.whole:
        return ()
    held = _holders(ledger, scope.kind)
    return tuple(name for name in scope.names if _fold(name) not in held)


def unclaimed_names(ledger: Ledger, listed: Iterable[Scope], kind: str) -> tuple[str, ...]:
    """Salespeople or regions that have customers and no spreadsheet: one of them may be meant by a misspelt scope."""
    claimed = {_fold(name) for scope in listed if scope.kind == kind for name in scope.names}
    return tuple(sorted(shown for name, (shown, _) in _holders(ledger, kind).items() if name not in claimed))


def _holders(ledger: Ledger, kind: str) -> dict[str, tuple[str, set[str]]]:
    """Name without regard to case -> as it is written, and the customers of that salesperson or region."""
    return ledger.memo(("scope", kind), lambda: _read_holders(ledger, "salesperson" if kind == "person" else "region"))


def _read_holders(ledger: Ledger, key: str) -> dict[str, tuple[str, set[str]]]:
    own = ledger.customers.dimensions.get(key)
    found: dict[str, tuple[str, set[str]]] = {}
    undecided = set()
    for row, customer in enumerate(ledger.customer_ids):
        name = str(own[row] or "").strip() if own is not None and row < len(own) else ""
        if name:
            found.setdefault(_fold(name), (name, set()))[1].add(customer)
        else:
            undecided.add(row)
    documents = ledger.documents.dimensions.get(key)
    if undecided and documents is not None:
        lines, accounts = ledger.lines, ledger.accounts
        customer_of = accounts.customer[lines.account]
        mine = np.isin(customer_of, sorted(undecided))
        for customer_row, document in zip(customer_of[mine].tolist(), lines.document[mine].tolist(), strict=True):
            if name := str(documents[document] or "").strip():
                found.setdefault(_fold(name), (name, set()))[1].add(ledger.customer_ids[customer_row])
    return found


def handed_over(ledger: Ledger, shown: frozenset[str] | None, language: str) -> dict[str, Mapping[str, Cell]]:
    """Row key -> the cells that the job sets there, for documents of customers outside a scope.

    What people typed in such a row is emptied once it is durable, its state says 已移交, and the row stays. Rows that
    the sheet does not have are no matter: the merge looks for them.
    """
    if shown is None:
        return {}
    cells, unclear, lines = taken(language), shared_keys(ledger), ledger.lines
    customers = ledger.accounts.customer[lines.account].tolist()
    return {
        key: cells
        for line, customer in enumerate(customers)
        if ledger.customer_ids[customer] not in shown and (key := ledger.line_name(line)) not in unclear
    }


def taken(language: str) -> dict[str, Cell]:
    """What is left in a row whose customer went to another spreadsheet."""
    return {**dict.fromkeys(COLUMNS), "state": HANDED_OVER.word(language)}


def given_back(entries: Sequence[EntryLike], spreadsheet: str) -> dict[str, dict[str, Cell]]:
    """Row key -> what was typed last about it, in whatever spreadsheet, for a row that was handed over and comes back.

    A row in which a person of this spreadsheet wrote 已移交 was not emptied by the job: it stays as it is.
    """
    found = {key: _filled(cells) for key, cells in last_cells(entries).items()}
    own = {
        entry.row_key: entry.new for entry in entries if entry.spreadsheet == spreadsheet and entry.column == "state"
    }
    return found | {key: {"state": state} for key, state in own.items() if state in _MARKS}


def _filled(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {column: value for column, value in cells.items() if value not in (None, "", *_MARKS)}


def seeds(entries: Sequence[EntryLike], spreadsheet: str) -> dict[str, dict[str, Cell]]:
    """Row key -> what was typed last about it in other spreadsheets, for a row that is new to this one.

    A row whose last word was typed here is not there, and neither is a cell that holds nothing.
    """
    here = {entry.row_key: entry.no for entry in entries if entry.spreadsheet == spreadsheet}
    last = {entry.row_key: entry.no for entry in entries}
    found = {}
    for key, cells in last_cells(entries).items():
        kept = _filled(cells)
        if kept and last[key] > here.get(key, -1):
            found[key] = kept
    return found


def _split(text: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in _PARTS.split(str(text or "")) if part.strip())


def _fold(name: object) -> str:
    return str(name or "").strip().casefold()
