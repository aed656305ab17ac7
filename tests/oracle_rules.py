"""The scalar rules of the oracle: bucket edges, anniversaries, rounding, oldest first."""

from __future__ import annotations

from fractions import Fraction

from arsheet.table import from_day, to_day

Item = tuple[int, int, str, int, int]


def bucket_names(basis: str, edges: tuple[int, ...] | None, not_due: str) -> list[str]:
    """The buckets in order; edges None = by year."""
    if edges is None:
        return [*(f"y{year}-{year + 1}" for year in range(5)), "y5+"]
    own = basis == "due" and not_due == "own"
    lows = [1 if own else 0, *(edge + 1 for edge in edges)]
    names = [f"{low}-{high}" for low, high in zip(lows, edges, strict=False)]
    return [*(["not_due"] if own else []), *names, f"{lows[-1]}+"]


def bucket_of(
    base: int, as_of: int, basis: str, edges: tuple[int, ...] | None, not_due: str, years_step: str = "calendar"
) -> str:
    """Upper edges belong to the bucket; due today is not overdue; the anniversary still belongs to the year."""
    days = as_of - base
    names = bucket_names(basis, edges, not_due)
    if edges is None:
        ends = [days <= 365 * year if years_step == "365" else not _past(base, year, as_of) for year in range(1, 6)]
        return names[ends.index(True)] if True in ends else names[-1]
    if names[0] == "not_due":
        if days <= 0:
            return "not_due"
        names = names[1:]
    for name, edge in zip(names, edges, strict=False):
        if days <= edge:
            return name
    return names[-1]


def _past(base: int, years: int, as_of: int) -> bool:
    """Whether the anniversary lies before the as-of date; of 29 February in a common year it is the 28th."""
    if base >= as_of:
        return False
    date = from_day(base)
    try:
        anniversary = date.replace(year=date.year + years)
    except ValueError:
        anniversary = date.replace(year=date.year + years, day=28)
    return to_day(anniversary) < as_of


def oldest_first(items: list[Item], pool: int) -> list[Item]:
    """The items (base day, due, document, sequence, amount) after a pool of money has gone over the oldest ones."""
    left = []
    for base, due, name, sequence, value in sorted(items):
        used = min(pool, value) if value > 0 else 0
        pool -= used
        left.append((base, due, name, sequence, value - used))
    return left


def half_up(value: Fraction) -> int:
    """Rounded, halves up; for what is not negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def within(wanted: int, room: int) -> int:
    """As much of what is wanted as lies between 0 and the room."""
    return max(0, min(wanted, room)) if wanted >= 0 else min(0, max(wanted, room))


def nearer(first: int, second: int, wanted: int) -> int:
    """The smaller of two rooms on the side of what is wanted."""
    return min(first, second) if wanted >= 0 else max(first, second)
