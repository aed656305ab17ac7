"""When customers mean to pay: by their habits first, then nudged until the aging looks like a company's."""

from __future__ import annotations

import datetime as dt

from arsheet.importers.sample.world import Claim, Document, World

_OVERDUE = 0.305
"""The share of the open amount that is past due."""
_SPLIT = ((30, 0.42), (60, 0.22), (90, 0.13), (100_000, 0.23))
"""How the overdue amount lies in the buckets, by their last day."""


def decide(world: World) -> None:
    """Sets ``pays_on`` of every claim."""
    claims = [claim for document in world.documents for claim in document.claims if claim.rest > 0]
    for claim in claims:
        _habit(world, claim)
    for document in world.documents:
        if len(document.claims) > 1 and not document.names_sequence:
            _in_order(world, document)
    for currency in ("CNY", "USD"):
        mine = [claim for claim in claims if claim.document.currency == currency and claim.due is not None]
        _shape(world, [claim for claim in mine if claim.document.day <= world.as_of])


def _in_order(world: World, document: Document) -> None:
    """What names no instalment settles the oldest first: parts past due are all paid, none before an earlier one."""
    next_paid: dt.date | None = None
    for claim in reversed(document.claims):
        if claim.due is not None and claim.due < world.as_of:
            claim.pays_on = max(document.day, min(claim.pays_on or world.as_of, world.as_of))
        if next_paid is not None and (claim.pays_on is None or claim.pays_on > next_paid):
            claim.pays_on = next_paid
        next_paid = claim.pays_on


def _habit(world: World, claim: Claim) -> None:
    rng, document = world.rng, claim.document
    if claim.due is None:
        return
    payer = document.customer.payer
    if payer == "good":
        late = round(rng.gauss(-2, 4))
    elif payer == "slow":
        late = rng.randint(4, 40)
    else:
        late = rng.randint(20, 180)
        if world.chance(0.12):
            return
    if document.kind == "opening":
        late += rng.randint(0, 300)
    earliest = max(document.day, document.credited_on or document.day)
    claim.pays_on = max(earliest + dt.timedelta(1), claim.due + dt.timedelta(late))


def _shape(world: World, claims: list[Claim]) -> None:
    """Lets some pay and some not, good payers rather paying, until each bucket holds about its share."""

    def unpaid(claim: Claim) -> bool:
        return claim.pays_on is None or claim.pays_on > world.as_of

    not_due = sum(claim.rest for claim in claims if claim.due and claim.due >= world.as_of and unpaid(claim))
    overdue = not_due * _OVERDUE / (1 - _OVERDUE)
    reached = 0
    order = {"good": 0, "slow": 1, "bad": 2}
    first = 1
    for last, share in _SPLIT:
        bucket = [claim for claim in claims if claim.due and first <= (world.as_of - claim.due).days <= last]
        world.rng.shuffle(bucket)
        bucket.sort(key=lambda claim: order[claim.document.customer.payer])
        target = overdue * share
        alone = [claim for claim in bucket if _alone(claim)]
        now = sum(claim.rest for claim in bucket if unpaid(claim))
        for claim in alone if now > target else reversed(alone):
            after = now - claim.rest if unpaid(claim) else now + claim.rest
            if abs(after - target) >= abs(now - target):
                continue
            now = after
            claim.pays_on = _some_day(world, claim) if unpaid(claim) else None
        if alone and not now:
            least = min(alone, key=lambda claim: claim.rest)
            least.pays_on, now = None, least.rest
        first = last + 1
        reached += now
    _pay_early(world, claims, not_due, reached * (1 - _OVERDUE) / _OVERDUE)


def _alone(claim: Claim) -> bool:
    """Whether it can be paid or left whatever happens to the document's other parts."""
    return len(claim.document.claims) == 1 or claim.document.names_sequence


def _pay_early(world: World, claims: list[Claim], not_due: int, target: float) -> None:
    """Lets some pay before the due date where too little is overdue to make up the share."""
    for claim in claims:
        waits = claim.due and claim.due >= world.as_of and (claim.pays_on is None or claim.pays_on > world.as_of)
        if waits and _alone(claim) and abs(not_due - claim.rest - target) < abs(not_due - target):
            not_due -= claim.rest
            claim.pays_on = world.as_of


def _some_day(world: World, claim: Claim) -> dt.date:
    """A day between the due date and the as-of date."""
    assert claim.due is not None
    earliest = max(claim.due, claim.document.day, claim.document.credited_on or claim.due)
    return min(
        world.as_of, earliest + dt.timedelta(world.rng.randint(0, max(0, min(60, (world.as_of - earliest).days))))
    )
