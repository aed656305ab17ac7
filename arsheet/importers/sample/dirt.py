"""What people get wrong, planted in known numbers: each kind under the code of the problem that it raises.

A planted row has documents and receipts of its own, so that it raises its own problem and no other.
"""

from __future__ import annotations

import datetime as dt

from arsheet.importers.sample import payments, words
from arsheet.importers.sample.world import Cell, Customer, Document, Row, World

_ONE_CELL: tuple[tuple[str, str, Cell, Cell], ...] = (
    ("amount_not_a_number", "amount", "待确认", "to be confirmed"),
    ("amount_missing", "amount", None, None),
    ("document_without_number", "document_no", None, None),
    ("document_without_customer", "customer_id", None, None),
    ("document_without_date", "document_date", None, None),
    ("currency_unknown", "currency", "美刀", "bucks"),
    ("choice_unknown", "kind", "其它单据", "Miscellaneous"),
    ("date_not_readable", "due_date", "年底前", "before Christmas"),
    ("original_document_not_found", "original_document", "XS990100001", "INV990100001"),
    ("id_lost_digits", "tax_invoice_no", 2.53120000001234e19, 2.53120000001234e19),
)
"""Code, column, and the cell that raises it in an invoice's row, in zh and en."""
_PLANTED_DOCUMENTS = 45
"""Rows that one round of planting adds to the invoices."""
FEWEST_CUSTOMERS, FEWEST_INVOICES = 30, 100


def rounds(customers: int, invoices: int) -> int:
    """How many of each kind: one per 3,000 documents, at least one, and no more than the customers bear."""
    return max(1, min(round(invoices / 3_000), customers // 30))


def document_rows(customers: int, invoices: int) -> int:
    """Rows of the invoices table that the dirt will need; four kinds are planted once whatever the size."""
    return _PLANTED_DOCUMENTS * rounds(customers, invoices) + 4


def customer_rows(customers: int, invoices: int) -> int:
    """Rows of the customers table that the dirt will need."""
    return 2 * rounds(customers, invoices)


def plant(world: World, count: int) -> None:
    """Adds that many of every kind of dirt and records it in ``world.planted``."""
    planter = _Planter(world)
    for _ in range(count):
        for step in (
            planter.cells,
            planter.values,
            planter.repeated,
            planter.originals,
            planter.plans,
            planter.receipts,
            planter.too_much,
            planter.lost,
            planter.masters,
        ):
            step()
    planter.told_once()
    planter.finish()


class _Planter:
    def __init__(self, world: World):
        self.world = world
        self.new: list[Row] = []
        bought = {str(document.customer.id) for document in world.documents}
        self.domestic = [
            customer for customer in world.customers if customer.currency == "CNY" and customer.id in bought
        ]
        self.free = [customer for customer in world.customers if customer.row["parent_id"] is None]
        world.rng.shuffle(self.free)
        parents = {customer.row["parent_id"] for customer in world.customers}
        self.free = [customer for customer in self.free if customer.id not in parents]

    def document(self, cents: int = 0, **changes: Cell) -> Document:
        """A clean invoice of last month with a due date of its own, with some cells changed."""
        world = self.world
        customer = world.rng.choice(self.domestic)
        day = world.as_of - world.days(3, 28)
        net = cents * 100 // 113 if cents else world.rng.randrange(50_000, 600_000)
        tax = cents - net if cents else (net * 26 + 100) // 200
        number = world.number("XS", "INV", day)
        row: Row = {
            "document_no": number,
            "tax_invoice_no": f"{day:%y}{world.rng.randrange(10**17, 10**18)}",
            "kind": world.word("invoices", "kind", "invoice"),
            "customer_id": customer.id,
            "document_date": day,
            "due_date": day + dt.timedelta(30),
            "net": world.money(net, plain=True),
            "tax": world.money(tax, plain=True),
            "amount": world.money(net + tax, plain=True),
            "salesperson": customer.salesperson,
            "department": customer.department,
            "memo": world.say(world.rng.choice(words.GOODS)),
            **changes,
        }
        self.new.append(row)
        return Document(number, customer, day, net + tax, "CNY", "invoice", row)

    def another(self, customer: Customer) -> str:
        """The id of some other customer."""
        return next(other.id for other in self.domestic if other.id != customer.id)

    def cells(self) -> None:
        """Cells that cannot be read, and required cells that are blank."""
        world = self.world
        for code, column, zh, en in _ONE_CELL:
            wrong = self.document()
            wrong.row[column] = zh if world.language == "zh" else en
            if code == "original_document_not_found":
                wrong.row["kind"] = world.word("invoices", "kind", "credit_note")
            world.note(code)
        year = world.as_of.year - 1
        self.document(document_date=f"{year}-02-30")
        world.note("date_impossible")
        self.document(document_date=f"{year}-08")
        world.note("date_without_day")
        self.document(document_date=f"03/04/{year}")
        world.note("date_order_unknown")
        known, at = words.BAD_TERMS[world.language], world.planted.get("terms_not_understood", 0)
        again = "" if at < len(known) else f"({at // len(known) + 1})"
        self.document(due_date=None, terms=known[at % len(known)] + again)
        world.note("terms_not_understood")

    def values(self) -> None:
        """Cells that can be read and contradict another one."""
        world = self.world
        wrong = self.document()
        wrong.row["due_date"] = wrong.day - world.days(5, 40)
        world.note("due_date_before_document_date")
        wrong = self.document()
        wrong.row["amount"] = world.money(wrong.cents + world.rng.randrange(1, 90) * 100, plain=True)
        world.note("net_plus_tax_differs_from_amount")
        for kind, code in ((None, "negative_invoice_taken_as_credit_note"), ("invoice", "invoice_amount_negative")):
            wrong = self.document()
            wrong.row["kind"] = None if kind is None else world.word("invoices", "kind", kind)
            for column in ("net", "tax", "amount"):
                cell = wrong.row[column]
                assert isinstance(cell, int | float)
                wrong.row[column] = -cell
            world.note(code)
        self.document(customer_id=f"{world.say(('KH', 'C'))}9{world.planted.get('customer_not_in_customers', 0):04d}X")
        world.note("customer_not_in_customers")

    def repeated(self) -> None:
        """A document typed twice, and one number with two amounts, two dates, or two customers."""
        self.new.append(dict(self.document().row))
        self.world.note("document_repeated")
        first = self.document()
        more = self.world.money(first.cents + 10_000, plain=True)
        self.new.append({**first.row, "net": None, "tax": None, "amount": more})
        self.world.note("document_exists_with_different_amount")
        first = self.document()
        self.new.append({**first.row, "document_date": first.day + dt.timedelta(1)})
        self.world.note("document_exists_with_different_values")
        first = self.document()
        self.new.append({**first.row, "customer_id": self.another(first.customer)})
        self.world.note("document_no_used_by_two_customers")

    def originals(self) -> None:
        """Credit notes for another customer's document, and for a credit note."""
        world = self.world
        kind = world.word("invoices", "kind", "credit_note")
        original = self.document()
        other = self.another(original.customer)
        self.document(10_000, kind=kind, due_date=None, original_document=original.number, customer_id=other)
        world.note("original_document_of_another_customer")
        note = self.document(20_000, kind=kind, due_date=None)
        self.document(
            10_000, kind=kind, due_date=None, original_document=note.number, customer_id=note.row["customer_id"]
        )
        world.note("original_document_cannot_be_credited")

    def plans(self) -> None:
        """Instalments that miss the amount, repeat a sequence, or belong to no document."""
        world, table = self.world, self.world.tables["instalments"]

        def rows(number: str, *parts: tuple[int, int]) -> None:
            for sequence, cents in parts:
                day = world.as_of + dt.timedelta(30 * sequence)
                amount = world.money(cents, plain=True)
                table.append({"document_no": number, "sequence": sequence, "due_date": day, "amount": amount})

        short = self.document(1_000_000)
        rows(short.number, (1, 500_000), (2, 480_000))
        world.note("instalments_do_not_add_up_to_document")
        twice = self.document(1_000_000)
        rows(twice.number, (1, 500_000), (1, 500_000))
        world.note("instalment_sequence_repeated")
        rows(f"XS9902{len(table):04d}", (1, 500_000))
        world.note("instalment_document_not_found")
        named = self.document(1_000_000)
        rows(named.number, (1, 500_000), (2, 500_000))
        self.applied(named, 300_000, 300_000)["sequence"] = 9
        world.note("application_instalment_not_found")

    def receipts(self) -> None:
        """Receipts that nobody is known for, that came twice, came back, or are refunds without saying so."""
        world, table = self.world, self.world.tables["receipts"]
        self.receipt(150_000)["customer_id"] = None
        world.note("receipt_without_customer")
        self.receipt(160_000)["date"] = None
        world.note("receipt_without_date")
        table.append(dict(self.receipt(250_000)))
        world.note("receipt_repeated")
        table.append({**self.receipt(260_000), "amount": 2_660})
        world.note("receipt_exists_with_different_amount")
        row = self.receipt(270_000)
        table.append({**row, "customer_id": next(one.id for one in self.domestic if one.id != row["customer_id"])})
        world.note("receipt_exists_with_different_values")
        returned = self.document(400_000)
        use = self.applied(returned, 400_000, 400_000)
        table[-1]["state"] = world.word("receipts", "state", "returned")
        use["tier"] = world.word("applications", "tier", "manual")
        world.note("receipt_is_cancelled")
        world.note("application_of_cancelled_receipt")
        self.receipt(90_000).update(amount=-900, kind=world.word("receipts", "kind", "receipt"))
        world.note("negative_receipt_taken_as_refund")
        self.receipt(80_000)["amount"] = world.say(("八百元整", "eight hundred"))
        world.note("amount_not_a_number")

    def too_much(self) -> None:
        """Applications of more than is open, more than came in, twice, or across currencies."""
        world, table = self.world, self.world.tables["applications"]
        self.applied(self.document(500_000), 900_000, 600_000)
        world.note("application_exceeds_open_amount")
        self.applied(self.document(900_000), 500_000, 600_000)
        world.note("application_exceeds_source")
        table.append(dict(self.applied(self.document(310_000), 310_000, 310_000)))
        world.note("application_repeated")
        table.append({**self.applied(self.document(320_000), 320_000, 300_000), "amount": 2_000})
        world.note("application_exists_with_different_amount")
        use = self.applied(self.document(325_000), 325_000, 300_000)
        table.append({**use, "date": world.as_of - dt.timedelta(1)})
        world.note("application_exists_with_different_values")
        use = self.applied(self.document(330_000), 330_000, 330_000)
        world.tables["receipts"][-1].update(currency="USD", rate=round(world.usd, 4))
        use["by"] = world.accountants[0]
        world.note("application_currency_differs_from_document")

    def lost(self) -> None:
        """Applications and disputes that point to nothing."""
        world, at = self.world, self.world.planted.get("application_document_not_found", 0) + 1
        self.applied(self.document(200_000), 200_000, 200_000)["document_no"] = f"XS9903{at:05d}"
        world.note("application_document_not_found")
        self.applied(self.document(210_000), 210_000, 210_000)["source_no"] = f"SK9903{at:05d}"
        world.note("application_source_not_found")
        self.applied(self.document(220_000), 220_000, 220_000)["source_no"] = None
        world.note("application_without_source")
        self.applied(self.document(230_000), 230_000, 230_000)["document_no"] = None
        world.note("application_without_document")
        world.tables["disputes"].append(
            {
                "document_no": f"XS9904{at:05d}",
                "reason": world.word("disputes", "reason", "quality"),
                "opened": world.as_of - world.days(1, 30),
            }
        )
        world.note("dispute_document_not_found")

    def masters(self) -> None:
        """Customers entered twice or each other's parents, limits and rates that cannot be meant."""
        world, table = self.world, self.world.tables["customers"]
        table.append(dict(self.free.pop().row))
        world.note("customer_repeated")
        other = self.free.pop().row
        table.append({**other, "name": f"{other['name']}{world.say(('（新）', ' (new)'))}"})
        world.note("customer_exists_with_different_values")
        one, two = self.free.pop(), self.free.pop()
        one.row["parent_id"], two.row["parent_id"] = two.id, one.id
        world.note("customer_parents_form_a_cycle")
        self.free.pop().row["account"] = float(world.rng.randrange(62 * 10**17, 63 * 10**17))
        world.note("id_lost_digits")
        world.tables["limits"].append({**world.tables["limits"][0], "currency": "USD", "customer_id": self.free[-1].id})
        world.note("limit_not_in_base_currency")
        at = world.planted["limit_not_in_base_currency"]
        rates = world.tables["fx"]
        rates.insert(len(rates) - 2, {"date": world.as_of - dt.timedelta(14 + at), "currency": "USD", "rate": 0})
        world.note("rate_not_positive")
        twice = dict(rates[at])
        rate = twice["rate"]
        assert isinstance(rate, float)
        rates.insert(at + 1, {**twice, "rate": round(rate + 0.07, 4)})
        world.note("rate_repeated_with_different_value")

    def told_once(self) -> None:
        """What is counted and told once for the whole book, and one invoice in a currency without any rate."""
        world = self.world
        without = min(self.free, key=lambda customer: customer.weight)
        without.row["terms"] = None
        self.document(customer_id=without.id, due_date=None)
        world.note("due_date_missing_document_date_used")
        terms = world.say(("票到30天", "30 days from receipt of invoice"))
        self.document(terms=terms, due_date=None)
        world.note("baseline_date_missing_document_date_used")
        self.document(net=None, tax=None, amount=1234.5678)
        world.note("amount_has_more_decimals_than_currency")
        self.document(currency="EUR")
        world.note("fx_rate_missing")

    def receipt(self, cents: int, customer: Customer | None = None) -> Row:
        """A receipt of the last days that is not applied."""
        world = self.world
        day = world.as_of - world.days(0, 2)
        row = payments.receive(world, customer or world.rng.choice(self.domestic), day, cents, "CNY")
        row.update(amount=world.money(cents, plain=True), currency=None, date=day)
        return row

    def applied(self, document: Document, received: int, cents: int) -> Row:
        """A receipt of its own, applied to a planted document."""
        row = self.receipt(received, document.customer)
        row["state"] = self.world.word("receipts", "state", "applied")
        use = payments.apply(self.world, str(row["receipt_no"]), document, self.world.as_of, cents)
        use["application_id"] = payments.application_id(self.world)
        return use

    def finish(self) -> None:
        """Puts the new invoices among the last third, in the order they were made."""
        world = self.world
        table = world.tables["invoices"]
        at = len(table) * 2 // 3
        step = max(1, (len(table) - at) // (len(self.new) + 1))
        for row in self.new:
            table.insert(at, row)
            at = min(len(table), at + step + 1)
