"""The slow oracle: receivables by plain loops, written from the rules (definitions §3.1, the docstrings' rules).

It knows nothing of the ledger's code. Days are ints, money is int minor units, documents and receipts are named by id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from arsheet.table import FAR_DAY, NO_DAY
from tests.oracle_book import Application, Book, Document, Part, Receipt
from tests.oracle_rules import bucket_names, bucket_of, half_up, nearer, oldest_first, within

Key = tuple[str, int]
"""A due line: document and instalment (0 = the document itself)."""
Account = tuple[str, str]
"""A customer and a currency."""


@dataclass
class Use:
    """An application that stands: what of it fitted, and from when to when."""

    source: str
    document: str
    sequence: int
    day: int
    until: int
    by_note: bool
    amount: int
    reduces: int
    booked: int


@dataclass
class Oracle:
    """Answers for one book."""

    book: Book
    documents: dict[str, Document] = field(init=False)
    receipts: dict[str, Receipt] = field(init=False)
    uses: list[Use] = field(init=False)

    def __post_init__(self) -> None:
        self.documents = {document.id: document for document in self.book.documents}
        self.receipts = {receipt.id: receipt for receipt in self.book.receipts}
        self.uses = self._stand()

    # ---- which applications stand, and for how much

    def _stand(self) -> list[Use]:
        wanted = [(row, one) for row, one in enumerate(self.book.applications) if self._can_stand(one)]
        wanted += list(enumerate(self._linked([one for _, one in wanted]), len(self.book.applications)))
        wanted.sort(key=lambda pair: (self._day(pair[1]), self._is_note(pair[1]), pair[1].amount >= 0, pair[0]))
        kept: list[tuple[int, Use]] = []
        for row, one in wanted:
            kept.append((row, self._fit(one, [use for _, use in kept])))
        return [use for _, use in sorted(kept, key=lambda pair: pair[0])]

    def _can_stand(self, one: Application) -> bool:
        """Source and document exist, in one currency; a document can be a source only if it is a credit note."""
        document = self.documents.get(one.document)
        source = self.receipts.get(one.source) or self.documents.get(one.source)
        if document is None or source is None or document.currency != source.currency:
            return False
        return one.source in self.receipts or source.amount < 0

    def _linked(self, by_hand: list[Application]) -> Iterable[Application]:
        """A linked credit note reduces its document by what is not used of it by hand."""
        for note in self.book.documents:
            if note.amount < 0 and note.original is not None:
                used = sum(one.amount for one in by_hand if one.source == note.id)
                used -= sum(one.amount + one.discount + one.difference for one in by_hand if one.document == note.id)
                if -note.amount - used > 0:
                    yield Application(note.id, note.original, -note.amount - used)

    def _is_note(self, one: Application) -> bool:
        return one.source not in self.receipts

    def _day(self, one: Application) -> int:
        source = self.receipts.get(one.source) or self.documents[one.source]
        return max(source.date, self.documents[one.document].date, NO_DAY if one.date is None else one.date)

    def _sequence(self, one: Application) -> int:
        """An instalment that does not exist is as good as unnamed; the only line is named anyway."""
        parts = self.documents[one.document].parts
        return one.sequence if len(parts) > 1 and one.sequence in {part.sequence for part in parts} else 0

    def _fit(self, one: Application, before: list[Use]) -> Use:
        day, document = self._day(one), self.documents[one.document]
        sequence = self._sequence(one)
        live = [use for use in before if use.until > day]
        wanted = one.amount + one.discount + one.difference
        room = self._left_of_document(document, live)
        if sequence:
            whole = next(part.amount for part in document.parts if part.sequence == sequence)
            named = [use for use in live if (use.document, use.sequence) == (document.id, sequence)]
            room = nearer(room, whole - sum(use.reduces for use in named), wanted)
        kept = within(wanted, room)
        money = within(one.amount, kept)
        if one.source in self.receipts:
            whole = self.receipts[one.source].amount
            free = whole - sum(use.amount for use in live if use.source == one.source)
            if (whole >= 0) == (money >= 0):
                money = within(money, free)
        else:
            money = within(money, -self._left_of_document(self.documents[one.source], live))
        discount = within(one.discount, kept - money)
        difference = within(one.difference, kept - money - discount)
        return Use(
            one.source,
            document.id,
            sequence,
            day,
            FAR_DAY if one.reversed_on is None else one.reversed_on,
            self._is_note(one),
            money,
            money + discount + difference,
            NO_DAY if one.booked is None else one.booked,
        )

    def _left_of_document(self, document: Document, live: list[Use]) -> int:
        """A credit note is used both by what is applied to it and by what is applied from it."""
        taken = sum(use.reduces for use in live if use.document == document.id)
        given = sum(use.amount for use in live if use.source == document.id)
        return document.amount - taken + given

    # ---- the state at a date

    def _active(self, as_of: int, known_at: int | None) -> list[Use]:
        return [
            use for use in self.uses if use.day <= as_of < use.until and (known_at is None or use.booked <= known_at)
        ]

    def parts(self, document: Document) -> tuple[Part, ...]:
        """The due lines of a document."""
        return document.parts or (Part(0, document.due, document.amount),)

    def due(self, part: Part, as_of: int) -> int:
        """FAR_DAY while the event is awaited."""
        return FAR_DAY if self.is_pending(part, as_of) else part.due

    def is_pending(self, part: Part, as_of: int) -> bool:
        """Whether the event of a line has not happened by the date."""
        return part.triggered is not None and part.triggered > as_of

    def taken(self, as_of: int, known_at: int | None = None) -> dict[Key, tuple[int, int]]:
        """Per line of a document that is there by then: taken off by receipts and by credit notes (own use too)."""
        active = self._active(as_of, known_at)
        out: dict[Key, tuple[int, int]] = {}
        for document in self.book.documents:
            if document.date <= as_of:
                out.update(self._taken_of(document, active, as_of))
        return out

    def _taken_of(self, document: Document, active: list[Use], as_of: int) -> dict[Key, tuple[int, int]]:
        parts = self.parts(document)
        order = sorted(parts, key=lambda part: (self.due(part, as_of), part.sequence))
        by = {part.sequence: [0, 0] for part in parts}
        unnamed: list[tuple[int, int, int, bool]] = []
        for row, use in enumerate(active):
            if use.document == document.id:
                if len(parts) > 1 and not use.sequence:
                    unnamed.append((use.day, use.by_note, row, use.reduces))
                else:
                    by[use.sequence if len(parts) > 1 else parts[0].sequence][use.by_note] += use.reduces
            if use.source == document.id:
                if len(parts) > 1:
                    unnamed.append((use.day, True, row + len(active), -use.amount))
                else:
                    by[parts[0].sequence][1] -= use.amount
        for _, note, _, amount in sorted(unnamed):
            left = [part.amount - sum(by[part.sequence]) for part in order]
            for part, share in zip(order, self._spread(left, amount), strict=True):
                by[part.sequence][note] += share
        return {(document.id, part.sequence): tuple(by[part.sequence]) for part in parts}

    def _spread(self, left: list[int], amount: int) -> list[int]:
        """One amount over the instalments: earliest due first, or in proportion, half up, the rest to the last."""
        if amount and amount == sum(left):
            return left
        if amount < 0:
            return [-share for share in self._spread([-value for value in left], -amount)]
        room = [max(0, value) for value in left]
        if self.book.instalment_application == "due_order":
            shares = []
            for value in room:
                shares.append(min(value, amount - sum(shares)))
            return shares
        if not sum(room):
            return [0] * len(room)
        shares = [half_up(Fraction(amount * value, sum(room))) for value in room]
        rest = amount - sum(shares)
        for at in range(len(shares) - 1, -1, -1):
            if rest:
                fitting = min(room[at], max(0, shares[at] + rest))
                rest, shares[at] = rest - (fitting - shares[at]), fitting
        return shares

    def open(self, as_of: int, known_at: int | None = None) -> dict[Key, int]:
        """Every line of a document that is there by then."""
        taken = self.taken(as_of, known_at)
        return {
            (document.id, part.sequence): part.amount - sum(taken[document.id, part.sequence])
            for document in self.book.documents
            if document.date <= as_of
            for part in self.parts(document)
        }

    def free(self, as_of: int, known_at: int | None = None) -> dict[str, int]:
        """What of each receipt is not applied."""
        active = self._active(as_of, known_at)
        out = {}
        for receipt in self.book.receipts:
            known = known_at is None or receipt.booked is None or receipt.booked <= known_at
            there = receipt.amount if receipt.date <= as_of and known else 0
            out[receipt.id] = there - sum(use.amount for use in active if use.source == receipt.id)
        return out

    def disputed(self, as_of: int, known_at: int | None = None) -> dict[Key, int]:
        """Open amounts in dispute: of several lines the earliest due first."""
        left, out = self.open(as_of, known_at), defaultdict(int)
        for dispute in self.book.disputes:
            if not dispute.opened <= as_of < (FAR_DAY if dispute.closed is None else dispute.closed):
                continue
            document = self.documents[dispute.document]
            rest = dispute.amount
            for part in sorted(self.parts(document), key=lambda part: (part.due, part.sequence)):
                key = (document.id, part.sequence)
                room = max(0, left.get(key, 0) - out[key])
                share = room if rest is None else min(room, rest)
                out[key] += share
                rest = None if rest is None else rest - share
        return dict(out)

    # ---- reports

    def age_base(self, document: Document, part: Part, basis: str, as_of: int) -> int:
        """The day that the age counts from."""
        if basis == "due":
            return self.due(part, as_of)
        if basis == "delivery" and document.delivered is not None:
            return document.delivered
        if basis == "original":
            original = self.documents.get(document.original or "")
            stated = document.date if document.base_date is None else document.base_date
            return min(document.date, original.date) if original else stated
        return document.date

    def aging(
        self,
        as_of: int,
        *,
        basis: str = "due",
        edges: tuple[int, ...] | None = (30, 60, 90),
        not_due: str = "own",
        credit_mode: str = "apply",
        unapplied: str = "column",
        years_step: str = "calendar",
        known_at: int | None = None,
    ) -> dict[Account, dict[str, int]]:
        """Per account: the buckets by name, total, unapplied (negative), net, disputed, pending."""
        opens, free = self.open(as_of, known_at), self.free(as_of, known_at)
        items: dict[Account, list[tuple[int, int, str, int, int]]] = defaultdict(list)
        money: dict[Account, int] = defaultdict(int)
        credit: dict[Account, int] = defaultdict(int)
        memo: dict[Account, dict[str, int]] = defaultdict(lambda: {"disputed": 0, "pending": 0})
        disputed = self.disputed(as_of, known_at)
        for document in self.book.documents:
            account = (document.customer, document.currency)
            for part in self.parts(document):
                value = opens.get((document.id, part.sequence), 0)
                memo[account]["disputed"] += disputed.get((document.id, part.sequence), 0)
                memo[account]["pending"] += value if self.is_pending(part, as_of) else 0
                if value < 0 and credit_mode != "own_date":
                    credit[account] -= value
                elif value:
                    base = self.age_base(document, part, basis, as_of)
                    items[account].append((base, part.due, document.id, part.sequence, value))
        for receipt in self.book.receipts:
            money[receipt.customer, receipt.currency] += free[receipt.id]
        out: dict[Account, dict[str, int]] = {}
        for account in items.keys() | money.keys() | credit.keys() | memo.keys():
            pool = money[account] * (unapplied == "fifo") + credit[account] * (credit_mode == "fifo")
            left = oldest_first(items[account], max(0, pool))
            used = sum(item[4] for item in items[account]) - sum(item[4] for item in left)
            row = dict.fromkeys(bucket_names(basis, edges, not_due), 0)
            for base, _, _, _, value in left:
                row[bucket_of(base, as_of, basis, edges, not_due, years_step)] += value
            total = sum(row.values())
            rest = money[account] + credit[account] - used
            if any(row.values()) or rest or any(memo[account].values()):
                out[account] = row | {"total": total, "unapplied": -rest, "net": total - rest} | memo[account]
        return out

    def balances(self, as_of: int) -> dict[Account, dict[str, int]]:
        """Per account: gross, unapplied, net, overdue, overdue_count, oldest_days, invoiced, received, credited."""
        opens, taken, free = self.open(as_of), self.taken(as_of), self.free(as_of)
        out: dict[Account, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for document in self.book.documents:
            row = out[document.customer, document.currency]
            for part in self.parts(document):
                key = (document.id, part.sequence)
                value = opens.get(key, 0)
                row["gross"] += max(0, value)
                row["unapplied"] += max(0, -value)
                days = as_of - self.due(part, as_of)
                if value > 0 and days > 0:
                    row["overdue"] += value
                    row["overdue_count"] += 1
                    row["oldest_days"] = max(row["oldest_days"], days)
                if key in opens and part.amount > 0:
                    row["invoiced"] += part.amount
                    row["received"] += taken[key][0]
                    row["credited"] += taken[key][1]
        for receipt in self.book.receipts:
            out[receipt.customer, receipt.currency]["unapplied"] += free[receipt.id]
        for row in out.values():
            row["net"] = row["gross"] - row["unapplied"]
        return out

    def running(self, as_of: int) -> dict[Account, int]:
        """What each account comes to: documents less receipts, less what applications give away or carry across."""
        out: dict[Account, int] = defaultdict(int)
        for document in self.book.documents:
            out[document.customer, document.currency] += document.amount * (document.date <= as_of)
        for receipt in self.book.receipts:
            out[receipt.customer, receipt.currency] -= receipt.amount * (receipt.date <= as_of)
        for use in self._active(as_of, None):
            document = self.documents[use.document]
            source = self.receipts.get(use.source) or self.documents[use.source]
            out[document.customer, document.currency] -= use.reduces
            out[source.customer, source.currency] += use.amount
        return dict(out)
