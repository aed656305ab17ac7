"""The sample's masters: staff, accounts, customers, limits, named terms, exchange rates, the book's own holidays."""

from __future__ import annotations

import datetime as dt
import math

from arsheet.importers.sample import words
from arsheet.importers.sample.world import Customer, Row, World

SALESPEOPLE = 12
_PAYERS = ("good", "slow", "good", "good", "bad", "good", "slow", "good", "slow", "good")


def build(world: World, customers: int) -> None:
    """Fills the tables of masters with that many customers."""
    team = _staff(world)
    _accounts(world)
    _customers(world, customers, team)
    _limits(world)
    _terms(world)
    _rates(world)
    _holidays(world)


def _staff(world: World) -> list[tuple[str, str]]:
    """The staff table; the salespeople with their departments."""
    names: list[str] = []
    while len(names) < SALESPEOPLE + 6:
        name = words.person(world.rng, world.language)
        if name not in names:
            names.append(name)
    finance = world.say(("财务部", "Finance"))
    roles = ["reader"] * SALESPEOPLE + ["supervisor", "supervisor", "accountant", "accountant", "accountant", "cashier"]
    departments = [
        *(world.say(words.DEPARTMENTS[at % len(words.DEPARTMENTS)]) for at in range(SALESPEOPLE)),
        *([finance] * 6),
    ]
    boss = names[SALESPEOPLE]
    for at, (name, role, department) in enumerate(zip(names, roles, departments, strict=True)):
        world.tables["staff"].append(
            {
                "name": name,
                "login": f"u{at + 1:03d}",
                "department": department,
                "mail": f"u{at + 1:03d}@sample.example",
                "manager": None if name == boss else boss,
                "roles": world.word("staff", "roles", role),
            }
        )
    world.managers = names[SALESPEOPLE : SALESPEOPLE + 2]
    world.accountants = names[SALESPEOPLE + 2 : SALESPEOPLE + 5]
    return list(zip(names[:SALESPEOPLE], departments[:SALESPEOPLE], strict=True))


def _accounts(world: World) -> None:
    for at, (bank, currency) in enumerate(((0, "CNY"), (2, "CNY"), (4, "USD"))):
        world.tables["bank_accounts"].append(
            {
                "account": f"1001{world.rng.randrange(10**14, 10**15)}",
                "bank": world.say(words.BANKS[bank]),
                "currency": currency,
                "purpose": world.word("bank_accounts", "purpose", "collection" if at != 1 else "restricted"),
            }
        )


def _kinds(world: World, count: int) -> list[str]:
    """Which customers are companies, public bodies, or abroad (about 6 %, at least one)."""
    overseas, public = max(1, round(count * 0.06)), max(2, round(count * 0.04))
    kinds = ["overseas"] * overseas + ["organ"] * (public // 2) + ["institution"] * (public - public // 2)
    kinds += ["company"] * (count - len(kinds))
    world.rng.shuffle(kinds)
    return kinds


def _customers(world: World, count: int, team: list[tuple[str, str]]) -> None:
    rng = world.rng
    ranks = list(range(count))
    rng.shuffle(ranks)
    taken: set[str] = set()
    for at, kind in enumerate(_kinds(world, count)):
        made = words.company(rng, world.language, kind)
        for attempt in range(2, 1000):
            if made.name not in taken:
                break
            made = words.company(rng, world.language, kind if attempt < 40 or kind == "overseas" else "company")
        taken.add(made.name)
        # payers are dealt by rank, so that customers of every size pay well, slowly and badly
        payer = _PAYERS[ranks[at] % len(_PAYERS)]
        salesperson, department = team[rng.randrange(len(team))]
        # the few customers abroad are not among the smallest, so that foreign currency is in every sample
        rank = ranks[at] // 4 if kind == "overseas" else ranks[at]
        world.customers.append(_customer(world, at, made, rank, payer, salesperson, department))


def _customer(
    world: World, at: int, made: words.Company, rank: int, payer: str, salesperson: str, department: str
) -> Customer:
    rng, count = world.rng, len(world.customers)
    overseas = made.kind == "overseas"
    terms = "net 30" if overseas else world.weighted(words.TERMS_ZH if world.language == "zh" else words.TERMS_EN)
    if overseas:
        terms = rng.choice(("net 30", "Net 60", "Net 45", "30 days after shipment"))
    size = made.kind if made.kind in ("organ", "institution") else rng.choice(("large", "medium", "small", "small"))
    opened = world.as_of - world.days(800, 3000)
    account = f"62{rng.randrange(10**16, 10**17)}"
    grade = {"good": ("A", "A", "B"), "slow": ("B", "C"), "bad": ("C", "D")}[payer]
    parent = world.customers[rng.randrange(count)] if count > 20 and world.chance(0.04) else None
    row: Row = {
        "customer_id": f"{'KH' if world.language == 'zh' else 'C'}{at + 1:05d}",
        "name": made.name,
        "tax_id": None if overseas else words.credit_code(rng),
        "parent_id": parent.id if parent and parent.row["parent_id"] is None else None,
        "industry": made.industry,
        "region": made.region,
        "class": world.say(words.CLASSES[min(3, int(math.log2(rank / 12 + 1)))]),
        "size_class": world.word("customers", "size_class", size),
        "related_party": world.word("customers", "related_party", "yes" if world.chance(0.02) else "no"),
        "grade": rng.choice(grade),
        "salesperson": salesperson,
        "collector": rng.choice(world.accountants),
        "terms": terms,
        "status": world.word("customers", "status", "active"),
        "contact": words.person(rng, world.language),
        "mail": f"ap{at + 1}@{made.short}.example",
        "phone": f"1390000{rng.randrange(10_000):04d}",
        "delivery_address": None if overseas else _address(world, made),
        "bank": None if overseas else world.say(rng.choice(words.BANKS)),
        "account": account,
        "recon_cycle": world.word("customers", "recon_cycle", "monthly" if rank < 60 else "quarterly"),
        "language": world.word("customers", "language", "en" if overseas else world.language),
        "opened": opened,
    }
    world.tables["customers"].append(row)
    weight = 1 / (rank + 6) ** 0.85
    return Customer(
        str(row["customer_id"]),
        made.name,
        payer,
        weight,
        "USD" if overseas else "CNY",
        terms,
        salesperson,
        department,
        row,
        account,
    )


def _address(world: World, made: words.Company) -> str:
    number = world.rng.randrange(1, 900)
    return world.say((f"{made.city}市工业大道{number}号", f"{number} Industrial Avenue, {made.city}"))


def _limits(world: World) -> None:
    """A base limit for most, raised once for some, and a temporary one now and then."""
    rng = world.rng
    largest = max(customer.weight for customer in world.customers)
    for at, customer in enumerate(world.customers):
        if at and not world.chance(0.7):
            continue
        amount = max(5, round(600 * (customer.weight / largest) * rng.uniform(0.6, 1.8))) * 10_000
        start = dt.date(world.as_of.year - 2, 1, 1)
        _limit(world, customer, "base", amount, start, None)
        if not at or world.chance(0.08):
            begin = world.as_of - world.days(0, 120)
            _limit(world, customer, "temporary", max(2, amount // 50_000) * 10_000, begin, begin + world.days(30, 90))


def _limit(world: World, customer: Customer, kind: str, amount: int, start: dt.date, end: dt.date | None) -> None:
    world.tables["limits"].append(
        {
            "customer_id": customer.id,
            "kind": world.word("limits", "kind", kind),
            "amount": amount,
            "currency": "CNY",
            "from": start,
            "to": end,
            "maker": customer.salesperson,
            "checker": world.managers[0],
            "reason": world.say(("旺季备货", "Peak season")) if kind == "temporary" else None,
        }
    )


def _terms(world: World) -> None:
    for name, expression, meaning in words.NAMED_TERMS[world.language]:
        world.tables["terms"].append({"terms_id": name, "expression": expression, "words": meaning})


def _rates(world: World) -> None:
    """USD/CNY on the first of each month for four years, and on the last ten working days."""
    first = dt.date(world.as_of.year - 4, world.as_of.month, 1)
    days = [
        dt.date(first.year + (first.month - 1 + step) // 12, (first.month - 1 + step) % 12 + 1, 1) for step in range(49)
    ]
    daily = [day for back in range(14) if (day := world.as_of - dt.timedelta(back)).weekday() < 5]
    rate = world.usd
    for day in sorted({*days, *daily}):
        if day > world.as_of:
            continue
        rate = min(7.35, max(6.95, rate + world.rng.uniform(-0.03, 0.03)))
        world.tables["fx"].append({"date": day, "currency": "USD", "rate": round(rate, 4)})
    world.usd = rate


def _holidays(world: World) -> None:
    year = world.as_of.year
    for month, day, name, works in (
        (1, 23, ("公司年会", "Company day"), "no"),
        (7, 31, ("年中盘点", "Stocktaking"), "no"),
        (12, 26, ("年底赶工", "Year-end shift"), "yes"),
    ):
        world.tables["holidays"].append(
            {
                "date": dt.date(year, month, day),
                "name": world.say(name),
                "workday": world.word("holidays", "workday", works),
            }
        )
