"""When each document is due: its own instalments, its own due date, its terms, its customer's terms, else its date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from arsheet.ledger.assembly.customers import Book
from arsheet.ledger.assembly.documents import Bills
from arsheet.ledger.assembly.rows import Left, minor, optional
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.columns import CREDITS, DueLines
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.terms import ScheduleLine, TermError, TermPolicy, parse, schedule
from arsheet.table import FAR_DAY, NO_DAY, Problem, Table

_EVENTS = {"delivered_on": "delivery", "received_on": "received", "confirmed_on": "confirmed"}
_AFTER_DELIVERY = ("delivery", "acceptance", "shipment")


@dataclass(slots=True)
class _Lines:
    documents: list[int] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    triggered: list[int] = field(default_factory=list)
    retention: list[bool] = field(default_factory=list)

    def add(self, document: int, sequence: int, due: int, amount: int, triggered: int, retention: bool) -> None:
        self.documents.append(document)
        self.sequences.append(sequence)
        self.due.append(due)
        self.amounts.append(amount)
        self.triggered.append(triggered)
        self.retention.append(retention)

    def columns(self) -> DueLines | None:
        if not self.documents:
            return None
        awaited = any(day != NO_DAY for day in self.triggered)
        return DueLines(
            documents=np.array(self.documents, np.int64),
            sequences=np.array(self.sequences, np.int32),
            due=np.array(self.due, np.int32),
            amounts=np.array(self.amounts, np.int64),
            triggered=np.array(self.triggered, np.int64) if awaited else None,
            retention=np.array(self.retention, bool) if any(self.retention) else None,
        )


@dataclass(frozen=True, slots=True)
class _Named:
    """A row of the terms table."""

    expression: str
    baseline: str | None


class _Resolver:
    """Works out one book's due dates; problems of one kind are told once, with their count."""

    def __init__(
        self,
        bills: Bills,
        tables: Mapping[str, Table],
        book: Book,
        settings: Mapping[str, str],
        calendar: Calendar,
        left: Left,
        found: list[Problem],
    ):
        self.bills, self.calendar, self.found = bills, calendar, found
        self.policy = TermPolicy.from_settings(settings)
        self.named = _named_terms(tables.get("terms"))
        self.of_customer = book.terms()
        self.instalments = _instalments(tables.get("instalments"), bills, left, found)
        self.lines = _Lines()
        self.known: dict[tuple[object, ...], tuple[ScheduleLine, ...]] = {}
        self.due: list[int] = []
        self.refused: dict[str, tuple[TermError, list[int]]] = {}
        self.counted: dict[str, list[int]] = defaultdict(list)
        self.cells = {key: bills.cells(key) for key in ("due_date", "terms", "base_date", *_EVENTS)}

    def run(self) -> None:
        for at, kind in enumerate(self.bills.kinds):
            self.due.append(self._one(at, kind))
        self._tell()

    def _one(self, at: int, kind: int) -> int:
        if at in self.instalments:
            return self._by_instalments(at, self.instalments[at])
        stated = self.cells["due_date"][at]
        if isinstance(stated, int):
            return stated
        if kind in CREDITS or self.bills.amounts[at] < 0:
            return self.bills.dates[at]
        own = self.cells["terms"][at]
        text = str(own).strip() if own is not None else self.of_customer.get(self.bills.customers[at], "")
        if not text:
            self.counted["due_date_missing_document_date_used"].append(at)
            return self.bills.dates[at]
        try:
            return self._by_terms(at, text)
        except TermError as error:
            self.refused.setdefault(text, (error, []))[1].append(at)
            return self.bills.dates[at]

    def _by_terms(self, at: int, text: str) -> int:
        named = self.named.get(text)
        events = self._events(at)
        base = self._base(at, named, events)
        made = self._scheduled(at, named.expression if named else text, base, events)
        if any(line.fallback for line in made):
            self.counted["baseline_date_missing_document_date_used"].append(at)
        if any(line.provisional for line in made):
            self.counted["due_date_provisional_holidays_not_published"].append(at)
        if len(made) > 1 or made[0].pending or _awaited(made[0], self.bills.dates[at]):
            for line in made:
                triggered = FAR_DAY if line.pending else NO_DAY
                if line.base_day is not None and _awaited(line, self.bills.dates[at]):
                    triggered = line.base_day
                due = FAR_DAY if line.due_day is None else line.due_day
                amount = self.bills.amounts[at] if len(made) == 1 else line.amount_minor or 0
                self.lines.add(at, line.number, due, amount, triggered, line.retention)
        due_days = [line.due_day for line in made if line.due_day is not None]
        return max(due_days) if due_days else FAR_DAY

    def _scheduled(self, at: int, text: str, base: int, events: Mapping[str, int]) -> tuple[ScheduleLine, ...]:
        """The lines under the terms; many documents share terms and dates, so those of one line are kept."""
        amount = self.bills.amounts[at]
        key = (text, base, *events.items())
        known = self.known.get(key)
        if known is not None and amount:
            return known
        made = schedule(
            parse(text, self.policy),
            amount_minor=amount,
            base_day=base,
            events=events,
            policy=self.policy,
            calendar=self.calendar,
            places=exponent(self.bills.currencies[at]),
        ).lines
        if len(made) == 1 and amount:
            self.known[key] = made
        return made

    def _events(self, at: int) -> dict[str, int]:
        happened = {}
        for key, event in _EVENTS.items():
            day = self.cells[key][at]
            if isinstance(day, int):
                for name in _AFTER_DELIVERY if event == "delivery" else (event,):
                    happened[name] = day
        return happened

    def _base(self, at: int, named: _Named | None, events: Mapping[str, int]) -> int:
        """base_date where typed; the date of the baseline that the terms table names; else the document date."""
        stated = self.cells["base_date"][at]
        if isinstance(stated, int):
            return stated
        if named and named.baseline and named.baseline != "invoice":
            if named.baseline in events:
                return events[named.baseline]
            self.counted["baseline_date_missing_document_date_used"].append(at)
        return self.bills.dates[at]

    def _by_instalments(self, at: int, rows: list[_Instalment]) -> int:
        total, amount = sum(row.amount for row in rows), self.bills.amounts[at]
        if total != amount:
            places = exponent(self.bills.currencies[at])
            self.found.append(
                Problem(
                    "instalments_do_not_add_up_to_document",
                    "instalments",
                    rows[-1].row,
                    "amount",
                    {
                        "document_no": self.bills.ids[at],
                        "sum": to_decimal(total, places),
                        "amount": to_decimal(amount, places),
                        "difference": to_decimal(amount - total, places),
                        "currency": self.bills.currencies[at],
                    },
                )
            )
            rows = [*rows[:-1], replace(rows[-1], amount=rows[-1].amount + amount - total)]
        for row in rows:
            due = self.bills.dates[at] if row.due is None and not row.event else row.due
            triggered = NO_DAY
            if row.event:
                triggered = FAR_DAY if row.happened is None else row.happened
                due = (due if due is not None else row.happened) if row.happened is not None else FAR_DAY
            self.lines.add(at, row.sequence, FAR_DAY if due is None else due, row.amount, triggered, row.retention)
        known = [row.due for row in rows if row.due is not None]
        return max(known) if known else self.bills.dates[at]

    def _tell(self) -> None:
        for text, (error, ats) in self.refused.items():
            self.found.append(
                Problem(
                    "terms_not_understood",
                    "invoices",
                    self.bills.rows[ats[0]],
                    "terms",
                    {"terms": text, "count": len(ats), "reason_zh": error.words("zh"), "reason_en": error.words("en")},
                )
            )
        for code, ats in self.counted.items():
            self.found.append(Problem(code, "invoices", self.bills.rows[ats[0]], "due_date", {"count": len(ats)}))


def _awaited(line: ScheduleLine, document_day: int) -> bool:
    """Whether the line counts from an event after the document's date: until then its due date was not known."""
    return bool(line.events) and not line.fallback and line.base_day is not None and line.base_day > document_day


@dataclass(frozen=True, slots=True)
class _Instalment:
    row: int
    sequence: int
    due: int | None
    amount: int
    event: str
    happened: int | None
    retention: bool


def _instalments(table: Table | None, bills: Bills, left: Left, found: list[Problem]) -> dict[int, list[_Instalment]]:
    """Rows of the instalments table by document, in their sequence."""
    out: dict[int, list[_Instalment]] = defaultdict(list)
    if table is None:
        return out
    columns = {key: optional(table, key) for key in ("sequence", "due_date", "event", "happened_on")}
    for row, (number, amount) in enumerate(zip(table.column("document_no"), table.column("amount"), strict=True)):
        if number is None or amount is None:
            blank = ("document_no", "instalment_without_document") if number is None else ("amount", "amount_missing")
            left.missing(found, table, row, *blank)
            continue
        at = bills.codes.get(number)
        if at is None:
            found.append(Problem("instalment_document_not_found", table.name, row, "document_no", {"id": number}))
            continue
        event = columns["event"][row] or ""
        sequence = columns["sequence"][row] or len(out[at]) + 1
        if any(other.sequence == sequence for other in out[at]):
            found.append(
                Problem(
                    "instalment_sequence_repeated", table.name, row, "sequence", {"id": number, "sequence": sequence}
                )
            )
            sequence = max(other.sequence for other in out[at]) + 1
        out[at].append(
            _Instalment(
                row,
                sequence,
                columns["due_date"][row],
                minor(amount, bills.currencies[at])[0],
                event,
                columns["happened_on"][row],
                "质保" in event or "retention" in event.lower(),
            )
        )
    for rows in out.values():
        rows.sort(key=lambda item: item.sequence)
    return out


def _named_terms(table: Table | None) -> dict[str, _Named]:
    if table is None:
        return {}
    out = {}
    for text, expression, baseline in zip(
        table.column("terms_id"), table.column("expression"), optional(table, "baseline"), strict=True
    ):
        if text and expression:
            out[str(text)] = _Named(str(expression), baseline)
    return out


def resolve(
    bills: Bills,
    tables: Mapping[str, Table],
    book: Book,
    settings: Mapping[str, str],
    calendar: Calendar,
    left: Left,
    found: list[Problem],
) -> tuple[DueLines | None, list[int]]:
    """The due lines of documents with instalments, and the due day of every document (int days)."""
    resolver = _Resolver(bills, tables, book, settings, calendar, left, found)
    resolver.run()
    return resolver.lines.columns(), resolver.due
