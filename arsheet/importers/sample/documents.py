"""The sample's documents: orders, invoices, debit and credit notes, opening balances, instalments, and their claims."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import accumulate

from arsheet.importers.sample import words
from arsheet.importers.sample.world import Claim, Customer, Document, Row, World, workday
from arsheet.ledger.terms import parse, schedule
from arsheet.table import from_day, to_day

MONTHS = 24
_VAT = ((13, 70), (9, 15), (6, 15))
_PLANS: tuple[tuple[tuple[int, int | None], ...], ...] = (
    ((30, None), (60, 1), (10, 2)),
    ((40, None), (30, None), (30, None)),
    ((30, 0), (65, 1), (5, 2)),
)
"""Instalments: their percentage, and which of the events they wait for."""
_PER_MILLE = {"opening": 15, "debit_note": 10, "linked": 18, "unlinked": 12, "later": 12, "instalments": 20}


def build(world: World, count: int) -> None:
    """Exactly that many documents, in the order of their dates."""
    share = {key: max(1, round(count * value / 1000)) for key, value in _PER_MILLE.items()}
    notes = share["linked"] + share["unlinked"]
    kinds = ["opening"] * share["opening"] + ["debit_note"] * share["debit_note"] + ["unlinked"] * share["unlinked"]
    kinds += ["invoice"] * (count - notes - share["opening"] - share["debit_note"])
    planned = sorted(((_day(world, kind), at, kind) for at, kind in enumerate(kinds)), key=lambda plan: plan[:2])
    later = _later(world, share["later"], planned)
    sums = list(accumulate(customer.weight for customer in world.customers))
    debits: list[Document] = []
    for day, _, kind in [*planned, *later]:
        customer = world.rng.choices(world.customers, cum_weights=sums)[0]
        if kind == "unlinked":
            _credit_note(world, customer, day, None)
        else:
            debits.append(_debit(world, customer, day, kind))
    invoices = [document for document in debits if document.kind == "invoice" and document.day < world.as_of]
    chosen = world.rng.sample(invoices, share["linked"] + share["instalments"])
    for original in chosen[: share["linked"]]:
        day = min(world.as_of, original.day + world.days(2, 15))
        _credit_note(world, original.customer, day, original)
    latest_first = sorted(chosen[share["linked"] :], key=lambda document: document.day, reverse=True)
    plans = [(document, _PLANS[at % len(_PLANS)]) for at, document in enumerate(latest_first)]
    for document, plan in reversed(plans):
        _instalments(world, document, plan)
    world.documents.sort(key=lambda document: document.day)
    world.tables["invoices"] = [document.row for document in world.documents]
    _open_orders(world)


def _day(world: World, kind: str) -> dt.date:
    """A working day of the window, a little oftener lately and towards the end of a month; openings before it."""
    if kind == "opening":
        return workday(world.as_of - world.days(MONTHS * 31, MONTHS * 31 + 420))
    back = int(MONTHS * 30.4 * (1 - world.rng.random() ** 0.85))
    day = world.as_of - dt.timedelta(back)
    if world.chance(0.25):
        day = min(world.as_of, day.replace(day=min(28, max(day.day, 24))))
    return workday(day)


def _later(world: World, count: int, planned: list[tuple[dt.date, int, str]]) -> list[tuple[dt.date, int, str]]:
    """The last invoices of the plan moved to the weeks after the as-of date."""
    moved: list[tuple[dt.date, int, str]] = []
    at = len(planned) - 1
    while len(moved) < count:
        if planned[at][2] == "invoice":
            moved.append((world.as_of + world.days(1, 25), len(moved), "invoice"))
            del planned[at]
        at -= 1
    return sorted(moved)


def _debit(world: World, customer: Customer, day: dt.date, kind: str) -> Document:
    rng = world.rng
    prefix = {"invoice": ("XS", "INV"), "debit_note": ("BC", "DN"), "opening": ("QC", "OB")}[kind]
    rate = 0 if customer.currency != "CNY" else world.weighted(_VAT)
    size = 0.35 + 9 * customer.weight
    net = min(max(8_000, round(rng.lognormvariate(14.4, 1.0) * size)), 400_000_000)
    if kind == "debit_note":
        net = max(5_000, net // 12)
    if world.chance(0.3):
        net = max(1, net // 100_000) * 100_000
    tax = (net * rate * 2 + 100) // 200
    row = _row(world, customer, day, net, tax, kind)
    row["document_no"] = world.number(*prefix, day)
    if kind != "debit_note" or world.chance(0.3):
        row["kind"] = world.word("invoices", "kind", kind) if kind != "invoice" or world.chance(0.8) else None
    document = Document(str(row["document_no"]), customer, day, net + tax, customer.currency, kind, row)
    if kind == "debit_note":
        row["kind"] = world.word("invoices", "kind", kind)
        row["tax_invoice_no"] = None
    elif kind == "opening":
        row["memo"] = world.say(("期初余额", "Brought forward"))
        row["due_date"] = day + world.days(0, 90)
        row["base_date"] = day - world.days(5, 200) if world.chance(0.3) else None
    else:
        _events(world, document)
        if world.chance(0.12):
            _order(world, document)
    _claims(world, document)
    world.documents.append(document)
    return document


def _row(world: World, customer: Customer, day: dt.date, net: int, tax: int, kind: str) -> Row:
    currency = customer.currency
    return {
        "tax_invoice_no": f"{day:%y}{world.rng.randrange(10**17, 10**18)}" if currency == "CNY" else None,
        "customer_id": customer.id,
        "document_date": world.date(day) if kind != "opening" else day,
        "net": world.money(net, currency, plain=True),
        "tax": world.money(tax, currency, plain=True),
        "amount": world.money(net + tax, currency),
        "currency": currency if currency != "CNY" or world.chance(0.5) else None,
        "rate": round(world.usd + world.rng.uniform(-0.05, 0.05), 4) if currency == "USD" else None,
        "salesperson": customer.salesperson,
        "department": customer.department,
        "project": world.say(world.rng.choice(words.PROJECTS)) if world.chance(0.06) else None,
        "memo": world.say(world.rng.choice(words.GOODS)),
    }


def _events(world: World, document: Document) -> None:
    """Delivery, receipt and confirmation where the terms ask for them; now and then a due date or terms of its own."""
    row, day = document.row, document.day
    chance = world.rng.random()
    if chance < 0.14:
        row["due_date"] = day + dt.timedelta(world.rng.choice((15, 30, 30, 45, 60, 90)))
        return
    terms = document.customer.terms
    if chance < 0.22:
        terms = world.weighted(words.TERMS_ZH if world.language == "zh" else words.TERMS_EN)
        row["terms"] = terms
    if any(word in terms.lower() for word in ("货", "delivery", "cod", "shipment")) or world.chance(0.2):
        row["delivered_on"] = day + world.days(1, 12)
    if any(word in terms for word in ("票到", "收到发票", "货票", "票到", "receipt of", "货、票")):
        row["received_on"] = day + world.days(1, 9)
    if "对账" in terms:
        row["confirmed_on"] = day + world.days(5, 25)
    if day <= world.as_of:
        for key in ("delivered_on", "received_on", "confirmed_on"):
            happened = row.get(key)
            if isinstance(happened, dt.date) and happened > world.as_of:
                row[key] = world.as_of


def _order(world: World, document: Document) -> None:
    signed = workday(document.day - world.days(5, 90))
    order = world.number("DD", "SO", signed)
    document.row["order_id"] = order
    world.tables["orders"].append(_order_row(world, document.customer, order, signed, document.cents))


def _order_row(world: World, customer: Customer, order: str, signed: dt.date, cents: int) -> Row:
    return {
        "order_id": order,
        "contract_no": f"HT-{signed:%Y}-{len(world.tables['orders']) + 1:04d}" if world.chance(0.7) else None,
        "customer_id": customer.id,
        "project": world.say(world.rng.choice(words.PROJECTS)) if world.chance(0.2) else None,
        "signed": signed,
        "deliver_by": signed + world.days(10, 120),
        "amount": world.money(cents, plain=True),
        "currency": customer.currency,
        "advance_required": world.money(cents * 3 // 10, plain=True) if world.chance(0.15) else None,
        "salesperson": customer.salesperson,
    }


def _open_orders(world: World) -> None:
    """Orders that are not billed yet."""
    for _ in range(max(2, len(world.documents) // 100)):
        customer = world.rng.choice(world.customers)
        signed = workday(world.as_of - world.days(0, 60))
        cents = world.rng.randrange(20, 2_000) * 100_000
        row = _order_row(world, customer, world.number("DD", "SO", signed), signed, cents)
        world.tables["orders"].append(row)
    world.tables["orders"].sort(key=_signed_on)


def _signed_on(row: Row) -> dt.date:
    day = row["signed"]
    assert isinstance(day, dt.date)
    return day


def _credit_note(world: World, customer: Customer, day: dt.date, original: Document | None) -> None:
    """A credit note; one with an original takes part or all of it off, a free one stays until it is applied."""
    rng = world.rng
    if original is not None:
        share = 100 if world.chance(0.2) else rng.choice((5, 10, 20, 30))
        gross = min(max(1, original.cents * share // 100), sum(claim.rest for claim in original.claims))
    else:
        gross = max(5_000, round(rng.lognormvariate(12.4, 0.8)))
    rate = 0 if customer.currency != "CNY" else 13
    net = (gross * 200 + 100 + rate) // (2 * (100 + rate))
    sign = -1 if world.chance(0.6) else 1
    row = _row(world, customer, day, sign * net, sign * (gross - net), "credit_note")
    row["document_no"] = world.number("HZ", "CN", day)
    row["kind"] = world.word("invoices", "kind", "credit_note")
    row["original_document"] = original.number if original else None
    row["memo"] = world.say(rng.choice((("退货", "Returned goods"), ("价格折让", "Price allowance"))))
    note = Document(str(row["document_no"]), customer, day, -gross, customer.currency, "credit_note", row)
    world.documents.append(note)
    if original is None:
        return
    original.credited_on = max(original.credited_on or day, day)
    for claim in original.claims:
        taken = min(claim.rest, gross)
        claim.rest -= taken
        gross -= taken


def _instalments(world: World, document: Document, plan: tuple[tuple[int, int | None], ...]) -> None:
    """Down payment, delivery, acceptance or warranty as rows of their own; the last ones may still be awaited."""
    row = document.row
    row["due_date"] = row["terms"] = None
    document.claims = []
    document.names_sequence = world.chance(0.5)
    left, day = document.cents, document.day
    for number, (percent, event) in enumerate(plan, 1):
        cents = left if number == len(plan) else document.cents * percent // 100
        left -= cents
        day += world.days(20, 60)
        happened = day if event is not None and event < 2 and day <= world.as_of else None
        if event == 2 and day + dt.timedelta(300) <= world.as_of:
            happened = day + dt.timedelta(300)
        due = day if event is None else happened and happened + dt.timedelta(7)
        world.tables["instalments"].append(
            {
                "document_no": document.number,
                "sequence": number,
                "due_date": due,
                "amount": world.money(cents, plain=True),
                "event": None if event is None else _event(world, event),
                "happened_on": happened,
            }
        )
        document.claims.append(Claim(document, number, due or None, cents, cents))


def _event(world: World, at: int) -> str:
    zh, en = words.EVENTS[at]
    return f"{zh}（质保金）" if world.language == "zh" and at == 2 else world.say((zh, en))


def _claims(world: World, document: Document) -> None:
    """What is due when, as the ledger itself reads the terms; sequences are left out, as people leave them out."""
    row = document.row
    stated = row.get("due_date")
    if isinstance(stated, dt.date):
        document.claims = [Claim(document, 0, stated, document.cents, document.cents)]
        return
    text = str(row.get("terms") or document.customer.terms)
    events = tuple(
        (name, to_day(day))
        for key, names in (
            ("delivered_on", ("delivery", "acceptance", "shipment")),
            ("received_on", ("received",)),
            ("confirmed_on", ("confirmed",)),
        )
        if isinstance(day := row.get(key), dt.date)
        for name in names
    )
    made = _lines(text, world.language, document.cents, to_day(document.day), events)
    document.claims = [Claim(document, 0, due, cents, cents) for due, cents in made]


@lru_cache(maxsize=256)
def _terms(text: str, language: str) -> str:
    return {name: expression for name, expression, _ in words.NAMED_TERMS[language]}.get(text, text)


def _lines(
    text: str, language: str, cents: int, day: int, events: tuple[tuple[str, int], ...]
) -> list[tuple[dt.date | None, int]]:
    made = schedule(parse(_terms(text, language)), amount_minor=cents, base_day=day, events=dict(events))
    return [(None if line.due_day is None else from_day(line.due_day), line.amount_minor or 0) for line in made.lines]
