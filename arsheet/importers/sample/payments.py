"""The sample's money: receipts and what they are applied to, prepayments, refunds; and what is disputed or promised."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from arsheet.importers.sample import words
from arsheet.importers.sample.world import Claim, Customer, Document, Row, World

_TREATMENTS = (
    *(
        ("part", 0.05),
        ("part_only", 0.006),
        ("discount", 0.025),
        ("difference", 0.04),
        ("overpaid", 0.012),
        ("refunded", 0.004),
    ),
    *(("reversed", 0.004), ("reapplied", 0.008), ("third_party", 0.02), ("bill", 0.05)),
)
"""Kinds of receipts that are not simply what was due, and their share; at least one of each."""
_LEAVES_OPEN = ("part_only", "reversed")
"""These add to what is overdue, so they fall on smaller amounts."""


@dataclass(slots=True)
class _Run:
    """What a customer pays at once."""

    customer: Customer
    currency: str
    day: dt.date
    claims: list[Claim] = field(default_factory=list)
    treatment: str = ""


def build(world: World) -> None:
    """Receipts and applications for every claim that is paid."""
    _apply_notes(world)
    runs = _runs(world)
    _prepayments(world, runs)
    _deal(world, runs)
    for run in runs:
        _pay(world, run)
    _unapplied(world, runs)
    _disputes(world)
    _promises(world)
    for table in ("receipts", "applications"):
        world.tables[table].sort(key=_booked_on)
    for row in world.tables["applications"]:
        row["application_id"] = application_id(world)


def application_id(world: World) -> str:
    """The next number of an application."""
    world.counters["application"] = world.counters.get("application", 0) + 1
    return f"{world.say(('HX', 'AP'))}{world.counters['application']:07d}"


def _booked_on(row: Row) -> dt.date:
    day = row["booked_at"]
    assert isinstance(day, dt.date)
    return day


def apply(
    world: World, source: str, document: Document, day: dt.date, cents: int, *, sequence: int = 0, tier: str = "exact"
) -> Row:
    """One row of the applications, without its number."""
    row: Row = {
        "application_id": None,
        "source_no": source,
        "document_no": document.number,
        "sequence": sequence or None,
        "date": day,
        "amount": world.money(cents, plain=True),
        "discount": None,
        "difference": None,
        "tier": world.word("applications", "tier", tier),
        "by": world.rng.choice(world.accountants),
        "reversed_on": None,
        "booked_at": day,
    }
    world.tables["applications"].append(row)
    return row


def receive(
    world: World, customer: Customer, day: dt.date, cents: int, currency: str, *, kind: str = "receipt", memo: str = ""
) -> Row:
    """One row of the receipts."""
    rng = world.rng
    foreign = currency != "CNY"
    row: Row = {
        "receipt_no": world.number("SK", "RC", day),
        "date": world.date(day),
        "booked_at": day + world.days(0, 2),
        "customer_id": customer.id,
        "payer": customer.name,
        "payer_account": customer.bank_account,
        "channel": world.word("receipts", "channel", "bank" if world.chance(0.93) else "alipay"),
        "flow_no": f"{day:%Y%m%d}{rng.randrange(10**10):010d}",
        "amount": world.money(cents, currency),
        "fee": rng.choice((15, 20, 25)) if foreign else None,
        "currency": currency if foreign or world.chance(0.4) else None,
        "rate": round(world.usd + rng.uniform(-0.05, 0.05), 4) if foreign else None,
        "kind": world.word("receipts", "kind", kind),
        "state": world.word("receipts", "state", "unapplied"),
        "memo": memo or world.say(("货款", "payment")),
    }
    world.tables["receipts"].append(row)
    return row


def _apply_notes(world: World) -> None:
    """Some free credit notes are applied by hand, soon, to a document that is paid later."""
    by_customer: dict[str, list[Claim]] = defaultdict(list)
    for document in world.documents:
        for claim in document.claims:
            if claim.rest and document.currency == "CNY":
                by_customer[document.customer.id].append(claim)
    for note in world.documents:
        if note.kind != "credit_note" or note.row["original_document"] or not world.chance(0.7):
            continue
        day = note.day + world.days(0, 10)
        for claim in by_customer[note.customer.id]:
            fits = claim.document.day <= day and (claim.pays_on is None or claim.pays_on > day)
            if fits and claim.rest > -note.cents and not claim.document.names_sequence and day <= world.as_of:
                apply(world, note.number, claim.document, day, -note.cents, tier="manual")
                claim.rest += note.cents
                break


def _runs(world: World) -> list[_Run]:
    """Claims by customer and currency; what falls within ten days is often paid at once."""
    claims = [claim for document in world.documents for claim in document.claims]
    paid = sorted(
        (
            (claim.pays_on, at, claim)
            for at, claim in enumerate(claims)
            if claim.pays_on and claim.rest > 0 and claim.pays_on <= world.as_of + dt.timedelta(15)
        ),
        key=lambda item: item[:2],
    )
    last: dict[tuple[str, str], _Run] = {}
    runs = []
    for day, _, claim in paid:
        key = claim.document.customer.id, claim.document.currency
        run = last.get(key)
        near = run is not None and (day - run.day).days <= 10 and len(run.claims) < 6
        same_side = run is not None and (run.day <= world.as_of) == (day <= world.as_of)
        if run is not None and near and same_side and world.chance(0.6):
            run.claims.append(claim)
            run.day = day
            continue
        last[key] = _Run(claim.document.customer, claim.document.currency, day, [claim])
        runs.append(last[key])
    return sorted(runs, key=lambda run: run.day)


def _prepayments(world: World, runs: list[_Run]) -> None:
    """Money before the document, for an order; most of it is used by the document, some waits."""
    plain = [run for run in runs if len(run.claims) == 1 and not run.claims[0].document.names_sequence]
    for run in world.rng.sample(plain, max(2, len(runs) // 60)):
        claim = run.claims[0]
        if claim.document.day > world.as_of:
            continue
        day = claim.document.day - world.days(5, 40)
        cents = max(1, claim.rest * world.rng.choice((20, 30, 50)) // 100)
        row = receive(
            world, run.customer, day, cents, run.currency, kind="prepayment", memo=world.say(("预付款", "deposit"))
        )
        row["order_id"] = claim.document.row.get("order_id")
        if world.chance(0.8) and claim.pays_on and claim.pays_on > claim.document.day:
            apply(world, str(row["receipt_no"]), claim.document, claim.document.day, cents, tier="order")
            claim.rest -= cents
            row["state"] = world.word("receipts", "state", "applied")
    for customer in world.rng.sample(world.customers, max(1, len(world.customers) // 200)):
        day = world.as_of - world.days(1, 80)
        cents = world.rng.randrange(2, 60) * 100_000
        receive(world, customer, day, cents, customer.currency, kind="prepayment", memo=world.say(("定金", "deposit")))


def _deal(world: World, runs: list[_Run]) -> None:
    """Gives the special treatments to runs of the past whose claims are worth it, at least one each."""
    worthy = [run for run in runs if run.currency == "CNY" and run.day < world.as_of and run.claims[-1].rest > 100_000]
    world.rng.shuffle(worthy)
    small = sorted(worthy, key=lambda run: run.claims[-1].rest)[: len(worthy) // 3]
    for treatment, share in _TREATMENTS:
        pool = small if treatment in _LEAVES_OPEN else worthy
        free = [run for run in pool if not run.treatment]
        count = min(len(free), max(1, round(len(runs) * share)))
        for run in world.rng.sample(free, count):
            run.treatment = treatment


def _pay(world: World, run: _Run) -> None:
    rng, day, treatment = world.rng, run.day, run.treatment
    parts = [(claim, claim.rest, 0, 0) for claim in run.claims if claim.rest > 0]
    if not parts:
        return
    claim, cents, _, _ = parts[-1]
    if treatment in ("part", "part_only"):
        parts[-1] = (claim, cents * rng.randint(3, 8) // 10, 0, 0)
    elif treatment == "discount":
        parts[-1] = (claim, cents - cents * 2 // 100, cents * 2 // 100, 0)
    elif treatment == "difference":
        off = cents % 1000 or rng.randint(1, 500)
        parts[-1] = (claim, cents - off, 0, off)
    extra = rng.randint(1, 80) * 1_000 if treatment in ("overpaid", "refunded") else 0
    total = sum(part[1] for part in parts) + extra
    said = "、".join(part[0].document.number for part in parts[:3]) if world.chance(0.45) else ""
    row = receive(world, run.customer, day, total, run.currency, memo=said)
    row["state"] = world.word("receipts", "state", "part_applied" if extra else "applied")
    applied_on = day + world.days(0, 3)
    if day <= world.as_of:
        applied_on = min(applied_on, world.as_of)
    for claim, amount, discount, difference in parts:
        sequence = claim.sequence if claim.document.names_sequence else 0
        tier = "reference" if said else "sum" if len(parts) > 1 else "exact"
        use = apply(world, str(row["receipt_no"]), claim.document, applied_on, amount, sequence=sequence, tier=tier)
        use["discount"] = world.money(discount, plain=True) if discount else None
        use["difference"] = world.money(difference, plain=True) if difference else None
        claim.rest -= amount + discount + difference
    _afterwards(world, run, row, parts[-1], applied_on, extra)


def _afterwards(
    world: World, run: _Run, row: Row, part: tuple[Claim, int, int, int], applied_on: dt.date, extra: int
) -> None:
    """The rest of a part payment, a reversal with or without a new application, a refund, another payer, a bill."""
    claim, amount, _, _ = part
    treatment, receipt_no = run.treatment, str(row["receipt_no"])
    sequence = claim.sequence if claim.document.names_sequence else 0
    if treatment == "part":
        later = applied_on + world.days(7, 45)
        if later <= world.as_of:
            rest = receive(world, run.customer, later, claim.rest, run.currency)
            rest["state"] = world.word("receipts", "state", "applied")
            apply(world, str(rest["receipt_no"]), claim.document, later, claim.rest, sequence=sequence)
            claim.rest = 0
    elif treatment in ("reversed", "reapplied"):
        reversal = min(world.as_of, applied_on + world.days(4, 25))
        world.tables["applications"][-1]["reversed_on"] = reversal
        claim.rest += amount
        row["state"] = world.word("receipts", "state", "unapplied")
        if treatment == "reapplied":
            apply(world, receipt_no, claim.document, reversal, amount, sequence=sequence, tier="manual")
            claim.rest -= amount
            row["state"] = world.word("receipts", "state", "applied")
    elif treatment == "refunded":
        _refund(world, run, row, extra)
    elif treatment == "third_party":
        row["payer"] = words.company(world.rng, world.language, "company").name
        world.tables["payer_aliases"].append(
            {
                "payer": row["payer"],
                "account": row["payer_account"],
                "customer_id": run.customer.id,
                "accepted_from": receipt_no,
            }
        )
    elif treatment == "bill":
        row["channel"] = world.word("receipts", "channel", "bill")


def _refund(world: World, run: _Run, row: Row, cents: int) -> None:
    day = min(world.as_of, run.day + world.days(3, 30))
    sign = -1 if world.chance(0.5) else 1
    back = receive(
        world, run.customer, day, sign * cents, run.currency, kind="refund", memo=world.say(("退多付款", "refund"))
    )
    back["state"] = None
    world.tables["refunds"].append(
        {
            "receipt_no": row["receipt_no"],
            "amount": world.money(cents, plain=True),
            "reason": world.say(("客户多付", "Overpaid")),
            "maker": world.accountants[0],
            "checker": world.managers[0],
            "state": world.word("refunds", "state", "done"),
            "approved": day,
            "paid": day,
            "payer_account": run.customer.bank_account,
        }
    )


def _unapplied(world: World, runs: list[_Run]) -> None:
    """Money that has come and is not applied yet."""
    for _ in range(max(2, len(runs) // 80)):
        customer = world.rng.choice(world.customers)
        day = world.as_of - world.days(0, 45)
        receive(world, customer, day, world.rng.randrange(100_000, 2_500_000), customer.currency)


def open_documents(world: World) -> list[tuple[Document, int]]:
    """Documents past due with what is open of them, the largest first."""
    found = []
    for document in world.documents:
        rest = sum(claim.rest for claim in document.claims if claim.due and claim.due < world.as_of)
        if rest > 0 and document.day <= world.as_of:
            found.append((document, rest))
    return sorted(found, key=lambda pair: -pair[1])


def _disputes(world: World) -> None:
    rows = open_documents(world)
    for document, rest in world.rng.sample(rows, min(len(rows), max(2, len(world.documents) // 200))):
        opened = min(world.as_of, document.day + world.days(5, 60))
        closed = min(world.as_of, opened + world.days(5, 30)) if world.chance(0.3) else None
        world.tables["disputes"].append(
            {
                "document_no": document.number,
                "customer_id": document.customer.id,
                "amount": None if world.chance(0.3) else world.money(max(1, rest // 3), plain=True),
                "reason": world.word("disputes", "reason", world.rng.choice(("price", "quality"))),
                "owner": document.customer.salesperson,
                "opened": opened,
                "sla": opened + dt.timedelta(15),
                "resolution": world.say(("已协商一致", "Settled")) if closed else None,
                "closed": closed,
            }
        )


def _promises(world: World) -> None:
    for document, rest in open_documents(world)[: max(2, len(world.documents) // 250)]:
        said = world.as_of - world.days(1, 20)
        world.tables["promises"].append(
            {
                "customer_id": document.customer.id,
                "document_no": document.number,
                "amount": world.money(rest, plain=True),
                "promised_on": said,
                "pay_by": said + world.days(7, 30),
                "by": document.customer.salesperson,
            }
        )
